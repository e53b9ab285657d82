"""The receipt: composed from the case, printed, its fate known or said to be unknown. Also the printer's state."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from drivers.contracts.health import DeviceStatus, ErrorAction, Health
from drivers.contracts.paper import Paper
from drivers.contracts.printer import PaperState, PrinterState, PrintOutcome, ReceiptPrinter
from drivers.errors import DeviceError
from drivers.escpos.paper import ReceiptPaper
from drivers.registry import EscposConfig
from drivers.tables import DriverConfig
from kiosk.presenter.house import House
from kiosk.promisesheet import PromiseSheet
from kiosk.promisesheet import render as render_promise
from kiosk.receipt import EvidenceMark, IdentityMark, Inside, Receipt, ReceiptLanguage
from kiosk.receipt import render as render_receipt
from kiosk.session import effects as do
from kiosk.testpage import render_test
from locker.events import Evidence
from screens.signature import PAD_SHAPE

logger = logging.getLogger(__name__)

STARTING: Final = Health(DeviceStatus.STARTING)
MARKS: Final = {
    Evidence.SENSOR: EvidenceMark.SEEN,
    Evidence.CLAIMED: EvidenceMark.CLAIMED,
    Evidence.DOOR: EvidenceMark.NO_SENSOR,
}


def new_paper(config: DriverConfig) -> ReceiptPaper:
    """Fresh paper as wide as the printer's."""
    if not isinstance(config, EscposConfig):
        raise TypeError(f"no paper for printers of {config.driver}")
    return ReceiptPaper(columns_dots=config.columns_dots, codepage=config.codepage)


def printer_health(state: PrinterState) -> Health:
    """Whether it can print: without paper, or when nobody knows of any, it can't."""
    if state.health.status is DeviceStatus.ONLINE and state.paper in (PaperState.OUT, PaperState.UNKNOWN):
        return Health(DeviceStatus.OFFLINE, f"paper {state.paper.value}", ErrorAction.CLEAR)
    return state.health


@dataclass(slots=True)
class ReceiptDesk:
    """Prints receipts and watches the printer. `house` gives the texts of a language, `place` where the kiosk is."""

    printer: ReceiptPrinter
    config: DriverConfig
    house: Callable[[str], House]
    place: Callable[[str], str]
    now: Callable[[], datetime]
    changed: Callable[[], None]
    poll_s: float
    paper: Callable[[DriverConfig], Paper] = new_paper
    health: Health = STARTING
    _busy: asyncio.Lock | None = None

    @property
    def columns_dots(self) -> int:
        """The printable width of its paper."""
        return self.config.columns_dots if isinstance(self.config, EscposConfig) else 0

    async def __call__(self, job: do.PrintReceipt, anchor: str, lang: str) -> PrintOutcome:
        """Print one receipt; a printer that is out is an outcome, never an error."""
        receipt = self._receipt(job, anchor, lang)
        promise = self._promise(job, lang)

        def render(paper: Paper) -> bytes:
            """Both in one job: what is known of it is known of both."""
            first = render_receipt(receipt, paper)
            return first if promise is None else first + render_promise(promise, self.paper(self.config))

        return await self.print_job(render)

    async def print_job(self, render: Callable[[Paper], bytes]) -> PrintOutcome:
        """Print what `render` makes of fresh paper."""
        data = await asyncio.to_thread(lambda: render(self.paper(self.config)))
        async with self._lock():
            if not await self._connected():
                return PrintOutcome.NOT_PRINTED
            outcome = await self.printer.print(data)
            self._take(await self.printer.status())
            return outcome

    async def print_test(self) -> PrintOutcome:
        """A page that shows everything a receipt is made of. For technicians."""
        house = self.house("zh_CN")
        return await self.print_job(
            lambda paper: render_test(paper, house.name, self.place("zh_CN"), self.now())
        )

    async def watch(self) -> None:
        """Poll the printer until cancelled."""
        await self._look()
        await asyncio.sleep(self.poll_s)
        # What fresh paper needs is read once, for up to a second: neither at the start nor while a citizen waits.
        await asyncio.to_thread(self.paper, self.config)
        while True:
            await self._look()
            await asyncio.sleep(self.poll_s)

    async def _look(self) -> None:
        async with self._lock():
            if await self._connected():
                self._take(await self.printer.status())

    def _receipt(self, job: do.PrintReceipt, anchor: str, lang: str) -> Receipt:
        house = self.house(lang)
        item = house.item(job.item_code)
        mark = IdentityMark(job.identity.value)
        missing = house.papers(job.item_code, _missing(job))
        return Receipt(
            lang=ReceiptLanguage(lang), kiosk_name=house.name, place=self.place(lang), item_title=item.title,
            papers=_brought(job, house, missing), deposited_at=self.now(),
            case_number=job.case_id,
            inside=tuple(Inside(held.cell, MARKS[held.evidence]) for held in job.held),
            staff_collect=house.collect, contact=house.hotline, anchor=anchor, identity=mark,
            pages=job.pages, missing=missing, supplement=job.supplement,
            until=_until(job, self.now().date()),
            by_agent=job.by_agent, letter=job.letter, letter_scanned=job.letter_scanned,
            code=house.receipt_code(job.case_id),
        )  # fmt: skip

    def _promise(self, job: do.PrintReceipt, lang: str) -> PromiseSheet | None:
        """The citizen's copy of what they have signed just now."""
        promise = job.promise
        if promise is None or promise.signature is None:
            return None
        house = self.house(lang)
        item = house.item(job.item_code)
        return PromiseSheet(
            lang=ReceiptLanguage(lang), kiosk_name=house.name, place=self.place(lang), item_title=item.title,
            office=item.office, case_number=job.case_id, missing=house.papers(item.code, promise.missing),
            until=date.fromisoformat(promise.until), signed_at=self.now(), contact=house.hotline,
            strokes=tuple(tuple((x, y) for x, y, _ in stroke) for stroke in promise.signature.strokes),
            shape=PAD_SHAPE, by_agent=job.by_agent,
        )  # fmt: skip

    def _lock(self) -> asyncio.Lock:
        self._busy = self._busy or asyncio.Lock()
        return self._busy

    async def _connected(self) -> bool:
        try:
            await self.printer.connect()
        except DeviceError as error:
            self._set(Health(DeviceStatus.NO_DEVICE, str(error), ErrorAction.MAINTENANCE))
            return False
        return True

    def _take(self, state: PrinterState) -> None:
        self._set(printer_health(state))

    def _set(self, health: Health) -> None:
        if health != self.health:
            self.health = health
            self.changed()


def _missing(job: do.PrintReceipt) -> tuple[str, ...]:
    """What follows later, or later still."""
    owed = job.promise or job.followed
    return () if owed is None else owed.missing


def _until(job: do.PrintReceipt, today: date) -> date | None:
    """By when it follows; None where that day is over."""
    owed = job.promise or job.followed
    until = date.fromisoformat(owed.until) if owed is not None and owed.until else None
    return until if until is not None and until >= today else None


def _brought(job: do.PrintReceipt, house: House, missing: tuple[str, ...]) -> tuple[str, ...]:
    """The papers that came in; none of a supplement of which nobody said what it is."""
    titles = house.item(job.item_code).materials
    if not job.supplement:
        return tuple(title for title in titles if title not in missing)
    if job.followed is not None:
        return house.papers(job.item_code, job.followed.papers)
    return tuple(titles[number] for number in job.scanned if number < len(titles))
