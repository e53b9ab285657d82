"""What staff did, made durable on a real journal: what is out of service, recalled results, who may answer for it."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from argon2 import PasswordHasher
from pypdf import PdfReader

from kiosk.journal.custody import JournalCustody
from kiosk.journal.history import Entry, Subject
from kiosk.journal.journal import Journal, opened
from kiosk.journal.staffevents import AuditAbandoned, AuditSigned
from kiosk.journal.types import StoredEvent
from kiosk.notify.texts import Language
from kiosk.onetimecode import OneTimeCodes
from kiosk.onetimecode import Purpose as CodePurpose
from kiosk.readiness.content import Place
from kiosk.receipt import ReceiptLanguage
from kiosk.runtime.auditing import AuditDesk, close_cut_off
from kiosk.runtime.helperlists import ListDesk
from kiosk.runtime.histories import HistoryDesk
from kiosk.runtime.resultacts import Mouth, ResultDesk
from kiosk.runtime.slips import Site, SlipDesk
from kiosk.runtime.staffacts import StaffActs
from kiosk.runtime.staffdesk import Gate
from kiosk.session import events as ev
from kiosk.session import staffeffects as act
from kiosk.session import staffevents as told
from kiosk.session.staffstate import Errand, Found, Purpose, Reason, Round
from kiosk.staff import Role, StaffRegistry
from locker import events as custody
from locker.compartment import Status
from locker.doors import DoorService
from locker.ledger import Ledger, complete
from tests.drivers.fake_board import FakeBoard
from tests.locker.rig import cabinet

CASE, CELL, STAFF, PIN = "261122-0001", "A-01", "1001", "246813"
NOW = datetime(2026, 11, 22, 22, 47, tzinfo=ZoneInfo("Asia/Shanghai"))
QUICK_HASH = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


@dataclass
class Desk:
    """The staff's acts and what they act on."""

    journal: Journal
    ledger: Ledger
    codes: OneTimeCodes
    staff: StaffRegistry
    acts: StaffActs
    posted: list[ev.Event] = field(default_factory=list)


async def _nobody_reads(subject: Subject, upto: int, before: int) -> tuple[list[Entry], bool]:
    raise AssertionError(f"{subject} is read up to {upto}")


@asynccontextmanager
async def desk(folder: Path) -> AsyncIterator[Desk]:
    async with opened(folder, ballast_bytes=0) as journal:
        here = cabinet()
        ledger = Ledger(JournalCustody(journal), complete(here, ()))
        doors = DoorService(here, {"main": FakeBoard(4)}, ledger)
        staff = StaffRegistry(journal, hasher=QUICK_HASH)
        codes = OneTimeCodes(journal, hasher=QUICK_HASH)
        gate = Gate(staff, lambda: NOW)
        site = Site(ReceiptLanguage.CHINESE, "柜", "中心支行")
        mouth = Mouth(lambda _language: "中心支行", lambda _case: Language.CHINESE)
        posted: list[ev.Event] = []
        acts = StaffActs(
            journal, ledger, doors, gate.sign_in, gate.countersign,
            SlipDesk(journal, None, site, lambda code: code, lambda: NOW),
            AuditDesk(journal, None, Place("k", "柜", "k", "中", "c"), folder, 4, lambda: NOW),
            ResultDesk(journal, ledger, doors, here, codes, mouth, lambda: NOW, 60.0),
            HistoryDesk(journal, staff, _nobody_reads, {}, None, site, lambda: NOW),
            ListDesk(journal, None, site, lambda code: code, lambda: NOW), posted.append,
        )  # fmt: skip
        yield Desk(journal, ledger, codes, staff, acts, posted)


@pytest.mark.parametrize(
    ("reason", "status", "words"),
    [(None, Status.INOPERATIVE, []), (Reason.DOOR_FREED, Status.OK, ["DOOR_FREED"])],
)
def test_out_of_service_is_latched_until_a_person_says_why_not(
    tmp_path: Path, reason: Reason | None, status: Status, words: list[str]
) -> None:
    async def work() -> None:
        async with desk(tmp_path) as made:
            await made.ledger.record(custody.CompartmentOutOfService(CELL, "DOOR_JAMMED"))
            errand = Errand(Purpose.RESOLVE, CELL, blocked=True)
            await made.acts.perform(act.Settle(errand, Found.NOTHING, STAFF, "", reason))
            assert made.ledger.compartments[CELL].status is status
            cleared = await made.journal.events(kinds=["CompartmentCleared"])
            assert [event.data["reason"] for event in cleared] == words
            assert made.posted == [told.StaffRecorded(CELL)]

    asyncio.run(work())


def test_with_the_result_that_staff_take_back_its_code_goes(tmp_path: Path) -> None:
    async def work() -> None:
        async with desk(tmp_path) as made:
            await made.ledger.record(
                custody.ResultRequested(CASE, CELL, STAFF, custody.ResultKind.RESULT),
                custody.ResultHeld(CASE, CELL, STAFF, custody.Evidence.SENSOR),
            )
            await made.codes.issue(CodePurpose.PICK_UP, CASE, now=NOW, by="staff:1001")
            errand = Errand(Purpose.RECALL, CELL, CASE, expected=True)
            await made.acts.perform(act.Settle(errand, Found.LEFT, STAFF))
            assert await made.codes.live(CodePurpose.PICK_UP, CASE, NOW) is not None
            await made.acts.perform(act.Settle(errand, Found.TAKEN, STAFF))
            assert await made.codes.live(CodePurpose.PICK_UP, CASE, NOW) is None

    asyncio.run(work())


@pytest.mark.parametrize("role", list(Role))
def test_only_staff_and_supervisors_answer_for_what_citizens_left(tmp_path: Path, role: Role) -> None:
    async def work() -> None:
        async with desk(tmp_path) as made:
            await made.staff.add(STAFF, name="甲", pin=PIN, role=role, by="setup")
            await made.acts.perform(act.Countersign(STAFF, PIN))
            assert made.posted == [told.Countersigned(STAFF, ok=role in (Role.STAFF, Role.SUPERVISOR))]

    asyncio.run(work())


def test_a_signed_audit_whose_report_was_cut_off_has_it_after_the_next_start(tmp_path: Path) -> None:
    empty, gone = Errand(Purpose.AUDIT, "A-01"), Errand(Purpose.AUDIT, "A-02", "261122-0001", expected=True)
    counted = Round(STAFF, Purpose.AUDIT, (empty, gone), number="A-261122-01")
    counted = counted.after(Found.NOTHING).after(Found.NOTHING)
    file = tmp_path / "A-261122-01.pdf"

    async def work() -> None:
        async with desk(tmp_path) as made:
            file.mkdir()  # nothing can be written there
            await made.acts.perform(act.BeginAudit(STAFF, "", only_empty=False))
            await made.acts.perform(act.SignAudit(counted))
            assert made.posted[-1] == told.AuditFiled("A-261122-01", "failed")
            assert await made.journal.events(kinds=["AuditReported"]) == []
            file.rmdir()
        async with desk(tmp_path) as made:
            await made.acts.audits.report_missed()
            (reported,) = await made.journal.events(kinds=["AuditReported"])
            pdf = file.read_bytes()
            assert reported.data == {"audit": "A-261122-01", "sha256": hashlib.sha256(pdf).hexdigest()}
            text = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
            assert all(cell in text for cell in ("A-01", "A-02", "261122-0001"))
            await made.acts.audits.report_missed()
            assert len(await made.journal.events(kinds=["AuditReported"])) == 1

    asyncio.run(work())


def test_an_audit_that_the_power_cut_off_has_its_end_at_the_next_start(tmp_path: Path) -> None:
    """With what was counted, once; one that was signed or given up has its end already."""

    async def ended(journal: Journal) -> list[StoredEvent]:
        await close_cut_off(journal)
        return await journal.events(kinds=["AuditCutOff"])

    async def work() -> None:
        async with desk(tmp_path) as made:
            await made.acts.perform(
                act.Settle(Errand(Purpose.AUDIT, "A-04"), Found.NOTHING, STAFF)
            )  # another one
            assert await ended(made.journal) == []
            await made.acts.perform(act.BeginAudit(STAFF, "", only_empty=False))
            await made.acts.perform(act.Settle(Errand(Purpose.AUDIT, "A-01"), Found.NOTHING, STAFF))
            await made.acts.perform(act.Settle(Errand(Purpose.AUDIT, "A-02"), Found.NOTHING, STAFF))
            await made.acts.perform(
                act.Settle(Errand(Purpose.AUDIT, "A-02"), Found.ELSE, STAFF)
            )  # opened again
            await made.acts.perform(act.Settle(Errand(Purpose.MASTER, "A-03"), Found.NOTHING, STAFF))
        async with desk(tmp_path) as made:
            assert len(await ended(made.journal)) == 1
            (told_of,) = await ended(made.journal)  # once
            assert told_of.data == {
                "audit": "A-261122-01", "staff_no": STAFF, "looked_into": 2, "compartments": 4,
                "counted": [["A-01", "", "nothing"], ["A-02", "", "somethingElse"]],
            }  # fmt: skip
            for end in (
                AuditSigned("A-261122-02", STAFF, "", 0, 0, ()),
                AuditAbandoned("A-261122-03", STAFF, "0"),
            ):
                await made.acts.perform(act.BeginAudit(STAFF, "", only_empty=True))
                await made.journal.append(end)
                assert len(await ended(made.journal)) == 1

    asyncio.run(work())
