"""`nightdesk journal show` and `export`, beside a running program and without one: what is said, and to whom."""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from drivers.contracts.board import ItemState
from kiosk.history import main
from kiosk.journal import Journal, opened
from kiosk.journal.history import Subject, View, history
from kiosk.journal.verify import main as verify
from kiosk.recordwords import Teller
from kiosk.runtime.command import SOCKET_NAME, CommandServer
from kiosk.runtime.erasure import carry_out
from kiosk.runtime.records import attest
from kiosk.settings import DEMO_FILE
from kiosk.staff import Role, StaffRegistry
from locker import events as le
from screens.words import words
from tests.journal.facts import NAME, NUMBER, PHONE, Clock, run, story
from tests.journal.test_history import collected

CASE = "260301-0001"
SUPERVISOR, CLERK, PIN = "9001", "1001", "402915"
CITIZEN = (NAME, NUMBER, PHONE)


@dataclass(frozen=True)
class Said:
    """One call of the command line."""

    status: int
    out: str
    error: str


class Desk:
    """A kiosk's state folder with the demo's story in its journal, and somebody at its terminal."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.site = folder / "site.toml"
        self.state = folder / "state"
        self._capsys, self._patch = capsys, patch
        text = DEMO_FILE.read_text(encoding="utf-8").replace("{runtime_dir}", str(folder))
        self.site.write_text(text, encoding="utf-8")
        asyncio.run(self._play())

    async def _play(self) -> None:
        async with opened(self.state, clock=Clock(), ballast_bytes=0) as journal:
            staff = registry(journal)
            await staff.add(SUPERVISOR, name="主管测试", pin=PIN, role=Role.SUPERVISOR, by="root")
            await staff.add(CLERK, name="柜员测试", pin=PIN, role=Role.STAFF, by="root")
            await journal.append([*story(CASE), *collected(ItemState.ABSENT, CASE)])
            await journal.append(story("260301-0002", "A-04"))

    def say(self, *arguments: str, pin: str = "") -> Said:
        """Call it on this kiosk, unless the arguments name a file."""
        self._patch.setattr("sys.stdin", StringIO(pin + "\n"))
        self._capsys.readouterr()
        status = main(arguments, self.site)
        told = self._capsys.readouterr()
        return Said(status, told.out, told.err)

    def beside_the_program(self, *arguments: str, pin: str = "") -> Said:
        """The same while a program holds the journal and its keys."""

        async def work() -> Said:
            async with opened(self.state, ballast_bytes=0) as journal:
                staff = registry(journal)

                async def records(request: Mapping[str, Any]) -> Mapping[str, Any]:
                    return await attest(journal, staff, request["reading"], datetime.now(UTC))

                async def erase(request: Mapping[str, Any]) -> Mapping[str, Any]:
                    return await carry_out(journal, staff, request["erasure"], datetime.now(UTC))

                table = {"records": records, "erase": erase}
                server = CommandServer(self.state / SOCKET_NAME, table)
                await server.start()
                try:
                    return await asyncio.to_thread(lambda: self.say(*arguments, pin=pin))
                finally:
                    await server.close()

        return asyncio.run(work())

    def damage(self, statement: str) -> None:
        db = sqlite3.connect(self.state / "journal.db")
        with db:
            db.execute("DROP TRIGGER events_are_not_edited")
            db.execute("DROP TRIGGER events_are_not_removed")
            db.execute("DROP INDEX events_case")  # it would refuse what is no JSON
            db.execute(statement)
        db.close()

    def erase(self) -> None:
        async def work() -> None:
            async with opened(self.state, ballast_bytes=0) as journal:
                await journal.erase([CASE], by="root", reason="asked")

        asyncio.run(work())


def registry(journal: Journal) -> StaffRegistry:
    return StaffRegistry(journal, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(tmp_path, capsys, monkeypatch)


def both_ways(desk: Desk) -> list[Callable[..., Said]]:
    return [desk.say, desk.beside_the_program]


# show ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("subject", [("--case", CASE), ("--cell", "A-03"), ("--staff", CLERK)])
def test_all_three_views_end_with_the_signed_head(desk: Desk, subject: tuple[str, str]) -> None:
    for say in both_ways(desk):
        told = say("show", *subject, "--lang", "en")
        assert told.status == 0, told.error
        assert f"Staff 1001 took the papers of case {CASE} from compartment A-03" in told.out
        assert "the item sensor sees nothing left" in told.out
        assert "Signed by the kiosk" in told.out
        assert "260301-0002" not in told.out
        assert [secret for secret in CITIZEN if secret in told.out] == []


def test_each_line_is_an_anchor_that_verify_takes(desk: Desk) -> None:
    told = desk.say("show", "--case", CASE)
    anchors = [line.split()[0] for line in told.out.splitlines() if line.startswith("J-")]
    assert len(anchors) == 11
    given = [word for anchor in anchors for word in ("--anchor", anchor)]
    assert verify([str(desk.state / "journal.db"), *given]) == 0


def test_it_speaks_the_staff_s_language_unless_told_otherwise(desk: Desk) -> None:
    told = desk.say("show", "--case", CASE)
    assert f"工号 1001 取走 A-03 号柜内办件 {CASE} 的材料" in told.out
    assert "依据：物品传感器" in told.out
    assert "授权：群众" in told.out


def test_the_range_is_local_and_a_day_counts_to_its_end(desk: Desk) -> None:
    def seqs(*bounds: str) -> list[int]:
        told = desk.say("show", "--case", CASE, "--json", *bounds)
        return [event["seq"] for event in json.loads(told.out)["events"]]

    every = seqs()
    noon = "2026-03-01T20:00"  # the story begins at 12:00:01 UTC, and the kiosk stands in Asia/Shanghai
    assert seqs("--since", "2026-03-01", "--until", "2026-03-01") == every
    assert seqs("--since", "2026-03-02") == seqs("--until", noon) == []
    assert seqs("--since", noon) == seqs("--until", "2026-03-01T12:59:59+00:00") == every
    with pytest.raises(SystemExit):
        desk.say("show", "--case", CASE, "--since", "yesterday")


def test_json_carries_number_hash_source_and_authority(desk: Desk) -> None:
    told = json.loads(desk.say("show", "--case", CASE, "--json").out)
    held, taken = told["events"][5], told["events"][-1]
    assert (held["type"], held["known"]) == ("DepositHeld", "item_sensor")
    assert (taken["type"], taken["known"], taken["by"]) == (
        "DepositCollected",
        "staff_and_sensor",
        f"staff:{CLERK}",
    )
    assert told["personal"] == "sealed"
    assert len(held["hash"]) == 64
    assert told["head"]["signature"]
    db = desk.state / "journal.db"
    assert verify([str(db), "--anchor", json.dumps(told["head"]), "--public-key", told["public_key"]]) == 0


def test_what_is_not_known_is_said(desk: Desk) -> None:
    path = desk.folder / "copy.db"

    async def cut() -> None:
        async with opened(desk.folder / "cut", ballast_bytes=0) as journal:
            await journal.append(story(CASE)[:3])
            await journal.copy_to(path)

    asyncio.run(cut())
    told = desk.say("show", "--cell", "A-03", "--lang", "en", "--file", str(path))
    assert "Outcome unknown to the end of this record" in told.out
    assert "Not signed by the kiosk" in told.out


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("cut off with the door open", "柜门开着时中断"),
        ("cut off with the door open; its door stands open", "柜门开着时中断；柜门开着"),
        ("staff 1001: NOT_FOUND", "工号 1001：柜内未找到"),
        ("staff 1001: looked inside: empty", "工号 1001：查看：柜内为空"),
        ("as somebody typed it", "as somebody typed it"),
    ],
)
def test_what_the_program_gives_as_a_reason_is_told_in_the_language(
    tmp_path: Path, reason: str, told: str
) -> None:
    async def work() -> None:
        async with opened(tmp_path, clock=Clock(), ballast_bytes=0) as journal:
            await journal.append([*story("c1"), le.CustodyDisputed("c1", "A-03", reason)])

    run(work)
    lines = Teller(words("zh_CN"), UTC).lines(history(tmp_path / "journal.db", Subject(View.CASE, "c1")))
    assert [line.what for line in lines][-1].endswith(f"下落存疑：{told}")


def test_nothing_recorded_writes_lines_of_its_own(desk: Desk) -> None:
    async def disable() -> None:
        async with opened(desk.state, ballast_bytes=0) as journal:
            await registry(journal).disable(CLERK, by="root\nJ-000099-00000000  nothing\x1b[2J")

    asyncio.run(disable())
    told = desk.say("show", "--staff", CLERK, "--lang", "en").out
    assert "\x1b" not in told
    assert not [line for line in told.splitlines() if line.startswith("J-000099")]


# personal data ------------------------------------------------------------------------------------------------------

READ = ("show", "--case", CASE, "--personal", "--by", SUPERVISOR, "--pin-stdin", "--lang", "en")


def test_a_supervisor_reads_the_person_and_that_is_part_of_the_history(desk: Desk) -> None:
    for times, say in enumerate(both_ways(desk), start=1):
        told = say(*READ, pin=PIN)
        assert told.status == 0, told.error
        assert all(secret in told.out for secret in CITIZEN)
        assert told.out.count(f"Staff {SUPERVISOR} read the personal data of case {CASE}") == times
        assert PIN not in told.out


@pytest.mark.parametrize(
    ("by", "pin", "case", "why"),
    [
        (CLERK, PIN, CASE, "by supervisors only; 1001 is staff"),
        (SUPERVISOR, "402916", CASE, "do not belong together"),
        ("7777", PIN, CASE, "do not belong together"),
        (SUPERVISOR, PIN, "260301-0099", "there is no case 260301-0099"),
    ],
)
def test_nobody_else_reads_it(desk: Desk, by: str, pin: str, case: str, why: str) -> None:
    for say in both_ways(desk):
        told = say("show", "--case", case, "--personal", "--by", by, "--pin-stdin", pin=pin)
        assert (told.status, told.out) == (1, "")
        assert why in told.error
    assert "PersonalDataRead" not in desk.say("show", "--case", CASE, "--json").out


def test_too_many_wrong_pins_wait(desk: Desk) -> None:
    for _ in range(5):
        desk.say(*READ, pin="402916")
    assert "wait" in desk.say(*READ, pin=PIN).error


def test_an_erased_case_says_so(desk: Desk) -> None:
    desk.erase()
    for options, pin in ((READ, PIN), (("show", "--case", CASE, "--lang", "en"), "")):
        told = desk.say(*options, pin=pin)
        assert told.status == 0, told.error
        assert "The person's data is erased" in told.out
        assert [secret for secret in CITIZEN if secret in told.out] == []
    assert json.loads(desk.say("show", "--case", CASE, "--json").out)["personal"] == "erased"


@pytest.mark.parametrize(
    "options",
    [
        ("--cell", "A-03", "--personal", "--by", SUPERVISOR),
        ("--case", CASE, "--personal"),
        ("--case", CASE, "--personal", "--by", SUPERVISOR, "--file", "copy.db"),
        ("--case", CASE, "--cell", "A-03"),
        (),
    ],
)
def test_calls_without_sense_are_refused(desk: Desk, options: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as refused:
        desk.say("show", *options)
    assert refused.value.code == 2


# damage, and what is not there --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE events SET body = CAST(replace(CAST(body AS TEXT), 'A-03', 'A-04') AS BLOB) WHERE seq = 5",
            "event 5: edited",
        ),
        ("DELETE FROM events WHERE seq = 9", "event 9: removed"),
        ("UPDATE events SET body = x'00' WHERE seq = (SELECT max(seq) FROM events)", "event 21: edited"),
    ],
)
@pytest.mark.parametrize("verb", ["show", "export"])
def test_a_damaged_journal_is_refused_with_the_number(
    desk: Desk, verb: str, statement: str, said: str
) -> None:
    desk.damage(statement)
    out = desk.folder / "out.jsonl"
    told = desk.say(verb, *(("--case", CASE) if verb == "show" else ("--out", str(out))))
    assert (told.status, told.out) == (1, "")
    assert "journal.db is damaged" in told.error
    assert said in told.error
    assert not out.exists()


def test_what_the_journal_never_heard_of_is_said(desk: Desk) -> None:
    assert "no event of cell A-99" in desk.say("show", "--cell", "A-99").error
    assert "no such file" in desk.say("show", "--cell", "A-03", "--file", str(desk.folder / "gone.db")).error


# export -------------------------------------------------------------------------------------------------------------


def test_an_export_is_signed_proved_and_read_like_the_journal(desk: Desk) -> None:
    for number, say in enumerate(both_ways(desk)):
        out = desk.folder / f"out{number}.jsonl"
        told = say("export", "--out", str(out))
        assert told.status == 0, told.error
        key = json.loads(out.read_bytes().splitlines()[-1])["public_key"]
        assert verify([str(out), "--public-key", key]) == 0
        shown = desk.say("show", "--case", CASE, "--file", str(out), "--lang", "en")
        assert f"took the papers of case {CASE}" in shown.out
        assert key in shown.out
        assert desk.say("export", "--out", str(out)).status == 1
