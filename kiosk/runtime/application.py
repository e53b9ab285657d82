"""The kiosk's program without its window: opens everything, runs the engine, closes everything."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from functools import cached_property
from importlib.metadata import version
from typing import Any, Final
from zoneinfo import ZoneInfo

from drivers.contracts.health import DeviceStatus, Health
from drivers.contracts.printer import PrintOutcome
from drivers.contracts.signals import SignalBoard
from drivers.with_items import ItemWatch
from kiosk.cabinettables import CellSettings
from kiosk.catalogue.items import Catalogue
from kiosk.catalogue.items import load as load_catalogue
from kiosk.identity.events import IdentityPart as Said
from kiosk.identity.process import IdentityService
from kiosk.journal.custody import JournalCustody
from kiosk.journal.events import KioskStarted, KioskStopped
from kiosk.journal.journal import Journal, no_notices
from kiosk.journal.types import Event, Notice, NoticePolicy, Recorded
from kiosk.notify.cases import UNDER_WAY, KnownCases
from kiosk.notify.mqtt import MqttCourier
from kiosk.notify.policy import NoticeWriter
from kiosk.notify.sms import SmsCourier, SmsSettings
from kiosk.notify.texts import Language
from kiosk.notify.undelivered import JournalReport
from kiosk.presenter.presenter import Presenter
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import state as st
from kiosk.session.facts import Part
from kiosk.settings import Settings
from kiosk.staff import Locked, Role, SignedIn, StaffRegistry, WrongPin
from locker.boardwatch import DoorSettings
from locker.cabinet import Cabinet, Cell, Size
from locker.compartment import Compartment
from locker.doors import DoorService
from locker.ledger import Ledger

from . import devices
from .acts import Acts
from .command import SOCKET_NAME, CommandServer
from .commands import Commands
from .custodyacts import ActLimits, Cases, CustodyActs
from .engine import Engine
from .examine import disk_health
from .house import houses
from .identity import IdentityEar
from .notices import Lookups, Numbers
from .oversight import Oversight
from .ports import Screen
from .power import PowerLimits, PowerWatch
from .printing import ReceiptDesk
from .reporting import Reporter, looked
from .restart import resolve
from .signals import SignalLimits, SignalWatch, is_door_open, staff_at
from .sound import Sounds
from .staffacts import StaffActs
from .staffcards import StaffCardWatch
from .testmessage import TestMessages
from .timers import Limits
from .watching import MachineWatch
from .workshop import Workshop

logger = logging.getLogger(__name__)

CLOSE_TIMEOUT_S: Final = 5.0
NOT_FITTED: Final = Health(DeviceStatus.NO_DEVICE, "not configured")


class Application:
    """One kiosk. `run` works until `stop` is called. `screen` is given before, so that the window can come first.

    `beat` is told of every part that is alive, `ready` when the first page can be used.
    """

    def __init__(
        self, settings: Settings, screen: Screen, *,
        beat: Callable[[str], None] = lambda _part: None, ready: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        self.settings = settings
        self.screen = screen
        self.beat = beat
        self.ready = ready
        self._journal: Journal
        self._doors: DoorService
        self._ledger: Ledger
        self._lookups: Lookups
        self._staff: StaffRegistry
        self._cases: Cases
        self._policy: NoticePolicy = no_notices
        self._desk: ReceiptDesk | None = None
        self._mqtt: MqttCourier | None = None
        self._sms: SmsCourier | None = None
        self._power: PowerWatch | None = None
        self._signals: SignalWatch | None = None
        self._staff_cards: StaffCardWatch | None = None
        self._items: Mapping[str, ItemWatch] = {}
        self._watch: MachineWatch | None = None
        self._oversight = Oversight(settings, self._states)
        self._stopping = asyncio.Event()
        self._cabinet = Cabinet(tuple(_cell(cell) for cell in settings.cabinet.cells))
        self._catalogue: Catalogue = load_catalogue(settings.paths.services_dir)
        self._houses = houses(settings.kiosk, self._catalogue)
        self._zone = ZoneInfo(settings.kiosk.timezone)
        policy = st.Policy(
            face_tries=settings.face.attempts,
            allow_card_only=settings.face.allow_card_only,
            consent_version=settings.face.consent_text_version,
            face_engine=settings.face.engine,
            staff_cards=settings.devices.staff_card is not None,
        )
        session = st.Session(policy=policy, lang=settings.screen.language, home_lang=settings.screen.language)
        self.engine = Engine(
            session, Presenter(self._houses), self.screen, _limits(settings),
            now=self.now, new_id=lambda: secrets.token_hex(8),
        )  # fmt: skip
        self._ear = IdentityEar(self.engine.post, self._changed)
        self._oversight.devices["reader"] = self._ear
        identity = devices.identity(settings)
        self._camera_unseen = NOT_FITTED if identity.camera is None else Health(DeviceStatus.STARTING)
        self.identity = IdentityService(identity, self._ear.hear)

    def now(self) -> datetime:
        """The kiosk's local time."""
        return datetime.now(self._zone)

    def stop(self) -> None:
        """End `run` in order. Call on the loop."""
        self._stopping.set()

    async def run(self) -> None:
        """Open, serve until `stop`, close. Raises what keeps a kiosk from starting at all."""
        async with AsyncExitStack() as stack:
            await self._open(stack)
            await self._journal.append(KioskStarted(version("nightdesk"), self.settings.profile))
            acts = await self._acts(stack)
            engine = await stack.enter_async_context(_running(self.engine.run(acts), "engine"))
            silent = await self._resolve_interrupted(frozenset(self._doors.snapshot().boards))
            await stack.enter_async_context(_running(self._resolve_late(silent), "late boards"))
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
        self._journal = await Journal.open(
            settings.paths.state_dir,
            notice_policy=self._notices,
            master_key_file=settings.paths.master_key_file,
        )
        stack.push_async_callback(self._journal.close)
        await self._lookups.refresh(self._journal)
        known = KnownCases(await self._journal.cases(*UNDER_WAY))
        self._policy = known.watching(self._writer(known))
        self._cases = Cases(lambda case_id, lang: known.speaks(case_id, Language(lang)))
        stack.callback(self._journal.listen(self._recorded))
        self._staff = StaffRegistry(
            self._journal, attempts=settings.staff.sign_in_attempts, first_wait_s=settings.staff.first_wait_s
        )
        await self._open_doors(stack)
        await stack.enter_async_context(_running(self._start_identity(stack), "identity"))
        await self._open_printer(stack)
        await self._open_couriers(stack)
        await self._open_power(stack)
        await self._open_staff_cards(stack)
        self._watch = MachineWatch(
            self._journal, self._doors, self._ledger, self._cabinet, self._health, self._mqtt,
            self.engine.post, self.now, settings.staff.undelivered_after_s, settings.session.device_retry_s,
            others=self._others, is_power_ending=lambda: self._power is not None and self._power.is_ending,
        )  # fmt: skip
        await stack.enter_async_context(_running(self._watch.run(), "watch"))
        await stack.enter_async_context(_running(self._beat(), "beat"))

    def _notices(self, event: Event, recorded: Recorded) -> Sequence[Notice]:
        return self._policy(event, recorded)

    def _writer(self, known: KnownCases) -> NoticeWriter:
        kiosk = self.settings.kiosk
        return NoticeWriter(
            kiosk.id, self._place,
            self._zone, self._lookups.told_for, self._lookups.on_call, known.facts,
            self._lookups.item_name, Language(self.settings.staff.language),
        )  # fmt: skip

    def _place(self, lang: Language) -> str:
        kiosk = self.settings.kiosk
        return kiosk.place_en if lang is Language.ENGLISH else kiosk.place_zh

    def _test_messages(self) -> TestMessages:
        return TestMessages(self._journal, self._place, Language(self.settings.staff.language), self.now)

    async def _open_doors(self, stack: AsyncExitStack) -> None:
        known = await self._journal.compartments()
        compartments = [known.get(cell.name, Compartment(cell.name)) for cell in self._cabinet.cells]
        self._ledger = Ledger(JournalCustody(self._journal), compartments)
        session, locks = self.settings.session, devices.locks(self.settings)
        self._items = locks.items
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
        await self._open_signals(stack, locks.signals)
        stack.callback(self._doors.subscribe(lambda _: self._changed()))

    async def _open_signals(self, stack: AsyncExitStack, board: SignalBoard | None) -> None:
        if board is None:
            return
        self._oversight.devices["signals"] = board
        limits, engine = self.settings.signals, self.engine
        self._signals = SignalWatch(
            board, self._journal.append, self._changed, lambda: engine.session.facts.can_deposit,
            lambda: staff_at(engine.session.stage),
            SignalLimits(
                limits.poll_s, self.settings.session.device_retry_s, limits.shaken_again_s, limits.buzzer_s
            ),
        )  # fmt: skip
        await stack.enter_async_context(_running(self._signals.run(), "signals"))

    async def _start_identity(self, stack: AsyncExitStack) -> None:
        stack.push_async_callback(self.identity.close)
        await self.identity.start()

    async def _open_printer(self, stack: AsyncExitStack) -> None:
        built = devices.printer(self.settings)
        if built is None:
            return
        self._oversight.devices["printer"] = built[0]
        kiosk = self.settings.kiosk
        self._desk = ReceiptDesk(
            built[0], built[1], self._houses.__getitem__,
            lambda lang: kiosk.place_en if lang == "en" else kiosk.place_zh,
            self.now, self._changed, self.settings.session.printer_poll_s,
        )  # fmt: skip
        stack.push_async_callback(built[0].close)
        await stack.enter_async_context(_running(self._desk.watch(), "printer"))

    async def _open_couriers(self, stack: AsyncExitStack) -> None:
        settings = self.settings
        outbox = self._journal.outbox
        if settings.mqtt is not None:
            self._mqtt = MqttCourier(devices.mqtt(settings), outbox)
            await stack.enter_async_context(_running(self._mqtt.run(), "mqtt", self._mqtt.close))
        channel = devices.sms(settings)
        if channel is not None:
            self._oversight.devices["sms"] = channel
            limits = SmsSettings(
                undelivered_after_s=settings.staff.undelivered_after_s,
                retry_min_s=settings.notify.sms_retry_s, retry_max_s=settings.notify.sms_retry_max_s,
            )  # fmt: skip
            numbers = Numbers(self._journal, self._staff)
            self._sms = SmsCourier(
                channel, outbox, resolve=numbers, report=JournalReport(self._journal), settings=limits
            )
            await stack.enter_async_context(_running(self._sms.run(), "sms", self._sms.close))
        loop = asyncio.get_running_loop()

        def wake() -> None:
            loop.call_soon_threadsafe(self._poke_couriers)

        outbox.on_change(wake)

    async def _open_power(self, stack: AsyncExitStack) -> None:
        ups, power = devices.ups(self.settings), self.settings.power
        if ups is None:
            return
        self._oversight.devices["ups"] = ups
        self._power = PowerWatch(
            ups, self._journal.append, self._changed, lambda: isinstance(self.engine.session.stage, st.Idle),
            PowerLimits(power.poll_s, power.silent_s, power.finish_s, power.shutdown_command),
        )  # fmt: skip
        await stack.enter_async_context(_running(self._power.run(), "power"))

    async def _open_staff_cards(self, stack: AsyncExitStack) -> None:
        reader = devices.staff_cards(self.settings)
        if reader is None:
            return
        self._oversight.devices["staff_card"] = reader
        self._staff_cards = StaffCardWatch(
            reader,
            self._staff.holder_of,
            self.engine.post,
            self._changed,
            self.settings.session.device_retry_s,
        )
        await stack.enter_async_context(_running(self._staff_cards.run(), "staff cards"))

    async def _open_commands(self, stack: AsyncExitStack) -> None:
        commands = Commands(self._journal, self._staff, self._oversight, self._reporter, self._zone)
        server = CommandServer(self.settings.paths.state_dir / SOCKET_NAME, commands.table())
        await server.start()
        stack.push_async_callback(server.close)

    @cached_property
    def _reporter(self) -> Reporter:
        return Reporter(
            self.settings, self._journal, lambda: looked(self._oversight.subjects()),
            None if self._desk is None else self._desk.print_job,
        )  # fmt: skip

    def _poke_couriers(self) -> None:
        for courier in (self._mqtt, self._sms):
            if courier is not None:
                courier.poke()

    async def _acts(self, stack: AsyncExitStack) -> Acts:
        session = self.settings.session
        sounds = Sounds(self.settings.paths.state_dir)
        workshop = Workshop(
            self._oversight, self.engine.post, self.identity, sounds.play,
            None if self._desk is None else self._desk.print_test, self._zone,
            self._reporter.of_technician,
            sms=self._sms, send_message=None if self._sms is None else self._test_messages(), broker=self._mqtt,
            signals=self._signals,
        )  # fmt: skip
        custody = CustodyActs(
            journal=self._journal, ledger=self._ledger, doors=self._doors, cabinet=self._cabinet,
            print_receipt=self._desk or _no_printer, post=self.engine.post,
            envelope_of=lambda code: self._item(code).envelope,
            office_of=lambda code: self._item(code).department.zh,
            now=self.now, cases=self._cases, limits=ActLimits(door_open_limit_s=session.door_open_limit_s),
        )  # fmt: skip
        acts = Acts(
            self._journal, self.identity, custody,
            StaffActs(self._ledger, self._doors, self._sign_in, self.engine.post), workshop,
            self.engine.post, self._player(Sounds(self.settings.paths.state_dir)),
        )  # fmt: skip
        stack.push_async_callback(acts.close)
        return acts

    def _player(self, sounds: Sounds) -> Callable[[str], Awaitable[None]]:
        async def play(kind: str) -> None:
            await sounds.play(kind)
            if self._signals is not None and is_door_open(self.engine.session.stage):
                await self._signals.buzz()

        return play

    async def _sign_in(self, staff_no: str, pin: str) -> ev.SignInAnswer:
        match await self._staff.sign_in(staff_no, pin, datetime.now(self._zone)):
            case SignedIn(member):
                return ev.SignInAnswer(staff_no, ok=True, technician=member.role is Role.TECHNICIAN)
            case WrongPin(wait_s=wait_s) | Locked(wait_s=wait_s):
                return ev.SignInAnswer(staff_no, ok=False, wait_s=round(wait_s))

    def _item(self, code: str) -> Any:
        item = self._catalogue.get(code)
        if item is None:
            raise KeyError(code)
        return item

    async def _resolve_interrupted(self, boards: frozenset[str]) -> frozenset[str]:
        """Ask the sensors of these boards what became of what was cut off; answers which boards are silent."""
        sensors = await self._doors.settled()
        heard = {name for name in boards if sensors.boards[name].status is DeviceStatus.ONLINE}
        board_of = {cell.name: cell.board for cell in self._cabinet.cells}
        readings = {cell: seen for cell, seen in sensors.readings.items() if board_of[cell] in heard}
        for event in await resolve(self._journal, self._ledger, readings):
            self.engine.post(event)
        return boards - heard

    async def _resolve_late(self, silent: frozenset[str]) -> None:
        """A board that was silent at the start is asked when it answers for the first time."""
        changed = asyncio.Event()
        stop = self._doors.subscribe(lambda _: changed.set())
        try:
            while silent:
                await changed.wait()
                changed.clear()
                silent = await self._resolve_interrupted(silent)
        finally:
            stop()

    # facts ------------------------------------------------------------------------------------------------------

    def _recorded(self, recorded: Recorded) -> None:
        self._changed(recorded)
        if type(recorded.event).__name__.startswith("Staff"):
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
        health[Part.PRINTER] = NOT_FITTED if self._desk is None else self._desk.health
        if self._mqtt is not None:
            health[Part.NETWORK] = self._mqtt.health()
        if self._sms is not None:
            health[Part.MODEM] = self._sms.last_met()
        return health

    def _states(self) -> dict[str, Health]:
        """By the inventory's names."""
        found = {f"board {name}": health for name, health in self._doors.snapshot().boards.items()}
        found["journal"] = disk_health(self.settings.paths.state_dir)
        for name, said in (("reader", Said.READER), ("camera", Said.CAMERA), ("face models", Said.FACE)):
            if (told := self._ear.told_of(said)) is not None:
                found[name] = told
        parts = self._health()
        names = {"printer": Part.PRINTER, "sms": Part.MODEM, "mqtt": Part.NETWORK}
        found |= {name: parts[part] for name, part in names.items() if part in parts}
        return found | self._others()

    def _others(self) -> dict[str, Health]:
        found = {"ups": self._power, "staff_card": self._staff_cards, "signals": self._signals}
        items = {f"item board {name}": watch.health for name, watch in self._items.items()}
        return {name: watch.health for name, watch in found.items() if watch is not None} | items

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            self.beat("loop")
            await self._journal.ping()
            self.beat("journal")


@contextlib.asynccontextmanager
async def _running(
    work: Any, name: str, close: Callable[[], None] | None = None
) -> AsyncIterator["asyncio.Task[None]"]:
    """A task for the time of a block; `close` lets it end by itself first."""
    task: asyncio.Task[None] = asyncio.create_task(work, name=name)
    task.add_done_callback(_report)
    try:
        yield task
    finally:
        if close is not None:
            close()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(task), CLOSE_TIMEOUT_S)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _report(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("%s ended: %s", task.get_name(), error, exc_info=error)


async def _no_printer(job: do.PrintReceipt, anchor: str, lang: str) -> PrintOutcome:
    del job, anchor, lang
    return PrintOutcome.NOT_PRINTED


def _cell(cell: CellSettings) -> Cell:
    return Cell(
        cell.name, Size(cell.size), cell.board, cell.channel, cell.row - 1, cell.column - 1, cell.columns,
        cell.rows, cell.bottom_mm, cell.top_mm,
    )  # fmt: skip


def _limits(settings: Settings) -> Limits:
    session = settings.session
    return Limits(
        idle_limit_s=session.idle_limit_s, idle_warning_s=session.idle_warning_s,
        door_open_limit_s=session.door_open_limit_s, door_warn_after_s=session.door_warn_after_s,
        door_warn_every_s=session.door_warn_every_s, card_left_limit_s=session.card_left_limit_s,
        card_warn_every_s=session.card_warn_every_s,
        receipt_page_s=session.receipt_page_s, notice_page_s=session.notice_page_s, staff_idle_s=session.staff_idle_s,
        sign_in_idle_s=session.sign_in_idle_s,
    )  # fmt: skip
