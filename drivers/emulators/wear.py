"""What a person wears on the face: drawn on the portrait, so that it turns with the head."""

from collections.abc import Callable, Mapping
from typing import Final

import cv2
import numpy as np

from .portrait import Image, Portrait

MASK_EDGE: Final = (
    6,
    122,
    50,
    132,
    58,
    172,
    136,
    150,
    176,
    148,
    152,
    377,
    400,
    379,
    365,
    397,
    288,
    361,
    280,
    351,
)
MASK_BGR: Final = (206, 190, 150)
FOLDS: Final = 3
GLASS_BGR: Final = (24, 22, 20)
LENS: Final = (0.40, 0.29)  # half axes, in distances of the eyes


def wearing(who: Portrait, what: str) -> Image:
    """The portrait's picture with it. `what` is a key of `WEAR`."""
    picture = who.image.copy()
    WEAR[what](picture, who)
    return picture


def _mask(picture: Image, who: Portrait) -> None:
    edge = cv2.convexHull(who.points[list(MASK_EDGE), :2].round().astype(np.int32))
    cv2.fillPoly(picture, [edge], MASK_BGR, cv2.LINE_AA)
    left, top, width, height = cv2.boundingRect(edge)
    for fold in range(1, FOLDS + 1):
        y = top + round(height * (0.3 + 0.15 * fold))
        cv2.line(
            picture, (left + width // 6, y), (left + width - width // 6, y), (186, 168, 128), 2, cv2.LINE_AA
        )


def _sunglasses(picture: Image, who: Portrait) -> None:
    axes = tuple(round(share * who.apart) for share in LENS)
    centres = [tuple(eye.round().astype(int).tolist()) for eye in who.eyes]
    cv2.line(picture, centres[0], centres[1], GLASS_BGR, 5, cv2.LINE_AA)
    for centre in centres:
        cv2.ellipse(picture, centre, axes, 0, 0, 360, GLASS_BGR, -1, cv2.LINE_AA)


def _nothing(picture: Image, who: Portrait) -> None:
    del picture, who


WEAR: Final[Mapping[str, Callable[[Image, Portrait], None]]] = {
    "nothing": _nothing,
    "mask": _mask,
    "sunglasses": _sunglasses,
}
