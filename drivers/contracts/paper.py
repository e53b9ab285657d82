"""What a receipt is written on: lines, pairs, rules and codes, whatever the printer makes of them."""

from enum import StrEnum
from typing import Protocol


class Align(StrEnum):
    """Where a line stands."""

    LEFT = "left"
    CENTER = "center"


class TextSize(StrEnum):
    """Sizes of text."""

    SMALL = "small"
    BODY = "body"
    LARGE = "large"


Drawing = tuple[tuple[tuple[int, int], ...], ...]
"""Strokes of points, right and up from the lower left corner in thousandths of the frame's width and height."""


class Paper(Protocol):
    """One receipt in the making. Texts are cleared of control characters on the way: they never become commands."""

    def text(
        self, text: str, *, align: Align = Align.LEFT, bold: bool = False, size: TextSize = TextSize.BODY
    ) -> None:
        """A paragraph, broken at the paper's width."""

    def heading(self, text: str, *, align: Align = Align.CENTER) -> None:
        """A paragraph of double size."""

    def pairs(self, pairs: list[tuple[str, str]]) -> None:
        """Keys in a column, values beside them with a hanging indent."""

    def items(self, items: list[str]) -> None:
        """A numbered list."""

    def rule(self, *, strong: bool = False) -> None:
        """A line across the paper, dashed or solid."""

    def head_band(self, title: str, subtitle: str) -> None:
        """The dark band with the product's moon."""

    def big_number(self, label: str, value: str, note: str) -> None:
        """A frame with one large number, such as a compartment."""

    def qr(self, content: str, *, module: int = 7) -> None:
        """A QR code, centred; `module` is its unit in dots."""

    def drawing(self, strokes: Drawing, shape: float) -> None:
        """Strokes in a frame, which is `shape` times as wide as high: a signature."""

    def feed(self, dots: int) -> None:
        """Empty paper, 0 to 255 dots (8 to the millimetre)."""

    def cut(self) -> None:
        """Feed to the cutter and cut."""

    def to_bytes(self) -> bytes:
        """The job so far, as the printer takes it."""
