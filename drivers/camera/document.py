"""A document camera (高拍仪) by OpenCV: one lens at full resolution; two lenses are two of these.

The camera is open only while a picture is taken, or somebody lays down page after page: at full size the stream costs
a core. The grabbing thread is that of `opencv.py`, so a camera that hangs costs a deadline and never the caller.
"""

import asyncio
from typing import Final

import numpy as np

from drivers.contracts.camera import Frame
from drivers.contracts.document import Concern, Document, Sheet
from drivers.errors import DeviceError, DeviceRefused, PictureFrozen
from drivers.registry import OpencvDocumentConfig

from .blemish import blemishes
from .opencv import OpenCvCamera
from .paper import Found, Lens, find_paper, straighten

LEAST_DIFFERENT: Final = 2  # pictures after the start that must not all be the same
FRESH: Final = 2  # of a camera that is open: the first may have been taken before the sheet lay still


class OpenCvDocumentCamera:
    """A `DocumentCamera`. One capture at a time."""

    def __init__(self, config: OpencvDocumentConfig) -> None:
        self._config = config
        self._lens = Lens(config.view_deg, config.desk_width_mm)
        self._camera = OpenCvCamera(config)
        self._busy = asyncio.Lock()
        self._held = False

    async def connect(self) -> None:
        """See pictures of the size that is set. Raises `LinkClosed`, `LinkTimeout`, `DeviceRefused`."""
        async with self._busy:
            await asyncio.to_thread(self._take)

    async def hold(self) -> None:
        """Open it and see it settle; raises as `connect`. Once more does nothing."""
        async with self._busy:
            if not self._held:
                await asyncio.to_thread(self._settle)
                self._held = True

    async def rest(self) -> None:
        """Close it."""
        async with self._busy:
            self._held = False
            await asyncio.to_thread(self._camera.close)

    async def capture(self) -> Document:
        """Take a picture, find and straighten the paper. Raises as `connect`."""
        async with self._busy:
            return await asyncio.to_thread(lambda: self.judge(self._take()))

    async def close(self) -> None:
        """Release the camera."""
        await self.rest()

    def _take(self) -> Frame:
        """A picture that was taken from now on. A camera that fails is closed: the next picture opens it anew."""
        try:
            if not self._held:
                return self._settle()
            return self._after(FRESH)
        except DeviceError:
            self._held = False
            raise
        finally:
            if not self._held:
                self._camera.close()

    def _settle(self) -> Frame:
        """Open it; the picture after `settle_frames`: exposure, white balance and focus need them."""
        self._camera.open()
        try:
            return self._after(max(self._config.settle_frames, LEAST_DIFFERENT))
        except DeviceError:
            self._camera.close()
            raise

    def _after(self, count: int) -> Frame:
        """The last of so many further pictures, which are not all the same."""
        frame, repeats = self._camera.read(), 0
        for _ in range(count):
            before, frame = frame, self._camera.read()
            repeats = repeats + 1 if np.array_equal(before.image, frame.image) else 0
        self._check(frame, all_same=repeats >= count)
        return frame

    def _check(self, frame: Frame, *, all_same: bool) -> None:
        config = self._config
        height, width = frame.image.shape[:2]
        if (width, height) != (config.width, config.height):
            raise DeviceRefused(
                f"document camera: {config.source} gives {width} x {height}, not {config.width} x {config.height};"
                " set a size that `v4l2-ctl --list-formats-ext` names under MJPG"
            )
        if all_same:
            raise PictureFrozen(f"document camera: {config.source} repeats one picture; power it off and on")

    def judge(self, frame: Frame) -> Document:
        """Find, straighten and judge the paper in a picture. Blocks for as long as the processor needs."""
        found = find_paper(frame.image, self._lens)
        concerns = _concerns(found)
        sheet = found.whole[0] if found.count == 1 and found.whole else None
        if sheet is None:
            return Document(frame.image, None, frozenset(concerns), frame.taken_at_s)
        page = straighten(frame.image, sheet)
        concerns |= self._picture_concerns(sheet)
        if not concerns:  # of a dark or blurred page nothing can be said of what is on it
            concerns |= blemishes(page)
        return Document(page, sheet, frozenset(concerns), frame.taken_at_s)

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
