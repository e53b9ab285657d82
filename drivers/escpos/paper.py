"""Building one receipt as ESC/POS bytes: native text where the printer has the characters, dots where it has not."""

import os
import shutil
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from PIL import Image

from drivers.contracts.paper import Align, Drawing, TextSize

from . import typeset
from .fonts import Fonts, find_fonts
from .typeset import Piece
from .wrapping import balanced, printable

if TYPE_CHECKING:
    from escpos.printer import Dummy

CELL: Final = 12  # dots of a narrow character; an ideograph takes two
_MOST_LINES_BESIDE: Final = 2  # a value that takes more stands below its key
_MAX_BAND_ROWS: Final = 128  # small printers buffer little
_QR_LEVEL_M: Final = 1
_REAL_TIME: Final = (b"\x10\x04", b"\x10\x05", b"\x10\x14")  # DLE EOT, DLE ENQ, DLE DC4


class Codepage(StrEnum):
    """How Chinese text travels."""

    GB18030 = "gb18030"
    RASTER = "raster"


@dataclass(frozen=True, slots=True)
class Style:
    """One size of text: multiple of the printer's cell, size of the font when drawn, height of the line in dots."""

    scale: int
    size_px: int
    line_dots: int


_WIDE: Final[Mapping[TextSize, Style]] = {
    TextSize.SMALL: Style(1, 22, 32),
    TextSize.BODY: Style(1, 26, 38),
    TextSize.LARGE: Style(2, 46, 60),
}
_NARROW: Final[Mapping[TextSize, Style]] = {
    TextSize.SMALL: Style(1, 20, 30),
    TextSize.BODY: Style(1, 24, 36),
    TextSize.LARGE: Style(2, 42, 58),
}


class ReceiptPaper:
    """`drivers.contracts.paper.Paper` as ESC/POS.

    `columns_dots` is the printable width (576 at 80 mm, 384 at 58 mm). Raises `FontMissing` without Noto.
    """

    def __init__(
        self,
        *,
        columns_dots: int = 576,
        codepage: Codepage | str = Codepage.GB18030,
        fonts: Fonts | None = None,
    ) -> None:
        self._width = columns_dots // CELL * CELL
        self._is_wide = self._width >= typeset.WIDE_DOTS
        self._styles = _WIDE if self._is_wide else _NARROW
        self._native = Codepage(codepage) is Codepage.GB18030
        self._fonts = fonts or find_fonts()
        self._printer = _byte_builder()
        self._printer.hw("INIT")
        self._printer._raw(b"\x1d\x50\xcb\xcb")  # GS P: motion units of 1/203 inch, so that units are dots
        self._printer.panel_buttons(False)  # nobody feeds paper by a button of ours

    def text(
        self, text: str, *, align: Align = Align.LEFT, bold: bool = False, size: TextSize = TextSize.BODY
    ) -> None:
        """A paragraph, broken at the paper's width."""
        style = self._styles[size]
        for line in balanced(self._clean(text), self._width, self._measure(style, bold=bold)):
            self._line([Piece(0, line, bold)], style, align)

    def heading(self, text: str, *, align: Align = Align.CENTER) -> None:
        """A paragraph of double size."""
        self.text(text, align=align, bold=True, size=TextSize.LARGE)

    def pairs(self, pairs: list[tuple[str, str]]) -> None:
        """Keys in a column, values beside them with a hanging indent."""
        measure = self._measure(self._styles[TextSize.BODY])
        widest = max((measure(self._clean(key)) for key, _ in pairs), default=0)
        beside = _whole_cells(widest + (2 if self._is_wide else 1) * CELL)
        for key, value in pairs:
            lines = balanced(self._clean(value), self._width - beside, measure)
            if len(lines) <= _MOST_LINES_BESIDE:
                self._hanging(self._clean(key), lines, beside)
            else:
                self._line([Piece(0, self._clean(key))], self._styles[TextSize.BODY], Align.LEFT)
                below = balanced(self._clean(value), self._width - 2 * CELL, measure)
                self._hanging("", below, 2 * CELL)

    def items(self, items: list[str]) -> None:
        """A numbered list."""
        indent = (4 if self._is_wide else 3) * CELL
        for number, item in enumerate(items, 1):
            lines = balanced(
                self._clean(item), self._width - indent, self._measure(self._styles[TextSize.BODY])
            )
            self._hanging(f"{number}.", lines, indent)

    def rule(self, *, strong: bool = False) -> None:
        """A line across the paper, dashed or solid."""
        height, ink = (3, self._width) if strong else (2, 6)
        image = Image.new("L", (self._width, height), typeset.BLANK)
        for start in range(0, self._width, ink * 2):
            image.paste(typeset.INK, (start, 0, min(self._width, start + ink), height))
        self.feed(6 if self._native else 14)
        self._dots(image)
        self.feed(20 if self._native else 10)  # a native line stands at the top of its height

    def head_band(self, title: str, subtitle: str) -> None:
        """The dark band with the product's moon."""
        self._dots(
            typeset.head_band(printable(title), printable(subtitle), width=self._width, fonts=self._fonts)
        )

    def big_number(self, label: str, value: str, note: str) -> None:
        """A frame with one large number, such as a compartment."""
        texts = (printable(label), printable(value), printable(note))
        self._dots(typeset.big_number(*texts, width=self._width, fonts=self._fonts))

    def qr(self, content: str, *, module: int = 7) -> None:
        """A QR code (level M), centred: by the printer's own command, or as dots where everything is dots."""
        if self._native:
            self._printer.set(align="center")
            self._printer.qr(content, ec=_QR_LEVEL_M, size=module, native=True)
            self._printer.set(align="left")
        else:
            self._dots(typeset.qr_code(content, module=module), centred=True)

    def drawing(self, strokes: Drawing, shape: float) -> None:
        """Strokes in a frame, which is `shape` times as wide as high: a signature."""
        self._dots(typeset.drawing(strokes, shape, width=self._width))

    def feed(self, dots: int) -> None:
        """Empty paper, 0 to 255 dots (8 to the millimetre)."""
        self._printer._raw(b"\x1b\x4a" + bytes([dots]))

    def cut(self) -> None:
        """Feed to the cutter and cut, leaving a bridge: a receipt that nobody takes does not fall."""
        self._printer.cut(feed=False)

    def to_bytes(self) -> bytes:
        """The job so far."""
        job: bytes = self._printer.output
        return job

    def _clean(self, text: str) -> str:
        """Without control characters; for the printer's own font also without dashes that it sets two cells wide."""
        text = printable(text)
        return text.replace("–", "-") if self._native else text

    def _hanging(self, first: str, lines: list[str], indent: int) -> None:
        for number, line in enumerate(lines):
            head = [Piece(0, first)] if number == 0 else []
            self._line([*head, Piece(indent, line)], self._styles[TextSize.BODY], Align.LEFT)

    def _measure(self, style: Style, *, bold: bool = False) -> "_Measure":
        return _Measure(style, self._fonts if not self._native else None, bold=bold)

    def _line(self, pieces: list[Piece], style: Style, align: Align) -> None:
        if self._native and all(_in_gbk(piece.text) for piece in pieces):
            self._native_line(pieces, style, align)
        else:
            self._drawn_line(pieces, style, align)

    def _native_line(self, pieces: list[Piece], style: Style, align: Align) -> None:
        bold = any(piece.bold for piece in pieces)
        self._printer.set(
            align=align.value, bold=bold, custom_size=True, width=style.scale, height=style.scale
        )
        self._printer._raw(b"\x1c\x21" + (b"\x0c" if style.scale == 2 else b"\x00"))  # the size of ideographs
        self._printer.line_spacing(style.line_dots)
        self._printer._raw(b"\x1c\x26" + _padded(pieces).encode("gb18030") + b"\n")

    def _drawn_line(self, pieces: list[Piece], style: Style, align: Align) -> None:
        size_px = 2 * CELL * style.scale if self._native else style.size_px
        if align is Align.CENTER:
            wide = typeset.width_of(pieces[0].text, size_px, self._fonts, bold=pieces[0].bold)
            pieces = [Piece(max(0, (self._width - wide) // 2), pieces[0].text, pieces[0].bold)]
        image = typeset.line(
            pieces,
            width=self._width,
            height=style.line_dots,
            size_px=size_px,
            fonts=self._fonts,
            at_top=self._native,
        )
        self._dots(image)

    def _dots(self, image: Image.Image, *, centred: bool = False) -> None:
        """GS v 0 in bands. python-escpos' `image()` is not used: it prints to standard output and needs a profile."""
        self._printer.set(align="center" if centred else "left")
        row_bytes, rows, dots = typeset.rows_of(image)
        for top in range(0, rows, _MAX_BAND_ROWS):
            count = min(_MAX_BAND_ROWS, rows - top)
            band = dots[top * row_bytes : (top + count) * row_bytes]
            header = b"\x1d\x76\x30\x00" + row_bytes.to_bytes(2, "little") + count.to_bytes(2, "little")
            self._printer._raw(header + without_real_time(band))


class _Measure:
    """Width of a text in dots: by cells when the printer writes, by the font when we draw."""

    def __init__(self, style: Style, fonts: Fonts | None, *, bold: bool) -> None:
        self._style = style
        self._bold = bold
        self._fonts = fonts

    def __call__(self, text: str) -> int:
        if self._fonts is None:
            return cells(text) * CELL * self._style.scale
        return typeset.width_of(text, self._style.size_px, self._fonts, bold=self._bold)


def without_real_time(dots: bytes) -> bytes:
    """Dots in which no two bytes read as a real-time command, which printers obey even inside a picture.

    The second byte gets one dot more or less; nobody sees it.
    """
    for sequence in _REAL_TIME:
        dots = dots.replace(sequence, bytes([sequence[0], sequence[1] ^ 0x02]))
    return dots


def cells(text: str) -> int:
    """Narrow cells of `text`: two for each character that GB18030 writes in more than one byte."""
    return sum(1 if len(char.encode("gb18030")) == 1 else 2 for char in text)


def _in_gbk(text: str) -> bool:
    """Whether printers have the characters: the two-byte part of GB18030 without its private area.

    𠮷 and Extension A take four bytes, which many printers show as nothing.
    """
    return all(len(char.encode("gb18030")) <= 2 and unicodedata.category(char) != "Co" for char in text)


def _padded(pieces: list[Piece]) -> str:
    line = ""
    for piece in pieces:
        line += " " * (piece.at // CELL - cells(line)) + piece.text
    return line


def _whole_cells(dots: int) -> int:
    return -(-dots // CELL) * CELL


def _byte_builder() -> "Dummy":
    """python-escpos' builder. Importing it takes half a second and leaves a temporary folder behind."""
    from escpos import capabilities
    from escpos.printer import Dummy

    if "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ:
        shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)
    return Dummy()
