"""`nightdesk journal backup`, `restore`, `erase` as an administrator calls them, with the program running or not."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from kiosk.journal import KeyErased, opened
from kiosk.journal.verify import main as verify
from kiosk.staff import Role
from locker import events as le
from tests.journal.facts import NUMBER, Clock, run, story
from tests.test_journal_command import CASE, CITIZEN, CLERK, PIN, SUPERVISOR, Desk, registry

HELD: Final = "260301-0002"
ERASE: Final = ("erase", "--by", SUPERVISOR, "--reason", "asked for in writing", "--stdin")


class Kiosk(Desk):
    """One case that has ended and one whose papers lie here, of the same person."""

    async def _play(self) -> None:
        async with opened(self.state, clock=Clock(), ballast_bytes=0) as journal:
            staff = registry(journal)
            await staff.add(SUPERVISOR, name="主管测试", pin=PIN, role=Role.SUPERVISOR, by="root")
            await staff.add(CLERK, name="柜员测试", pin=PIN, role=Role.STAFF, by="root")
            await journal.append([*story(CASE), le.DepositReturned(CASE, "A-03", "citizen")])
            await journal.append(story(HELD, "A-04"))

    def is_erased(self, case_id: str) -> bool:
        async def look() -> bool:
            async with opened(self.state, ballast_bytes=0) as journal:
                try:
                    await journal.personal(case_id, staff_no=SUPERVISOR, reason="test")
                except KeyErased:
                    return True
                return False

        return run(look)

    def events(self, kind: str) -> list[Mapping[str, Any]]:
        async def look() -> list[Mapping[str, Any]]:
            async with opened(self.state, ballast_bytes=0) as journal:
                return [event.data for event in await journal.events(kinds=[kind])]

        return run(look)


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Kiosk:
    return Kiosk(tmp_path, capsys, monkeypatch)


# backup and restore -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_running", [True, False])
def test_a_backup_is_made_and_comes_back(desk: Kiosk, tmp_path: Path, *, is_running: bool) -> None:
    out = tmp_path / "backup"
    say = desk.beside_the_program if is_running else desk.say
    made = say("backup", "--out", str(out))
    assert (made.status, made.error) == (0, "")
    assert verify([str(out)]) == 0
    before = verify_head(desk)
    (desk.state / "journal.db").unlink()
    back = desk.say("restore", "--from", str(out))
    assert (back.status, back.error) == (0, "")
    assert "persons of 2 cases can be found" in back.out
    assert verify_head(desk) == before


def verify_head(desk: Kiosk) -> str:
    async def look() -> str:
        async with opened(desk.state, ballast_bytes=0) as journal:
            return (await journal.anchor()).text

    return run(look)


def test_an_older_backup_takes_a_word_and_what_stood_there_is_kept(desk: Kiosk, tmp_path: Path) -> None:
    out = tmp_path / "backup"
    assert desk.say("backup", "--out", str(out)).status == 0
    assert desk.say("erase", *ERASE[1:], "--case", CASE, pin=PIN).status == 0
    newest = verify_head(desk)
    refused = desk.say("restore", "--from", str(out))
    assert refused.status == 1
    assert "--accept-loss" in refused.error
    assert newest in refused.error
    assert verify_head(desk) == newest
    done = desk.say("restore", "--from", str(out), "--accept-loss")
    assert done.status == 0
    assert newest in done.out
    (aside,) = desk.state.glob("replaced-*")
    assert str(aside) in done.out
    assert verify([str(aside), "--anchor", newest]) == 0
    assert desk.is_erased(CASE)  # the backup was made before the erasure, and gives nothing back


def test_a_folder_that_is_no_backup_is_named(desk: Kiosk, tmp_path: Path) -> None:
    said = desk.say("restore", "--from", str(tmp_path / "nowhere"))
    assert said.status == 1
    assert "nowhere holds no backup" in said.error


# erasing ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_running", [True, False])
def test_a_supervisor_erases_a_case(desk: Kiosk, *, is_running: bool) -> None:
    say = desk.beside_the_program if is_running else desk.say
    said = say(*ERASE, "--case", CASE, pin=PIN)
    assert (said.status, said.error) == (0, "")
    assert desk.is_erased(CASE)
    assert not desk.is_erased(HELD)
    told = {"case_id": CASE, "by": SUPERVISOR, "reason": "asked for in writing"}
    assert [dict(data) for data in desk.events("PersonalDataErased")] == [told]


def test_papers_that_lie_here_keep_their_person(desk: Kiosk) -> None:
    for whose, typed in ((("--case", HELD), PIN), (("--person",), f"{PIN}\n{NUMBER}")):
        said = desk.say(*ERASE, *whose, pin=typed)
        assert said.status == 1
        assert f"{HELD} in A-04" in said.error
    assert not desk.is_erased(CASE)


def test_all_cases_of_a_person_go_and_nobody_is_named(desk: Kiosk) -> None:
    async def collect() -> None:
        async with opened(desk.state, ballast_bytes=0) as journal:
            await journal.append(le.DepositReturned(HELD, "A-04", "citizen"))

    run(collect)
    said = desk.say(*ERASE, "--person", pin=f"{PIN}\n{NUMBER}")
    assert said.status == 0
    assert {CASE, HELD} == {data["case_id"] for data in desk.events("PersonalDataErased")}
    assert desk.is_erased(CASE)
    assert desk.is_erased(HELD)
    again = desk.say(*ERASE, "--person", pin=f"{PIN}\n{NUMBER}")
    assert again.status == 1
    assert "no case of this person" in again.error
    assert [word for word in CITIZEN if word in said.out + said.error + again.out + again.error] == []


@pytest.mark.parametrize(
    ("by", "pin", "case", "why"),
    [
        (CLERK, PIN, CASE, "by supervisors only"),
        (SUPERVISOR, "000000", CASE, "do not belong together"),
        (SUPERVISOR, PIN, "260301-0009", "no case 260301-0009"),
    ],
)
def test_nobody_else_erases_and_nothing_else_is(desk: Kiosk, by: str, pin: str, case: str, why: str) -> None:
    said = desk.say("erase", "--case", case, "--by", by, "--reason", "x", "--stdin", pin=pin)
    assert said.status == 1
    assert why in said.error
    assert desk.events("PersonalDataErased") == []
