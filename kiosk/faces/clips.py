"""Clips from files that strangers made: pictures with their times, of bounded size and number, or none at all.

Decoding is FFmpeg's through OpenCV, which may open this one file and nothing that it refers to.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from drivers.contracts.camera import Frame, Image

from .pictures import LONGEST_PX, readable

PICTURES_A_SECOND: Final = 15.0  # enough for a blink
LONGEST_S: Final = 60.0
MOST_PIXELS: Final = 8192 * 8192
MOST_READ: Final = 6000  # of any clip: pictures that have no time are not waited for
# No network, no list of other files: a clip that is a list in disguise opens nothing.
FFMPEG: Final = "OPENCV_FFMPEG_CAPTURE_OPTIONS"
OPTIONS: Final = (
    "protocol_whitelist;file|format_whitelist;mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpeg,mpegts"
)


def pictures_of(path: Path) -> Iterator[Frame]:
    """At most 15 pictures a second of the first minute, times from 0. Nothing for what is no clip. Raises `NoFile`."""
    capture = _opened(readable(path))
    try:
        yield from _sampled(capture)
    except cv2.error:
        return  # what was decoded up to here has been told
    finally:
        capture.release()


def _opened(path: Path) -> cv2.VideoCapture:
    # OpenCV takes FFmpeg's options from the environment only, and reads them when a file is opened.
    # They are put back: a camera of the same process, or of its children, comes over the network.
    before = os.environ.get(FFMPEG)
    os.environ[FFMPEG] = OPTIONS
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    try:
        return cv2.VideoCapture(str(path.resolve()), cv2.CAP_FFMPEG)
    finally:
        if before is None:
            del os.environ[FFMPEG]
        else:
            os.environ[FFMPEG] = before


def _sampled(capture: cv2.VideoCapture) -> Iterator[Frame]:
    if capture.get(cv2.CAP_PROP_FRAME_WIDTH) * capture.get(cv2.CAP_PROP_FRAME_HEIGHT) > MOST_PIXELS:
        return
    fps = capture.get(cv2.CAP_PROP_FPS)
    due_s = 0.0
    for number in range(MOST_READ):
        if not capture.grab():
            return
        told_s = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        at_s = told_s if told_s > 0 or not fps > 0 else number / fps
        if at_s > LONGEST_S:
            return
        if number and at_s < due_s:
            continue
        read, image = capture.retrieve()
        if not read or image is None or image.size == 0:
            continue
        due_s = (
            at_s + 1 / PICTURES_A_SECOND - 0.5 / max(fps, PICTURES_A_SECOND)
        )  # half a picture early is in time
        yield Frame(_bounded(np.asarray(image, dtype=np.uint8)), at_s)


def _bounded(image: Image) -> Image:
    scale = LONGEST_PX / max(image.shape[:2])
    if scale >= 1:
        return image
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8)
