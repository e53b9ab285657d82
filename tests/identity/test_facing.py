"""The cameras' state: what is said of one that starts slowly, of one that is gone, and of a second one."""

import asyncio
import threading

import numpy as np
import pytest

from drivers.contracts.camera import Frame, Image
from drivers.contracts.health import DeviceStatus
from drivers.emulators.people import PEOPLE
from drivers.errors import LinkTimeout
from kiosk.identity.config import DriverSpec, IdentityConfig, IdentityLimits
from kiosk.identity.events import DeviceHealth, FaceOutcome, FaceResult, IdentityEvent
from kiosk.identity.facing import FaceDesk
from kiosk.identity.photo import StandInDecoder
from kiosk.identity.preview import PreviewBuffer
from tests.identity.world import WAIT_S

NOWHERE = DriverSpec("kiosk.identity.photo:create_standin")
CONFIG = IdentityConfig(reader=NOWHERE, photo=NOWHERE, limits=IdentityLimits(retry_s=0.0))


class SlowToStart:
    """A camera that does not open the first few times."""

    def __init__(self, failures: int) -> None:
        self._failures = failures
        self.opened = threading.Event()

    def open(self) -> None:
        if self._failures:
            self._failures -= 1
            raise LinkTimeout("camera: did not open")
        self.opened.set()

    def read(self) -> Frame:
        return Frame(np.zeros((8, 8, 3), np.uint8), 0.0)

    def close(self) -> None:
        self.opened.clear()


@pytest.mark.parametrize(
    ("failures", "states"),
    [
        (0, [DeviceStatus.ONLINE]),
        (1, [DeviceStatus.ONLINE]),  # it was starting, and nobody is told that it was lost
        (2, [DeviceStatus.OFFLINE, DeviceStatus.ONLINE]),
        (9, [DeviceStatus.OFFLINE]),
    ],
)
def test_a_camera_is_lost_at_the_second_look(failures: int, states: list[DeviceStatus]) -> None:
    said: list[IdentityEvent] = []

    async def look() -> None:
        preview = PreviewBuffer.create()
        desk = FaceDesk(CONFIG, SlowToStart(failures), StandInDecoder(), preview, said.append)
        for _ in range(4):
            await desk.look_once()
        assert not desk.camera_starting
        assert desk.camera_failing is (states[-1] is DeviceStatus.OFFLINE)
        await desk.close()
        preview.close()

    asyncio.run(look())
    assert [event.health.status for event in said if isinstance(event, DeviceHealth)] == states


def test_without_its_infrared_camera_the_other_proves_nothing() -> None:
    said: list[IdentityEvent] = []

    async def look() -> None:
        preview = PreviewBuffer.create()
        decoder = StandInDecoder()
        desk = FaceDesk(CONFIG, SlowToStart(0), decoder, preview, said.append, infrared=SlowToStart(2))
        for failing in (False, True, False):  # the first time it may have been starting
            await desk.look_once()
            assert desk.camera_failing is failing
        await desk.close()
        preview.close()

    asyncio.run(look())
    states = [event.health for event in said if isinstance(event, DeviceHealth)]
    assert [state.works for state in states] == [False, True]
    assert states[0].detail.startswith("infrared camera: ")


class WithTheCamera(StandInDecoder):
    """Decodes only once the camera was opened."""

    def __init__(self, opened: threading.Event) -> None:
        self._opened = opened

    def decode(self, untrusted_photo: bytes) -> Image:
        assert self._opened.wait(WAIT_S)
        return super().decode(untrusted_photo)


def test_the_camera_opens_while_the_photo_is_read_and_who_stops_then_has_stopped_the_check() -> None:
    async def story() -> None:
        camera, preview = SlowToStart(0), PreviewBuffer.create()
        desk = FaceDesk(CONFIG, camera, WithTheCamera(camera.opened), preview, lambda _: None)
        assert desk.load().status is DeviceStatus.ONLINE
        preparing = asyncio.ensure_future(desk.prepare(PEOPLE["jia"].photo_block()))
        await asyncio.to_thread(camera.opened.wait, WAIT_S)
        desk.stop()
        await preparing
        assert await desk.check() is None
        assert not camera.opened.is_set()  # and nobody is filmed
        await desk.close()
        preview.close()

    asyncio.run(story())


def test_a_photo_of_no_use_leaves_no_camera_open() -> None:
    async def story() -> None:
        camera, preview = SlowToStart(0), PreviewBuffer.create()
        desk = FaceDesk(CONFIG, camera, StandInDecoder(), preview, lambda _: None)
        desk.load()
        await desk.prepare(b"no photo")
        assert await desk.check() == FaceResult(FaceOutcome.NO_REFERENCE)
        assert not camera.opened.is_set()
        await desk.close()
        preview.close()

    asyncio.run(story())
