"""The one picture that leaves the identity process: a mirrored preview in anonymous shared memory, overwritten with
zeros at the end of each session. It has no name in any file system and dies with its last holder.
"""

import mmap
import os
import struct
from typing import Final

from drivers.contracts.camera import Image

PREVIEW_PX: Final = 480  # side of the square, RGB, top row first
PICTURE_BYTES: Final = PREVIEW_PX * PREVIEW_PX * 3
_COUNT: Final = struct.Struct("<Q")  # odd while a picture is being written, 0: there is none
BUFFER_BYTES: Final = _COUNT.size + PICTURE_BYTES


class PreviewBuffer:
    """One preview picture in shared memory; `create` in the main process, `attach` in a child."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self._map = mmap.mmap(fd, BUFFER_BYTES)
        self._copy = bytearray(
            PICTURE_BYTES
        )  # one for all that are read, so that none is left in freed memory

    @classmethod
    def create(cls) -> "PreviewBuffer":
        """A new, empty buffer; its `fd` can be handed to a child."""
        fd = os.memfd_create("nightdesk-preview")
        os.ftruncate(fd, BUFFER_BYTES)
        return cls(fd)

    def show(self, frame: Image) -> None:
        """Put the middle square of a BGR frame into the buffer, mirrored as in a looking-glass."""
        import cv2  # only the child that shows needs it: 28 MB that the main process does not carry
        import numpy as np

        height, width = frame.shape[:2]
        side = min(height, width)
        top, left = (height - side) // 2, (width - side) // 2
        square = frame[top : top + side, left : left + side]
        small = cv2.resize(square, (PREVIEW_PX, PREVIEW_PX), interpolation=cv2.INTER_LINEAR)
        picture = cv2.cvtColor(cv2.flip(small, 1), cv2.COLOR_BGR2RGB)
        self._write(np.ascontiguousarray(picture, dtype=np.uint8).tobytes())

    def read(self) -> bytearray | None:
        """The picture, 480 x 480 RGB, top row first; None when there is none or one is just being written.

        Always the same buffer: the next `read` overwrites it, `wipe` too.
        """
        before = self._count()
        if before == 0 or before % 2:
            return None
        with memoryview(self._map) as view, view[_COUNT.size :] as picture:
            self._copy[:] = picture
        return self._copy if self._count() == before else None

    def wipe(self) -> None:
        """Overwrite everything with zeros."""
        self._map[:] = bytes(BUFFER_BYTES)
        self._copy[:] = bytes(PICTURE_BYTES)

    def close(self) -> None:
        """Wipe and let go."""
        self.wipe()
        self.release()

    def release(self) -> None:
        """Let go without wiping (the other side still reads)."""
        self._map.close()
        os.close(self.fd)

    def _count(self) -> int:
        return int(_COUNT.unpack_from(self._map)[0])

    def _write(self, picture: bytes) -> None:
        count = self._count() | 1
        _COUNT.pack_into(self._map, 0, count)
        self._map[_COUNT.size :] = picture
        _COUNT.pack_into(self._map, 0, count + 1)
