"""The engine `dlib`: the library `face_recognition`, with thresholds of our own instead of its tolerance of 0.6.

At 0.6 it accepts a third of East Asian strangers (docs/identity.md; ageitgey/face_recognition#612, davisking/dlib#480).
The 68-point model that the library loads is never asked: it was trained on iBUG 300-W, which excludes commercial use.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ImageFile

from drivers.contracts.camera import Image
from kiosk.identity.calibration import Calibration
from kiosk.identity.detector import DETECTOR_FILE, CenterFaceDetector, Face
from kiosk.models import ModelsError

from .vectors import Engine, Vector, checked, refuse_blank, refuse_what_is_no_face, weighted

# The square that dlib's own detector draws around a face, from the five points: its middle, in distances between the
# middle of the eyes and the middle of the mouth, below the eyes; and its side. Fitted to LFW (docs/identity.md).
BOX_BELOW_EYES: Final = 0.44
BOX_SIDE: Final = 2.4
SMALLEST_PX: Final = 16


class Dlib(Engine):
    """Score: 1 - distance of the two encodings, so that more is more alike, as with every engine."""

    engine = "dlib"

    def __init__(self, models: Path, thresholds: Calibration) -> None:
        super().__init__(CenterFaceDetector(models / DETECTOR_FILE), thresholds)
        self._library = _library()

    def embed(self, image: Image, face: Face) -> Vector:
        """128 numbers and a spread of 0. Raises `ValueError` for points that make no face."""
        refuse_what_is_no_face(image, face)
        top, right, bottom, left = location = box(face)
        if right - left < SMALLEST_PX:
            raise ValueError("a face of no size")
        refuse_blank(image[max(0, top) : max(0, bottom), max(0, left) : max(0, right)])
        seen = np.ascontiguousarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
        return checked(np.append(self._library.face_encodings(seen, [location], model="small")[0], 0.0))

    def mean(self, embeddings: Sequence[Vector], weights: Sequence[float] | None = None) -> Vector:
        """Their middle, and how far they spread around it.

        A middle alone lies nearer to everybody than the pictures do: three of them, and six times as many strangers
        pass one threshold. With the spread added, distances are the root mean square of those of the pictures.
        """
        middle = weighted(embeddings, weights)[:-1]
        off = [[float(np.sum((one[:-1] - middle) ** 2) + one[-1] ** 2)] for one in embeddings]
        spread = np.sqrt(weighted([np.asarray(one, dtype=np.float32) for one in off], weights))
        return checked(np.append(middle, spread))

    def score(self, one: Vector, other: Vector) -> float:
        """1 - distance."""
        return float(self.scores([one], [other])[0, 0])

    def scores(self, ones: Sequence[Vector], others: Sequence[Vector]) -> NDArray[np.float32]:
        """1 - distance of each pair: Euclidean, with the spread of both sides."""
        rows = np.stack(others)
        squares = [
            self._library.face_distance(rows[:, :-1], one[:-1]) ** 2 + rows[:, -1] ** 2 + one[-1] ** 2
            for one in ones
        ]
        return np.asarray(1.0 - np.sqrt(np.stack(squares)), dtype=np.float32)


def box(face: Face) -> tuple[int, int, int, int]:
    """Top, right, bottom, left in pixels, as `face_recognition` names a place."""
    eyes = face.points[:2].mean(axis=0)
    down = face.points[3:].mean(axis=0) - eyes
    middle = eyes + down * BOX_BELOW_EYES
    half = float(np.hypot(*down)) * BOX_SIDE / 2
    x, y = float(middle[0]), float(middle[1])
    return round(y - half), round(x + half), round(y + half), round(x - half)


def _library() -> Any:
    try:
        import face_recognition  # 0.8 s and 110 MB: for whom it is configured
    except (ImportError, SystemExit) as error:  # without its models it calls quit()
        raise ModelsError(f"face_recognition cannot be loaded: {error}; run `make setup`") from error
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # the library allows them for everybody in the process
    return face_recognition
