"""Source of live pictures."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture, BGR, shape (height, width, 3), and when it was taken (s, monotonic clock)."""

    image: Image = field(repr=False)
    taken_at_s: float


class FrameSource(Protocol):
    """A camera. Methods block and belong in a thread of their own."""

    def open(self) -> None:
        """Open the device. Raises `drivers.errors.DeviceError`."""

    def read(self) -> Frame:
        """Newest frame; raises `LinkTimeout` when none comes within the deadline."""

    def close(self) -> None:
        """Release the device."""
