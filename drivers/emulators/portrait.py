"""A portrait that can be moved: a picture cut out of its surroundings, its face mesh, and how deep each pixel lies.

Made by `setup/portraits.py` from photographs (`faces/README.md`). Pixels of the portrait: x right, y down, z towards
the camera. "Left" and "right" of the picture are as seen, not the person's own.
"""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Plane = NDArray[np.float32]
Points = NDArray[np.float64]

FACES: Final = Path(__file__).parent / "faces"
MESH_POINTS: Final = 468
GRID_PX: Final = 16  # depth is known for every sixteenth pixel
# Numbers of the face mesh's points (MediaPipe's canonical face model).
LIPS: Final = (
    (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308),
    (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308),
)
LEFT_EAR, RIGHT_EAR, CHIN = 234, 454, 152


@dataclass(frozen=True, slots=True)
class Portrait:
    """One person. Arrays are never written to."""

    name: str
    image: Image = field(repr=False)  # (h, w, 3), BGR
    alpha: Image = field(repr=False)  # (h, w), 255 where the person is
    points: Points = field(repr=False)  # (468, 3)
    lids: Points = field(repr=False)  # (2 eyes, upper and lower edge, 9 from left to right, 2)
    depth: Plane = field(repr=False)  # every GRID_PX pixels: z from the axis about which the head turns
    yields: Plane = field(repr=False)  # same grid: 1 where the head is, 0 where the body is

    @property
    def eyes(self) -> tuple[Points, Points]:
        """Middles of the left and the right eye, (x, y)."""
        left, right = self.lids.mean(axis=(1, 2))
        return left, right

    @property
    def apart(self) -> float:
        """Distance of the eyes in pixels."""
        left, right = self.eyes
        return float(np.hypot(*(right - left)))

    @property
    def axis(self) -> Points:
        """Where the neck's axis crosses the level of the ears, (x, y)."""
        ears: Points = self.points[[LEFT_EAR, RIGHT_EAR], :2].mean(axis=0)
        return ears

    @property
    def turned(self) -> float:
        """Degrees by which the person was turned to their own left when the picture was taken."""
        across = self.points[RIGHT_EAR] - self.points[LEFT_EAR]
        return float(np.degrees(np.arctan2(-across[2], across[0])))


def names() -> list[str]:
    """Everybody of `faces/`."""
    return sorted(path.stem for path in FACES.glob("*.json"))


@cache
def load_portrait(name: str) -> Portrait:
    """A person of `faces/`. Raises `ValueError` for a name that is not there."""
    if name not in names():
        raise ValueError(f"nobody is called {name!r}; there are: {', '.join(names())}")
    picture = cv2.imread(str(FACES / f"{name}.webp"), cv2.IMREAD_UNCHANGED)
    told = json.loads((FACES / f"{name}.json").read_text(encoding="utf-8"))
    points, lids = np.array(told["points"]), np.array(told["eyes"])
    if picture is None or picture.shape[2] != 4 or points.shape != (MESH_POINTS, 3):
        raise ValueError(f"{name}.webp or {name}.json is not what setup/portraits.py makes")
    depth = np.array(told["depth"], np.float32)
    return Portrait(
        name, np.asarray(picture[:, :, :3], np.uint8), np.asarray(picture[:, :, 3], np.uint8), points, lids, depth,
        _yields(points, depth.shape),
    )  # fmt: skip


def _yields(points: Points, grid: tuple[int, ...]) -> Plane:
    """From 1 at the chin to 0 at the collar: the neck twists, the body stays."""
    chin, face = points[CHIN, 1], np.hypot(*(points[RIGHT_EAR] - points[LEFT_EAR])[:2])
    y = np.broadcast_to(np.arange(grid[0])[:, None] * GRID_PX, grid)
    share = np.clip((y - (chin - 0.05 * face)) / (0.45 * face), 0, 1)
    return np.asarray(1 - share**2 * (3 - 2 * share), np.float32)
