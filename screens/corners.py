"""The picture of round corners: how much of each px lies inside."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

_FINER: Final = 8  # samples of a corner's edge, per px and direction
_BETWEEN_PX: Final = 2  # two corners


def opacity(corners: tuple[int, ...]) -> NDArray[np.uint8]:
    """Rows from the top, columns: 255 times the share of each px that lies inside a square with these corners.

    `corners`: radius in px of top left, top right, bottom right, bottom left; the longest sets the size of the picture.
    """
    edge = max(1, *corners)
    side = 2 * edge + _BETWEEN_PX
    inside = np.full((side, side), 255, np.uint8)
    for turns, radius in zip((0, 3, 2, 1), corners, strict=True):
        if radius:
            turned = np.rot90(inside, -turns)  # a view: its top left corner is the one that is meant
            turned[:radius, :radius] = _corner(radius)
    return inside


def _corner(radius: int) -> NDArray[np.uint8]:
    away = (np.arange(radius * _FINER) + 0.5) / _FINER - radius
    inside = away[:, None] ** 2 + away[None, :] ** 2 <= radius**2
    shares = inside.reshape(radius, _FINER, radius, _FINER).mean(axis=(1, 3))
    return np.asarray(np.round(shares * 255), dtype=np.uint8)
