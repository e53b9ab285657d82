"""What staff found, made durable on a real journal: out of service means so until somebody says why not."""

import asyncio
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kiosk.journal.custody import JournalCustody
from kiosk.journal.journal import opened
from kiosk.notify.texts import Language
from kiosk.onetimecode import OneTimeCodes
from kiosk.readiness.content import Place
from kiosk.receipt import ReceiptLanguage
from kiosk.runtime.auditing import AuditDesk
from kiosk.runtime.resultacts import Mouth, ResultDesk
from kiosk.runtime.slips import Site, SlipDesk
from kiosk.runtime.staffacts import StaffActs
from kiosk.runtime.staffdesk import Gate
from kiosk.session import events as ev
from kiosk.session import staffeffects as act
from kiosk.session import staffevents as told
from kiosk.session.staffstate import Errand, Found, Purpose, Reason
from kiosk.staff import StaffRegistry
from locker import events as custody
from locker.compartment import Status
from locker.doors import DoorService
from locker.ledger import Ledger, complete
from tests.drivers.fake_board import FakeBoard
from tests.locker.rig import cabinet

CELL, STAFF = "A-01", "1001"
NOW = datetime(2026, 11, 22, 22, 47, tzinfo=ZoneInfo("Asia/Shanghai"))
OUT = custody.CompartmentOutOfService(CELL, "DOOR_JAMMED")


@pytest.mark.parametrize(
    ("reason", "status", "words"),
    [(None, Status.INOPERATIVE, []), (Reason.DOOR_FREED, Status.OK, ["DOOR_FREED"])],
)
def test_out_of_service_is_latched_until_a_person_says_why_not(
    tmp_path: Path, reason: Reason | None, status: Status, words: list[str]
) -> None:
    async def work() -> None:
        posted: list[ev.Event] = []
        async with opened(tmp_path, ballast_bytes=0) as journal:
            here = cabinet()
            ledger = Ledger(JournalCustody(journal), complete(here, ()))
            doors = DoorService(here, {"main": FakeBoard(4)}, ledger)
            gate = Gate(StaffRegistry(journal), lambda: NOW)
            site = Site(ReceiptLanguage.CHINESE, "柜", "中心支行")
            acts = StaffActs(
                journal, ledger, doors, gate.sign_in, gate.countersign,
                SlipDesk(journal, None, site, lambda code: code, lambda: NOW),
                AuditDesk(journal, None, Place("k", "柜", "k", "中", "c"), tmp_path, 4, lambda: NOW),
                ResultDesk(
                    journal, ledger, doors, here, OneTimeCodes(journal),
                    Mouth(lambda _language: "中心支行", lambda _case: Language.CHINESE), lambda: NOW, 60.0,
                ),
                posted.append,
            )  # fmt: skip
            await ledger.record(OUT)
            errand = Errand(Purpose.RESOLVE, CELL, blocked=True)
            await acts.perform(act.Settle(errand, Found.NOTHING, STAFF, "", reason))
            assert ledger.compartments[CELL].status is status
            cleared = await journal.events(kinds=["CompartmentCleared"])
            assert [event.data["reason"] for event in cleared] == words
            assert posted == [told.StaffRecorded(CELL)]

    asyncio.run(work())
