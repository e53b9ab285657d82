"""The second camera, in the infrared: it sees flesh lit by the kiosk's own lamp, a screen as black, a print as flat.

It hangs beside the other camera: both see a face at about the same place and of about the same size, as a share of
their pictures.
"""

from dataclasses import dataclass
from typing import Final

import cv2

from drivers.contracts.camera import FrameSource, Image

from .align import aligned
from .detector import Face, FaceDetector
from .quality import SKIN

MAX_SHIFT: Final = 0.6  # of the centres, in breadths of the face: the cameras stand a little apart
MAX_SCALE: Final = 1.5  # of the breadths
LIT: Final = 60.0  # mean grey that the lamp gives a face, at least
MIN_CONTRAST: Final = 14.0  # standard deviation of the grey: eyes and brows are dark, a print is washed out


@dataclass(frozen=True, slots=True)
class Place:
    """Centre and breadth of a face as shares of its picture's width and height."""

    x: float
    y: float
    breadth: float

    @classmethod
    def of(cls, face: Face, image: Image) -> "Place":
        """Where `face` is in `image`."""
        height, width = image.shape[:2]
        return cls((face.x + face.width / 2) / width, (face.y + face.height / 2) / height, face.width / width)

    def agrees(self, other: "Place") -> bool:
        """Can both be the same face?"""
        near = MAX_SHIFT * self.breadth
        scale = other.breadth / self.breadth
        return (
            abs(self.x - other.x) < near
            and abs(self.y - other.y) < 2 * near
            and 1 / MAX_SCALE < scale < MAX_SCALE
        )


class InfraredWitness:
    """Looks whether the infrared camera sees a face of flesh where the other one sees a face."""

    def __init__(self, camera: FrameSource, detector: FaceDetector) -> None:
        self._camera = camera
        self._detector = detector

    def agrees(self, face: Face, image: Image) -> bool:
        """One look, next to a picture of the other camera with its face. Raises `DeviceError`."""
        seen = self._camera.read().image
        place = Place.of(face, image)
        return any(
            place.agrees(Place.of(found, seen)) and is_flesh(seen, found)
            for found in self._detector.detect(seen)
        )


def is_flesh(infrared: Image, face: Face) -> bool:
    """Lit by the lamp, with dark eyes and brows."""
    grey = cv2.cvtColor(aligned(infrared, face.points), cv2.COLOR_BGR2GRAY)[SKIN]
    return bool(grey.mean() >= LIT and grey.std() >= MIN_CONTRAST)
