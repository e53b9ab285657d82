"""A person drawn from a portrait: head turned, eyes shut, mouth open, anywhere in the picture.

The head is a relief: each pixel has a depth, turning moves it, and the picture is fetched backwards along that motion.
Good for about 30 degrees; beyond that a relief shows that it has no back.
"""

import math
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from .portrait import GRID_PX, LIPS, Image, Points, Portrait

Map = NDArray[np.float32]
Size = tuple[int, int]  # width, height
Layer = tuple[Image, Image]  # colours (h, w, 3), and cover (h, w): 255 where what is behind is hidden

NODE_PX: Final = 8  # the motion is worked out for every eighth pixel of the picture, and straight between
LID_SKIN: Final = 0.15  # of the eyes' distance: skin above the eye that a shut lid is drawn from
LASH: Final = 0.045  # of the eyes' distance: a shut lid ends so far below the lower edge of the open eye
JAW_DROP: Final = 0.6  # of the eyes' distance, the mouth wide open
NECK_GIVES: Final = 0.75  # of the eyes' distance below the chin: there the jaw's motion ends
INSIDE_BGR: Final = (34, 26, 58)


@dataclass(frozen=True, slots=True)
class Pose:
    """How somebody stands. Degrees; `yaw` above 0: to the person's own left, `pitch` above 0: up, `roll` above 0:
    clockwise as seen. `blink` and `mouth`: 0 open eyes, shut mouth, to 1. Eyes' middle and distance in pixels."""

    x: float
    y: float
    apart: float
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    blink: float = 0.0
    mouth: float = 0.0


class Figure:
    """Draws one person. `clothes`: a changed portrait picture, of a person with a mask for example."""

    def __init__(self, portrait: Portrait, clothes: Image | None = None) -> None:
        self.portrait = portrait
        self._skin = np.dstack([portrait.image if clothes is None else clothes, portrait.alpha])
        self._eyes = [_Slit.of(portrait, *lids) for lids in portrait.lids]
        self._lips = _Slit.of(portrait, *(portrait.points[list(edge), :2] for edge in LIPS))

    def draw(self, pose: Pose, size: Size) -> Layer:
        """The person in an empty picture."""
        where = self._origins(pose, size)
        drawn = _fetched(self._face(pose), where, cv2.BORDER_CONSTANT)
        return np.asarray(drawn[:, :, :3], np.uint8), np.asarray(drawn[:, :, 3], np.uint8)

    def _origins(self, pose: Pose, size: Size) -> Map:
        """For every pixel of the picture the place in the portrait that is seen there, (h, w, 2)."""
        nodes = np.stack(
            np.meshgrid(*(np.arange(-0.5 * NODE_PX, side + NODE_PX, NODE_PX) - 0.5 for side in size)), axis=-1
        )
        still = _upright(self.portrait, pose)
        there = np.asarray(nodes @ still[:, :2].T + still[:, 2], np.float32)
        across, down = self._turned(pose)
        there[:, :, 1] += _sampled(down, there)
        there[:, :, 0] += _sampled(across, there)
        full = cv2.resize(there, None, fx=NODE_PX, fy=NODE_PX, interpolation=cv2.INTER_LINEAR)
        return np.asarray(full[NODE_PX : NODE_PX + size[1], NODE_PX : NODE_PX + size[0]], np.float32)

    def _turned(self, pose: Pose) -> tuple[Map, Map]:
        """For each node of the depth's grid where what is seen there came from: how far right, how far below.

        A row is turned at once. What a turned cheek hides comes out of order and is left behind what hides it.
        """
        who = self.portrait
        height, width = who.depth.shape
        x = np.arange(width) * GRID_PX - who.axis[0]
        y = np.arange(height) * GRID_PX - who.axis[1]
        yaw, pitch = math.radians(pose.yaw - who.turned), math.radians(pose.pitch)
        went_x = x + who.yields * (x * (math.cos(yaw) - 1) + who.depth * math.sin(yaw))
        tall = y[:, None] * (math.cos(pitch) - 1) - who.depth * math.sin(pitch)
        went_y = (y[:, None] + who.yields * tall).T
        across = np.stack([np.interp(x, _seen(row, yaw), x) - x for row in went_x])
        down = np.stack([np.interp(y, _seen(row, -pitch), y) - y for row in went_y], axis=1)
        return across.astype(np.float32), down.astype(np.float32)

    def _face(self, pose: Pose) -> Image:
        """The portrait with its lids and lips as they are now."""
        if pose.blink <= 0.0 and pose.mouth <= 0.0:
            return self._skin
        skin = self._skin.copy()
        if pose.blink > 0.0:
            for eye in self._eyes:
                eye.shut(skin, pose.blink)
        if pose.mouth > 0.0:
            self._lips.open(skin, pose.mouth)
        return skin


@dataclass(frozen=True, slots=True)
class _Slit:
    """An eye's or the mouth's opening: for each of its columns where the upper and the lower edge are."""

    left: int
    upper: Points
    lower: Points
    apart: float
    floor: float  # nothing below moves

    @classmethod
    def of(cls, who: Portrait, *edges: Points) -> "_Slit":
        """From the upper and the lower edge, (n, 2) each, from left to right."""
        left, right = math.floor(edges[0][0, 0]), math.ceil(edges[0][-1, 0])
        columns = np.arange(left, right + 1)
        top, bottom = (np.interp(columns, edge[:, 0], edge[:, 1]) for edge in edges)
        floor = float(who.points[:, 1].max()) + NECK_GIVES * who.apart
        return cls(left, top, np.maximum(top, bottom), who.apart, floor)

    def shut(self, skin: NDArray[np.uint8], share: float) -> None:
        """Draw the upper lid down over the eye: skin from above it is stretched."""
        first = math.floor(float(self.upper.min()) - LID_SKIN * self.apart)
        last = math.ceil(float(self.lower.max()) + LASH * self.apart) + 2
        patch = skin[first:last, self.left : self.left + len(self.upper)]
        y = np.arange(patch.shape[0], dtype=np.float64)[:, None]
        fold, lid = self.upper - LID_SKIN * self.apart - first, self.upper - first
        lowered = lid + share * (self.lower - self.upper + LASH * self.apart)
        stretched = fold + (y - fold) * (lid - fold) / (lowered - fold)
        patch[:] = _from_rows(patch, np.where((y > fold) & (y < lowered), stretched, y))

    def open(self, skin: NDArray[np.uint8], share: float) -> None:
        """Drop the jaw: what lies below the lower lip moves down, the gap is dark."""
        first, last = math.floor(float(self.upper.min())), min(skin.shape[0], math.ceil(self.floor))
        patch = skin[first:last, self.left : self.left + len(self.upper)]
        drop = share * JAW_DROP * self.apart * np.sin(np.linspace(0, np.pi, patch.shape[1])) ** 0.7
        edge = self.lower - first
        y = np.arange(patch.shape[0], dtype=np.float64)[:, None]
        lip, end = edge + drop, float(last - 1 - first)
        below = edge + (y - lip) * (end - edge) / (end - lip)
        gap = (y > edge) & (y < lip)
        patch[:] = _from_rows(patch, np.where(y >= lip, below, y))
        soft = cv2.GaussianBlur(gap.astype(np.float32), (0, 0), 1.5)[:, :, None]
        patch[:, :, :3] = (patch[:, :, :3] * (1 - soft) + np.array(INSIDE_BGR) * soft).astype(np.uint8)


def lay(picture: Image, colours: Image, cover: Image) -> None:
    """Put a layer over the picture, in place."""
    share = cv2.merge([cover, cover, cover])
    over = cv2.multiply(colours, share, scale=1 / 255)
    under = cv2.multiply(picture, cv2.bitwise_not(share), scale=1 / 255)
    cv2.add(over, under, dst=picture)


def _seen(went: NDArray[np.float64], turn: float) -> NDArray[np.float64]:
    """Places that grew out of order after a turn, in order again: what is hidden takes no room."""
    if turn >= 0:
        return np.maximum.accumulate(went)
    return np.minimum.accumulate(went[::-1])[::-1]


def _sampled(shift: Map, at: Map) -> Map:
    """What `shift` says at places of the portrait."""
    return np.asarray(_fetched(shift, at / np.float32(GRID_PX)), np.float32)


def _from_rows(patch: Image, rows: NDArray[np.float64]) -> Image:
    """The patch with each pixel fetched from another row of its own column."""
    columns = np.broadcast_to(np.arange(patch.shape[1], dtype=np.float32), rows.shape)
    where = np.stack([columns, rows.astype(np.float32)], axis=-1)
    return np.asarray(_fetched(np.ascontiguousarray(patch), where), np.uint8)


def _fetched(source: NDArray[Any], where: Map, border: int = cv2.BORDER_REPLICATE) -> NDArray[Any]:
    """Each pixel fetched from `where`, (h, w, 2) as (x, y); `border`: what lies beyond the edges."""
    x, y = cv2.split(where)
    return np.asarray(cv2.remap(source, x, y, cv2.INTER_LINEAR, borderMode=border))


def _upright(who: Portrait, pose: Pose) -> Points:
    """From the picture to the portrait, 2 x 3: the eyes come to `pose`, without the head's own turning."""
    left, right = who.eyes
    axis = right - left
    scale = float(np.hypot(*axis)) / pose.apart
    turn = math.atan2(axis[1], axis[0]) - math.radians(pose.roll)
    a, b = scale * math.cos(turn), scale * math.sin(turn)
    rotation = np.array([[a, -b], [b, a]])
    middle = (left + right) / 2
    return np.hstack([rotation, (middle - rotation @ [pose.x, pose.y])[:, None]])
