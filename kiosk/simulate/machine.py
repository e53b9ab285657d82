"""What the simulated kiosk runs on: a virtual clock, a disk that loses power, devices that are parts of the world."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final, cast

from argon2 import PasswordHasher

from drivers.contracts.board import ChannelReading, DoorState, ItemState
from drivers.contracts.health import DeviceStatus, ErrorAction, Health
from drivers.contracts.paper import Align, Paper, TextSize
from drivers.contracts.printer import PaperState, PrinterState, PrintOutcome, ReceiptPrinter
from drivers.contracts.sms import SmsAccepted, SmsChannel, SmsMessage, SmsOutcome, SmsRefused
from drivers.errors import LinkClosed, LinkTimeout
from drivers.tables import DriverConfig
from kiosk.identity import events as said
from kiosk.identity.card import Card, CardKind, CardValidity, Period, Sex
from kiosk.identity.process import OnEvent
from kiosk.journal.journal import Journal
from kiosk.journal.outbox import Outbox
from kiosk.journal.types import Channel, NoticePolicy, OutboxMessage, Recorded
from kiosk.notify.mqtt import MqttCourier
from kiosk.runtime.devices import Locks
from kiosk.runtime.machine import Identity, Machine
from kiosk.runtime.sound import Sounds
from kiosk.settings import Settings

from .database import Connection
from .disk import Disk
from .loop import Thread
from .world import Box, Person, World

BEGAN: Final = datetime.fromisoformat("2026-03-02T08:00:00+08:00")
FINDS_S: Final = 0.4  # the reader looks for a card so often
TRIES_S: Final = 5.0  # a broker that is gone is tried so often
READ_S: Final = 0.15  # a poll of the whole board
CHEAP: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

_READINGS: Final = {
    (open_, item): ChannelReading(DoorState.OPEN if open_ else DoorState.CLOSED, item)
    for open_ in (True, False)
    for item in ItemState
}
_UNREAD: Final = ChannelReading(DoorState.UNKNOWN, ItemState.UNKNOWN)


@dataclass(slots=True)
class Trouble:
    """What is wrong now with devices that are no compartment; words of the emulators' menus."""

    board: str = ""  # silent, gone, lost_unlock
    printer: str = ""  # paper_out, silent, no_ack
    reader: str = ""  # unreadable, lifted, expired
    face: str = ""  # an outcome of the face check
    identity: str = ""  # dies
    sms: str = ""  # silent, no_network, refused
    broker: str = ""  # gone
    disk: str = ""  # full
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
        return PrinterState(Health(DeviceStatus.ONLINE), PaperState.FULL, cover_open=False)

    async def print(self, job: bytes) -> PrintOutcome:
        """Two seconds of noise."""
        del job
        await asyncio.sleep(2.0)
        match self._trouble.printer:
            case "paper_out":
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
        return Health(DeviceStatus.OFFLINE if self._trouble.sms == "no_network" else DeviceStatus.ONLINE)

    async def close(self) -> None:
        """Nothing to release."""


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
        return Health(DeviceStatus.OFFLINE if self._trouble.broker == "gone" else DeviceStatus.ONLINE)

    def publish_status(self, snapshot: object) -> None:
        """Nobody looks at it."""


class SimulatedIdentity:
    """`kiosk.runtime.machine.Identity`: a reader that looks for cards, and face checks that end somehow."""

    def __init__(self, world: World, trouble: Trouble, hear: OnEvent) -> None:
        self._world = world
        self._trouble = trouble
        self._hear = hear
        self._known: Person | None = None  # whose card was read
        self._looking: asyncio.Task[None] | None = None
        self._checking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """All parts work."""
        for part in said.IdentityPart:
            self._hear(said.DeviceHealth(part, Health(DeviceStatus.ONLINE)))
        if self._world.reader is not None:
            self._hear(said.CardStillThere())

    async def close(self) -> None:
        """End what runs."""
        self._end()

    async def begin_card(self) -> None:
        """Look for a card."""
        self._look(self._find())

    async def watch_card(self) -> None:
        """Say when it is lifted."""
        self._look(self._watch())

    async def begin_face(self, *, consent: bool, challenge: str = "standard") -> None:
        """Compare."""
        del challenge
        assert consent
        self._checking = asyncio.create_task(self._compare())

    async def begin_view(self) -> None:
        """Nobody looks at the picture."""

    async def stop_face(self) -> None:
        """End the check."""
        if self._checking is not None:
            self._checking.cancel()
            self._checking = None

    async def end_session(self) -> None:
        """Forget the person."""
        self._end()

    def read_preview(self) -> bytearray | None:
        """There is none."""
        return None

    @property
    def knows_card(self) -> bool:
        """Whether a card was read since the last person's end."""
        return self._known is not None

    def _end(self) -> None:
        self._known = None
        for task in (self._looking, self._checking):
            if task is not None:
                task.cancel()
        self._looking = self._checking = None

    def _look(self, work: Any) -> None:
        if self._looking is not None:
            self._looking.cancel()
        self._looking = asyncio.create_task(work)

    async def _find(self) -> None:
        while True:
            await asyncio.sleep(FINDS_S)
            person = self._world.reader
            if person is not None:
                self._hear(said.CardFound())
                await asyncio.sleep(1.0)
                if await self._read(person):
                    return

    async def _read(self, person: Person) -> bool:
        match self._trouble.reader:
            case "" if self._world.reader is person:
                self._known = person
                self._hear(said.CardRead(_card(person)))
                return True
            case "unreadable" | "expired" as kind if self._world.reader is person:
                self._hear(said.CardProblem(said.CardProblemKind(kind)))
            case _:
                self._hear(said.CardProblem(said.CardProblemKind.LIFTED))
        await self._lifted(person)
        return False

    async def _watch(self) -> None:
        await self._lifted(self._world.reader)
        self._hear(said.CardRemoved())

    async def _lifted(self, person: Person | None) -> None:
        """A reader is asked now and then, as a real one."""
        while person is not None and self._world.reader is person:  # noqa: ASYNC110
            await asyncio.sleep(FINDS_S)

    async def _compare(self) -> None:
        await asyncio.sleep(0.5)
        self._hear(said.FaceGuidance(said.FaceHint.HOLD_STILL, 0.5))
        await asyncio.sleep(3.0)
        if self._trouble.identity == "dies":
            self._trouble.identity = ""
            self._end()
            self._hear(said.IdentityLost("simulated"))
            await asyncio.sleep(0.2)
            self._hear(said.IdentityReady(200))
            return
        self._hear(
            said.FaceResult(said.FaceOutcome(self._trouble.face or "match"), 0.7, 0.5, "simulated", "0" * 12)
        )


def _card(person: Person) -> Card:
    number = person.id_number
    birth = datetime.strptime(number[6:14], "%Y%m%d").date()  # noqa: DTZ007 - a date has no zone
    period = Period(birth, None, CardValidity.VALID)
    return Card(CardKind.RESIDENT, person.name, Sex.FEMALE, birth, number, period)


class Silent(Sounds):
    """No loudspeaker."""

    def __init__(self) -> None:
        """Nothing is looked for."""

    async def play(self, kind: str) -> None:
        """Nothing."""


class SimulatedMachine(Machine):
    """One power-on: a new loop, the world and the disk as they were left."""

    def __init__(
        self, settings: Settings, world: World, disk: Disk, trouble: Trouble, rng: Random,
        unlocking: Callable[[str], Awaitable[None]], deliver: Callable[[SmsMessage], None],
        published: Callable[[OutboxMessage], Awaitable[None]], heard: Callable[[Recorded], None],
    ) -> None:  # fmt: skip
        super().__init__(settings)
        self.hasher = CHEAP
        self.world = world
        self.disk = disk
        self.trouble = trouble
        self.began_s = 0.0  # virtual seconds before this power-on
        self.opened: Journal | None = None
        self._identity: SimulatedIdentity | None = None
        self._rng = rng
        self._unlocking = unlocking
        self._deliver = deliver
        self._published = published
        self._heard = heard

    def now(self) -> datetime:
        """Virtual wall clock; it can be set back."""
        virtual_s = self.began_s + asyncio.get_running_loop().time()
        return BEGAN + timedelta(seconds=virtual_s) - self.trouble.clock

    def new_id(self) -> str:
        """From the seed."""
        return f"{self._rng.getrandbits(64):016x}"

    async def journal(self, policy: NoticePolicy) -> Journal:
        """On the simulated disk."""
        thread: Executor = Thread()
        self.opened = await Journal.open(
            self.settings.paths.state_dir, notice_policy=policy, clock=self.now, ballast_bytes=0,
            connect=lambda path: cast(Any, Connection(self.disk, _inside(path))), thread=thread,
        )  # fmt: skip
        self.opened.listen(self._heard)
        return self.opened

    @property
    def has_camera(self) -> bool:
        """There is one."""
        return True

    def identity(self, hear: OnEvent) -> Identity:
        """The world's reader and faces."""
        self._identity = SimulatedIdentity(self.world, self.trouble, hear)
        return self._identity

    @property
    def knows_card(self) -> bool:
        """Whether the identity process has read a card and not been ended since."""
        return self._identity is not None and self._identity.knows_card

    def locks(self) -> Locks:
        """The world's doors."""
        return Locks({"main": SimulatedBoard(self.world, self.trouble, self._unlocking)}, {})

    def printer(self) -> tuple[ReceiptPrinter, DriverConfig] | None:
        """A printer without ink."""
        return SimulatedPrinter(self.trouble), DriverConfig(driver="simulated")

    def paper(self, config: DriverConfig) -> Paper:
        """On which nothing stands."""
        del config
        return BlankPaper()

    def sms(self) -> SmsChannel | None:
        """Into the people's inboxes."""
        return SimulatedSms(self.trouble, self._deliver)

    def broker(self, outbox: Outbox) -> MqttCourier | None:
        """One that takes everything, unless it is gone."""
        return cast(MqttCourier, SimulatedBroker(self.trouble, outbox, self.now, self._published))

    def ups(self) -> None:
        """Power is cut without a warning."""

    def staff_cards(self) -> None:
        """Staff type their numbers."""

    def sounds(self) -> Sounds:
        """No loudspeaker."""
        return Silent()

    def commands(self, commands: object) -> None:
        """Nobody asks from outside."""


def _inside(path: Path) -> str:
    return f"/{path.parent.name}/{path.name}"
