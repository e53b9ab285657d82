"""Camera by OpenCV: a V4L2 device, or a file or URL that plays one (through FFmpeg).

`read()` of a dead UVC camera blocks for ever, so a thread of its own grabs and keeps the newest picture only; whoever
reads waits for a picture that is newer than the last one, and no longer than the deadline.
"""

import os
import threading
import time
from typing import Any, Final, Protocol

import cv2
import numpy as np

from drivers.contracts.camera import Frame, Image
from drivers.errors import LinkClosed, LinkTimeout, PictureFrozen

MJPG: Final = cv2.VideoWriter.fourcc(*"MJPG")
SKIPPED_FRAMES: Final = 5  # exposure and white balance settle; V4L2 devices only
FROZEN_FRAMES: Final = 10  # a sensor's noise never repeats: so many identical pictures are a frozen camera
JOIN_S: Final = 1.0
FFMPEG_OPTIONS: Final = "fflags;nobuffer|flags;low_delay|analyzeduration;0|probesize;32768"


class Settings(Protocol):
    """What the configuration says of a camera."""

    @property
    def source(self) -> str:
        """Device path (`/dev/…`), or a file or URL that FFmpeg reads."""

    @property
    def width(self) -> int:
        """Pixels."""

    @property
    def height(self) -> int:
        """Pixels."""

    @property
    def fps(self) -> int:
        """Pictures a second."""

    @property
    def timeout_s(self) -> float:
        """Deadline of one picture."""

    @property
    def focus(self) -> int | None:
        """The lens's place in the driver's units; None: it focuses by itself."""


class OpenCvCamera:
    """A `FrameSource`. Not for use from two threads at once."""

    def __init__(self, config: Settings) -> None:
        self._config = config
        self._grabber: Grabber | None = None
        self._hanging: Grabber | None = None
        self._seen = 0

    def open(self) -> None:
        """Open the device and start grabbing. Raises `LinkClosed`, `LinkTimeout`."""
        self.close()
        if self._hanging is not None and self._hanging.is_alive():  # one thread lost is enough
            raise LinkTimeout(f"camera: {self._config.source} hangs in its driver; power it off and on")
        grabber = Grabber(self._config)
        grabber.start()
        self._grabber, self._seen = grabber, 0
        if not grabber.opened.wait(self._config.timeout_s):
            self.close()
            raise LinkTimeout(
                f"camera: {self._config.source} did not open within {self._config.timeout_s:g} s"
            )
        if grabber.failure:
            self.close()
            raise LinkClosed(f"camera: {grabber.failure}; check the cable and the source's name")

    def read(self) -> Frame:
        """The newest picture, newer than the last one read. Raises `LinkClosed` or `LinkTimeout`."""
        grabber = self._grabber
        if grabber is None:
            raise LinkClosed(f"camera: {self._config.source} is not open")
        frame, self._seen = grabber.newest(self._seen, self._config.timeout_s)
        return frame

    def close(self) -> None:
        """Release the device. A thread that hangs in the driver is left to end by itself."""
        grabber, self._grabber = self._grabber, None
        if grabber is not None:
            grabber.stop()
            self._hanging = grabber


class Grabber(threading.Thread):
    """Grabs pictures and keeps the newest. One object for one opening of the device."""

    def __init__(self, config: Settings) -> None:
        super().__init__(name="camera", daemon=True)
        self._config = config
        self._fresh = threading.Condition()
        self._frame: Frame | None = None
        self._number = 0
        self._same = 0
        self._ended = ""
        self._stopping = threading.Event()
        self.opened = threading.Event()
        self.failure = ""

    def newest(self, after: int, timeout_s: float) -> tuple[Frame, int]:
        """The newest picture once its number is above `after`, and its number."""
        with self._fresh:
            self._fresh.wait_for(lambda: self._number > after or self._ended, timeout_s)
            if self._number > after and self._frame is not None and self._same < FROZEN_FRAMES:
                return self._frame, self._number
        if self._ended:
            raise LinkClosed(f"camera: {self._ended}; check the cable")
        if self._same >= FROZEN_FRAMES:
            raise PictureFrozen(f"camera: {self._config.source} repeats one picture; power it off and on")
        raise LinkTimeout(
            f"camera: no picture from {self._config.source} within {timeout_s:g} s; check power and cable"
        )

    def stop(self) -> None:
        """End the thread, as far as it can be ended."""
        self._stopping.set()
        self.join(JOIN_S)
        with self._fresh:
            self._frame = None

    def run(self) -> None:
        """Open, grab until told to stop, release."""
        capture = open_capture(self._config)
        if not capture.isOpened():
            self.failure = f"cannot open {self._config.source}"
            self.opened.set()
            capture.release()
            return
        self.opened.set()
        while not self._stopping.is_set():
            got, image = capture.read()
            if not got:
                self._end(f"{self._config.source} ended")
                break
            self._keep(np.asarray(image, dtype=np.uint8))
        capture.release()

    def _keep(self, image: Image) -> None:
        with self._fresh:
            before = self._frame
            repeated = before is not None and np.array_equal(before.image, image)
            self._same = self._same + 1 if repeated else 0
            self._frame = Frame(image, time.monotonic())
            self._number += 1
            self._fresh.notify_all()

    def _end(self, reason: str) -> None:
        with self._fresh:
            self._ended = reason
            self._fresh.notify_all()


def open_capture(config: Settings) -> Any:
    """An OpenCV capture, set up. The pixel format goes before the size, or the driver keeps the slow format."""
    if not config.source.startswith("/dev/"):
        os.environ.setdefault("OPENCV_FFMPEG_CAPTURE_OPTIONS", FFMPEG_OPTIONS)
        timeout_ms = round(config.timeout_s * 1000)
        limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, timeout_ms, cv2.CAP_PROP_READ_TIMEOUT_MSEC, timeout_ms]
        return cv2.VideoCapture(config.source, cv2.CAP_FFMPEG, limits)
    capture = cv2.VideoCapture(config.source, cv2.CAP_V4L2)
    if capture.isOpened():
        capture.set(cv2.CAP_PROP_FOURCC, MJPG)
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, config.width)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, config.height)
        capture.set(cv2.CAP_PROP_FPS, config.fps)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        if config.focus is not None:
            capture.set(cv2.CAP_PROP_AUTOFOCUS, 0)
            capture.set(cv2.CAP_PROP_FOCUS, config.focus)
        for _ in range(SKIPPED_FRAMES):
            capture.grab()
    return capture


def create(config: Settings) -> OpenCvCamera:
    """The driver table's factory."""
    return OpenCvCamera(config)
