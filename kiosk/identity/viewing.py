"""The live picture for who judges the camera: the largest face in a box, the focus measured; no vector, no comparison.

Runs in the identity process's face thread.
"""

import threading
import time
from collections.abc import Callable
from typing import Final

import cv2

from drivers.contracts.camera import Frame, FrameSource, Image

from .detector import Face, FaceDetector
from .events import CameraSight
from .preview import PreviewBuffer
from .quality import sharpness

SAY_EVERY_S: Final = 0.5
BOX_BGR: Final = (59, 169, 242)  # the lamp's amber
BOX_PART: Final = 240  # the box's line is this part of the picture's height


class CameraView:
    """Shows pictures until it is stopped. `detector` None: without the models no face is found, and none is boxed."""

    def __init__(
        self,
        detector: FaceDetector | None,
        preview: PreviewBuffer,
        say: Callable[[CameraSight], None],
        *,
        fps: float,
    ) -> None:
        self._detector = detector
        self._preview = preview
        self._say = say
        self._period_s = 1.0 / fps
        self._said_s: float | None = None

    def run(self, camera: FrameSource, stop: threading.Event, limit_s: float) -> None:
        """Look for at most `limit_s` seconds. Raises `DeviceError` when the camera fails."""
        end_s = time.monotonic() + limit_s
        while not stop.is_set() and time.monotonic() < end_s:
            frame = camera.read()
            self._show(frame)
            stop.wait(max(0.0, frame.taken_at_s + self._period_s - time.monotonic()))

    def _show(self, frame: Frame) -> None:
        faces = [] if self._detector is None else self._detector.detect(frame.image)
        face = faces[0] if faces else None
        self._preview.show(frame.image if face is None else _boxed(frame.image, face))
        now_s = time.monotonic()
        if self._said_s is None or now_s - self._said_s >= SAY_EVERY_S:
            self._said_s = now_s
            height, width = frame.image.shape[:2]
            face_px = 0 if face is None else round(face.width)
            self._say(CameraSight(width, height, round(sharpness(frame.image, face)), face_px))


def _boxed(image: Image, face: Face) -> Image:
    drawn = image.copy()
    first = (round(face.x), round(face.y))
    second = (round(face.x + face.width), round(face.y + face.height))
    cv2.rectangle(drawn, first, second, BOX_BGR, max(2, image.shape[0] // BOX_PART))
    return drawn
