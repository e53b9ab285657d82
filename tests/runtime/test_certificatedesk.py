"""Certificates at the screen: a real journal, real signatures; only who may, only once, told each time."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from drivers.contracts.paper import Paper
from drivers.contracts.printer import PrintOutcome
from drivers.escpos.paper import ReceiptPaper
from kiosk.certificates.content import Reason
from kiosk.certificates.issuing import Certificates, Holder, Wanted
from kiosk.certificates.sealed import read_code
from kiosk.certificates.slip import Printable
from kiosk.certificatesettings import CertificateKind, CertificateSettings
from kiosk.journal import opened
from kiosk.journal.applicationevents import ApplicationDecided
from kiosk.journal.approvalevents import DecisionHeard
from kiosk.journal.events import CaseOpened
from kiosk.journal.journal import Journal
from kiosk.runtime.certificatedesk import CertificateDesk
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session.certificatestate import CertificateFact
from kiosk.session.facts import Identity
from kiosk.session.progressfacts import CertificateHope
from locker import events as le
from locker.events import Evidence

HERE = ZoneInfo("Asia/Shanghai")
NUMBER, OTHERS = "11010519900101023X", "11010519920202046X"
CASE = "260924-0001"
KIND = CertificateKind(code="proof", name_zh="证明", name_en="Proof", days=30)


@dataclass
class Office:
    """A journal with a case, a clock that is set, a printer that keeps what it printed."""

    journal: Journal
    clock: list[datetime]
    posted: list[ev.Event] = field(default_factory=list)
    jobs: list[bytes] = field(default_factory=list)
    prints: PrintOutcome = PrintOutcome.PRINTED

    def __post_init__(self) -> None:
        self.certificates = Certificates(
            self.journal, CertificateSettings(kinds=(KIND,)), issuer="lobby-1", name=("大厅", "Lobby"),
            zone=HERE, now=lambda: self.clock[0],
        )  # fmt: skip
        self.desk = CertificateDesk(
            self.journal, self.certificates, {"item": "proof"}.get, # type: ignore[arg-type]
            lambda issued: Printable(issued.certificate, issued.code, ("证明", "Proof"), ("大厅", "Lobby"), HERE),
            self.print, 576, self.posted.append,
        )  # fmt: skip

    async def print(self, render: Callable[[Paper], bytes]) -> PrintOutcome:
        self.jobs.append(render(ReceiptPaper()))
        return self.prints

    async def open(self) -> None:
        await self.journal.append(
            CaseOpened(CASE, "0a1b2c3d", "item", "office", "verified", "测试人甲", NUMBER, "13800138000")
        )

    async def papers_in(self) -> None:
        await self.journal.append(
            [le.DepositRequested(CASE, "A-01", "item"), le.DepositHeld(CASE, "A-01", Evidence.SENSOR)]
        )

    async def granted(self, outcome: str = "granted") -> None:
        await self.journal.append(ApplicationDecided(CASE, "item", outcome, "v1", ()))

    async def heard(self, decision: str, result: str = "electronic") -> None:
        await self.journal.append(DecisionHeard(CASE, "m", decision, result, "2026-09-24T10:00:00+08:00", ""))

    async def hope(self) -> CertificateHope:
        row = await self.journal.case(CASE)
        assert row is not None
        return await self.desk.hope(row)

    async def asked(self, card: str = NUMBER) -> ev.CertificateReady:
        await self.desk.perform(do.IssueCertificate(CASE, card))
        answer = self.posted.pop()
        assert isinstance(answer, ev.CertificateReady)
        return answer

    async def given(self) -> CertificateFact:
        ready = (await self.asked()).certificate
        assert ready is not None
        return ready


def run(
    tmp_path: Path, work: Callable[[Office], Coroutine[Any, Any, None]], *, papers_in: bool = True
) -> None:
    async def inside() -> None:
        clock = [datetime(2026, 9, 24, 2, 0, tzinfo=UTC)]
        async with opened(tmp_path / "state", clock=lambda: clock[0]) as journal:
            office = Office(journal, clock)
            await office.open()
            if papers_in:
                await office.papers_in()
            await work(office)

    asyncio.run(inside())


def test_it_is_issued_once_and_the_same_one_is_printed_each_time(tmp_path: Path) -> None:
    async def work(office: Office) -> None:
        await office.granted()
        first, again = await office.given(), await office.given()
        assert first == again
        assert read_code(first.code)[1].number == first.number
        assert len(await office.journal.events(kinds=["CertificateIssued"])) == 1
        for outcome in (PrintOutcome.NOT_PRINTED, PrintOutcome.PRINTED):
            office.prints = outcome
            wanted = do.PrintCertificate(CASE, "0a1b2c3d", Identity.VERIFIED, first.number, first.code)
            await office.desk.perform(wanted)
            assert office.posted.pop() == ev.CertificatePrinted(first.number, outcome.value)
        facts = await office.journal.events(kinds=["CertificateHandedOut"])
        assert [fact.data["outcome"] for fact in facts] == ["notPrinted", "printed"]
        assert office.jobs[0] == office.jobs[1]

    run(tmp_path, work)


def test_the_code_is_sealed_and_goes_with_the_case(tmp_path: Path) -> None:
    async def work(office: Office) -> None:
        await office.granted()
        await office.given()
        (issued,) = await office.journal.events(kinds=["CertificateIssued"])
        assert "code" not in issued.data
        await office.journal.erase([CASE], by="9001", reason="asked")
        assert (await office.asked()) in (ev.CertificateReady(why="none"), ev.CertificateReady(why="refused"))

    run(tmp_path, work)


def test_only_the_person_of_a_granted_case(tmp_path: Path) -> None:
    async def work(office: Office) -> None:
        assert await office.asked() == ev.CertificateReady(why="none")
        await office.granted("person")
        assert await office.hope() is CertificateHope.NONE
        await office.granted()
        assert await office.hope() is CertificateHope.READY
        assert await office.asked(OTHERS) == ev.CertificateReady(why="none")
        assert not await office.journal.events(kinds=["CertificateIssued"])

    run(tmp_path, work)


@pytest.mark.parametrize(
    "end",
    [(), (le.DepositAbandoned(CASE, "A-01", "gave up"),), (le.CustodyDisputed(CASE, "A-01", "unseen"),)],
)
def test_what_rules_granted_counts_once_the_papers_are_there(
    tmp_path: Path, end: tuple[le.DepositAbandoned | le.CustodyDisputed, ...]
) -> None:
    async def work(office: Office) -> None:
        await office.granted()
        assert await office.hope() is CertificateHope.NONE
        await office.journal.append([le.DepositRequested(CASE, "A-01", "item"), *end])
        assert await office.hope() is CertificateHope.NONE
        assert await office.asked() == ev.CertificateReady(why="none")
        await office.heard("granted")  # a person decided
        assert await office.hope() is CertificateHope.READY

    run(tmp_path, work, papers_in=False)


def test_one_that_staff_issued_for_somebody_else_is_not_theirs(tmp_path: Path) -> None:
    async def work(office: Office) -> None:
        await office.granted()
        other = Holder("李四", OTHERS)
        of_other = await office.certificates.issue(Wanted("proof", CASE, other), by="1001")
        given = await office.given()
        assert given.number != of_other.certificate.number
        assert read_code(given.code)[1].id_tail == NUMBER[-4:]
        await office.certificates.revoke(of_other.certificate.number, Reason.ERROR, by="9001")
        await office.certificates.issue(Wanted("proof", CASE, other), by="1001")
        assert await office.given() == given

    run(tmp_path, work)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ((("granted", "electronic"),), CertificateHope.READY),
        ((("granted", "paper"),), CertificateHope.NONE),
        ((("refused", "none"),), CertificateHope.NONE),
        ((("granted", "electronic"), ("withdrawn", "none")), CertificateHope.NONE),
    ],
)
def test_what_the_city_said_last_counts(
    tmp_path: Path, said: tuple[tuple[str, str], ...], expected: CertificateHope
) -> None:
    async def work(office: Office) -> None:
        await office.granted("refused")
        for decision, result in said:
            await office.heard(decision, result)
        assert await office.hope() is expected

    run(tmp_path, work)


@pytest.mark.parametrize("how", ["expired", "revoked", "key"])
def test_one_that_counts_no_more_is_said_so_and_not_replaced(tmp_path: Path, how: str) -> None:
    async def work(office: Office) -> None:
        await office.granted()
        number = (await office.given()).number
        match how:
            case "expired":
                office.clock[0] += timedelta(days=40)
            case "revoked":
                await office.certificates.revoke(number, Reason.WITHDRAWN, by="9001")
            case _:
                (key,) = await office.certificates.keys()
                await office.certificates.revoke_key(key.key_id.hex(), by="9001")
        why = "expired" if how == "expired" else "revoked"
        assert await office.hope() is CertificateHope(why)
        assert await office.asked() == ev.CertificateReady(why=why)

    run(tmp_path, work)
