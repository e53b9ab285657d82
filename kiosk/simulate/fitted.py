"""Simulated devices that a kiosk can be without: the UPS, the reader of staff cards, both kinds of scanner."""

import asyncio
from collections.abc import Mapping, Sequence
from random import Random
from typing import Final

from drivers.contracts.codes import Code
from drivers.contracts.document import Concern
from drivers.contracts.power import PowerReading, Supply
from drivers.contracts.staffcard import CardUid
from drivers.errors import LinkClosed, LinkTimeout
from kiosk.runtime.disk import ONLINE
from kiosk.runtime.scanner import Page

from .devices import Trouble
from .world import World

MAINS: Final = PowerReading(frozenset({Supply.ENGAGED}), ONLINE, 100, 600)
ON_BATTERY: Final = PowerReading(frozenset({Supply.ENGAGED, Supply.POWERING}), ONLINE, 60, 300)
SCAN_S: Final = 0.4
SPOILT_SHARE: Final = 0.2  # of the pages that people lay down
LOW: Final = PowerReading(frozenset({Supply.ENGAGED, Supply.POWERING, Supply.LOW}), ONLINE, 5, 20)


class SimulatedUps:
    """`drivers.contracts.power.PowerSupply`: on mains, on battery, low, or silent."""

    def __init__(self, trouble: Trouble) -> None:
        self._trouble = trouble

    async def connect(self) -> None:
        """There, unless it is silent."""
        await self.read()

    async def identity(self) -> str:
        """None."""
        return "simulated"

    async def read(self) -> PowerReading:
        """How it is now."""
        match self._trouble.power:
            case "silent":
                raise LinkTimeout("simulated UPS: no answer")
            case "on_battery":
                return ON_BATTERY
            case "low":
                return LOW
            case _:
                return MAINS

    async def close(self) -> None:
        """Nothing to release."""


class SimulatedStaffCards:
    """`drivers.contracts.staffcard.StaffCardReader`: the card that somebody holds to it."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def connect(self) -> None:
        """There."""

    async def presented(self, *, timeout_s: float) -> CardUid | None:
        """What was held to it in this time; of two the later."""
        await asyncio.sleep(timeout_s)
        card, self._world.staff_card = self._world.staff_card, b""
        return CardUid(card) if card else None

    async def close(self) -> None:
        """Nothing to release."""


class SimulatedCodes:
    """`drivers.contracts.codes.CodeScanner`: what somebody holds to it while it is listened to."""

    def __init__(self, world: World, trouble: Trouble) -> None:
        self._trouble = trouble
        self._heard: asyncio.Future[Code] | None = None
        world.hold_code = self._hear  # no longer to that of the last power-on

    async def connect(self) -> None:
        """There, unless it is gone."""
        if self._trouble.codes == "gone":
            raise LinkClosed("simulated code scanner: gone")

    async def scan(self, *, timeout_s: float) -> Code | None:
        """The first code from now on."""
        self._heard = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout_s):
                return await self._heard
        except TimeoutError:
            return None
        finally:
            self._heard = None

    async def close(self) -> None:
        """Nothing to release."""

    def _hear(self, text: str) -> None:
        if self._heard is None or self._heard.done():
            return
        if self._trouble.codes == "gone":
            self._heard.set_exception(LinkClosed("simulated code scanner: gone"))
        else:
            self._heard.set_result(Code(text[len(text) // 2 :] if self._trouble.codes == "half" else text))


class SimulatedScanner:
    """`kiosk.runtime.scanner.Scanner`: pages of a few bytes, some of which will not do."""

    def __init__(self, trouble: Trouble, rng: Random) -> None:
        self._trouble = trouble
        self._rng = rng

    async def connect(self) -> None:
        """There, unless it is gone."""
        if self._trouble.scanner == "gone":
            raise LinkClosed("simulated document camera: gone")

    async def hold(self) -> None:
        """As `connect`."""
        await self.connect()

    async def rest(self) -> None:
        """Nothing stays open."""

    async def page(self) -> Page:
        """The sheet that lies there."""
        await asyncio.sleep(SCAN_S)
        await self.connect()
        if self._trouble.scanner == "spoilt" or self._rng.random() < SPOILT_SHARE:
            return Page((self._rng.choice(tuple(Concern)).value,))
        return Page((), self._rng.randbytes(16))

    async def turned(self, page: Page) -> Page:
        """Its bytes the other way round."""
        return Page((), page.jpeg[::-1])

    async def close(self) -> None:
        """Nothing to release."""


class WorldPages:
    """`kiosk.journal.pagefiles.PageFiles` in the world: what was put there outlives every power cut."""

    def __init__(self, world: World) -> None:
        self._world = world

    def put(self, case_id: str, pages: Sequence[bytes], behind: int = 0) -> None:
        """Durable at once."""
        self._world.pages[case_id] = (*self.read(case_id, behind), *pages)

    def read(self, case_id: str, count: int) -> tuple[bytes, ...]:
        """As put."""
        return self._world.pages.get(case_id, ())[:count]

    def keep_only(self, cases: Mapping[str, int]) -> int:
        """Nothing of any other."""
        beyond = [
            case_id for case_id, pages in self._world.pages.items() if len(pages) > cases.get(case_id, 0)
        ]
        for case_id in beyond:
            self._world.pages[case_id] = self.read(case_id, cases.get(case_id, 0))
        return len(beyond)
