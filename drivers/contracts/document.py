"""Document camera: a sheet of paper on a desk, found, straightened and judged."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from .camera import Image

Corners = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]


class PaperFormat(StrEnum):
    """Formats that offices use. A3 and A5 are told from A4 only where the camera's height is known."""

    A3 = "a3"
    A4 = "a4"
    A5 = "a5"
    CARD = "card"  # ID-1, 85.6 x 54 mm
    OTHER = "other"


class Concern(StrEnum):
    """Why a picture will not do; a person can mend each."""

    NO_PAPER = "noPaper"
    SEVERAL = "several"  # sheets, apart
    CUT_OFF = "cutOff"  # reaches over the picture's edge
    NO_RECTANGLE = "noRectangle"  # folded, covered by a hand, sheets upon each other
    DARK = "dark"
    BLURRED = "blurred"
    GLARE = "glare"  # the lamp is mirrored in it
    COVERED = "covered"  # a finger or something else lies over it
    EMPTY = "empty"  # nothing is printed or written on this side


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet in a picture.

    `corners`: (x, y) in pixels, a pixel's middle has whole numbers; clockwise from top left. `aspect`: longer side by
    shorter side of the paper itself. `blur_px`: sigma of the lens's blur at the sheet's edges, true up to 3. `light`:
    grey level of the bare paper, 0 to 255.
    """

    corners: Corners
    aspect: float
    format: PaperFormat
    blur_px: float
    light: float


@dataclass(frozen=True, slots=True)
class Document:
    """One capture. `image`, BGR: the straightened sheet, or the whole picture where no sheet can be told."""

    image: Image = field(repr=False)
    sheet: Sheet | None
    concerns: frozenset[Concern]
    taken_at_s: float  # monotonic clock

    @property
    def is_good(self) -> bool:
        """One whole sheet, sharp and light enough."""
        return self.sheet is not None and not self.concerns


class DocumentCamera(Protocol):
    """One lens over a desk. `connect`, `hold` and `capture` may raise `drivers.errors.DeviceError`."""

    async def connect(self) -> None:
        """See that the camera gives pictures, of the size that is set."""

    async def hold(self) -> None:
        """Stay open until `rest`: while page after page is laid down, no picture waits for the camera to wake up."""

    async def rest(self) -> None:
        """Open no longer than a picture takes."""

    async def capture(self) -> Document:
        """Take one picture and look for the paper. What is wrong with the paper is in `concerns`."""

    async def close(self) -> None:
        """Release the camera."""
