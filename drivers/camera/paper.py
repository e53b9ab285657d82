"""Paper on a dark desk, found in a picture: pure.

Rough: Otsu's threshold on a small picture, contours, four corners. Fine: on each side the steepest place of many
profiles across the edge, to fractions of a pixel, and a line through them; the lines meet in the corners. The same
profiles tell how blurred the picture is, whatever is printed on the sheet.
"""

import math
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.contracts.camera import Image
from drivers.contracts.document import Corners, PaperFormat, Sheet

Points = NDArray[np.float64]

SEARCH_PX: Final = 960  # longer side of the small picture
SMALLEST_SHARE: Final = 0.015  # of the picture's area; what is smaller is no sheet
LEAST_CONTRAST: Final = 8.0  # grey levels between paper and desk, also with the lamp off
LEAST_FILL: Final = 0.97  # of the four corners' area that is paper
CORNER_OFF_PX: Final = 10.0  # of the small picture; blur takes a few off a corner, a thumb or a fold more
SIDE: Final = (0.2, 0.8)
PROFILES: Final = 64  # a side
REACH_PX: Final = 14  # of a profile to both sides
MIDDLE: Final = (0.06, 0.94)  # of a side; corners are worn and round
GAUSS_PEAK: Final = 1 / math.sqrt(2 * math.pi)
PAPER_LEVEL: Final = 75  # percentile of a sheet's grey levels that is bare paper
SAME_SIZE: Final = 0.06
SAME_ASPECT: Final = 0.035
FORMATS_MM: Final = {
    PaperFormat.A3: (420.0, 297.0), PaperFormat.A4: (297.0, 210.0), PaperFormat.A5: (210.0, 148.0),
    PaperFormat.CARD: (85.6, 53.98),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lens:
    """How the camera looks at the desk: its view across in degrees, and how much of the desk that is (0: not known)."""

    view_deg: float = 60.0
    desk_width_mm: float = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """Everything like paper in a picture. `whole` are sheets; the others are counted."""

    whole: tuple[Sheet, ...] = ()
    cut_off: int = 0
    shapeless: int = 0

    @property
    def count(self) -> int:
        """Pieces of paper."""
        return len(self.whole) + self.cut_off + self.shapeless


def find_paper(image: Image, lens: Lens) -> Found:
    """Look for light sheets on a darker desk. `image`: BGR, shape (height, width, 3)."""
    gray = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    height, width = gray.shape
    scale = min(1.0, SEARCH_PX / max(height, width))
    whole, cut_off, shapeless = [], 0, 0
    for contour, small in _pieces(gray, scale):
        if _touches_edge(contour, small):
            cut_off += 1
        elif (rough := _four_corners(contour)) is None:
            shapeless += 1
        else:
            # a small picture's pixel covers 1/scale pixels: middles are half a pixel apart from corners
            corners, blur_px = _refine(gray, (rough + 0.5) / scale - 0.5)
            whole.append(_sheet(gray, corners, blur_px, lens))
    return Found(tuple(whole), cut_off, shapeless)


def straighten(image: Image, sheet: Sheet) -> Image:
    """The sheet as if seen from right above, with all its pixels, upright or lying as it lies on the desk."""
    corners = np.array(sheet.corners)
    sides = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
    across, down = float(max(sides[0], sides[2])), float(max(sides[1], sides[3]))
    longer = max(across, down)
    width, height = (longer, longer / sheet.aspect) if across > down else (longer / sheet.aspect, longer)
    size = (round(width), round(height))
    edges = np.array([[0, 0], [size[0], 0], size, [0, size[1]]], np.float32) - np.float32(0.5)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), edges)
    return np.asarray(cv2.warpPerspective(image, matrix, size, flags=cv2.INTER_CUBIC), dtype=np.uint8)


def _pieces(gray: Image, scale: float) -> list[tuple[NDArray[np.int32], tuple[int, int]]]:
    """Contours of light areas in the small picture, largest first, and the small picture's shape."""
    small = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (5, 5), 0)
    _, mask = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    if not mask.any() or mask.all():
        return []
    paper, desk = float(small[mask > 0].mean()), float(small[mask == 0].mean())
    if paper - desk < LEAST_CONTRAST:
        return []
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    least = SMALLEST_SHARE * small.size
    shape = (small.shape[0], small.shape[1])
    kept = [
        np.asarray(contour[:, 0, :], dtype=np.int32)
        for contour in contours
        if cv2.contourArea(contour) > least
    ]
    return [(contour, shape) for contour in sorted(kept, key=cv2.contourArea, reverse=True)]


def _touches_edge(contour: NDArray[np.int32], shape: tuple[int, int]) -> bool:
    low, high = contour.min(axis=0), contour.max(axis=0)
    return bool((low <= 1).any() or high[0] >= shape[1] - 2 or high[1] >= shape[0] - 2)


def _four_corners(contour: NDArray[np.int32]) -> Points | None:
    """Clockwise from top left, None when the contour is no quadrilateral.

    Blur rounds corners, so they are where lines through the sides meet; what is far from the paper is no corner of it.
    """
    hull = cv2.convexHull(contour)
    length = cv2.arcLength(hull, closed=True)
    for share in (0.01, 0.02, 0.03, 0.05):
        outline = cv2.approxPolyDP(hull, share * length, closed=True)[:, 0, :]
        if len(outline) == 4:
            break
    else:
        return None
    ends = _in_order(outline.astype(np.float64))
    lines = [_through_side(contour, ends[number], ends[(number + 1) % 4]) for number in range(4)]
    corners = np.array([_meet(lines[number - 1], lines[number]) for number in range(4)])
    away = max(float(np.hypot(*(contour - corner).T).min()) for corner in corners)
    if away > CORNER_OFF_PX or cv2.contourArea(contour) < LEAST_FILL * cv2.contourArea(
        corners.astype(np.float32)
    ):
        return None
    return corners


def _through_side(contour: NDArray[np.int32], start: Points, end: Points) -> Points:
    """The line (direction, point) through the middle of one side."""
    side = end - start
    along = (contour - start) @ side / (side @ side)
    across = np.abs((contour - start) @ [-side[1], side[0]]) / np.hypot(*side)
    near = contour[(along > SIDE[0]) & (along < SIDE[1]) & (across < CORNER_OFF_PX)]
    points = near if len(near) > 1 else np.array([start, end])
    return _line(points)


def _line(points: NDArray[Any]) -> Points:
    """The line (direction, point) through most of these points."""
    line = cv2.fitLine(points.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01)
    return np.asarray(line, dtype=np.float64).ravel()


def _in_order(corners: Points) -> Points:
    """Clockwise on the screen, beginning so that the first side is the most level of those that run to the right."""
    middle = corners.mean(axis=0)
    clockwise = corners[np.argsort(np.arctan2(*(corners - middle).T[::-1]))]
    sides = np.roll(clockwise, -1, axis=0) - clockwise
    first = int(np.argmin(np.abs(np.arctan2(sides[:, 1], sides[:, 0]))))
    return np.roll(clockwise, -first, axis=0)


def _refine(gray: Image, rough: Points) -> tuple[Points, float]:
    """Corners to fractions of a pixel, and the blur's sigma in pixels."""
    lines, blurs = [], []
    for number in range(4):
        start, end = rough[number], rough[(number + 1) % 4]
        places, steepness = _edge(gray, start, end)
        if len(places) < PROFILES // 4:
            return rough, float("inf")
        lines.append(_line(places))
        blurs.append(steepness)
    corners = np.array([_meet(lines[number - 1], lines[number]) for number in range(4)])
    return corners, float(np.median(np.concatenate(blurs)))


def _edge(gray: Image, start: Points, end: Points) -> tuple[Points, Points]:
    """Places where paper ends along one side, shape (n, 2), and the blur seen at each (sigma in pixels)."""
    along = (end - start) / np.hypot(*(end - start))
    outward = np.array([along[1], -along[0]])  # clockwise on the screen: the desk lies to the left
    spots = start + np.linspace(*MIDDLE, PROFILES)[:, None] * (end - start)
    steps = np.arange(-REACH_PX, REACH_PX + 0.5, 0.5)
    sampled = (spots[:, None, :] + steps[None, :, None] * outward).astype(np.float32)
    x, y = np.ascontiguousarray(sampled[..., 0]), np.ascontiguousarray(sampled[..., 1])
    read = cv2.remap(gray, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    profile = np.asarray(read, dtype=np.float64)
    slope = (profile[:, :-2] - profile[:, 2:]).clip(0)  # over one pixel: from paper to desk
    peak = slope.argmax(axis=1)
    rise = np.percentile(profile, 95, axis=1) - np.percentile(profile, 5, axis=1)
    inside = (peak > 4) & (peak < slope.shape[1] - 5) & (rise > LEAST_CONTRAST)
    window = peak[inside, None] + np.arange(-4, 5)
    weight = np.take_along_axis(slope[inside], window, axis=1) + 1e-9
    at = (weight * steps[1:-1][window]).sum(axis=1) / weight.sum(axis=1)
    height = np.take_along_axis(slope[inside], peak[inside, None], axis=1)[:, 0]
    return spots[inside] + at[:, None] * outward, GAUSS_PEAK * rise[inside] / np.maximum(height, 1e-9)


def _meet(one: Points, other: Points) -> Points:
    """Where two lines (direction, point) cross."""
    steps = np.linalg.solve(np.array([one[:2], -other[:2]]).T, other[2:] - one[2:])
    return np.asarray(one[2:] + steps[0] * one[:2], dtype=np.float64)


def _sheet(gray: Image, corners: Points, blur_px: float, lens: Lens) -> Sheet:
    across, down = _sides(corners, gray.shape[1], gray.shape[0], lens.view_deg)
    aspect = max(across, down) / min(across, down)
    mm_per_px = lens.desk_width_mm / gray.shape[1]
    longer_mm = _mean_side(corners) * mm_per_px * math.sqrt(aspect)
    mask = np.zeros(gray.shape, np.uint8)
    cv2.fillConvexPoly(mask, np.round(corners).astype(np.int32), 255)
    light = float(np.percentile(gray[mask > 0][::7], PAPER_LEVEL))
    first, second, third, fourth = ((float(x), float(y)) for x, y in corners)
    ordered: Corners = (first, second, third, fourth)
    paper = _format(aspect, longer_mm)
    if paper is not PaperFormat.OTHER:
        longer, shorter = FORMATS_MM[paper]
        aspect = longer / shorter
    return Sheet(ordered, aspect, paper, blur_px, light)


def _mean_side(corners: Points) -> float:
    """Side of the square with the same area, pixels."""
    return math.sqrt(cv2.contourArea(corners.astype(np.float32)))


def _sides(corners: Points, width: int, height: int, view_deg: float) -> tuple[float, float]:
    """Width and height of the paper itself, in one unknown unit.

    The map from the paper to the picture is K [r1 r2 t] with r1, r2 of one length (Zhang, "A flexible new technique for
    camera calibration", 2000); with the focal length known, the columns' lengths are the paper's sides.
    """
    focal_px = width / 2 / math.tan(math.radians(view_deg / 2))
    centred = (corners - [(width - 1) / 2, (height - 1) / 2]) / focal_px
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    columns = cv2.getPerspectiveTransform(square, centred.astype(np.float32))
    return float(np.linalg.norm(columns[:, 0])), float(np.linalg.norm(columns[:, 1]))


def _format(aspect: float, longer_mm: float) -> PaperFormat:
    """`longer_mm` 0: not known, then of sizes with one aspect the one that offices use."""
    order = (PaperFormat.A4, PaperFormat.A3, PaperFormat.A5, PaperFormat.CARD)
    for name in order:
        longer, shorter = FORMATS_MM[name]
        if abs(aspect * shorter / longer - 1) > SAME_ASPECT:
            continue
        if not longer_mm or abs(longer_mm / longer - 1) < SAME_SIZE:
            return name
    return PaperFormat.OTHER
