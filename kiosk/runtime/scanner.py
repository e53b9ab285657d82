"""The document camera in the running program: pages are taken, judged, kept in memory, and forgotten with the session.

Nothing of a page is written here, and nothing of it stays when the visit ends.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, Protocol, assert_never

import numpy as np

from drivers.contracts.camera import Image
from drivers.contracts.document import Concern, Document, DocumentCamera
from drivers.contracts.health import DeviceStatus, Health
from drivers.errors import DeviceError, health_of
from kiosk.session import effects as do
from kiosk.session import events as ev
from screens.scanviews import Picture

from .disk import ONLINE

logger = logging.getLogger(__name__)

JPEG_QUALITY: Final = 85
DRAWN_PX: Final = (950, 900)  # the most of the screen that a page is drawn on
FIRST_TOLD: Final = (
    Concern.NO_PAPER, Concern.SEVERAL, Concern.CUT_OFF, Concern.NO_RECTANGLE, Concern.DARK, Concern.BLURRED,
    Concern.COVERED, Concern.GLARE, Concern.EMPTY,
)  # fmt: skip
STARTING: Final = Health(DeviceStatus.STARTING)


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet: straightened, as JPEG, and small as it is drawn. With `concerns` there is neither."""

    concerns: tuple[str, ...] = ()
    jpeg: bytes = field(default=b"", repr=False)
    picture: Picture | None = field(default=None, repr=False)


class Scanner(Protocol):
    """Takes pages. All may raise `drivers.errors.DeviceError`."""

    async def connect(self) -> None:
        """See that it gives pictures."""

    async def hold(self) -> None:
        """Stay awake until `rest`."""

    async def rest(self) -> None:
        """No page comes soon."""

    async def page(self) -> Page:
        """Take the sheet that lies there."""

    async def turned(self, page: Page) -> Page:
        """The same page a quarter further, clockwise."""

    async def close(self) -> None:
        """Release the device."""


class LensScanner:
    """A `Scanner` over a document camera; all pictures are worked on in threads."""

    def __init__(self, camera: DocumentCamera) -> None:
        self._camera = camera
        self.connect, self.hold, self.rest = camera.connect, camera.hold, camera.rest
        self.close = camera.close

    async def page(self) -> Page:
        """Take, straighten, judge, encode."""
        document = await self._camera.capture()
        return await asyncio.to_thread(page_of, document)

    async def turned(self, page: Page) -> Page:
        """From its JPEG, and into another one."""
        return await asyncio.to_thread(_turned, page)


def page_of(document: Document) -> Page:
    """The page as it is kept and as it is drawn; of one that will not do, why."""
    if not document.is_good:
        concerns = tuple(concern.value for concern in FIRST_TOLD if concern in document.concerns)
        return Page(concerns or (Concern.NO_PAPER.value,))
    return Page((), _jpeg(document.image), _drawn(document.image))


def _turned(page: Page) -> Page:
    import cv2

    image = cv2.imdecode(np.frombuffer(page.jpeg, dtype=np.uint8), cv2.IMREAD_COLOR)
    further = np.asarray(cv2.rotate(np.asarray(image), cv2.ROTATE_90_CLOCKWISE), dtype=np.uint8)
    return Page((), _jpeg(further), _drawn(further))


def _jpeg(image: Image) -> bytes:
    import cv2  # a large library: only where there is a document camera

    return bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1])


def _drawn(image: Image) -> Picture:
    import cv2

    height, width = image.shape[:2]
    scale = min(1.0, DRAWN_PX[0] / width, DRAWN_PX[1] / height)
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    rgb = cv2.cvtColor(small, cv2.COLOR_BGR2RGB)
    return Picture(rgb.shape[1], rgb.shape[0], rgb.tobytes())


@dataclass(slots=True)
class ScanDesk:
    """Performs `do.ScanEffect`. `scanner` None: none is fitted. `changed` is told when its health changes."""

    scanner: Scanner | None
    post: Callable[[ev.Event], None]
    changed: Callable[[], None]
    retry_s: float
    health: Health = STARTING
    _pages: dict[int, Page] = field(default_factory=dict)
    _count: int = 0
    _rests: int = 0  # a page that was begun before the last one is nobody's any more

    async def perform(self, effect: do.ScanEffect) -> None:
        """Do it. A camera that fails is an event, and looked at again by `watch`."""
        match effect:
            case do.TakePage():
                await self._take()
            case do.WakeScanner():
                if not await self._asked(lambda scanner: scanner.hold()):
                    self.post(ev.ScanFailed())
            case do.RestScanner():
                await self._rest()
            case do.TurnPage(number):
                await self._turn(number)
            case do.DropPages(pages):
                for number in pages:
                    self._pages.pop(number, None)
            case _:
                assert_never(effect)

    def picture(self, number: int) -> Picture | None:
        """A page as it is drawn; None when it is gone. Any thread may ask."""
        page = self._pages.get(number)
        return None if page is None else page.picture

    def jpeg(self, number: int) -> bytes | None:
        """A page as it is kept; None when it is gone."""
        page = self._pages.get(number)
        return None if page is None else page.jpeg

    async def forget(self) -> None:
        """The visit is over."""
        self._pages.clear()
        await self._rest()

    async def watch(self) -> None:
        """Look whether a camera that failed works again, until cancelled. At the start too."""
        while True:
            if not self.health.works:
                await self._asked(lambda scanner: scanner.connect())
            await asyncio.sleep(self.retry_s)

    async def close(self) -> None:
        """Release the camera."""
        if self.scanner is not None:
            await self.scanner.close()

    async def _rest(self) -> None:
        self._rests += 1
        await self._asked(lambda scanner: scanner.rest())

    async def _take(self) -> None:
        taken: list[Page] = []
        rests = self._rests

        async def take(scanner: Scanner) -> None:
            taken.append(await scanner.page())

        works = await self._asked(take)
        if rests != self._rests:
            return
        if works:
            self._keep(taken[0])
        else:
            self.post(ev.ScanFailed())

    async def _turn(self, number: int) -> None:
        page, rests = self._pages.get(number), self._rests
        if page is None or self.scanner is None:
            self.post(ev.ScanFailed())
            return
        turned = await self.scanner.turned(page)
        if rests == self._rests:
            self._keep(turned)

    def _keep(self, page: Page) -> None:
        self._count += 1
        if not page.concerns:
            self._pages[self._count] = page
        self.post(ev.PageTaken(self._count, page.concerns))

    async def _asked(self, ask: Callable[[Scanner], Awaitable[None]]) -> bool:
        """Whether the camera did it; what it says of itself by that is its health."""
        if self.scanner is None:
            return False
        try:
            await ask(self.scanner)
        except DeviceError as error:
            logger.warning("document camera: %s", error)
            self._be(health_of(error))
            return False
        self._be(ONLINE)
        return True

    def _be(self, health: Health) -> None:
        if health != self.health:
            self.health = health
            self.changed()
