"""The OpenCV camera driver against the emulated camera's real HTTP stream."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from drivers.camera.opencv import OpenCvCamera, create
from drivers.contracts.health import DeviceStatus
from drivers.emulators.control import Control
from drivers.emulators.lobby import HEIGHT, WIDTH
from drivers.errors import LinkClosed, LinkTimeout, PictureFrozen, health_of
from tests.drivers.emulated import emulated_server


@dataclass(frozen=True)
class Config:
    source: str
    width: int = 640
    height: int = 480
    fps: int = 15
    timeout_s: float = 1.0
    focus: int | None = None


@dataclass
class Emulated:
    control: Control
    url: str
    infrared_url: str


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulated]:
    folder = tmp_path_factory.mktemp("camera")
    second = folder / "infrared"
    with emulated_server("camera", folder, "--http", "--infrared", str(second)) as (control, url):
        yield Emulated(control, url, second.read_text(encoding="utf-8").strip())


@pytest.fixture
def emulated(process: Emulated) -> Iterator[Emulated]:
    yield process
    process.control.do("fault", name="none")
    process.control.do("cable.plug")
    process.control.do("face.leave")
    process.control.do("light", on=True)


@pytest.fixture
def camera(emulated: Emulated) -> Iterator[OpenCvCamera]:
    opened = create(Config(emulated.url))
    opened.open()
    yield opened
    opened.close()


def test_pictures_are_bgr_of_the_cameras_size_and_each_is_newer(camera: OpenCvCamera) -> None:
    first, second = camera.read(), camera.read()
    assert first.image.shape == (HEIGHT, WIDTH, 3)
    assert first.image.dtype == np.uint8
    assert second.taken_at_s > first.taken_at_s
    assert not np.array_equal(first.image, second.image)


def test_a_late_reader_gets_the_newest_picture(emulated: Emulated, camera: OpenCvCamera) -> None:
    camera.read()
    emulated.control.do("light", on=False)
    passed = threading.Event()
    passed.wait(0.5)  # nobody reads for half a second: seven pictures pass
    assert camera.read().image.mean() < 30


def test_a_person_is_seen(emulated: Emulated, camera: OpenCvCamera) -> None:
    empty = camera.read().image.astype(np.int16)
    emulated.control.do("face.show", name="obama")
    changed = 0.0
    for _ in range(15):
        changed = float(np.abs(camera.read().image.astype(np.int16) - empty).mean())
        if changed > 10:
            break
    assert changed > 10


def test_silence_is_a_timeout(emulated: Emulated, camera: OpenCvCamera) -> None:
    camera.read()
    emulated.control.do("fault", name="mute")
    with pytest.raises((LinkTimeout, LinkClosed)):
        for _ in range(3):  # what was under way still arrives
            camera.read()


def test_one_picture_for_ever_is_no_live_picture(emulated: Emulated, camera: OpenCvCamera) -> None:
    camera.read()
    emulated.control.do("fault", name="frozen")
    with pytest.raises(PictureFrozen, match="repeats one picture") as said:
        for _ in range(30):
            camera.read()
    assert health_of(said.value).status is DeviceStatus.HARDWARE_ERROR


def test_a_camera_that_is_pulled_out_and_put_back(emulated: Emulated, camera: OpenCvCamera) -> None:
    emulated.control.do("cable.pull")
    with pytest.raises((LinkClosed, LinkTimeout)):
        for _ in range(5):
            camera.read()
    with pytest.raises(LinkClosed) as said:
        camera.open()
    assert health_of(said.value).status is DeviceStatus.NO_DEVICE
    emulated.control.do("cable.plug")
    camera.open()
    assert camera.read().image.shape == (HEIGHT, WIDTH, 3)


@pytest.mark.parametrize("source", ["/dev/video-not-there", "http://127.0.0.1:9/none", "nothing.avi"])
def test_a_source_that_is_not_there_is_named(source: str) -> None:
    camera = create(Config(source))
    with pytest.raises((LinkClosed, LinkTimeout), match=source):
        camera.open()
    with pytest.raises(LinkClosed, match="not open"):
        camera.read()


def test_unknown_acts_and_people_say_what_there_is(emulated: Emulated) -> None:
    with pytest.raises(ValueError, match="obama"):
        emulated.control.do("face.show", name="nobody")
    with pytest.raises(ValueError, match="frozen"):
        emulated.control.do("fault", name="flying")


def await_watchers(emulated: Emulated, count: int) -> None:
    """A viewer who hung up is noticed when the next picture cannot be sent: one of the last test may still count."""
    pause = threading.Event()
    for _ in range(200):
        if emulated.control.do("state")["watchers"] == count:
            return
        pause.wait(0.05)
    pytest.fail(f"{emulated.control.do('state')['watchers']} viewers after 10 s, not {count}")


def test_nothing_is_drawn_while_nobody_looks(emulated: Emulated) -> None:
    camera = create(Config(emulated.url))
    camera.open()
    camera.read()
    await_watchers(emulated, 1)
    camera.close()
    await_watchers(emulated, 0)


def test_the_infrared_camera_is_a_camera_of_its_own(emulated: Emulated) -> None:
    emulated.control.do("face.show", name="obama3")
    emulated.control.do("light", on=False)  # it brings its own
    emulated.control.do("fault", name="mute")  # of the other one
    infrared = create(Config(emulated.infrared_url))
    infrared.open()
    image = infrared.read().image
    infrared.close()
    assert image.shape == (HEIGHT, WIDTH, 3)
    blue, red = (image[:, :, channel].astype(np.int16) for channel in (0, 2))
    assert np.abs(blue - red).max() <= 3
    face, behind = image[150:300, 250:390].mean(), image[:60].mean()
    assert face > 100
    assert behind < 40
