"""Is this picture fit for a comparison, and how fit? What is against it, a person can do something about."""

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.contracts.camera import Image

from .align import CROP_PX, TEMPLATE, aligned, similarity
from .config import FaceLimits
from .detector import Face
from .events import FaceHint

Grey = NDArray[np.uint8]

# Where skin shows on an aligned face of 112 x 112 (rows, columns).
BARE: Final = (slice(44, 60), slice(50, 63))  # between the eyes
SKIN: Final = (slice(40, 96), slice(32, 80))  # from the eyes to the mouth, without what is beside the face
COVERABLE: Final = (  # the nose and both cheeks, which a mask covers
    (slice(68, 78), slice(48, 65)), (slice(74, 86), slice(26, 40)), (slice(74, 86), slice(72, 86)),
)  # fmt: skip
GRID: Final = np.stack(np.meshgrid(*2 * (np.linspace(0, CROP_PX, 15),))).reshape(
    2, -1
)  # over the aligned face
MAX_OUTSIDE: Final = 0.1  # share of the aligned face that may lie outside the picture
WELL_SHARP: Final = 100.0  # variance of the Laplacian that counts for one half
WELL_WIDE_PX: Final = 160.0
MIDDLE_GREY: Final = 128.0
SURROUNDINGS: Final = 1.5  # sides of the square whose light is compared with the face's, in sides of its box


def assess(image: Image, faces: list[Face], limits: FaceLimits) -> FaceHint:
    """The first thing that is wrong, or `HOLD_STILL` for a usable picture. `faces`: the largest first."""
    if not faces:
        # A dark picture shows no face; the light is what has to change.
        return FaceHint.TOO_DARK if float(image.mean()) < limits.min_brightness / 2 else FaceHint.NO_FACE
    face = faces[0]
    if any(other.width >= face.width * limits.second_face_share for other in faces[1:]):
        return FaceHint.SEVERAL_FACES
    if face.width < limits.min_face_px:
        return FaceHint.TOO_SMALL
    if face.width > limits.max_face_share * min(image.shape[:2]):
        return FaceHint.TOO_LARGE
    if _cut_off(image, face):
        return FaceHint.NO_FACE
    if _turned(face, limits):
        return FaceHint.TURNED
    return _light_and_skin(image, face, limits)


def _light_and_skin(image: Image, face: Face, limits: FaceLimits) -> FaceHint:
    crop = aligned(image, face.points)
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    skin = float(np.median(grey[SKIN]))
    if skin < limits.max_backlit and _around(image, face) - skin > limits.backlit:
        return FaceHint.BACKLIT
    if float(grey.mean()) < limits.min_brightness or float(grey.std()) < limits.min_contrast:
        return FaceHint.TOO_DARK
    if _focus(grey) < limits.min_sharpness:
        return FaceHint.BLURRED
    return FaceHint.COVERED if _covering(crop) > limits.max_covering else FaceHint.HOLD_STILL


def goodness(image: Image, face: Face) -> float:
    """How well a usable picture will compare with another, 0 to 1: near, sharp, facing us, neither dark nor glaring."""
    grey = cv2.cvtColor(aligned(image, face.points), cv2.COLOR_BGR2GRAY)
    sharp = _focus(grey)
    exposed = 1.0 - abs(float(grey.mean()) - MIDDLE_GREY) / MIDDLE_GREY
    near = min(1.0, face.width / WELL_WIDE_PX)
    return near * (sharp / (sharp + WELL_SHARP)) * exposed * max(0.0, 1.0 - abs(nose_off(face)))


def sharpness(image: Image, face: Face | None) -> float:
    """Variance of the Laplacian: of the aligned face, as `FaceLimits.min_sharpness` has it, else of the picture."""
    part = image if face is None else aligned(image, face.points)
    return _focus(cv2.cvtColor(part, cv2.COLOR_BGR2GRAY))


def nose_off(face: Face) -> float:
    """How far the nose stands off the middle of the eyes, as a share of their distance; positive: seen to the right.

    0 for a face that looks into the camera; infinite where both eyes are one point.
    """
    left, right, nose = face.points[0], face.points[1], face.points[2]
    axis = right - left
    distance = float(np.hypot(*axis))
    if distance == 0.0:
        return float("inf")
    return float(np.dot(nose - (left + right) / 2, axis)) / distance**2


def _focus(grey: "np.ndarray[Any, Any]") -> float:
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())


def _cut_off(image: Image, face: Face) -> bool:
    """Does the edge of the picture go through the face, from brow to chin?

    The detector puts the points of what it cannot see inside the picture, so they alone do not tell.
    """
    try:
        back = cv2.invertAffineTransform(similarity(face.points, TEMPLATE))
    except ValueError:  # all points are one point
        return True
    height, width = image.shape[:2]
    x, y = back[:, :2] @ GRID + back[:, 2:]
    return float(np.mean((x < 0) | (x >= width) | (y < 0) | (y >= height))) > MAX_OUTSIDE


def _turned(face: Face, limits: FaceLimits) -> bool:
    return abs(nose_off(face)) > limits.max_turn


def _around(image: Image, face: Face) -> float:
    """Mean grey of what is seen beside and above the face."""
    height, width = image.shape[:2]
    side = max(face.width, face.height) * SURROUNDINGS
    x, y = face.x + face.width / 2, face.y + face.height / 2
    left, right = max(0, int(x - side / 2)), min(width, int(x + side / 2))
    top, bottom = max(0, int(y - side / 2)), min(height, int(y))
    part = cv2.cvtColor(image[top:bottom, left:right], cv2.COLOR_BGR2GRAY)
    outside = np.ones(part.shape, dtype=bool)
    inner_left, inner_right = max(0, int(face.x) - left), max(0, int(face.x + face.width) - left)
    outside[max(0, int(face.y) - top) :, inner_left:inner_right] = False
    return float(part[outside].mean()) if outside.any() else 0.0


def _covering(crop: Image) -> float:
    """How much nose and cheeks differ in colour from the skin between the eyes; the least of the three (CIE a*, b*).

    A mask covers all three; beard, glasses and light from one side do not.
    """
    lab = cv2.cvtColor(crop.astype(np.float32) / np.float32(255), cv2.COLOR_BGR2LAB)
    bare = _colour(lab[BARE])
    return min(float(np.hypot(*(_colour(lab[part]) - bare))) for part in COVERABLE)


def _colour(lab: NDArray[Any]) -> NDArray[np.float64]:
    return np.asarray(np.median(lab.reshape(-1, 3)[:, 1:], axis=0), dtype=np.float64)
