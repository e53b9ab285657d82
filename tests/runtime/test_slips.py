"""The slip desk on a real journal: what a round comes to is recorded and printed, and the same is printed again."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from drivers.contracts.paper import Paper
from drivers.contracts.printer import PrintOutcome
from drivers.emulators.escpos_render import interpret
from drivers.escpos.paper import ReceiptPaper
from kiosk.journal import events as facts
from kiosk.journal.errors import JournalError
from kiosk.journal.journal import Journal, opened
from kiosk.journal.staffevents import HandoverIssued, StaffSignedIn
from kiosk.journal.types import StoredEvent
from kiosk.receipt import ReceiptLanguage
from kiosk.runtime.slips import Site, SlipDesk, issue_cut_off
from kiosk.session import events as ev
from kiosk.session import staffeffects as act
from kiosk.session import staffevents as told
from kiosk.session.staffstate import Errand, Found, Purpose, Round
from locker.events import CompartmentLookedInto

CASE, OTHER, STAFF = "261122-0007", "261122-0006", "1001"
AT = datetime(2026, 11, 22, 22, 47, tzinfo=ZoneInfo("Asia/Shanghai"))


@dataclass
class Printer:
    """Prints on paper that can be read."""

    slips: list[str] = field(default_factory=list)

    async def __call__(self, draw: Callable[[Paper], bytes]) -> PrintOutcome:
        self.slips.append(interpret(draw(ReceiptPaper())).text.replace(" ", ""))
        return PrintOutcome.PRINTED


def collected(*found: tuple[str, str, Found]) -> Round:
    round = Round(
        STAFF, Purpose.COLLECT, tuple(Errand(Purpose.COLLECT, cell, case) for cell, case, _ in found)
    )
    for _, _, what in found:
        round = round.after(what)
    return round


def opened_case(case_id: str) -> facts.CaseOpened:
    return facts.CaseOpened(
        case_id, "s", "permit", "", "card_only", "测试", "110101199003070000", "13800000000"
    )


def test_a_slip_lists_what_was_opened_and_is_the_same_when_printed_again(tmp_path: Path) -> None:
    printer, posted, clock = Printer(), list[ev.Event](), [AT]

    async def work() -> str:
        async with opened(tmp_path, ballast_bytes=0, clock=lambda: clock[0]) as journal:
            await journal.append([opened_case(CASE), opened_case(OTHER)])
            desk = SlipDesk(
                journal, printer, Site(ReceiptLanguage.CHINESE, "不打烊政务柜", "中心支行"),
                lambda code: {"permit": "食品经营许可证"}[code], lambda: clock[0],
            )  # fmt: skip
            round = collected(
                ("A-03", CASE, Found.TAKEN), ("A-05", OTHER, Found.NOTHING), ("A-06", OTHER, Found.NOT_OPENED)
            )
            await desk.perform(act.IssueSlip(round), posted.append)
            clock[0] += timedelta(hours=3)
            (issued, printed) = posted
            assert isinstance(issued, told.SlipIssued)
            assert printed == told.SlipPrinted(issued.number, "printed")
            await desk.perform(act.PrintSlip(issued.number), posted.append)
            assert posted[-1] == told.SlipPrinted(issued.number, "printed")
            (record,) = await journal.events(kinds=["HandoverIssued"])
            assert record.data["lines"] == [[CASE, "A-03", "taken"], [OTHER, "A-05", "nothing"]]
            marks = [one.data["again"] for one in await journal.events(kinds=["HandoverPrinted"])]
            assert marks == [False, True]
            return issued.number

    number = asyncio.run(work())
    first, again = printer.slips
    for slip in (first, again):
        for words in (
            number, STAFF, "A-03已取走", "A-05柜内未找到", "食品经营许可证", f"办件{CASE}", f"办件{OTHER}",
            "取走1件，共开2个柜门", "存证J-", "2026年11月22日22:47",
        ):  # fmt: skip
            assert words in slip
        assert "A-06" not in slip
    assert "补打" not in first
    assert "补打" in again


def test_a_round_that_the_power_cut_off_has_its_slip_at_the_next_start(tmp_path: Path) -> None:
    """Of what was recorded of it, once, to be printed when somebody is there to sign; a round before it has its own."""

    def looked(cell: str, case_id: str | None, purpose: str, found: str) -> CompartmentLookedInto:
        return CompartmentLookedInto(cell, case_id, STAFF, purpose, found)

    async def slips(journal: Journal) -> list[StoredEvent]:
        await issue_cut_off(journal, AT)
        return await journal.events(kinds=["HandoverIssued"])

    async def work() -> None:
        async with opened(tmp_path, ballast_bytes=0, clock=lambda: AT) as journal:
            assert await slips(journal) == []
            await journal.append([StaffSignedIn(STAFF), looked("A-01", CASE, "collect", "taken")])
            await journal.append(HandoverIssued("H-261122-01", STAFF, "collect", ((CASE, "A-01", "taken"),)))
            await journal.append(
                [looked("A-02", OTHER, "audit", "left"), looked("A-03", None, "resolve", "nothing")]
            )
            assert len(await slips(journal)) == 1  # nothing changed hands
            await journal.append(StaffSignedIn(STAFF))
            await journal.append([
                looked("A-04", OTHER, "collect", "nothing"), looked("A-05", None, "resolve", "nothing"),
                looked("A-04", OTHER, "resolve", "taken"),
            ])  # fmt: skip
            assert len(await slips(journal)) == 3
            missed = [
                (one.data["slip"], one.data["purpose"], one.data["lines"]) for one in await slips(journal)
            ]
            assert missed[1:] == [  # once, a slip for each purpose
                (
                    "H-261122-02", "resolve",
                    [["", "A-03", "nothing"], ["", "A-05", "nothing"], [OTHER, "A-04", "taken"]],
                ),
                ("H-261122-03", "collect", [[OTHER, "A-04", "nothing"]]),
            ]  # fmt: skip
            printed = [
                (one.data["slip"], one.data["outcome"])
                for one in await journal.events(kinds=["HandoverPrinted"])
            ]
            assert printed == [("H-261122-02", "notPrinted"), ("H-261122-03", "notPrinted")]

    asyncio.run(work())


def test_a_slip_that_a_full_disk_swallowed_comes_before_the_next(tmp_path: Path) -> None:
    printer, posted = Printer(), list[ev.Event]()

    async def work() -> list[list[object]]:
        async with opened(tmp_path, ballast_bytes=0, clock=lambda: AT) as journal:
            site = Site(ReceiptLanguage.CHINESE, "不打烊政务柜", "中心支行")
            desk = SlipDesk(journal, printer, site, lambda _: "食品经营许可证", lambda: AT)
            await journal.append(CompartmentLookedInto("A-02", CASE, STAFF, "resolve", "taken"))
            await journal.append(CompartmentLookedInto("A-05", OTHER, STAFF, "collect", "taken"))
            await desk.perform(act.IssueSlip(collected(("A-05", OTHER, Found.TAKEN))), posted.append)
            await desk.perform(act.TellSlips(), posted.append)
            return [one.data["lines"] for one in await journal.events(kinds=["HandoverIssued"])]

    assert asyncio.run(work()) == [[[CASE, "A-02", "taken"]], [[OTHER, "A-05", "taken"]]]
    assert len(printer.slips) == 1  # the other waits for whoever is there to sign it
    assert isinstance(posted[-1], told.SlipsTold)
    assert [row.compartments for row in posted[-1].rows] == [1, 1]


def test_a_slip_that_could_not_be_written_is_written_once_the_journal_takes_it(tmp_path: Path) -> None:
    """Nobody has to ask for it, and where none is owed nothing is looked for."""

    async def work() -> list[list[object]]:
        async with opened(tmp_path, ballast_bytes=0, clock=lambda: AT) as journal:
            site = Site(ReceiptLanguage.CHINESE, "不打烊政务柜", "中心支行")
            desk = SlipDesk(journal, None, site, lambda _: "食品经营许可证", lambda: AT)
            await journal.append(CompartmentLookedInto("A-02", CASE, STAFF, "collect", "taken"))
            await desk.issue_owed()
            await journal.read(
                lambda db: db.execute("PRAGMA query_only = ON")
            )  # as a disk that takes nothing
            with pytest.raises(JournalError):
                await desk.perform(act.IssueSlip(collected(("A-02", CASE, Found.TAKEN))), lambda _: None)
            await journal.read(lambda db: db.execute("PRAGMA query_only = OFF"))
            await desk.issue_owed()
            await desk.issue_owed()
            return [one.data["lines"] for one in await journal.events(kinds=["HandoverIssued"])]

    assert asyncio.run(work()) == [[[CASE, "A-02", "taken"]]]
