"""The simulated identity process: a reader that looks for cards, and face checks that end somehow."""

import asyncio
from datetime import datetime
from typing import Any, Final

from drivers.contracts.health import DeviceStatus, Health
from kiosk.identity import events as said
from kiosk.identity.card import Card, CardKind, CardValidity, Period, Sex
from kiosk.identity.process import OnEvent

from .devices import Trouble
from .world import Person, World

FINDS_S: Final = 0.4  # the reader looks for a card so often


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
        while person is not None and self._world.reader is person:  # noqa: ASYNC110 - as a real one
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
