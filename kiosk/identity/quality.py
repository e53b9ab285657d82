"""Is this picture fit for a comparison? Each reason against it is one that the person can do something about."""

from typing import Any

import cv2
import numpy as np

from drivers.contracts.camera import Image

from .align import aligned
from .config import FaceLimits
from .detector import Face
from .events import FaceHint


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
    if _cut_off(image, face) or _turned(face, limits):
        return FaceHint.NO_FACE
    return _light_and_focus(image, face, limits)


def _light_and_focus(image: Image, face: Face, limits: FaceLimits) -> FaceHint:
    crop = cv2.cvtColor(aligned(image, face.points), cv2.COLOR_BGR2GRAY)
    if float(crop.mean()) < limits.min_brightness or float(crop.std()) < limits.min_contrast:
        return FaceHint.TOO_DARK
    if _focus(crop) < limits.min_sharpness:
        return FaceHint.BLURRED
    return FaceHint.HOLD_STILL


def sharpness(image: Image, face: Face | None) -> float:
    """Variance of the Laplacian: of the aligned face, as `FaceLimits.min_sharpness` has it, else of the picture."""
    part = image if face is None else aligned(image, face.points)
    return _focus(cv2.cvtColor(part, cv2.COLOR_BGR2GRAY))


def _focus(grey: "np.ndarray[Any, Any]") -> float:
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())


def _cut_off(image: Image, face: Face) -> bool:
    height, width = image.shape[:2]
    low, high = face.points.min(axis=0), face.points.max(axis=0)
    return bool(np.any(low < 0) or high[0] >= width or high[1] >= height)


def _turned(face: Face, limits: FaceLimits) -> bool:
    """The nose of a face that looks into the camera lies below the middle of the eyes."""
    left, right, nose = face.points[0], face.points[1], face.points[2]
    axis = right - left
    distance = float(np.hypot(*axis))
    if distance == 0.0:
        return True
    off = float(np.dot(nose - (left + right) / 2, axis)) / distance**2
    return abs(off) > limits.max_turn
