"""Face detector: CenterFace (Xu et al. 2019), one network that gives boxes and five points.

Why this one: `docs/decisions/0006-face-detector.md`.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.contracts.camera import Image

from .align import Points

DETECTOR_FILE: Final = "centerface.onnx"
MIN_SCORE: Final = 0.5
OVERLAP: Final = 0.3  # boxes that share more than this (intersection over union) are one face
STRIDE_PX: Final = 4
GRID_PX: Final = 32  # sides of the network's input are multiples of this
WORKING_PX: Final = 320  # longer side of what the network sees of a live picture
SMALL_PX: Final = 160  # below it a picture is enlarged first (the chip photo is 102 x 126)
OUTPUTS: Final = ("537", "538", "539", "540")  # heat map, log size, offset, points


@dataclass(frozen=True, slots=True)
class Face:
    """One face in a picture; pixels of that picture."""

    x: float
    y: float
    width: float
    height: float
    score: float
    points: Points = field(repr=False)  # (5, 2)


class FaceDetector(Protocol):
    """Finds faces."""

    def detect(self, image: Image) -> list[Face]:
        """All faces of a BGR picture, the largest first."""


class CenterFaceDetector:
    """CenterFace through OpenCV's network runtime, which takes any input size (the ONNX file says 32 x 32)."""

    def __init__(self, model: Path) -> None:
        self._network = cv2.dnn.readNetFromONNX(str(model))

    def detect(self, image: Image) -> list[Face]:
        """All faces of a BGR picture, the largest first; the picture is brought to 320 px on its longer side."""
        height, width = image.shape[:2]
        longer = max(height, width)
        scale = WORKING_PX / longer if longer > WORKING_PX or longer < SMALL_PX else 1.0
        small = image if scale == 1.0 else _resized(image, scale)
        canvas = _padded(small)
        blob = cv2.dnn.blobFromImage(canvas, 1.0, (canvas.shape[1], canvas.shape[0]), (0, 0, 0), swapRB=True)
        self._network.setInput(blob)
        heat, size, offset, points = self._network.forward(list(OUTPUTS))
        faces = _decode(heat[0, 0], size[0], offset[0], points[0], scale)
        return sorted(_distinct(faces), key=lambda face: -face.width * face.height)


def _resized(image: Image, scale: float) -> Image:
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    height, width = (max(1, round(side * scale)) for side in image.shape[:2])  # a strip stays a strip
    return np.asarray(cv2.resize(image, (width, height), interpolation=how), dtype=np.uint8)


def _padded(image: Image) -> Image:
    height, width = (-(-side // GRID_PX) * GRID_PX for side in image.shape[:2])
    canvas = np.zeros((height, width, 3), np.uint8)
    canvas[: image.shape[0], : image.shape[1]] = image
    return canvas


Map = NDArray[np.float32]


def _decode(heat: Map, size: Map, offset: Map, points: Map, scale: float) -> list[Face]:
    faces: list[Face] = []
    for row, column in zip(*np.nonzero(heat > MIN_SCORE), strict=True):
        height, width = (float(side) for side in np.exp(size[:, row, column]) * STRIDE_PX)
        y = (row + float(offset[0, row, column]) + 0.5) * STRIDE_PX - height / 2
        x = (column + float(offset[1, row, column]) + 0.5) * STRIDE_PX - width / 2
        ys, xs = points[0::2, row, column] * height + y, points[1::2, row, column] * width + x
        five = np.stack([xs, ys], axis=1).astype(np.float64) / scale
        faces.append(
            Face(x / scale, y / scale, width / scale, height / scale, float(heat[row, column]), five)
        )
    return faces


def _distinct(faces: list[Face]) -> list[Face]:
    kept: list[Face] = []
    for face in sorted(faces, key=lambda face: -face.score):
        if all(_overlap(face, other) <= OVERLAP for other in kept):
            kept.append(face)
    return kept


def _overlap(a: Face, b: Face) -> float:
    wide = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    high = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    if wide <= 0 or high <= 0:
        return 0.0
    return wide * high / (a.width * a.height + b.width * b.height - wide * high)
