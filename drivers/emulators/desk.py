"""What a document camera sees: a dark pad, sheets of paper on it with text and a QR code, at any angle.

Acts: `paper.lay` with `sheet` (`a4`, `a5`, `card`), `x`, `y` (mm from the middle), `turn` (degrees, in the plane),
`tilt` and `pitch` (degrees, lifted at the side and at the top), `text` of its code, `blank`; a second `paper.lay`
lays a second sheet. `paper.scene` with `kind` and `seed` shows a scene of `sheets.py` instead of all that lies there.
`paper.take` takes all away. Beside what a real desk does, `state` tells each sheet's corners in the picture.
"""

import io
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import cv2
import numpy as np
import segno
from numpy.typing import NDArray

from .sheets import DESK_MM, SHEETS_MM, Finger, Glare, Pose, Scene, scene

Image = NDArray[np.uint8]
Points = NDArray[np.float64]

DESK_WIDTH_MM: Final = DESK_MM[0]
VIEW_DEG: Final = 60.0  # of the lens, across
PAD: Final = (52, 48, 46)
PAPER: Final = (238, 243, 244)
INK: Final = (40, 34, 30)
LENS_SIGMA_PX: Final = 0.8
NOISE_SIGMA: Final = 2.0
NOISE_STEP_PX: Final = 64
DARKNESS: Final = 0.12
GLARE_LEVEL: Final = 230.0  # above the paper's, in the middle of a lamp's mirror image
WORDS: Final = (
    "papers", "that", "a", "citizen", "hands", "in", "are", "kept", "behind", "a", "door", "of", "their", "own",
    "until", "staff", "collect", "them",
)  # fmt: skip


class Desk:
    """Draws the desk. `corners` and `draw` agree to the fraction of a pixel; a pixel's middle has whole numbers."""

    def __init__(self, width: int, height: int, seed: int = 1) -> None:
        self.width, self.height = width, height
        self._focal_px = width / 2 / math.tan(math.radians(VIEW_DEG / 2))
        self._height_mm = DESK_WIDTH_MM / 2 / math.tan(math.radians(VIEW_DEG / 2))
        self._random = np.random.default_rng(seed)
        shape = (height + NOISE_STEP_PX, width + NOISE_STEP_PX, 3)
        self._noise = self._random.normal(0.0, NOISE_SIGMA, shape).astype(np.float32)

    def corners(self, pose: Pose) -> Points:
        """Top left, top right, bottom right, bottom left of the sheet as it would be read; shape (4, 2)."""
        across, down = SHEETS_MM[pose.sheet]
        flat = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * [across / 2, down / 2, 0]
        placed = flat @ _rotation(pose).T + [pose.x, pose.y, self._height_mm]
        middle = [(self.width - 1) / 2, (self.height - 1) / 2]
        return np.asarray(placed[:, :2] / placed[:, 2:] * self._focal_px + middle, dtype=np.float64)

    def draw(self, poses: list[Pose], *, light: bool = True) -> Image:
        """One picture, BGR."""
        return self.draw_scene(Scene("", tuple(poses), light=1.0 if light else DARKNESS))

    def draw_scene(self, seen: Scene) -> Image:
        """One picture of everything that is there, BGR."""
        picture = np.full((self.height, self.width, 3), PAD, np.float32)
        for pose in seen.sheets:
            self._lay(picture, pose)
        for finger in seen.fingers:
            self._hold(picture, finger)
        for glare in seen.glares:
            self._mirror(picture, glare)
        sigma = math.hypot(LENS_SIGMA_PX, seen.blur_mm * self.width / DESK_WIDTH_MM)
        cv2.GaussianBlur(picture, (0, 0), sigma, dst=picture)
        if seen.light < 1 and not seen.glares:  # the exposure follows what shines
            picture *= seen.light
        dx, dy = self._random.integers(0, NOISE_STEP_PX, 2)
        picture += self._noise[dy : dy + self.height, dx : dx + self.width]
        return np.clip(picture, 0, 255).astype(np.uint8)

    def _place(self, x: float, y: float) -> tuple[int, int]:
        """Of a spot on the desk, in pixels."""
        px_per_mm = self.width / DESK_WIDTH_MM
        return round(x * px_per_mm + self.width / 2), round(y * px_per_mm + self.height / 2)

    def _hold(self, picture: NDArray[np.float32], finger: Finger) -> None:
        wide = max(1, round(finger.wide * self.width / DESK_WIDTH_MM))
        cv2.line(picture, self._place(*finger.root), self._place(*finger.tip), finger.skin, wide, cv2.LINE_AA)

    def _mirror(self, picture: NDArray[np.float32], glare: Glare) -> None:
        x, y = self._place(glare.x, glare.y)
        reach = max(1.0, glare.reach * self.width / DESK_WIDTH_MM)
        rows, columns = np.ogrid[: self.height, : self.width]
        away = ((columns - x) ** 2 + (rows - y) ** 2) / reach**2
        picture += (GLARE_LEVEL * np.exp(-(away**2)))[:, :, None].astype(np.float32)

    def _lay(self, picture: NDArray[np.float32], pose: Pose) -> None:
        page = printed(pose, self.width / DESK_WIDTH_MM)
        height, width = page.shape[:2]
        edges = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - np.float32(0.5)
        matrix = cv2.getPerspectiveTransform(edges, self.corners(pose).astype(np.float32))
        size = (self.width, self.height)
        seen = cv2.warpPerspective(page, matrix, size, borderMode=cv2.BORDER_REPLICATE)
        mask = cv2.warpPerspective(np.ones((height, width), np.float32), matrix, size)[:, :, None]
        picture *= 1 - mask
        picture += mask * seen


def printed(pose: Pose, px_per_mm: float) -> Image:
    """The sheet itself, seen from above: a heading, lines of words, a QR code; a card has a darker band."""
    across, down = SHEETS_MM[pose.sheet]
    width, height = round(across * px_per_mm), round(down * px_per_mm)
    page = np.full((height, width, 3), PAPER, np.uint8)
    if pose.blank:
        return page
    edge = round(0.09 * width)
    line = max(6, round(height / 42))
    cv2.rectangle(page, (edge, edge), (round(0.6 * width), edge + 2 * line), INK, -1)
    code = _qr(pose.text, side=round(0.22 * width))
    side = code.shape[0]
    page[edge : edge + side, width - edge - side : width - edge] = code[:, :, None]
    scale = line / 34
    for row, y in enumerate(range(edge + max(side, 3 * line) + line, height - edge, 2 * line)):
        words = " ".join(WORDS[(row * 5 + n) % len(WORDS)] for n in range(8))
        room = width - 2 * edge
        wide = cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)[0][0]
        fit = scale * min(1.0, room / wide)
        cv2.putText(
            page, words, (edge, y), cv2.FONT_HERSHEY_SIMPLEX, fit, INK, max(1, line // 14), cv2.LINE_AA
        )
    return page


class DeskView:
    """The desk for the emulated camera."""

    fps = 10
    blur_sigma_px = 5.0

    def __init__(self, width: int, height: int) -> None:
        self._desk = Desk(width, height)
        self._seen = Scene("")

    def act(self, do: str, values: Mapping[str, Any]) -> None:
        """Lay a sheet down, show a scene, or take all away. Raises `ValueError` with what is allowed."""
        match do:
            case "paper.lay":
                pose = Pose(**values)
                if pose.sheet not in SHEETS_MM:
                    raise ValueError(f"no sheet {pose.sheet!r}; there is: {', '.join(SHEETS_MM)}")
                self._seen = replace(self._seen, sheets=(*self._seen.sheets, pose))
            case "paper.scene":
                self._seen = scene(str(values["kind"]), int(values["seed"]))
            case "paper.take":
                self._seen = Scene("")
            case _:
                raise ValueError(f"unknown act {do!r}; there is: paper.lay, paper.scene, paper.take")

    def state(self) -> dict[str, Any]:
        """Corners of each sheet in the picture, (x, y) in pixels."""
        return {"corners": [self._desk.corners(pose).tolist() for pose in self._seen.sheets]}

    def draw(self, at_s: float, *, light: bool) -> Image:
        """One picture; nothing here moves by itself."""
        del at_s
        seen = self._seen
        return self._desk.draw_scene(seen if light else replace(seen, light=DARKNESS * seen.light))


def _rotation(pose: Pose) -> Points:
    turn, tilt, pitch = (math.radians(angle) for angle in (pose.turn, pose.tilt, pose.pitch))
    in_plane = np.array(
        [[math.cos(turn), -math.sin(turn), 0], [math.sin(turn), math.cos(turn), 0], [0, 0, 1]]
    )
    side = np.array([[math.cos(tilt), 0, math.sin(tilt)], [0, 1, 0], [-math.sin(tilt), 0, math.cos(tilt)]])
    top = np.array([[1, 0, 0], [0, math.cos(pitch), -math.sin(pitch)], [0, math.sin(pitch), math.cos(pitch)]])
    return np.asarray(top @ side @ in_plane, dtype=np.float64)


def _qr(text: str, side: int) -> Image:
    buffer = io.BytesIO()
    segno.make_qr(text, error="m").save(buffer, kind="png", scale=1, border=2)
    dots = cv2.imdecode(np.frombuffer(buffer.getvalue(), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert dots is not None
    scale = max(1, side // dots.shape[0])
    return np.kron(dots, np.ones((scale, scale), np.uint8)).astype(np.uint8)
