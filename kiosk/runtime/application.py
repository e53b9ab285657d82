"""The kiosk's program without its window: opens everything, runs the engine, closes everything."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import cached_property, partial
from importlib.metadata import version
from typing import Any
from zoneinfo import ZoneInfo

from drivers.contracts.health import DeviceStatus, Health
from drivers.contracts.printer import PrintOutcome
from kiosk.approval.port import ApprovalSystem
from kiosk.cabinettables import CellSettings
from kiosk.catalogue.search import SearchIndex
from kiosk.identity.events import IdentityPart as Said
from kiosk.inputmethod.speller import Speller
from kiosk.journal.custody import JournalCustody
from kiosk.journal.erasing import Retention
from kiosk.journal.events import KioskStarted, KioskStopped
from kiosk.journal.journal import Journal, no_notices
from kiosk.journal.rotation import Rotation, Sizes
from kiosk.journal.types import Event, Notice, NoticePolicy, Recorded
from kiosk.notify.cases import UNDER_WAY, KnownCases
from kiosk.notify.policy import NoticeWriter
from kiosk.notify.texts import Language
from kiosk.onetimecode import OneTimeCodes, Purpose, code_ends
from kiosk.presenter.presenter import Presenter
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import state as st
from kiosk.session.facts import Part
from kiosk.settings import Settings
from kiosk.staff import ACCOUNTS, StaffRegistry
from locker.boardwatch import DoorSettings
from locker.cabinet import Cabinet, Cell, Size
from locker.compartment import Compartment
from locker.doors import DoorService
from locker.ledger import Ledger
from screens.scanviews import Picture

from . import approving, who
from .acts import Acts
from .aidacts import AidDesk, Hourly
from .applications import Applications
from .auditing import close_cut_off
from .certificatecommands import CertificateCommands, certificate_commands
from .certificatedesk import CertificateDesk, certificate_desk
from .commands import Commands
from .custodyacts import ActLimits, Cases, CustodyActs
from .custodycommands import CustodyCommands
from .engine import Engine
from .fitted import NOT_FITTED, Core, Fitted
from .house import houses
from .identity import IdentityEar
from .journalcare import BY, JournalCare
from .machine import Machine
from .notices import Lookups
from .oversight import Oversight
from .ownacts import OwnActs
from .pagekeeping import PageKeeper
from .ports import Screen
from .progress import progress_desk
from .promises import PromiseWatch
from .quiethours import QuietWatch
from .reporting import Reporter, looked
from .reservations import ReservationWatch
from .restart import compare_head, own_up_to_loss
from .scancommands import scan_commands
from .sheets import SheetDesk
from .slips import issue_cut_off
from .staffdesk import StaffDesk, terms_of
from .tasks import running
from .testmessage import TestMessages
from .timers import limits_of
from .unfinished import Unfinished
from .voice import SpokenScreen
from .watching import MachineWatch
from .wayacts import WayActs
from .workshop import Workshop

logger = logging.getLogger(__name__)


class Application:
    """One kiosk. `run` works until `stop` is called. `screen` is given before, so that the window can come first.

    `beat` is told of every part that is alive, `ready` when the first page can be used.
    """

    def __init__(
        self, settings: Settings, screen: Screen, *,
        beat: Callable[[str], None] | None = None, ready: Callable[[], None] = lambda: None,
        machine: Machine | None = None,
    ) -> None:  # fmt: skip
        self.settings = settings
        self.screen = screen
        self.machine = machine or Machine(settings)
        self.beat = beat
        self.ready = ready
        self._journal: Journal
        self._doors: DoorService
        self._ledger: Ledger
        self._lookups: Lookups
        self._codes: OneTimeCodes
        self._known: KnownCases
        self._approval: ApprovalSystem | None
        self._staff: StaffRegistry
        self._cases: Cases
        self._policy: NoticePolicy = no_notices
        self._fitted: Fitted
        self._ways: WayActs
        self._watch: MachineWatch | None = None
        self._oversight = Oversight(settings, self._states, self.machine.look_at)
        self._stopping = asyncio.Event()
        self._disk = self.machine.disk()
        self._cabinet = Cabinet(tuple(_cell(cell) for cell in settings.cabinet.cells))
        self._catalogue = self.machine.catalogue()
        self.search = SearchIndex(self._catalogue)
        self.speller = Speller(settings.kiosk.streets)
        self._houses = houses(settings.kiosk, self._catalogue, self.search, self.speller)
        self._zone = ZoneInfo(settings.kiosk.timezone)
        lang = settings.screen.language
        self._voice = self.machine.voice() if settings.voice.enabled or settings.face.spoken else None
        policy = who.policy(settings, self._catalogue, can_speak=self._voice is not None)
        session = st.Session(policy=policy, lang=lang, home_lang=lang)
        self.engine = Engine(
            session, Presenter(self._houses),
            self.screen if self._voice is None else SpokenScreen(self.screen, self._voice), limits_of(settings),
            now=self.machine.now, new_id=self.machine.new_id,
        )  # fmt: skip
        if self._voice is not None:
            self.engine.touched = self._voice.hush
            self.engine.speaking = self._voice.is_speaking
        self._ear = IdentityEar(
            self.engine.post, self._changed, self.machine.now, settings.face.guardian_below_age
        )
        self._oversight.devices["reader"] = self._ear
        self._camera_unseen = Health(DeviceStatus.STARTING) if self.machine.has_camera else NOT_FITTED
        self.identity = self.machine.identity(self._ear.hear)

    def touched(self) -> None:
        """A finger on the glass, wherever it is: the voice falls silent. Any thread may call."""
        self.engine.call_threadsafe(self._hush)

    def _hush(self) -> None:
        if self._voice is not None:
            self._voice.hush()

    def stop(self) -> None:
        """End `run` in order. Call on the loop."""
        self._stopping.set()

    async def run(self) -> None:
        """Open, serve until `stop`, close. Raises what keeps a kiosk from starting at all."""
        async with AsyncExitStack() as stack:
            await self._open(stack)
            await self._journal.append(KioskStarted(version("nightdesk"), self.settings.profile))
            await close_cut_off(self._journal)
            await issue_cut_off(self._journal, self.machine.now())
            acts = await self._acts(stack)
            engine = await stack.enter_async_context(running(self.engine.run(acts), "engine"))
            await stack.enter_async_context(running(self._staff_desk.audits().report_missed(), "report"))
            unfinished = self._unfinished(acts.staff.make_up)
            silent = await unfinished.of_boards(frozenset(self._doors.snapshot().boards))
            await stack.enter_async_context(running(unfinished.late(silent), "late boards"))
            await stack.enter_async_context(running(unfinished.run(), "loose ends"))
            await self._open_commands(stack)
            self._changed()
            self.ready()
            stop = asyncio.create_task(self._stopping.wait())
            await asyncio.wait({engine, stop}, return_when=asyncio.FIRST_COMPLETED)
            stop.cancel()
            if engine.done():
                engine.result()
            await self._journal.append(KioskStopped("stopped"))

    # opening ----------------------------------------------------------------------------------------------------

    async def _open(self, stack: AsyncExitStack) -> None:
        settings = self.settings
        self._lookups = Lookups(self._catalogue)
        self._journal = await self.machine.journal(self._notices)
        stack.push_async_callback(self._journal.close)
        await self._lookups.refresh(self._journal)
        known = self._known = KnownCases(await self._journal.cases(*UNDER_WAY), self._journal.case_inside)
        self._approval = self.machine.approval()
        if self._approval is not None:
            stack.push_async_callback(self._approval.close)
        self._policy = known.watching(self._told(known))
        self._codes = OneTimeCodes(self._journal, hasher=self.machine.hasher)
        self._cases = Cases(lambda case_id, lang: known.speaks(case_id, Language(lang)))
        stack.callback(self._journal.listen(self._recorded))
        self._staff = StaffRegistry(
            self._journal, attempts=settings.staff.sign_in_attempts, first_wait_s=settings.staff.first_wait_s,
            hasher=self.machine.hasher,
        )  # fmt: skip
        self._ways = who.way_acts(
            settings, self._journal, self.machine.desk(), self._place, self.machine.now, self.engine.post
        )
        core = Core(
            settings, self.machine, self._journal, self._staff, self.engine, self._oversight, self._houses,
            self._changed, self._ways.number_of,
            lambda head: compare_head(head, self._journal, self._ledger, self._cell_in_use), self._approval,
        )  # fmt: skip
        self._fitted = Fitted(core)
        await self._open_doors(stack)
        await stack.enter_async_context(running(self._start_identity(stack), "identity"))
        await self._fitted.open(stack)
        await self._open_voice(stack)
        self._watch = MachineWatch(
            self._journal, self._doors, self._ledger, self._cabinet, self._health, self._fitted.mqtt,
            self.engine.post, self.machine.now, settings.staff.undelivered_after_s, settings.session.device_retry_s,
            code_ends=partial(code_ends, purpose=Purpose.PICK_UP), terms=terms_of(settings, self._catalogue),
            others=self._fitted.others, disk=self._disk.health, is_power_ending=self._fitted.is_power_ending,
            sizes={item.code: Size(item.envelope) for item in self._catalogue},
        )  # fmt: skip
        reservations = ReservationWatch(self._ledger, self._cell_in_use, settings.custody.reservation_s)
        await stack.enter_async_context(running(reservations.run(), "reservations"))
        await stack.enter_async_context(running(self._watch.run(), "watch"))
        if self.beat is not None:
            await stack.enter_async_context(running(self._beat(self.beat), "beat"))
        await stack.enter_async_context(running(self._care().run(), "journal care"))
        await stack.enter_async_context(running(self._quiet().run(), "quiet hours"))
        late = PromiseWatch(self._journal, self.machine.now, self.settings.journal.look_every_s)
        await stack.enter_async_context(running(late.run(), "promises"))

    async def _open_voice(self, stack: AsyncExitStack) -> None:
        if self._voice is None:
            return
        stack.push_async_callback(self._voice.close)
        work = self._voice.run(
            self._is_nobody_there, lambda plugged: self.engine.post(ev.HeadphonesPlugged(plugged))
        )
        await stack.enter_async_context(running(work, "voice"))

    def _cell_in_use(self) -> str:
        """The compartment of whoever stands there; empty when there is none."""
        stage = self.engine.session.stage
        place = getattr(stage, "place", None) or getattr(stage, "parcel", None)
        place = place or stage  # of staff's stages the compartment itself
        return str(getattr(place, "cell", ""))

    def _unfinished(self, owed: Callable[[], Awaitable[None]]) -> Unfinished:
        return Unfinished(
            self._journal, self._ledger, self._doors, self._cabinet, self._staff_desk.results().issue_missing,
            owed, self._is_nobody_there, self._cell_in_use, self.engine.post, self.settings.session.door_open_limit_s,
        )  # fmt: skip

    def _is_nobody_there(self) -> bool:
        return isinstance(self.engine.session.stage, st.Idle)

    def _care(self) -> JournalCare:
        limits = self.settings.journal
        return JournalCare(
            self._journal, Rotation(self._journal, Sizes(limits.segment_events, limits.kept_events)),
            Retention(limits.personal_days, limits.unfinished_days),
            self._is_nobody_there, lambda: self._disk.health().works,
            self.machine.now, limits.look_every_s,
            lambda: self._staff.secrets.sweep(limits.staff_days, self.machine.now(), by=BY),
            self._keeper.sweep,
        )  # fmt: skip

    def _notices(self, event: Event, recorded: Recorded) -> Sequence[Notice]:
        return self._policy(event, recorded)

    def _told(self, known: KnownCases) -> NoticePolicy:
        writer = self._writer(known)
        if self._approval is None:
            return writer
        submit = approving.submissions(self.settings.kiosk.id, self._journal, self._catalogue)
        return lambda event, recorded: (*writer(event, recorded), *submit(event, recorded))

    def _writer(self, known: KnownCases) -> NoticeWriter:
        kiosk = self.settings.kiosk
        return NoticeWriter(
            kiosk.id, self._place,
            self._zone, self._lookups.told_for, self._lookups.on_call, known.facts,
            self._lookups.item_name, Language(self.settings.staff.language), self._lookups.technicians,
        )  # fmt: skip

    def _place(self, lang: Language) -> str:
        kiosk = self.settings.kiosk
        return kiosk.place_en if lang is Language.ENGLISH else kiosk.place_zh

    def _test_messages(self) -> TestMessages:
        return TestMessages(
            self._journal, self._place, Language(self.settings.staff.language), self.machine.now
        )

    async def _open_doors(self, stack: AsyncExitStack) -> None:
        await own_up_to_loss(self._journal, [cell.name for cell in self._cabinet.cells])
        known = await self._journal.compartments()
        compartments = [known.get(cell.name, Compartment(cell.name)) for cell in self._cabinet.cells]
        self._ledger = Ledger(JournalCustody(self._journal), compartments)
        session, locks = self.settings.session, self.machine.locks()
        self._fitted.items = locks.items
        self._oversight.devices |= {f"board {name}": board for name, board in locks.boards.items()}
        self._oversight.devices |= {f"item board {name}": watch for name, watch in locks.items.items()}
        self._doors = DoorService(
            self._cabinet, locks.boards, self._ledger,
            settings=DoorSettings(
                poll_interval_s=session.board_poll_s, open_deadline_s=session.opening_deadline_s,
                gap_s=session.lock_gap_s,
            ),
        )  # fmt: skip
        if locks.signals is not None:
            stack.push_async_callback(locks.signals.close)
        stack.push_async_callback(self._doors.close)
        await self._doors.start()
        await self._fitted.open_signals(stack, locks.signals)
        stack.callback(self._doors.subscribe(lambda _: self._changed()))

    async def _start_identity(self, stack: AsyncExitStack) -> None:
        stack.push_async_callback(self.identity.close)
        await self.identity.start()

    async def _open_commands(self, stack: AsyncExitStack) -> None:
        codes = who.identity_codes(self.settings, self._journal)
        custody = CustodyCommands(
            self._journal, self._staff, lambda: self.engine.session.stage, self.engine.post, self.machine.now
        )
        commands = Commands(
            self._journal, self._staff, self._oversight, self._reporter, self._zone, codes, custody,
            self._certificates, approving.ApprovalCommands(
                self._approval or approving.embedded(self._journal, self._catalogue, self.machine.now)
            ),
            scan_commands(self.settings, self._journal, self._staff, self.machine.now),
        )  # fmt: skip
        server = self.machine.commands(commands)
        if server is not None:
            await server.start()
            stack.push_async_callback(server.close)

    @cached_property
    def _reporter(self) -> Reporter:
        return Reporter(
            self.settings, self._journal, lambda: looked(self._oversight.subjects()),
            None if self._fitted.desk is None else self._fitted.desk.print_job,
        )  # fmt: skip

    async def _acts(self, stack: AsyncExitStack) -> Acts:
        session = self.settings.session
        sounds = self.machine.sounds()
        fitted = self._fitted
        workshop = Workshop(
            self._oversight, self.engine.post, self.identity, sounds.play,
            None if fitted.desk is None else fitted.desk.print_test, self._zone, self._reporter.of_technician,
            sms=fitted.sms, send_message=None if fitted.sms is None else self._test_messages(),
            broker=fitted.mqtt, signals=fitted.signals,
        )  # fmt: skip
        applications = Applications(self._catalogue, self.machine.now, decides=self.settings.approval is None)
        custody = CustodyActs(
            journal=self._journal, ledger=self._ledger, doors=self._doors, cabinet=self._cabinet,
            print_receipt=self._fitted.desk or _no_printer, post=self.engine.post,
            envelope_of=lambda code: self._item(code).envelope,
            office_of=lambda code: self._item(code).department.zh,
            now=self.machine.now, cases=self._cases, applications=applications, pages=self._keeper,
            limits=ActLimits(door_open_limit_s=session.door_open_limit_s),
        )  # fmt: skip
        desk = self._staff_desk
        acts = Acts(
            self._journal,
            who.identity_acts(self.settings, self._journal, self.identity, self.machine.now, self.engine.post),
            self._ways, custody, self._own_acts(), self._certificate_desk,
            desk.acts(self.engine.post), workshop, self._sheets(), fitted.scans, self._aid(),
            self.engine.post, self._fitted.player(self.machine.sounds()),
            self._voice, self.machine.rating_invitation(),
        )  # fmt: skip
        stack.push_async_callback(acts.close)
        return acts

    @cached_property
    def _keeper(self) -> PageKeeper:
        return PageKeeper(
            self._journal, self._fitted.scans, self.machine.page_files(),
            lambda code: tuple(paper.zh for paper in self._item(code).materials),
        )  # fmt: skip

    def scanned(self, number: int) -> Picture | None:
        """A page of the visit as it is drawn; None when it is gone. For the window's thread."""
        fitted = self._fitted if hasattr(self, "_fitted") else None
        return None if fitted is None else fitted.scans.picture(number)

    def _quiet(self) -> QuietWatch:
        limits = self.settings.counter
        return QuietWatch(
            self._journal, self.engine.post, self.machine.now, len(self._cabinet.cells), limits.quiet_weeks,
            limits.quiet_least_days,
        )  # fmt: skip

    def _aid(self) -> AidDesk:
        limits, who = self.settings.counter, self._lookups
        reports, people = (Hourly(limits.reports_per_hour) for _ in range(2))
        return AidDesk(
            self._journal, self._states, self.engine.page_below, who.on_call, who.technicians, self._fitted.can_text,
            self._place, Language(self.settings.staff.language), self.machine.now, self.engine.post, reports, people,
            Hourly(limits.calls_per_hour),
        )  # fmt: skip

    def _sheets(self) -> SheetDesk:
        desk = self._fitted.desk
        return SheetDesk(
            self._houses, lambda lang: self._place(Language(lang)), None if desk is None else desk.print_job,
            self.machine.now, self.engine.post,
        )  # fmt: skip

    def _own_acts(self) -> OwnActs:
        added_for = timedelta(days=self.settings.custody.add_days)
        hope = self._certificate_desk.hope
        desk = progress_desk(self.settings, self._journal, self._catalogue, self.machine.now, hope)
        return OwnActs(
            self._journal, self._ledger, self._doors, self._codes, self.engine.post, self.machine.now,
            lambda code: self._catalogue.get(code) is not None, added_for, desk,
        )  # fmt: skip

    @cached_property
    def _certificates(self) -> CertificateCommands:
        return certificate_commands(self.settings, self._journal, self._staff, self.machine.now)

    @cached_property
    def _certificate_desk(self) -> CertificateDesk:
        told = self.settings, self._journal, self._catalogue
        return certificate_desk(*told, self._certificates.certificates, self._fitted.desk, self.engine.post)

    @cached_property
    def _staff_desk(self) -> StaffDesk:
        printer = self._fitted.desk
        return StaffDesk(
            self.settings, self._catalogue, self._journal, self._ledger, self._doors, self._cabinet, self._staff,
            self._codes, None if printer is None else printer.print_job, self._known.language, self.machine.now,
            self._houses, self.machine.passages(self._journal),
        )  # fmt: skip

    def _item(self, code: str) -> Any:
        item = self._catalogue.get(code)
        if item is None:
            raise KeyError(code)
        return item

    # facts ------------------------------------------------------------------------------------------------------

    def _recorded(self, recorded: Recorded) -> None:
        self._changed(recorded)
        if isinstance(recorded.event, ACCOUNTS):
            asyncio.get_running_loop().create_task(self._lookups.refresh(self._journal))

    def _changed(self, recorded: Recorded | None = None) -> None:
        """Before the watch is there, nobody needs to know."""
        if self._watch is None:
            return
        if recorded is None:
            self._watch.changed()
        else:
            self._watch.recorded(recorded)

    def _health(self) -> dict[Part, Health]:
        health = self._ear.health
        health.setdefault(Part.READER, Health(DeviceStatus.STARTING))
        health.setdefault(Part.CAMERA, self._camera_unseen)
        return health | self._fitted.health()

    def _states(self) -> dict[str, Health]:
        """By the inventory's names."""
        found = {f"board {name}": health for name, health in self._doors.snapshot().boards.items()}
        found["journal"] = self._disk.health()
        told_of = {
            "reader": Said.READER,
            "camera": Said.CAMERA,
            "infrared": Said.CAMERA,
            "face models": Said.FACE,
        }
        for name, said in told_of.items():
            if (told := self._ear.told_of(said)) is not None:
                found[name] = told
        parts = self._health()
        names = {"printer": Part.PRINTER, "sms": Part.MODEM, "mqtt": Part.NETWORK}
        found |= {name: parts[part] for name, part in names.items() if part in parts}
        return found | self._fitted.others()

    async def _beat(self, beat: Callable[[str], None]) -> None:
        while True:
            await asyncio.sleep(1.0)
            beat("loop")
            await self._journal.ping()
            beat("journal")


async def _no_printer(job: do.PrintReceipt, anchor: str, lang: str) -> PrintOutcome:
    del job, anchor, lang
    return PrintOutcome.NOT_PRINTED


def _cell(cell: CellSettings) -> Cell:
    return Cell(
        cell.name, Size(cell.size), cell.board, cell.channel, cell.row - 1, cell.column - 1, cell.columns,
        cell.rows, cell.bottom_mm, cell.top_mm,
    )  # fmt: skip
