"""The document camera: corners over a grid of poses, what is wrong with a picture, the driver at the emulated desk."""

import asyncio
import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.camera import opencv
from drivers.camera.blemish import blemishes
from drivers.camera.document import create
from drivers.camera.paper import Lens, find_paper, straighten
from drivers.codes.pictures import read_codes
from drivers.contracts.camera import Image
from drivers.contracts.document import Concern, Corners, Document, PaperFormat
from drivers.contracts.health import DeviceStatus
from drivers.emulators.control import Control
from drivers.emulators.desk import DESK_WIDTH_MM, VIEW_DEG, Desk
from drivers.emulators.sheets import KINDS, Pose, scene
from drivers.errors import DeviceError, DeviceRefused, LinkClosed, LinkTimeout, PictureFrozen, health_of
from drivers.registry import OpencvDocumentConfig
from tests.drivers.emulated import emulated_server

WIDTH, HEIGHT = 1296, 972
DESK = Desk(WIDTH, HEIGHT)
LENS = Lens(VIEW_DEG, DESK_WIDTH_MM)
WORST_CORNER_PX = 0.25


def corner_error(found: Corners, true: NDArray[np.float64]) -> float:
    """Largest distance of a corner, whichever of them is called the first."""
    corners = np.array(found)
    turns = [np.hypot(*(corners - np.roll(true, turn, axis=0)).T).max() for turn in range(4)]
    return float(min(turns))


# finding: the grid -------------------------------------------------------------------------------------------------

POSES = [
    Pose("a5", x, y, turn, tilt, pitch)
    for turn, (tilt, pitch, x, y) in itertools.product(
        (0, 4, 30, 45, 101), ((0, 0, 0, 0), (6, -8, 35, -20), (12, 8, -20, 10))
    )
] + [Pose("a4", 0, 0, turn, tilt, 0) for turn, tilt in ((88, 0), (90, 6), (273, 6))]


@pytest.mark.parametrize("pose", POSES, ids=lambda p: f"{p.sheet} {p.turn} {p.tilt} {p.pitch} {p.x}")
def test_corners_and_format_over_a_grid_of_poses(pose: Pose) -> None:
    jpeg = cv2.imencode(".jpg", DESK.draw([pose]), [cv2.IMWRITE_JPEG_QUALITY, 88])[1]
    picture = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
    assert picture is not None
    found = find_paper(np.asarray(picture, dtype=np.uint8), LENS)
    assert found.count == 1
    sheet = found.whole[0]
    assert corner_error(sheet.corners, DESK.corners(pose)) < WORST_CORNER_PX
    assert sheet.format == pose.sheet
    assert sheet.blur_px < 1.5


@pytest.mark.parametrize(
    ("sheet", "known", "unknown"),
    [
        ("a4", PaperFormat.A4, PaperFormat.A4),
        ("a5", PaperFormat.A5, PaperFormat.A4),
        ("card", PaperFormat.CARD, PaperFormat.CARD),
    ],
)
def test_without_the_height_sheets_of_one_shape_are_a4(
    sheet: str, known: PaperFormat, unknown: PaperFormat
) -> None:
    picture = DESK.draw([Pose(sheet, turn=90)])
    assert find_paper(picture, LENS).whole[0].format is known
    assert find_paper(picture, Lens(VIEW_DEG)).whole[0].format is unknown


@pytest.mark.parametrize("sigma", [0, 1, 2, 3])
def test_blur_is_measured_in_pixels(sigma: float) -> None:
    picture = DESK.draw([Pose("a5", turn=20)])
    blurred = cv2.GaussianBlur(picture, (0, 0), sigma) if sigma else picture
    expected = float(np.hypot(sigma, 0.9))  # the emulated lens and the sampling of the page
    measured = find_paper(np.asarray(blurred, dtype=np.uint8), LENS).whole[0].blur_px
    assert measured == pytest.approx(expected, rel=0.2)


@pytest.mark.parametrize("sigma", [4, 6, 9])
def test_more_blur_than_a_profile_is_long_is_still_too_much(sigma: float) -> None:
    blurred = cv2.GaussianBlur(DESK.draw([Pose("a5", turn=20)]), (0, 0), sigma)
    assert find_paper(np.asarray(blurred, dtype=np.uint8), LENS).whole[0].blur_px > 3.5


def test_straightened_the_sheet_is_upright_whole_and_readable() -> None:
    pose = Pose("a5", 10, -5, turn=12, tilt=10, pitch=-8, text="ND-261122-0007")
    picture = DESK.draw([pose])
    flat = straighten(picture, find_paper(picture, LENS).whole[0])
    height, width = flat.shape[:2]
    assert height / width == pytest.approx(210 / 148, rel=0.005)
    border = np.concatenate([flat[2, 2:-2], flat[-3, 2:-2], flat[2:-2, 2], flat[2:-2, -3]])
    assert border.mean() > 225  # paper everywhere, no desk
    assert [code.untrusted_text for code in read_codes(flat)] == ["ND-261122-0007"]
    heading = flat[round(0.08 * height), round(0.3 * width)]
    assert heading.max() < 80  # the heading's bar is at the top left: not upside down, not mirrored


def covered(pose: Pose, corner: int, radius: int) -> Image:
    picture = DESK.draw([pose])
    x, y = (round(float(value)) for value in DESK.corners(pose)[corner])
    return np.asarray(cv2.circle(picture, (x, y), radius, (60, 90, 150), -1), dtype=np.uint8)


@pytest.mark.parametrize(
    ("draw", "counts"),
    [
        (lambda: DESK.draw([]), (0, 0, 0)),
        (lambda: DESK.draw([], light=False), (0, 0, 0)),
        (lambda: np.full((HEIGHT, WIDTH, 3), 235, np.uint8), (0, 0, 0)),
        (lambda: np.zeros((HEIGHT, WIDTH, 3), np.uint8), (0, 0, 0)),
        (lambda: DESK.draw([Pose("a5", -90, 0, 5), Pose("a5", 90, 0, -3)]), (2, 0, 0)),
        (lambda: DESK.draw([Pose("a4", turn=10)]), (0, 1, 0)),
        (lambda: DESK.draw([Pose("a5", -40, 0, 5), Pose("a5", 60, 20, -33)]), (0, 0, 1)),
        (lambda: covered(Pose("a5", turn=20), 0, 40), (0, 0, 1)),
        (lambda: DESK.draw([Pose("a5", turn=20)], light=False), (1, 0, 0)),
    ],
    ids=[
        "nothing",
        "nothing, dark",
        "white desk",
        "black",
        "two",
        "over the edge",
        "overlapping",
        "thumb",
        "dark",
    ],
)
def test_what_lies_there_is_counted(draw: Callable[[], Image], counts: tuple[int, int, int]) -> None:
    found = find_paper(draw(), LENS)
    assert (len(found.whole), found.cut_off, found.shapeless) == counts


def test_noise_is_no_paper_and_breaks_nothing() -> None:
    random = np.random.default_rng(5)
    for _ in range(5):
        shape = (*random.integers(120, 400, 2), 3)
        assert find_paper(random.integers(0, 255, shape, dtype=np.uint8), LENS).whole == ()


# what spoils a page -------------------------------------------------------------------------------------------------

SPOILT = {
    "good": set(), "skewed": set(), "empty": {Concern.EMPTY}, "glare": {Concern.GLARE}, "covered": {Concern.COVERED},
}  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", SPOILT)
def test_what_spoils_a_page_that_was_found(kind: str, seed: int) -> None:
    picture = DESK.draw_scene(scene(kind, seed))
    found = find_paper(picture, LENS)
    if not found.whole:
        assert kind == "covered"  # so much of the edge is hidden that it is no rectangle
        return
    assert blemishes(straighten(picture, found.whole[0])) == SPOILT[kind]


def test_a_photo_and_a_stamp_on_the_page_are_no_finger() -> None:
    page = np.full((1485, 1050, 3), 235, np.uint8)
    cv2.rectangle(page, (120, 150), (370, 480), (90, 120, 180), -1)
    cv2.circle(page, (800, 1200), 120, (40, 40, 200), 12)
    assert blemishes(page) == set()
    cv2.circle(page, (1050, 700), 110, (90, 120, 180), -1)
    assert blemishes(page) == {Concern.COVERED}


def test_a_scene_is_the_same_for_its_seed_and_unknown_kinds_are_named() -> None:
    assert scene("glare", 7) == scene("glare", 7) != scene("glare", 8)
    with pytest.raises(ValueError, match="there is: good, skewed"):
        scene("burnt", 1)
    assert set(SPOILT) < set(KINDS)


# the driver at the emulated desk ------------------------------------------------------------------------------------


@dataclass
class Emulated:
    control: Control
    url: str

    def config(self, **changes: object) -> OpencvDocumentConfig:
        settings: dict[str, object] = {
            "source": self.url, "width": WIDTH, "height": HEIGHT, "settle_frames": 2, "timeout_s": 5,
            "view_deg": VIEW_DEG, "desk_width_mm": DESK_WIDTH_MM,
        }  # fmt: skip
        return OpencvDocumentConfig.model_validate(settings | changes)

    def capture(self, **changes: object) -> Document:
        camera = create(self.config(**changes))
        return asyncio.run(camera.capture())

    def refusal(self, **changes: object) -> DeviceError:
        camera = create(self.config(**changes))
        with pytest.raises(DeviceError) as said:
            asyncio.run(camera.connect())
        return said.value


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulated]:
    options = ("--scene", "desk", "--size", f"{WIDTH}x{HEIGHT}")
    with emulated_server("camera", tmp_path_factory.mktemp("desk"), "--http", *options) as (control, url):
        yield Emulated(control, url)


@pytest.fixture
def desk(process: Emulated) -> Iterator[Emulated]:
    yield process
    for act, values in (("fault", {"name": "none"}), ("paper.take", {}), ("cable.plug", {})):
        process.control.do(act, **values)


def test_a_good_capture(desk: Emulated) -> None:
    lain = desk.control.do("paper.lay", sheet="a5", turn=8, tilt=5, text="ND-1")
    document = desk.capture()
    assert document.is_good
    assert document.sheet is not None
    assert document.sheet.format is PaperFormat.A5
    assert corner_error(document.sheet.corners, np.array(lain["corners"][0])) < WORST_CORNER_PX
    assert [code.untrusted_text for code in read_codes(document.image)] == ["ND-1"]


@pytest.mark.parametrize(
    ("acts", "concern"),
    [
        ([], Concern.NO_PAPER),
        ([("paper.lay", {"sheet": "a4", "turn": 10})], Concern.CUT_OFF),
        (
            [("paper.lay", {"sheet": "a5", "x": -90}), ("paper.lay", {"sheet": "a5", "x": 90})],
            Concern.SEVERAL,
        ),
        ([("paper.lay", {"sheet": "a5"}), ("fault", {"name": "blur"})], Concern.BLURRED),
        ([("paper.lay", {"sheet": "a5"}), ("fault", {"name": "dark"})], Concern.DARK),
        ([("paper.lay", {"sheet": "a5", "blank": True})], Concern.EMPTY),
        ([("paper.scene", {"kind": "glare", "seed": 3})], Concern.GLARE),
    ],
    ids=["nothing", "over the edge", "two sheets", "blurred", "dark", "blank", "a scene"],
)
def test_what_is_wrong_is_said(
    desk: Emulated, acts: list[tuple[str, dict[str, object]]], concern: Concern
) -> None:
    for act, values in acts:
        desk.control.do(act, **values)
    assert desk.capture().concerns == {concern}


def test_held_open_it_takes_page_after_page_and_is_opened_once(
    desk: Emulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []
    really = opencv.open_capture

    def counted(config: opencv.Settings) -> object:
        opened.append(config)
        return really(config)

    monkeypatch.setattr(opencv, "open_capture", counted)
    camera = create(desk.config())

    async def pages() -> list[frozenset[Concern]]:
        await camera.hold()
        concerns = [(await camera.capture()).concerns]
        desk.control.do("paper.lay", sheet="a5")
        concerns.append((await camera.capture()).concerns)
        desk.control.do("cable.pull")
        with pytest.raises(DeviceError):
            await camera.capture()
        desk.control.do("cable.plug")
        concerns.append((await camera.capture()).concerns)
        await camera.rest()
        return concerns

    assert asyncio.run(pages()) == [{Concern.NO_PAPER}, frozenset(), frozenset()]
    assert len(opened) == 2  # once more after the cable


def test_a_frozen_camera_is_broken(desk: Emulated) -> None:
    desk.control.do("fault", name="frozen")
    error = desk.refusal()
    assert isinstance(error, PictureFrozen)
    assert health_of(error).status is DeviceStatus.HARDWARE_ERROR


def test_a_silent_camera_costs_its_deadline(desk: Emulated) -> None:
    desk.control.do("fault", name="mute")
    error = desk.refusal(timeout_s=0.5)
    assert isinstance(error, LinkTimeout | LinkClosed)


def test_unplugged_and_back(desk: Emulated) -> None:
    desk.control.do("cable.pull")
    assert health_of(desk.refusal()).status is DeviceStatus.NO_DEVICE
    desk.control.do("cable.plug")
    assert desk.capture().concerns == {Concern.NO_PAPER}


def test_another_size_than_set_is_said(desk: Emulated) -> None:
    error = desk.refusal(width=3264, height=2448)
    assert isinstance(error, DeviceRefused)
    assert "gives 1296 x 972, not 3264 x 2448" in str(error)


def test_a_camera_that_hangs_in_its_driver_holds_up_nobody_and_is_not_opened_twice(
    desk: Emulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No emulator can make a driver call hang, so the capture is a stand-in here."""
    let_go = threading.Event()
    opened = []

    class Hanging:
        def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
            return True

        def read(self) -> tuple[bool, None]:
            let_go.wait(30)
            return False, None

        def release(self) -> None:
            pass

    def open_capture(config: object) -> Hanging:
        opened.append(config)
        return Hanging()

    monkeypatch.setattr(opencv, "open_capture", open_capture)
    camera = create(desk.config(timeout_s=0.2))
    with pytest.raises(LinkTimeout, match="no picture"):
        asyncio.run(camera.connect())
    with pytest.raises(LinkTimeout, match="hangs in its driver"):
        asyncio.run(camera.connect())
    assert len(opened) == 1
    let_go.set()
