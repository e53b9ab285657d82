"""What spoils a page that was found and straightened: glare, something that lies over it, nothing printed on it. Pure.

All on a small picture, so that it costs a few milliseconds whatever the camera's size.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.contracts.camera import Image
from drivers.contracts.document import Concern

LOOK_PX: Final = 640  # longer side of the small picture
PAPER_LEVEL: Final = 75  # percentile of the grey levels that is bare paper
WHITE: Final = (
    251  # a lamp's reflection reaches the sensor's end; paper that does so everywhere tells nothing
)
GLARE_SHARE: Final = 0.003  # of the page, in one piece
GLARE_ACROSS: Final = 0.014  # of the longer side: edges of print, sharpened, shine too, and are thinner
INK: Final = 0.82  # of the paper's level around it; what is darker was printed or written
INK_SHARE: Final = 0.0008  # of the page; a single line of small print has more
EDGE: Final = 0.015  # of a side: a worn edge's shadow is nobody's finger
MARGIN: Final = 0.04  # of a side: and no ink
DARKER: Final = 0.80  # of the paper's level: skin, a sleeve, a cup
COLOURED: Final = 60  # of 255, saturation: skin in the lamp's full light
THICK: Final = 0.035  # of the shorter side: lines of print and stamps are thinner
COVER_SHARE: Final = 0.004  # of the page
_Mask = NDArray[np.uint8]


def blemishes(page: Image) -> frozenset[Concern]:
    """`page`: BGR, shape (height, width, 3), nothing but the sheet. Answers `GLARE`, `COVERED`, `EMPTY`."""
    height, width = page.shape[:2]
    scale = min(1.0, LOOK_PX / max(height, width))
    small = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    gray = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    level = float(np.percentile(gray, PAPER_LEVEL))
    found = set()
    if float(np.median(gray)) < WHITE - 4 and _largest(_glaring(gray)) > GLARE_SHARE:
        found.add(Concern.GLARE)
    if _at_the_edge(_lying_over(small, gray, level)) > COVER_SHARE:
        found.add(Concern.COVERED)
    if _ink(gray) < INK_SHARE:
        found.add(Concern.EMPTY)
    return frozenset(found)


def _glaring(gray: Image) -> _Mask:
    """White to the end."""
    mask = (np.asarray(cv2.medianBlur(gray, 3)) >= WHITE).astype(np.uint8)
    side = max(3, round(GLARE_ACROSS * max(gray.shape)))
    piece = np.ones((side, side), np.uint8)
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, piece), dtype=np.uint8)


def _lying_over(small: object, gray: Image, level: float) -> _Mask:
    """Thick areas that are not paper: darker, or coloured as skin is."""
    hsv = np.asarray(cv2.cvtColor(np.asarray(small, dtype=np.uint8), cv2.COLOR_BGR2HSV), dtype=np.uint8)
    warm = (hsv[..., 0] < 25) | (hsv[..., 0] > 165)
    mask = _inner(((gray < DARKER * level) | (warm & (hsv[..., 1] > COLOURED))).astype(np.uint8), EDGE)
    side = max(3, round(THICK * min(gray.shape)))
    round_one = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    # what lies beyond the edge is of the same thing: a thumb's tip is thick enough only with its rest
    around = cv2.copyMakeBorder(mask, side, side, side, side, cv2.BORDER_REPLICATE)
    opened = cv2.morphologyEx(around, cv2.MORPH_OPEN, round_one)
    return np.asarray(opened[side:-side, side:-side], dtype=np.uint8)


def _largest(mask: _Mask) -> float:
    """The largest piece's share of the page."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return float(stats[1:, cv2.CC_STAT_AREA].max()) / mask.size if count > 1 else 0.0


def _at_the_edge(mask: _Mask) -> float:
    """The same of the pieces that reach the page's edge: a photo or a black bar printed on it does not."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    height, width = mask.shape
    left, top = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    right, bottom = left + stats[:, cv2.CC_STAT_WIDTH], top + stats[:, cv2.CC_STAT_HEIGHT]
    reaches = (left <= 1) | (top <= 1) | (right >= width - 1) | (bottom >= height - 1)
    areas = stats[1:, cv2.CC_STAT_AREA][reaches[1:]] if count > 1 else np.zeros(0)
    return float(areas.max()) / mask.size if areas.size else 0.0


def _ink(gray: Image) -> float:
    """Share of the page that is darker than the paper right around it; shadows are wide, print is not."""
    inner = _inner(gray, MARGIN)
    around = cv2.blur(cv2.dilate(inner, np.ones((15, 15), np.uint8)), (15, 15))
    return float((inner < INK * np.asarray(around, dtype=np.float32)).mean())


def _inner(picture: Image, share: float) -> Image:
    """Without a margin of this share of each side."""
    down, across = (max(1, round(share * side)) for side in picture.shape)
    return np.ascontiguousarray(picture[down:-down, across:-across])
