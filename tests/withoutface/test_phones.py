"""Telephones that the back office knows: a register, else the person's own newest case; never in the clear."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.journal import Journal
from kiosk.journal.events import CaseOpened
from kiosk.withoutface.phones import JournalPhones, RegisterUnusable, import_register, read_register

ANNE, BERT = "11010519900101031X", "11010519900101023X"
REGISTERED, OWN, NEWER = "13900000001", "13900000002", "13900000003"


def case(case_id: str, number: str, phone: str) -> CaseOpened:
    return CaseOpened(case_id, "s", "food", "office", "verified", "name", number, phone)


def written(folder: Path, text: str) -> Path:
    path = folder / "register.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_register_comes_before_the_own_cases_and_the_newest_of_these(
    on_journal: Callable[..., None], tmp_path: Path
) -> None:
    path = written(tmp_path, f"id_number,phone\n{ANNE},{REGISTERED}\n")

    async def work(journal: Journal) -> None:
        phones = JournalPhones(journal)
        assert await phones.of(ANNE) is None
        for number in (ANNE, BERT):
            await journal.append(case(f"1-{number}", number, OWN))
            await journal.append(case(f"2-{number}", number, NEWER))
        assert await phones.of(ANNE) == NEWER
        assert await import_register(journal, read_register(path), by="root") == 1
        assert await phones.of(ANNE) == REGISTERED
        assert await phones.of(BERT) == NEWER
        (imported,) = await journal.events(kinds=["KnownPhonesImported"])
        assert (imported.data["phones"], imported.data["by"]) == (1, "root")

    on_journal(work)


def test_an_erased_case_tells_no_number(on_journal: Callable[..., None]) -> None:
    async def work(journal: Journal) -> None:
        await journal.append(case("1", ANNE, OWN))
        await journal.erase("1", by="root", reason="asked")
        assert await JournalPhones(journal).of(ANNE) is None

    on_journal(work)


def test_an_import_replaces_the_register(on_journal: Callable[..., None], tmp_path: Path) -> None:
    async def work(journal: Journal) -> None:
        first = written(tmp_path, f"phone,id_number\n{REGISTERED},{ANNE}\n{OWN},{BERT}\n")
        await import_register(journal, read_register(first), by="root")
        second = written(tmp_path, f"id_number,phone\n{BERT},{NEWER}\n")
        await import_register(journal, read_register(second), by="root")
        assert await JournalPhones(journal).of(ANNE) is None
        assert await JournalPhones(journal).of(BERT) == NEWER

    on_journal(work)


def test_nothing_of_it_lies_readable_in_the_state_folder(
    on_journal: Callable[..., None], tmp_path: Path
) -> None:
    path = written(tmp_path, f"id_number,phone\n{ANNE},{REGISTERED}\n")

    async def work(journal: Journal) -> None:
        await import_register(journal, read_register(path), by="root")

    on_journal(work)
    for file in (tmp_path / "state").rglob("*"):
        if file.is_file():
            raw = file.read_bytes()
            assert ANNE.encode() not in raw
            assert REGISTERED.encode() not in raw


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("number,phone\n", "needs the columns"),
        (f"id_number,phone\n{ANNE[:-1]}2,{OWN}\n", "line 2: id_number"),
        (f"id_number,phone\n{ANNE},{OWN}\n{BERT},12345\n", "line 3: phone"),
        (f"id_number,phone\n{ANNE}\n", "line 2: phone"),
    ],
)
def test_a_wrong_register_is_refused_with_its_line_and_without_its_content(
    tmp_path: Path, text: str, says: str
) -> None:
    with pytest.raises(RegisterUnusable, match=says) as told:
        read_register(written(tmp_path, text))
    assert ANNE not in str(told.value)


def test_a_register_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_bytes(b"\xff\xfe\x00id")
    with pytest.raises(RegisterUnusable, match="UTF-8"):
        read_register(path)
