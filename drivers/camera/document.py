"""A document camera (高拍仪) by OpenCV: one lens at full resolution; two lenses are two of these.

The camera is open only while a picture is taken: at full size the stream costs a core. The grabbing thread is that of
`opencv.py`, so a camera that hangs costs a deadline and never the caller.
"""

import asyncio
from typing import Final

import numpy as np

from drivers.contracts.camera import Frame
from drivers.contracts.document import Concern, Document, Sheet
from drivers.errors import DeviceRefused, PictureFrozen
from drivers.registry import OpencvDocumentConfig

from .opencv import OpenCvCamera
from .paper import Found, Lens, find_paper, straighten

LEAST_DIFFERENT: Final = 2  # pictures after the start that must not all be the same


class OpenCvDocumentCamera:
    """A `DocumentCamera`. One capture at a time."""

    def __init__(self, config: OpencvDocumentConfig) -> None:
        self._config = config
        self._lens = Lens(config.view_deg, config.desk_width_mm)
        self._camera = OpenCvCamera(config)
        self._busy = asyncio.Lock()

    async def connect(self) -> None:
        """See pictures of the size that is set. Raises `LinkClosed`, `LinkTimeout`, `DeviceRefused`."""
        async with self._busy:
            await asyncio.to_thread(self._take)

    async def capture(self) -> Document:
        """Take a picture, find and straighten the paper. Raises as `connect`."""
        async with self._busy:
            return await asyncio.to_thread(lambda: self._judge(self._take()))

    async def close(self) -> None:
        """Release the camera."""
        await asyncio.to_thread(self._camera.close)

    def _take(self) -> Frame:
        """The picture after `settle_frames`: exposure, white balance and focus need them."""
        self._camera.open()
        try:
            frame, repeats = self._camera.read(), 0
            for _ in range(max(self._config.settle_frames, LEAST_DIFFERENT)):
                before, frame = frame, self._camera.read()
                repeats = repeats + 1 if np.array_equal(before.image, frame.image) else 0
        finally:
            self._camera.close()
        self._check(frame, repeats)
        return frame

    def _check(self, frame: Frame, repeats: int) -> None:
        config = self._config
        height, width = frame.image.shape[:2]
        if (width, height) != (config.width, config.height):
            raise DeviceRefused(
                f"document camera: {config.source} gives {width} x {height}, not {config.width} x {config.height};"
                " set a size that `v4l2-ctl --list-formats-ext` names under MJPG"
            )
        if repeats >= max(config.settle_frames, LEAST_DIFFERENT):
            raise PictureFrozen(f"document camera: {config.source} repeats one picture; power it off and on")

    def _judge(self, frame: Frame) -> Document:
        found = find_paper(frame.image, self._lens)
        concerns = _concerns(found)
        sheet = found.whole[0] if found.count == 1 and found.whole else None
        if sheet is None:
            return Document(frame.image, None, frozenset(concerns), frame.taken_at_s)
        concerns |= self._picture_concerns(sheet)
        return Document(straighten(frame.image, sheet), sheet, frozenset(concerns), frame.taken_at_s)

    def _picture_concerns(self, sheet: Sheet) -> set[Concern]:
        concerns = set()
        if sheet.light < self._config.light_least:
            concerns.add(Concern.DARK)
        if sheet.blur_px > self._config.blur_most_px:
            concerns.add(Concern.BLURRED)
        return concerns


def _concerns(found: Found) -> set[Concern]:
    concerns = set()
    if found.count == 0:
        concerns.add(Concern.NO_PAPER)
    if found.count > 1:
        concerns.add(Concern.SEVERAL)
    if found.cut_off:
        concerns.add(Concern.CUT_OFF)
    if found.shapeless:
        concerns.add(Concern.NO_RECTANGLE)
    return concerns


def create(config: OpencvDocumentConfig) -> OpenCvDocumentCamera:
    """The driver table's factory."""
    return OpenCvDocumentCamera(config)
