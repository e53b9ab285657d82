"""The devices that a kiosk can be without: printer, couriers, UPS, contacts and lamps, staff cards, code scanner."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Final

from drivers.contracts.health import DeviceStatus, Health
from drivers.contracts.signals import SignalBoard
from drivers.with_items import ItemWatch
from kiosk.approval.courier import ApprovalCourier
from kiosk.approval.port import ApprovalSystem
from kiosk.journal.journal import Journal
from kiosk.notify.head import CompareHead
from kiosk.notify.mqtt import MqttCourier
from kiosk.notify.sms import SmsCourier, SmsSettings
from kiosk.notify.undelivered import JournalReport
from kiosk.presenter.house import House
from kiosk.session import state as st
from kiosk.session.facts import Part
from kiosk.settings import Settings
from kiosk.staff import StaffRegistry

from . import approving
from .codes import CodeWatch
from .engine import Engine
from .machine import Machine
from .notices import Numbers
from .oversight import Oversight
from .power import PowerLimits, PowerWatch
from .printing import ReceiptDesk
from .scanner import ScanDesk
from .signals import SignalLimits, SignalWatch, is_door_open, staff_at
from .sound import Sounds
from .staffcards import StaffCardWatch
from .tasks import running

NOT_FITTED: Final = Health(DeviceStatus.NO_DEVICE, "not configured")


@dataclass(frozen=True, slots=True)
class Core:
    """What the devices are wired to. `changed`: the facts have to be looked at again; `of_code`: see `Numbers`."""

    settings: Settings
    machine: Machine
    journal: Journal
    staff: StaffRegistry
    engine: Engine
    oversight: Oversight
    houses: Mapping[str, House]
    changed: Callable[[], None]
    of_code: Callable[[str], str | None]
    compare_head: CompareHead
    approval: ApprovalSystem | None


@dataclass(slots=True)
class Fitted:
    """What of it is there. Each `open_*` does nothing where the device is not configured."""

    _core: Core
    desk: ReceiptDesk | None = None
    mqtt: MqttCourier | None = None
    sms: SmsCourier | None = None
    approval: ApprovalCourier | None = None
    power: PowerWatch | None = None
    signals: SignalWatch | None = None
    staff_cards: StaffCardWatch | None = None
    codes: CodeWatch | None = None
    scans: ScanDesk = field(init=False)
    items: Mapping[str, ItemWatch] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """The desk is there with or without a camera."""
        core = self._core
        retry_s = core.settings.session.device_retry_s
        self.scans = ScanDesk(core.machine.scanner(), core.engine.post, core.changed, retry_s)

    @property
    def settings(self) -> Settings:
        """The kiosk's settings."""
        return self._core.settings

    async def open(self, stack: AsyncExitStack) -> None:
        """All but the contacts, which come with the doors."""
        await self._open_printer(stack)
        await self._open_couriers(stack)
        await self._open_power(stack)
        await self._open_staff_cards(stack)
        await self._open_codes(stack)
        await self._open_scanner(stack)

    async def open_signals(self, stack: AsyncExitStack, board: SignalBoard | None) -> None:
        """Contacts, lamps and the buzzer."""
        if board is None:
            return
        self._core.oversight.devices["signals"] = board
        limits, engine = self.settings.signals, self._core.engine
        self.signals = SignalWatch(
            board, self._core.journal.append, self._core.changed, lambda: engine.session.facts.can_deposit,
            lambda: staff_at(engine.session.stage),
            SignalLimits(
                limits.poll_s, self.settings.session.device_retry_s, limits.shaken_again_s, limits.buzzer_s
            ),
        )  # fmt: skip
        await stack.enter_async_context(running(self.signals.run(), "signals"))

    async def _open_printer(self, stack: AsyncExitStack) -> None:
        built = self._core.machine.printer()
        if built is None:
            return
        self._core.oversight.devices["printer"] = built[0]
        kiosk = self.settings.kiosk
        self.desk = ReceiptDesk(
            built[0], built[1], self._core.houses.__getitem__,
            lambda lang: kiosk.place_en if lang == "en" else kiosk.place_zh,
            self._core.machine.now, self._core.changed, self.settings.session.printer_poll_s, self._core.machine.paper,
        )  # fmt: skip
        stack.push_async_callback(built[0].close)
        await stack.enter_async_context(running(self.desk.watch(), "printer"))

    async def _open_couriers(self, stack: AsyncExitStack) -> None:
        settings = self.settings
        outbox = self._core.journal.outbox
        self.mqtt = self._core.machine.broker(outbox, self._core.compare_head)
        if self.mqtt is not None:
            await stack.enter_async_context(running(self.mqtt.run(), "mqtt", self.mqtt.close))
        channel = self._core.machine.sms()
        if channel is not None:
            self._core.oversight.devices["sms"] = channel
            limits = SmsSettings(
                undelivered_after_s=settings.staff.undelivered_after_s,
                retry_min_s=settings.notify.sms_retry_s, retry_max_s=settings.notify.sms_retry_max_s,
            )  # fmt: skip
            numbers = Numbers(self._core.journal, self._core.staff, self._core.of_code)
            self.sms = SmsCourier(
                channel,
                outbox,
                resolve=numbers,
                report=JournalReport(self._core.journal),
                settings=limits,
                clock=self._core.machine.now,
                monotonic=asyncio.get_running_loop().time,
            )
            await stack.enter_async_context(running(self.sms.run(), "sms", self.sms.close))
        await self._open_approval(stack)
        loop = asyncio.get_running_loop()

        def wake() -> None:
            loop.call_soon_threadsafe(self._poke_couriers)

        outbox.on_change(wake)

    def _poke_couriers(self) -> None:
        for courier in (self.mqtt, self.sms, self.approval):
            if courier is not None:
                courier.poke()

    async def _open_approval(self, stack: AsyncExitStack) -> None:
        system, told = self._core.approval, self.settings.approval
        if system is None or told is None:
            return
        self.approval = ApprovalCourier(
            system, self._core.journal, approving.patience(told),
            clock=self._core.machine.now, monotonic=asyncio.get_running_loop().time,
        )  # fmt: skip
        await stack.enter_async_context(running(self.approval.run(), "approval", self.approval.close))

    async def _open_power(self, stack: AsyncExitStack) -> None:
        ups, power, engine = self._core.machine.ups(), self.settings.power, self._core.engine
        if ups is None:
            return
        self._core.oversight.devices["ups"] = ups
        self.power = PowerWatch(
            ups, self._core.journal.append, self._core.changed, lambda: isinstance(engine.session.stage, st.Idle),
            PowerLimits(power.poll_s, power.silent_s, power.finish_s, power.shutdown_command),
        )  # fmt: skip
        await stack.enter_async_context(running(self.power.run(), "power"))

    async def _open_staff_cards(self, stack: AsyncExitStack) -> None:
        reader = self._core.machine.staff_cards()
        if reader is None:
            return
        self._core.oversight.devices["staff_card"] = reader
        self.staff_cards = StaffCardWatch(
            reader,
            self._core.staff.holder_of,
            self._core.engine.post,
            self._core.changed,
            self.settings.session.device_retry_s,
        )
        await stack.enter_async_context(running(self.staff_cards.run(), "staff cards"))

    async def _open_codes(self, stack: AsyncExitStack) -> None:
        scanner, settings = self._core.machine.codes(), self.settings
        if scanner is None:
            return
        self._core.oversight.devices["scanner"] = scanner
        self.codes = CodeWatch(
            scanner, settings.kiosk.id, self._core.engine.post, self._core.changed, settings.session.device_retry_s
        )  # fmt: skip
        await stack.enter_async_context(running(self.codes.run(), "code scanner"))

    async def _open_scanner(self, stack: AsyncExitStack) -> None:
        if self.scans.scanner is None:
            return
        stack.push_async_callback(self.scans.close)
        await stack.enter_async_context(running(self.scans.watch(), "document camera"))

    def is_power_ending(self) -> bool:
        """Whether the battery will not last much longer."""
        return self.power is not None and self.power.is_ending

    def can_text(self) -> bool:
        """Whether text messages can be sent, as far as is known: a channel has had nothing to send before its first."""
        return self.sms is not None and (
            self.sms.last_met().works or self.sms.last_met().status is DeviceStatus.STARTING
        )

    def health(self) -> dict[Part, Health]:
        """Printer, network, modem and document camera, as the screen's facts name them."""
        health = {Part.PRINTER: NOT_FITTED if self.desk is None else self.desk.health}
        if self.mqtt is not None:
            health[Part.NETWORK] = self.mqtt.health()
        if self.sms is not None:
            health[Part.MODEM] = self.sms.last_met()
        if self.scans.scanner is not None:
            health[Part.SCANNER] = self.scans.health
        return health

    def others(self) -> dict[str, Health]:
        """The rest, by the inventory's names."""
        found = {
            "ups": self.power, "staff_card": self.staff_cards, "signals": self.signals, "approval": self.approval,
            "scanner": self.codes,
        }  # fmt: skip
        items = {f"item board {name}": watch.health for name, watch in self.items.items()}
        return {name: watch.health for name, watch in found.items() if watch is not None} | items

    def player(self, sounds: Sounds) -> Callable[[str], Awaitable[None]]:
        """Plays a sound; the buzzer joins in while a door stands open."""

        async def play(kind: str) -> None:
            await sounds.play(kind)
            if self.signals is not None and is_door_open(self._core.engine.session.stage):
                await self.signals.buzz()

        return play
