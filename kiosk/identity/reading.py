"""The card side of the identity process: one task owns the reader and looks, watches or waits as it was last told."""

import asyncio
from collections.abc import Callable
from datetime import date
from enum import Enum, auto

from drivers.contracts.health import DeviceStatus, ErrorAction, Health
from drivers.contracts.idreader import IdReader, RawCard
from drivers.errors import CardError, CardLifted, DeviceError, DeviceRefused

from .card import CardInvalid, CardValidity, parse_card
from .config import IdentityLimits
from .events import (
    CardFound,
    CardProblem,
    CardProblemKind,
    CardRead,
    CardRemoved,
    CardStillThere,
    DeviceHealth,
    IdentityEvent,
    IdentityPart,
)

Say = Callable[[IdentityEvent], None]
KeepPhoto = Callable[[bytes], None]


class Mode(Enum):
    """What the reader is used for now."""

    IDLE = auto()
    LOOK = auto()
    WATCH = auto()


class CardDesk:
    """Owns the reader. `keep_photo` takes the photo block of a card that is valid."""

    def __init__(
        self,
        reader: IdReader,
        limits: IdentityLimits,
        say: Say,
        keep_photo: KeepPhoto,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._reader = reader
        self._limits = limits
        self._say = say
        self._keep_photo = keep_photo
        self._today = today
        self._mode = Mode.IDLE
        self._told = asyncio.Event()
        self._refused = False  # the card on the reader has been refused; it must be lifted first
        self._present = False
        self._health: Health | None = None
        self.module = ""  # the reader's own number, once it told it
        self.tried = asyncio.Event()  # the reader answered, or failed to, once

    def set_mode(self, mode: Mode) -> None:
        """Change what the reader is used for, from the next poll on."""
        self._mode = mode
        self._refused = False
        self._present = False
        self._told.set()

    async def run(self) -> None:
        """Serve until cancelled; a reader that fails is tried again for ever."""
        fresh = True
        while True:
            try:
                await self._reader.connect()
                self._report(Health(DeviceStatus.ONLINE))
                if fresh and await self._is_card_there():
                    self._say(CardStillThere())
                fresh = False
                self.tried.set()
                await self._serve()
            except DeviceRefused as error:
                self._report(Health(DeviceStatus.HARDWARE_ERROR, str(error), ErrorAction.MAINTENANCE))
            except DeviceError as error:
                self._report(Health(DeviceStatus.OFFLINE, str(error), ErrorAction.MAINTENANCE))
            self.tried.set()
            await asyncio.sleep(self._limits.retry_s)

    async def _serve(self) -> None:
        while True:
            self._told.clear()
            match self._mode:
                case Mode.LOOK:
                    await self._look()
                    await self._pause(self._limits.find_period_s)
                case Mode.WATCH:
                    await self._watch()
                    await self._pause(self._limits.watch_period_s)
                case Mode.IDLE:
                    if not await self._pause(self._limits.health_period_s):
                        self.module = await self._reader.identity()  # still alive?

    async def _pause(self, period_s: float) -> bool:
        """True when something was told before the period was over."""
        try:
            async with asyncio.timeout(period_s):
                await self._told.wait()
        except TimeoutError:
            return False
        return True

    async def _look(self) -> None:
        if not await self._reader.find():
            self._refused = False
            return
        if self._refused:
            return
        self._say(CardFound())
        try:
            raw = await self._reader.read()
        except CardError as error:
            lifted = isinstance(error, CardLifted)
            self._refused = not lifted
            self._say(CardProblem(CardProblemKind.LIFTED if lifted else CardProblemKind.UNREADABLE))
            return
        except DeviceError:
            self._say(CardProblem(CardProblemKind.UNREADABLE))  # the person must not wait for what never ends
            raise
        self._take(raw)

    def _take(self, raw: RawCard) -> None:
        try:
            card = parse_card(raw, self._today())
        except CardInvalid:
            self._refuse(CardProblemKind.INVALID)
            return
        if card.validity is not CardValidity.VALID:
            expired = card.validity is CardValidity.EXPIRED
            self._refuse(CardProblemKind.EXPIRED if expired else CardProblemKind.INVALID)
            return
        self._mode = Mode.IDLE
        self._keep_photo(raw.untrusted_photo)
        self._say(CardRead(card))

    def _refuse(self, kind: CardProblemKind) -> None:
        self._refused = True
        self._say(CardProblem(kind))

    async def _watch(self) -> None:
        if await self._is_card_there():
            if not self._present:
                self._present = True
                self._say(CardStillThere())
            return
        self._mode = Mode.IDLE
        self._say(CardRemoved())

    async def _is_card_there(self) -> bool:
        """Whether any card lies there: one that was read, or one that nobody has read since a power cut."""
        return await self._reader.still_there() or await self._reader.find()

    def _report(self, health: Health) -> None:
        if health != self._health:
            self._health = health
            self._say(DeviceHealth(IdentityPart.READER, health))
