"""The physical audit's desk: its number, its signed record, its report as PDF and on paper."""

import asyncio
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from drivers.contracts.printer import PrintOutcome
from kiosk.audit.content import Audit, Line, Recorded
from kiosk.audit.pdf import render_pdf
from kiosk.audit.strip import render_strip
from kiosk.filing import store
from kiosk.journal.errors import JournalError, SegmentUnreadable
from kiosk.journal.journal import Journal
from kiosk.journal.staffevents import AuditAbandoned, AuditCutOff, AuditReported, AuditSigned, AuditStarted
from kiosk.journal.types import StoredEvent
from kiosk.numbering import next_number
from kiosk.readiness.content import Place
from kiosk.session import events as ev
from kiosk.session import staffeffects as act
from kiosk.session import staffevents as told
from kiosk.session.staff.audit import differences
from kiosk.session.staffstate import Purpose, Round, Told
from locker.events import CompartmentLookedInto

from .slips import PrintJob

logger = logging.getLogger(__name__)

LETTER: Final = "A"
FAILED: Final = "failed"
_ENDS: Final = (AuditSigned, AuditAbandoned, AuditCutOff)


@dataclass(frozen=True, slots=True)
class AuditDesk:
    """Numbers, signs, files and prints audits. `folder`: where reports lie; `cells`: how many compartments."""

    journal: Journal
    print_job: PrintJob | None
    place: Place
    folder: Path
    cells: int
    now: Callable[[], datetime]

    async def perform(self, effect: act.BeginAudit | act.SignAudit, post: Callable[[ev.Event], None]) -> None:
        """Do it. Raises `JournalError`."""
        match effect:
            case act.BeginAudit(staff_no, second_no, only_empty):
                newest = await self.journal.last_event(AuditStarted.__name__)
                number = next_number(LETTER, self.now(), "" if newest is None else str(newest.data["audit"]))
                await self.journal.append(AuditStarted(number, staff_no, second_no, only_empty, self.cells))
                post(told.AuditBegun(number))
            case act.SignAudit(round):
                post(told.AuditFiled(round.number, await self._sign(round)))

    async def report_missed(self) -> None:
        """At a start: the report of a signed audit that has none, because the power failed or the disk was full."""
        try:
            signed = await self.journal.last_event(AuditSigned.__name__, AuditReported.__name__)
            if signed is not None and signed.type == AuditSigned.__name__ and signed.data["lines"]:
                await self._report(await self._composed(signed))
        except (
            SegmentUnreadable
        ) as error:  # no reason not to serve: what lies in a sealed segment is long over
            logger.error("whether an audit has its report is not known: %s", error)
        except JournalError as error:
            logger.error("no report of an audit: %s; the next start tries again", error)

    async def _sign(self, round: Round) -> str:
        """Once the journal has it, it is signed; a report that cannot be written is made at the next start."""
        different = differences(round)
        await self.journal.append(
            AuditSigned(
                round.number, round.staff_no, round.second_no, len(round.done), len(round.done) - len(different),
                tuple((one.errand.cell, one.errand.case_id, one.found.value) for one in different),
                tuple((one.errand.cell, one.errand.case_id, _recorded(one), one.found.value) for one in round.done),
            )
        )  # fmt: skip
        signed = await self.journal.last_event(AuditSigned.__name__)
        assert signed is not None
        audit = await self._composed(signed)
        digest = await self._report(audit)
        outcome = PrintOutcome.NOT_PRINTED
        if self.print_job is not None:
            outcome = await self.print_job(lambda paper: render_strip(audit, paper, sha256=digest))
        return outcome.value if digest else FAILED

    async def _report(self, audit: Audit) -> str:
        """The SHA-256 of the PDF, empty where there is none."""
        try:
            pdf = await asyncio.to_thread(render_pdf, audit)
            await asyncio.to_thread(store, self.folder / f"{audit.number}.pdf", pdf)
        except (OSError, RuntimeError) as error:
            logger.error("no report of audit %s: %s; the next start tries again", audit.number, error)
            return ""
        digest = hashlib.sha256(pdf).hexdigest()
        await self.journal.append(AuditReported(audit.number, digest))
        return digest

    async def _composed(self, signed: StoredEvent) -> Audit:
        told = signed.data
        started = await self.journal.last_event(AuditStarted.__name__)
        different = {tuple(one) for one in told["differences"]}
        lines = tuple(
            Line(cell, case_id, Recorded(recorded), found, (cell, case_id, found) not in different)
            for cell, case_id, recorded, found in told["lines"]
        )
        return Audit(
            told["audit"], signed.at.astimezone(self.now().tzinfo), self.place, told["staff_no"], told["second_no"],
            started is not None and started.data["audit"] == told["audit"] and started.data["only_empty"], lines,
            await self.journal.anchor(), await self.journal.public_key(),
        )  # fmt: skip


async def close_cut_off(journal: Journal) -> None:
    """At a start: record that an audit was cut off, and what had been counted. Raises `JournalError`."""
    try:
        newest = await journal.last_event(AuditStarted.__name__, *(end.__name__ for end in _ENDS))
    except SegmentUnreadable as error:  # no reason not to serve: what lies in a sealed segment is long over
        logger.error("whether an audit was cut off is not known: %s", error)
        return
    if newest is None or newest.type != AuditStarted.__name__:
        return
    counted: dict[str, tuple[str, str, str]] = {}
    after = newest.seq
    while looked := await journal.events(after=after, kinds=[CompartmentLookedInto.__name__]):
        for one in looked:
            if one.data["purpose"] == Purpose.AUDIT.value:
                cell = str(one.data["cell"])
                counted[cell] = (cell, str(one.data["case_id"] or ""), str(one.data["found"]))
        after = looked[-1].seq
    audit, compartments = str(newest.data["audit"]), int(newest.data["compartments"])
    logger.warning("audit %s was cut off after %d compartments", audit, len(counted))
    await journal.append(
        AuditCutOff(audit, str(newest.data["staff_no"]), len(counted), compartments, tuple(counted.values()))
    )


def _recorded(one: Told) -> Recorded:
    if not one.errand.case_id:
        return Recorded.EMPTY
    return Recorded.HELD if one.errand.expected else Recorded.DISPUTED
