"""Writes readiness reports: looks at every device, numbers, files, records, prints."""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from drivers.contracts.paper import Paper
from drivers.contracts.printer import PrintOutcome
from drivers.contracts.report import DeviceReport
from drivers.errors import DeviceError
from kiosk.filing import place_for, store, versions
from kiosk.journal.errors import JournalError
from kiosk.journal.events import ReadinessReported
from kiosk.journal.journal import Journal, opened
from kiosk.numbering import next_number
from kiosk.readiness.content import Place, Readiness, judged, trials
from kiosk.readiness.pdf import render_pdf
from kiosk.readiness.strip import render_strip
from kiosk.session import effects as do
from kiosk.session.facts import NEEDED
from kiosk.session.vendor import TOUCH_TEST
from kiosk.settings import Settings
from kiosk.staff import STAFF_NO

from . import devices, examine
from .command import ask
from .diagnosis import judge
from .inventory import Item
from .printing import new_paper
from .supervisor import Subject, reports
from .workshop import SCREEN, SOUND, TONE_TEST, tests_of

logger = logging.getLogger(__name__)

FOLDER: Final = "reports"
Results = Iterable[tuple[str, str, str, str]]
PrintJob = Callable[[Callable[[Paper], bytes]], Awaitable[PrintOutcome]]


@dataclass(frozen=True, slots=True)
class Seen:
    """One device that was looked at, and what a technician can try on it."""

    item: Item
    report: DeviceReport
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A report that stands. `printed`: what became of the strip, empty where none was asked for."""

    number: str
    path: str
    sha256: str
    fit: bool
    printed: str = ""


@dataclass(slots=True)
class Reporter:
    """`look` reports on every device; `print_job` prints what a function writes on fresh paper, None: no printer."""

    settings: Settings
    journal: Journal
    look: Callable[[], Awaitable[Sequence[Seen]]]
    print_job: PrintJob | None
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def of_technician(self, order: do.WriteReport) -> str:
        """The number of the report that a technician at the screen asked for; empty when it could not be written."""
        try:
            return (await self.write(order.staff_no, order.results, on_paper=True)).number
        except (OSError, RuntimeError, JournalError) as error:
            logger.error("no readiness report: %s", error)
            return ""

    async def write(self, staff_no: str, results: Results, *, on_paper: bool) -> Written:
        """File and record one report. Raises `OSError`, `RuntimeError`, `JournalError`, `ValueError`."""
        if staff_no and not STAFF_NO.fullmatch(staff_no):
            raise ValueError(
                "who ran it is a staff number, 3 to 8 digits: names do not belong into the journal"
            )
        async with self._one_at_a_time:
            report = await self._composed(staff_no, results)
            pdf = await asyncio.to_thread(render_pdf, report)
            digest = hashlib.sha256(pdf).hexdigest()
            path = self.settings.paths.state_dir / FOLDER / f"{report.number}.pdf"
            await asyncio.to_thread(store, path, pdf)
            await self.journal.append(ReadinessReported(report.number, report.fit, staff_no, digest))
        printed = ""
        if on_paper and self.print_job is not None:
            outcome = await self.print_job(lambda paper: render_strip(report, paper, sha256=digest))
            printed = outcome.value
        return Written(report.number, str(path), digest, report.fit, printed)

    async def _composed(self, staff_no: str, results: Results) -> Readiness:
        kiosk = self.settings.kiosk
        seen = await self.look()
        found = tuple(one.report for one in seen)
        verdict = judge([one.item for one in seen], found)
        tests = {one.item.name: one.tests for one in seen}
        tried = trials({**tests, SCREEN: (TOUCH_TEST,), SOUND: (TONE_TEST,)}, results)
        needed = frozenset({SCREEN, *(one.item.name for one in seen if one.item.part in NEEDED)})
        at = datetime.now(ZoneInfo(kiosk.timezone))
        return Readiness(
            await self._number(at), at,
            Place(kiosk.id, kiosk.name_zh, kiosk.name_en, kiosk.place_zh, kiosk.place_en), staff_no, found, tried,
            judged(serves=verdict.fit, needed=needed, tried=tried), verdict.first, versions(),
            await self.journal.anchor(), await self.journal.public_key(),
        )  # fmt: skip

    async def _number(self, at: datetime) -> str:
        newest = await self.journal.last_event(ReadinessReported.__name__)
        return next_number("R", at, "" if newest is None else str(newest.data["number"]))


async def looked(subjects: Sequence[Subject]) -> tuple[Seen, ...]:
    """What each of them is, how it does, what can be tried on it."""
    found = await reports(subjects)
    return tuple(Seen(one.item, said, tests_of(one)) for one, said in zip(subjects, found, strict=True))


# from the command line ----------------------------------------------------------------------------------------------


def order(settings: Settings, out: Path, *, by: str, on_paper: bool) -> Written:
    """Have a report written, by the running program where one runs, and put a copy of the PDF at `out`.

    Raises `CommandRefused`, `JournalError`, `OSError`, `RuntimeError`, `ValueError`.
    """
    place_for(out)  # before a number is spent
    told = ask(settings.paths.state_dir, "readiness", by=by, print=on_paper)
    written = asyncio.run(_alone(settings, by, on_paper=on_paper)) if told is None else Written(**told)
    store(out, Path(written.path).read_bytes())
    return written


async def _alone(settings: Settings, by: str, *, on_paper: bool) -> Written:
    async def look() -> Sequence[Seen]:
        async with examine.opened(settings) as subjects:
            return await looked(subjects)

    async with opened(settings.paths.state_dir, master_key_file=settings.paths.master_key_file) as journal:
        return await Reporter(settings, journal, look, _printing(settings)).write(by, (), on_paper=on_paper)


def _printing(settings: Settings) -> PrintJob | None:
    built = devices.printer(settings)
    if built is None:
        return None
    printer, config = built

    async def print_job(render: Callable[[Paper], bytes]) -> PrintOutcome:
        try:
            await printer.connect()
            return await printer.print(await asyncio.to_thread(lambda: render(new_paper(config))))
        except DeviceError:
            return PrintOutcome.NOT_PRINTED
        finally:
            await printer.close()

    return print_job
