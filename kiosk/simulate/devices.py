"""Simulated devices: parts of the world behind the contracts of the real ones, and what is wrong with them now."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from drivers.contracts.board import ChannelReading, DoorState, ItemState
from drivers.contracts.health import DeviceStatus, ErrorAction, Health
from drivers.contracts.paper import Align, Drawing, TextSize
from drivers.contracts.printer import PaperState, PrinterState, PrintOutcome
from drivers.contracts.sms import SmsAccepted, SmsMessage, SmsOutcome, SmsRefused
from drivers.errors import LinkClosed, LinkTimeout
from kiosk.journal.errors import JournalFull
from kiosk.journal.outbox import Outbox
from kiosk.journal.types import Channel, OutboxMessage
from kiosk.runtime.disk import ONLINE, Disk
from kiosk.runtime.sound import Sounds

from .world import Box, World

TRIES_S: Final = 5.0  # a broker that is gone is tried so often
OFFLINE: Final = Health(DeviceStatus.OFFLINE)
PRINTS_S: Final = 2.0
PRINTS_SLOWLY_S: Final = 25.0  # its buffer is full again and again
READ_S: Final = 0.15  # a poll of the whole board

_READINGS: Final = {
    (open_, item): ChannelReading(DoorState.OPEN if open_ else DoorState.CLOSED, item)
    for open_ in (True, False)
    for item in ItemState
}
_UNREAD: Final = ChannelReading(DoorState.UNKNOWN, ItemState.UNKNOWN)


@dataclass(slots=True)
class Trouble:
    """What is wrong now with devices that are no compartment; words of the emulators' menus."""

    board: str = ""  # silent, gone, lost_unlock, unanswered
    printer: str = ""  # paper_out, silent, no_ack, error, slow
    reader: str = ""  # unreadable, lifted, expired
    face: str = ""  # an outcome of the face check
    identity: str = ""  # dies
    sms: str = ""  # silent, no_network, refused
    broker: str = ""  # gone, stalled
    disk: str = ""  # full: writes fail; nearly_full: they do not yet
    scanner: str = ""  # gone, spoilt: no page will do
    codes: str = ""  # gone, half: the beginning of a code is lost
    power: str = ""  # on_battery, low, silent
    clock: timedelta = field(default_factory=timedelta)


class SimulatedBoard:
    """`drivers.contracts.board.LockBoard` over the world's doors. `unlocking` is told before a lock moves."""

    def __init__(self, world: World, trouble: Trouble, unlocking: Callable[[str], Awaitable[None]]) -> None:
        self._world = world
        self._trouble = trouble
        self._unlocking = unlocking
        self._polls = 0

    @property
    def channels(self) -> int:
        """Number of locks."""
        return len(self._world.boxes)

    async def connect(self) -> None:
        """There, unless it is gone."""
        self._answer()

    async def unlock(self, channel: int) -> None:
        """Pulse a lock."""
        if self._trouble.board == "gone":
            raise LinkClosed("simulated board: the port is gone")
        if not self._world.power:
            return
        await self._unlocking(self._world.by_channel[channel].name)
        if self._trouble.board != "lost_unlock":
            self._world.pulse(channel)
        if self._trouble.board == "unanswered":  # the order was carried out, and its answer lost
            raise LinkTimeout("simulated board: no answer")

    async def read(self) -> Mapping[int, ChannelReading]:
        """All doors and item sensors."""
        await asyncio.sleep(READ_S)
        self._answer()
        self._polls += 1
        return {channel: self._reading(box) for channel, box in self._world.by_channel.items()}

    def _reading(self, box: Box) -> ChannelReading:
        if box.unread:
            return _UNREAD
        odd = self._polls % 2 == 1
        seen = bool(box.papers) and not box.blind and not (box.flickering and odd)
        is_open = (box.open or box.ajar) != (box.bouncing and odd)
        box.shown_open, box.was_filled = is_open, bool(box.papers)
        box.seemed_empty = box.was_filled and box.blind
        box.seemed_open |= is_open and not box.open
        if box.unseen:
            return _READINGS[is_open, ItemState.UNKNOWN]
        return _READINGS[is_open, ItemState.PRESENT if seen else ItemState.ABSENT]

    async def close(self) -> None:
        """Nothing to release."""

    def _answer(self) -> None:
        if self._trouble.board == "gone":
            raise LinkClosed("simulated board: the port is gone")
        if self._trouble.board == "silent":
            raise LinkTimeout("simulated board: no answer")


class SimulatedPrinter:
    """`drivers.contracts.printer.ReceiptPrinter`."""

    def __init__(self, trouble: Trouble) -> None:
        self._trouble = trouble

    async def connect(self) -> None:
        """There, unless it is silent."""
        if self._trouble.printer == "silent":
            raise LinkTimeout("simulated printer: no answer")

    async def status(self) -> PrinterState:
        """Paper and power."""
        await asyncio.sleep(0.05)
        if self._trouble.printer == "paper_out":
            return PrinterState(
                Health(DeviceStatus.OFFLINE, "paper out", ErrorAction.CLEAR), PaperState.OUT, cover_open=False
            )
        if self._trouble.printer == "error":
            return PrinterState(
                Health(DeviceStatus.HARDWARE_ERROR, "the cutter is stuck", ErrorAction.MAINTENANCE),
                PaperState.FULL, cover_open=False,
            )  # fmt: skip
        return PrinterState(ONLINE, PaperState.FULL, cover_open=False)

    async def print(self, job: bytes) -> PrintOutcome:
        """Some seconds of noise."""
        del job
        await asyncio.sleep(PRINTS_SLOWLY_S if self._trouble.printer == "slow" else PRINTS_S)
        match self._trouble.printer:
            case "paper_out" | "error":
                return PrintOutcome.NOT_PRINTED
            case "no_ack" | "silent":
                return PrintOutcome.UNKNOWN
            case _:
                return PrintOutcome.PRINTED

    async def close(self) -> None:
        """Nothing to release."""


class BlankPaper:
    """`drivers.contracts.paper.Paper` on which nothing stands: what a receipt says is tested elsewhere."""

    def text(
        self, text: str, *, align: Align = Align.LEFT, bold: bool = False, size: TextSize = TextSize.BODY
    ) -> None:
        """Nothing."""

    def heading(self, text: str, *, align: Align = Align.CENTER) -> None:
        """Nothing."""

    def pairs(self, pairs: list[tuple[str, str]]) -> None:
        """Nothing."""

    def items(self, items: list[str]) -> None:
        """Nothing."""

    def rule(self, *, strong: bool = False) -> None:
        """Nothing."""

    def head_band(self, title: str, subtitle: str) -> None:
        """Nothing."""

    def big_number(self, label: str, value: str, note: str) -> None:
        """Nothing."""

    def qr(self, content: str, *, module: int = 7) -> None:
        """Nothing."""

    def drawing(self, strokes: Drawing, shape: float) -> None:
        """Nothing."""

    def feed(self, dots: int) -> None:
        """Nothing."""

    def cut(self) -> None:
        """Nothing."""

    def to_bytes(self) -> bytes:
        """A job of no bytes would be none."""
        return b"\n"


class SimulatedSms:
    """`drivers.contracts.sms.SmsChannel` into the people's inboxes."""

    def __init__(self, trouble: Trouble, deliver: Callable[[SmsMessage], None]) -> None:
        self._trouble = trouble
        self._deliver = deliver

    async def connect(self) -> None:
        """There, unless it is silent."""
        if self._trouble.sms == "silent":
            raise LinkTimeout("simulated modem: no answer")

    async def send(self, message: SmsMessage) -> SmsOutcome:
        """One message. Silence after sending leaves open whether it went out."""
        await asyncio.sleep(1.0)
        match self._trouble.sms:
            case "no_network":
                return SmsRefused("no network service", permanent=False)
            case "refused":
                return SmsRefused("number refused", permanent=True)
            case "silent":
                self._deliver(message)
                raise LinkTimeout("simulated modem: no answer")
            case _:
                self._deliver(message)
                return SmsAccepted(("1",))

    async def health(self) -> Health:
        """As it is."""
        return OFFLINE if self._trouble.sms == "no_network" else ONLINE

    async def close(self) -> None:
        """Nothing to release."""


class Room(Disk):
    """What is left on the disk, as long as it is not full: that comes without a warning."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(Path(), 0)
        self._trouble = trouble

    def health(self) -> Health:
        """Too little, or enough."""
        if self._trouble.disk == "nearly_full":
            return Health(DeviceStatus.HARDWARE_ERROR, "simulated: little room", ErrorAction.MAINTENANCE)
        return ONLINE


class SimulatedBroker:
    """As much of `kiosk.notify.mqtt.MqttCourier` as the application uses. `deliver` is told of each message."""

    def __init__(
        self, trouble: Trouble, outbox: Outbox, clock: Callable[[], datetime],
        deliver: Callable[[OutboxMessage], Awaitable[None]],
    ) -> None:  # fmt: skip
        self._trouble = trouble
        self._outbox = outbox
        self._clock = clock
        self._deliver = deliver
        self._wake = asyncio.Event()
        self._closing = False

    async def run(self) -> None:
        """Carry until closed."""
        while not self._closing:
            self._wake.clear()
            with contextlib.suppress(JournalFull):
                while self._trouble.broker != "gone" and await self._carry():
                    pass
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TRIES_S):
                    await self._wake.wait()

    async def _carry(self) -> bool:
        rows = await self._outbox.due(self._clock(), Channel.MQTT)
        if not rows:
            return False
        row = min(rows, key=lambda row: row.event_seq)
        await self._deliver(row)
        if (
            self._trouble.broker == "stalled"
        ):  # it has the message, and its word does not come back: it comes again
            return False
        await asyncio.sleep(0.01)  # the power may go before the acknowledgement is written
        await self._outbox.mark_sent(row.message_id, self._clock())
        return True

    def poke(self) -> None:
        """Something may be due."""
        self._wake.set()

    def close(self) -> None:
        """End."""
        self._closing = True
        self._wake.set()

    def health(self) -> Health:
        """Whether messages are taken."""
        return OFFLINE if self._trouble.broker == "gone" else ONLINE

    def publish_status(self, snapshot: object) -> None:
        """Nobody looks at it."""


class Silent(Sounds):
    """No loudspeaker."""

    def __init__(self) -> None:
        """Nothing is looked for."""

    async def play(self, kind: str) -> None:
        """Nothing."""
