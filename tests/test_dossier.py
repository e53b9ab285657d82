"""A history on A4: every line with its evidence, in both languages, with the head that proves it and page numbers."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pypdf
import pytest
from PIL import Image

from kiosk.dossier import pdf
from kiosk.dossier.pdf import TEMPLATE, Dossier, Origin, render_pdf, told
from kiosk.history import main
from kiosk.journal import opened
from kiosk.journal.history import Entry, Subject, View, history
from kiosk.journal.rows import Trailer
from kiosk.journal.verify import main as verify
from kiosk.recordwords import Teller
from kiosk.settings import DEMO_FILE
from kiosk.typeset import compiled
from locker import events as le
from screens.languages import WRITTEN
from screens.words import words
from tests.journal.facts import Clock, run, story

CASE: Final = "260301-0001"
MADE: Final = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
Kept = tuple[list[Entry], Trailer]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A kiosk whose journal has a case that is in doubt."""
    folder = tmp_path_factory.mktemp("kiosk")
    text = DEMO_FILE.read_text(encoding="utf-8").replace("{runtime_dir}", str(folder))
    (folder / "site.toml").write_text(text, encoding="utf-8")

    async def work() -> None:
        async with opened(folder / "state", clock=Clock(), ballast_bytes=0) as journal:
            await journal.append(
                [*story(CASE), le.CustodyDisputed(CASE, "A-03", "staff 1001 found nothing inside")]
            )

    run(work)
    return folder / "site.toml"


@pytest.fixture(scope="module")
def kept(site: Path) -> Kept:
    file = site.parent / "state" / "journal.db"

    async def head() -> Trailer:
        async with opened(file.parent, ballast_bytes=0) as journal:
            return Trailer(await journal.anchor(), (await journal.public_key()).hex())

    return history(file, Subject(View.CASE, CASE)), run(head)


def dossier_of(kept: Kept) -> Dossier:
    entries, head = kept
    return Dossier(Subject(View.CASE, CASE), entries, head, Origin("lobby-01", "Nightdesk", "Lobby"), MADE)


def text_of(data: bytes) -> tuple[str, int]:
    """The whole text without blanks and breaks, and the number of pages."""
    reader = pypdf.PdfReader(io.BytesIO(data))
    return "".join("".join(page.extract_text().split()) for page in reader.pages), len(reader.pages)


@pytest.mark.parametrize("lang", WRITTEN)
def test_every_line_its_evidence_and_the_head_can_be_read_off_the_paper(kept: Kept, lang: str) -> None:
    teller = Teller(words(lang), UTC)
    text, pages = text_of(render_pdf(dossier_of(kept), teller))
    assert pages == 1
    for line in teller.lines(kept[0]):
        for piece in (line.ref, line.what, line.source, *line.notes[1:]):
            assert "".join(piece.split()) in text, piece
    head = kept[1]
    for value in (head.head.text, head.head.hash_hex, head.head.signature, head.public_key, "lobby-01"):
        assert value in text, value


def test_what_is_still_open_is_set_apart(kept: Kept) -> None:
    data = told(dossier_of(kept), Teller(words("en"), UTC))
    tones = {line["what"][:20]: line["tone"] for line in data["lines"]}
    assert [tone for tone in tones.values() if tone] == ["open"]
    (page,) = pictures(data)
    calm = [{**line, "tone": ""} for line in data["lines"]]
    (without,) = pictures({**data, "lines": calm})
    assert page.tobytes() != without.tobytes()


def pictures(data: dict[str, object]) -> list[Image.Image]:
    found = compiled(TEMPLATE, json.dumps(data, ensure_ascii=False), format="png", ppi=50.0)
    pages = found if isinstance(found, list) else [found]
    return [Image.open(io.BytesIO(page)).convert("RGB") for page in pages]


def test_pages_are_counted_and_the_heads_of_the_columns_come_again(kept: Kept) -> None:
    entries, head = kept
    long = dossier_of((entries * 12, head))
    teller = Teller(words("en"), UTC)
    reader = pypdf.PdfReader(io.BytesIO(render_pdf(long, teller)))
    count = len(reader.pages)
    assert count > 2
    for number, page in enumerate(reader.pages, start=1):
        text = " ".join(page.extract_text().split())
        assert f"Page {number} of {count}" in text
        assert head.head.text in text
        assert teller.label("known") in text or number == count


def test_more_than_paper_is_made_for_is_refused_with_the_way_out(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "MOST_LINES", 3)
    with pytest.raises(RuntimeError, match="--since"):
        render_pdf(dossier_of(kept), Teller(words("en"), UTC))


# the command line ---------------------------------------------------------------------------------------------------


def test_a_history_goes_out_as_a_file_for_its_owner_alone(site: Path, tmp_path: Path) -> None:
    out = tmp_path / "case.pdf"
    assert main(["export", "--case", CASE, "--lang", "en", "--out", str(out)], site) == 0
    assert out.stat().st_mode & 0o777 == 0o600
    text, _ = text_of(out.read_bytes())
    assert "History of case" in " ".join(pypdf.PdfReader(out).pages[0].extract_text().split())
    anchor = next(
        word for word in pypdf.PdfReader(out).pages[0].extract_text().split() if word.startswith("J-")
    )
    assert verify([str(site.parent / "state" / "journal.db"), "--anchor", anchor]) == 0
    assert "sealed" in text


def test_nothing_is_overwritten(site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "case.pdf"
    out.write_bytes(b"somebody's")
    assert main(["export", "--cell", "A-03", "--out", str(out)], site) == 1
    assert "nothing is overwritten" in capsys.readouterr().err
    assert out.read_bytes() == b"somebody's"


@pytest.mark.parametrize("wrong", [["--out", "x.pdf"], ["--case", CASE, "--out", "x.jsonl"]])
def test_paper_takes_a_history_and_lines_take_the_chain(
    site: Path, capsys: pytest.CaptureFixture[str], wrong: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["export", *wrong], site)
    assert ended.value.code == 2
    assert ".pdf" in capsys.readouterr().err
