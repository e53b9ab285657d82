"""What an impostor holds up instead of a face: a print on paper, or a recording on a tablet.

A print is flat, pale and grainy, its eyes never shut; asked to turn, the impostor turns the sheet. A recording shows a
living person, but what they did when it was made and not what is asked now, behind glass, in the pixels of its display.
"""

import math
from dataclasses import dataclass
from typing import Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from . import infrared
from .figure import Figure, Layer, Pose, Size, lay
from .motion import Mover
from .portrait import Image, Portrait

HELD: Final = 0.78  # size of a face on it, in sizes of a living one: its edges are in the picture
FOCAL: Final = 1.3  # of the picture's width
SHEET: Final = (420, 560)  # pixels of the sheet as it lies flat; a face on it has its eyes 120 apart
EYES_ON_SHEET: Final = (210.0, 235.0, 120.0)
MARGIN_PX: Final = 22
PAPER_BGR: Final = (232, 238, 238)
WALL_BGR: Final = (196, 186, 170)  # behind the person who was photographed
PRINT_CONTRAST, PRINT_BLACK = 0.66, 52.0
DOT_PX, DOT_DEPTH = 3.2, 9.0  # of the printer's screen
PAPER_GRAIN: Final = 3.0
TABLET: Final = (620, 460)
BEZEL_PX: Final = 26
GLASS_BGR: Final = (20, 19, 18)
EYES_ON_DISPLAY: Final = (310.0, 190.0, 108.0)
DISPLAY_PITCH_PX: Final = 2.6
DISPLAY_GAMMA: Final = 0.82
DISPLAY_BLACK: Final = 14.0
RECORDED_S: Final = 9.0
# what was asked when it was recorded, and when
RECORDED: Final = ((1.0, "blink"), (2.8, "turn_right"), (5.6, "turn_left"))
FINGERS_BGR: Final = (118, 148, 196)
WOBBLE_DEG: Final = 1.6
ROLL_DEG: Final = 2.0


@dataclass(frozen=True, slots=True)
class Held:
    """Something flat in a hand: its picture, and where the eyes on it are and how far apart."""

    flat: Image
    infrared: Image  # the same to an infrared camera
    eyes: tuple[float, float, float]


class Artefact(Protocol):
    """What is held up."""

    @property
    def follows(self) -> bool:
        """Whether the hand moves it as if it were a head."""

    def held(self, now_s: float) -> Held:
        """What it shows now."""


class Print:
    """A photograph of somebody, printed on plain paper with white margins."""

    follows = True

    def __init__(self, who: Portrait, seed: int = 7) -> None:
        width, height = SHEET
        photo = _before_wall(Figure(who), Pose(*EYES_ON_SHEET), SHEET)
        random = np.random.default_rng(seed)
        ink = PRINT_BLACK + PRINT_CONTRAST * cv2.GaussianBlur(photo, (0, 0), 1.1).astype(np.float32)
        ink += _screen(SHEET, DOT_PX, 45.0) * DOT_DEPTH + random.normal(0, PAPER_GRAIN, (height, width, 1))
        sheet = np.full((height, width, 3), PAPER_BGR, np.float32)
        inside = (slice(MARGIN_PX, height - MARGIN_PX), slice(MARGIN_PX, width - MARGIN_PX))
        sheet[inside] = ink[inside]
        for x in (0.12, 0.84):  # thumbs in front of the lower edge
            thumb = (round(x * width), height - 16)
            cv2.ellipse(sheet, thumb, (19, 44), 12 if x < 0.5 else -12, 0, 360, FINGERS_BGR, -1, cv2.LINE_AA)
        printed = np.clip(sheet, 0, 255).astype(np.uint8)
        self._held = Held(printed, infrared.sheet(printed), EYES_ON_SHEET)

    def held(self, now_s: float) -> Held:
        """Always the same."""
        del now_s
        return self._held


class Replay:
    """A recording of somebody in another room, who once did what another challenge asked, again and again."""

    follows = False

    def __init__(self, who: Portrait, began_s: float, seed: int = 8) -> None:
        self._figure = Figure(who)
        self.began_s = began_s
        self._seed = seed
        self._mover = Mover(seed)
        self._round = -1
        width, height = TABLET
        self._grid = _screen(TABLET, DISPLAY_PITCH_PX, 0.0)
        self._glass = infrared.glass(TABLET, BEZEL_PX)
        self._frame = np.full((height, width, 3), GLASS_BGR, np.uint8)
        across = np.linspace(-1, 1, width)[None, :] + np.linspace(-0.5, 0.5, height)[:, None]
        self._glare = (34 * np.exp(-(((across - 0.35) / 0.12) ** 2)))[:, :, None].astype(np.float32)

    def held(self, now_s: float) -> Held:
        """The tablet with the recording's picture of now."""
        rounds, at_s = divmod(now_s - self.began_s, RECORDED_S)
        if int(rounds) != self._round:
            self._round, self._mover = int(rounds), Mover(self._seed)
            for asked_s, step in RECORDED:
                self._mover.ask(step, asked_s)
        shown = _before_wall(self._figure, self._mover.pose(at_s, *EYES_ON_DISPLAY), TABLET)
        bright = 255 * (shown.astype(np.float32) / 255) ** DISPLAY_GAMMA
        lit = DISPLAY_BLACK + bright * (0.86 + 0.10 * self._grid) * (1.06, 0.99, 0.93) + self._glare
        flat = self._frame.copy()
        edge = slice(BEZEL_PX, -BEZEL_PX)
        flat[edge, edge] = np.clip(lit, 0, 255).astype(np.uint8)[edge, edge]
        return Held(flat, self._glass, EYES_ON_DISPLAY)


def draw_held(flat: Image, eyes: tuple[float, float, float], pose: Pose, size: Size) -> Layer:
    """A flat thing in perspective, its `eyes` where `pose` has them: colours (h, w, 3) and cover (h, w)."""
    height, width = flat.shape[:2]
    x, y, apart = eyes
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    placed = (corners - [x, y]) * pose.apart / apart
    yaw, pitch, roll = (math.radians(angle) for angle in (pose.yaw, pose.pitch, pose.roll))
    focal = FOCAL * size[0]
    turned = placed @ np.array([[math.cos(roll), math.sin(roll)], [-math.sin(roll), math.cos(roll)]])
    depth = turned[:, 0] * math.sin(yaw) + turned[:, 1] * math.sin(pitch)
    seen = turned * [math.cos(yaw), math.cos(pitch)] * (focal / (focal + depth))[:, None] + [pose.x, pose.y]
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), seen.astype(np.float32))
    how = cv2.INTER_AREA if pose.apart < apart else cv2.INTER_LINEAR
    colours = cv2.warpPerspective(flat, matrix, size, flags=how, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpPerspective(np.full((height, width), 255, np.uint8), matrix, size)
    return np.asarray(colours, np.uint8), np.asarray(cover, np.uint8)


def in_hand(pose: Pose, now_s: float, *, follows: bool) -> Pose:
    """Where a hand holds a flat thing for a person who stands in `pose`: it trembles, and turns when it follows."""
    tremble = [math.sin(now_s * rate) for rate in (5.3, 3.1, 2.3)]
    yaw, pitch = (pose.yaw, pose.pitch) if follows else (0.0, 0.0)
    return Pose(
        pose.x + 1.5 * tremble[0], pose.y + 1.5 * tremble[1], HELD * pose.apart, yaw + WOBBLE_DEG * tremble[2],
        pitch + WOBBLE_DEG * tremble[1], ROLL_DEG * tremble[2],
    )  # fmt: skip


def _before_wall(figure: Figure, pose: Pose, size: Size) -> Image:
    fall = np.linspace(1.06, 0.86, size[1])[:, None, None]
    wall = np.repeat(np.array(WALL_BGR) * fall, size[0], axis=1).astype(np.uint8)
    lay(wall, *figure.draw(pose, size))
    return wall


def _screen(size: Size, pitch_px: float, angle_deg: float) -> NDArray[np.float32]:
    """A regular pattern of dots, -1 to 1, (h, w, 1)."""
    x, y = np.meshgrid(np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32))
    angle = math.radians(angle_deg)
    across = x * math.cos(angle) + y * math.sin(angle)
    along = y * math.cos(angle) - x * math.sin(angle)
    dots = np.sin(math.tau / pitch_px * across) * np.sin(math.tau / pitch_px * along)
    return np.asarray(dots[:, :, None], np.float32)
