"""What the simulated kiosk runs on: a virtual clock, a disk that loses power, devices that are parts of the world."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final, cast

from argon2 import PasswordHasher

from drivers.contracts.codes import CodeScanner
from drivers.contracts.health import Health
from drivers.contracts.paper import Paper
from drivers.contracts.power import PowerSupply
from drivers.contracts.printer import ReceiptPrinter
from drivers.contracts.sms import SmsChannel, SmsMessage
from drivers.contracts.staffcard import StaffCardReader
from drivers.tables import DriverConfig
from kiosk.catalogue import load as load_catalogue
from kiosk.catalogue.items import Catalogue
from kiosk.identity.process import OnEvent
from kiosk.journal.archive import DatabaseChain
from kiosk.journal.history import Entry, Subject, passage
from kiosk.journal.journal import Journal
from kiosk.journal.outbox import Outbox
from kiosk.journal.pagefiles import PageFiles
from kiosk.journal.rows import Chain
from kiosk.journal.types import NoticePolicy, OutboxMessage, Recorded
from kiosk.notify.head import CompareHead
from kiosk.notify.mqtt import MqttCourier
from kiosk.runtime.devices import Locks
from kiosk.runtime.disk import ONLINE, Disk
from kiosk.runtime.histories import LEAST, ReadPassage
from kiosk.runtime.inventory import Item
from kiosk.runtime.machine import Identity, Machine
from kiosk.runtime.scanner import Scanner
from kiosk.runtime.sound import Sounds
from kiosk.settings import Settings

from .database import Connection
from .devices import (
    BlankPaper,
    Room,
    Silent,
    SimulatedBoard,
    SimulatedBroker,
    SimulatedPrinter,
    SimulatedSms,
    Trouble,
)
from .disk import Disk as Platters
from .fitted import SimulatedCodes, SimulatedScanner, SimulatedStaffCards, SimulatedUps, WorldPages
from .identity import SimulatedIdentity
from .loop import Thread
from .world import World

BEGAN: Final = datetime.fromisoformat("2026-03-02T08:00:00+08:00")
CHEAP: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class SimulatedMachine(Machine):
    """One power-on: a new loop, the world and the disk as they were left."""

    def __init__(
        self, settings: Settings, world: World, disk: Platters, trouble: Trouble, rng: Random,
        unlocking: Callable[[str], Awaitable[None]], deliver: Callable[[SmsMessage], None],
        published: Callable[[OutboxMessage], Awaitable[None]], heard: Callable[[Recorded], None],
    ) -> None:  # fmt: skip
        super().__init__(settings)
        self.hasher = CHEAP
        self.world = world
        self._platters = disk
        self.trouble = trouble
        self.began_s = 0.0  # virtual seconds before this power-on
        self._moment = (-1.0, timedelta())
        self._now = BEGAN
        self.opened: Journal | None = None
        self._identity: SimulatedIdentity | None = None
        self._rng = rng
        self._unlocking = unlocking
        self._deliver = deliver
        self._published = published
        self._heard = heard

    def now(self) -> datetime:
        """Virtual wall clock; it can be set back."""
        moment = (asyncio.get_running_loop().time(), self.trouble.clock)
        if moment != self._moment:  # the program asks many times while no time passes
            self._moment = moment
            self._now = BEGAN + timedelta(seconds=self.began_s + moment[0]) - moment[1]
        return self._now

    def new_id(self) -> str:
        """From the seed."""
        return f"{self._rng.getrandbits(64):016x}"

    def catalogue(self) -> Catalogue:
        """The real one, read once a process."""
        return _catalogue(self.settings.paths.services_dir)

    def disk(self) -> Disk:
        """Room as long as nothing is said against it."""
        return Room(self.trouble)

    async def journal(self, policy: NoticePolicy) -> Journal:
        """On the simulated disk."""
        thread: Executor = Thread()
        self.opened = await Journal.open(
            self.settings.paths.state_dir, notice_policy=policy, clock=self.now, ballast_bytes=0,
            connect=lambda path: cast(Any, Connection(self._platters, _inside(path))), thread=thread,
        )  # fmt: skip
        self.opened.listen(self._heard)
        return self.opened

    def passages(self, journal: Journal) -> ReadPassage:
        """Through the journal's own connection: nobody else opens a file of the simulated disk."""

        def read(
            db: sqlite3.Connection, subject: Subject, upto: int, before: int
        ) -> tuple[list[Entry], bool]:
            chain = Chain(journal.file, DatabaseChain(journal.file, db))
            return passage(chain, subject, upto, before, LEAST)

        return lambda *wanted: journal.read(lambda db: read(db, *wanted))

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

    def broker(self, outbox: Outbox, compare: CompareHead) -> MqttCourier | None:
        """One that takes everything, unless it is gone, and keeps no head."""
        del compare
        return cast(MqttCourier, SimulatedBroker(self.trouble, outbox, self.now, self._published))

    def ups(self) -> PowerSupply | None:
        """One that warns, now and then; power is cut without a warning too."""
        return SimulatedUps(self.trouble)

    def staff_cards(self) -> StaffCardReader | None:
        """Staff hold their cards to it, or type their numbers."""
        return SimulatedStaffCards(self.world)

    def codes(self) -> CodeScanner | None:
        """People hold their receipts to it, or type the number."""
        return SimulatedCodes(self.world, self.trouble)

    def scanner(self) -> Scanner | None:
        """Pages of a few bytes."""
        return SimulatedScanner(self.trouble, self._rng)

    async def look_at(self, item: Item) -> Health:
        """The document camera, which nobody holds open."""
        await SimulatedScanner(self.trouble, self._rng).connect()
        return ONLINE

    def page_files(self) -> PageFiles:
        """In the world."""
        return WorldPages(self.world)

    def sounds(self) -> Sounds:
        """No loudspeaker."""
        return Silent()

    def voice(self) -> None:
        """Nobody listens."""

    def commands(self, commands: object) -> None:
        """Nobody asks from outside."""


@cache
def _catalogue(folder: Path) -> Catalogue:
    return load_catalogue(folder)


def _inside(path: Path) -> str:
    return f"/{path.parent.name}/{path.name}"
