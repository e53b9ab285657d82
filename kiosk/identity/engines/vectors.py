"""What engines share that make vectors: thresholds, detector, the mean of several pictures, bounds on their input."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from drivers.contracts.camera import Image
from kiosk.identity.calibration import Calibration
from kiosk.identity.detector import Face, FaceDetector
from kiosk.identity.events import FaceOutcome

Vector = NDArray[np.float32]
BLANK_CONTRAST = 1.0  # standard deviation of the grey of a crop below which there is nothing in it


class Engine:
    """Name, thresholds and detector of an engine, as `FaceMatcher` asks for them."""

    engine: ClassVar[str]

    def __init__(self, detector: FaceDetector, thresholds: Calibration) -> None:
        self._detector = detector
        self._thresholds = thresholds

    @property
    def thresholds(self) -> Calibration:
        """Thresholds on this engine's own scale."""
        return self._thresholds

    @property
    def models_digest(self) -> str:
        """Twelve hexadecimal digits that stand for exactly these model files."""
        return self._thresholds.models

    @property
    def detector(self) -> FaceDetector:
        """The detector that the thresholds were measured with."""
        return self._detector

    def decide(self, score: float) -> FaceOutcome:
        """By the engine's thresholds."""
        return self._thresholds.decide(score)

    def close(self) -> None:
        """Nothing runs outside."""


def checked(vector: NDArray[Any]) -> Vector:
    """The vector; raises `ValueError` when it is none that could stand for a face."""
    if not np.isfinite(vector).all() or not vector.any():
        raise ValueError("no embedding came of this face")
    return np.asarray(vector, dtype=np.float32)


def unit(vector: NDArray[Any]) -> Vector:
    """The vector brought to length 1. Raises `ValueError` where it has none."""
    return checked(vector / max(float(np.linalg.norm(vector)), np.finfo(np.float32).tiny))


def weights_of(count: int, weights: Sequence[float] | None) -> NDArray[np.float64]:
    """One weight a picture. Raises `ValueError` for no pictures, and for weights that are negative or all 0."""
    if not count:
        raise ValueError("the mean of no embedding")
    given = np.ones(count) if weights is None else np.asarray(weights, dtype=np.float64)
    if given.shape != (count,) or not np.isfinite(given).all() or given.min() < 0 or not given.any():
        raise ValueError("weights: one a picture, none negative, not all 0")
    return given


def weighted(embeddings: Sequence[Vector], weights: Sequence[float] | None) -> NDArray[np.float64]:
    """Weighted mean. Raises `ValueError` as `weights_of` does."""
    given = weights_of(len(embeddings), weights)
    return np.asarray(np.average(np.stack(embeddings), axis=0, weights=given))


def refuse_what_is_no_face(image: Image, face: Face) -> None:
    """Raises `ValueError` for points that are no numbers, and for a face that lies outside of its picture."""
    if not np.isfinite(face.points).all():
        raise ValueError("points that are no numbers")
    height, width = image.shape[:2]
    middle = face.points.mean(axis=0)
    if not (0 <= middle[0] < width and 0 <= middle[1] < height):
        raise ValueError("a face outside of its picture")


def refuse_blank(crop: Image) -> None:
    """Raises `ValueError` for a crop that shows nothing: all black, all white, one colour."""
    if float(crop.std(axis=(0, 1)).max()) < BLANK_CONTRAST:
        raise ValueError("a face without anything in it")
