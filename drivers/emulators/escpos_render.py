"""Draws what an ESC/POS printer of 58 or 80 mm would print from the bytes it was sent. Knows nothing of our driver.

`python -m drivers.emulators.escpos_render IN.bin OUT.png [--width-dots 384]`. A command it does not know is reported
with its place and bytes, never skipped in silence.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

import segno
from PIL import Image, ImageDraw, ImageFont

WIDTH_DOTS: Final = 576  # 72 mm of 80 mm paper, 8 dots a millimetre; 384 are 48 mm of 58 mm
MARGIN_DOTS: Final = 32
DEFAULT_SPACING: Final = 30
CUTTER_DOTS: Final = 120  # from head to cutter
_CELL: Final = (12, 24)  # narrow; an ideograph is twice as wide
_MONO_SC: Final = 7  # place of "Noto Sans Mono CJK SC" in the collection
_FONT_FILE: Final = "NotoSansCJK-{weight}.ttc"
_FONT_DIRS: Final = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
_PAPER: Final = (253, 251, 246)
_INK: Final = (27, 27, 32)
_THRESHOLD: Final = 140


@dataclass(slots=True)
class Job:
    """What was drawn: one picture mode L (0 ink) of the printed width, cuts in dots from the top, complaints."""

    picture: Image.Image = field(repr=False)
    cuts: list[int]
    unknown: list[str]
    qr_contents: list[str] = field(default_factory=list, repr=False)
    text: str = field(default="", repr=False)


@dataclass(slots=True)
class _Look:
    """Everything that ESC @ resets."""

    align: int = 0
    bold: bool = False
    wide: int = 1
    high: int = 1
    kanji: bool = True  # power-on default of printers for China
    kanji_wide: int = 1
    kanji_high: int = 1
    spacing: int = DEFAULT_SPACING
    upside_down: bool = False
    underline: int = 0
    unit: int = 203  # vertical motion units an inch; the head has 203 dots an inch


class Interpreter:
    """Reads one job. `run` may be called once."""

    def __init__(self, data: bytes, width_dots: int) -> None:
        self._data = data
        self._width = width_dots
        self._at = 0
        self._look = _Look()
        self._line: list[Image.Image] = []
        self._strips: list[tuple[int, int, Image.Image]] = []  # top, left, dots
        self._top = 0
        self._cuts: list[int] = []
        self._unknown: list[str] = []
        self._qr_module, self._qr_level, self._qr_data = 3, "l", b""
        self._qr_contents: list[str] = []
        self._text: list[str] = []

    def run(self) -> Job:
        """Draw everything."""
        while self._at < len(self._data):
            start = self._at
            try:
                self._one()
            except IndexError:
                self._unknown.append(f"at {start}: job ends inside {self._data[start : start + 8].hex(' ')}")
                break
        if self._line:
            self._feed_line()
        picture = Image.new("L", (self._width, max(1, self._top)), 255)
        for top, left, strip in self._strips:
            picture.paste(strip, (left, top))
        return Job(picture, self._cuts, self._unknown, self._qr_contents, "".join(self._text))

    # reading -------------------------------------------------------------------------------------------------

    def _byte(self) -> int:
        value = self._data[self._at]
        self._at += 1
        return value

    def _bytes(self, count: int) -> bytes:
        if self._at + count > len(self._data):
            raise IndexError(count)
        self._at += count
        return self._data[self._at - count : self._at]

    def _one(self) -> None:
        start = self._at
        byte = self._byte()
        if byte == 0x0A:
            self._feed_line()
        elif byte in _COMMANDS:
            code = bytes([byte, self._byte()])
            handler = _COMMANDS[byte].get(code[1])
            if handler is None:
                self._complain(start, code)
            else:
                handler(self)
        elif byte < 0x20 or byte == 0x7F:
            self._complain(start, bytes([byte]))
        else:
            self._character(start, byte)

    def _complain(self, start: int, code: bytes) -> None:
        self._unknown.append(f"at {start}: unknown command {code.hex(' ')}")

    def _character(self, start: int, byte: int) -> None:
        if byte < 0x80:
            self._put(chr(byte), wide=False)
            return
        if not self._look.kanji:
            self._unknown.append(f"at {start}: byte {byte:02x} outside Chinese mode")
            return
        code = bytes([byte, self._byte()])
        if 0x30 <= code[1] <= 0x39:
            code += self._bytes(2)
            self._unknown.append(f"at {start}: four-byte GB18030 {code.hex(' ')}, which printers do not have")
        try:
            self._put(code.decode("gb18030"), wide=True)
        except UnicodeDecodeError:
            self._unknown.append(f"at {start}: not GB18030: {code.hex(' ')}")

    # paper ---------------------------------------------------------------------------------------------------

    def _put(self, char: str, *, wide: bool) -> None:
        look = self._look
        scale = (
            (max(look.wide, look.kanji_wide), max(look.high, look.kanji_high))
            if wide
            else (look.wide, look.high)
        )
        cell = _drawn(char, wide, look.bold).resize(
            (_CELL[0] * (2 if wide else 1) * scale[0], _CELL[1] * scale[1]), Image.Resampling.NEAREST
        )
        if look.underline:
            ImageDraw.Draw(cell).rectangle((0, cell.height - look.underline, cell.width, cell.height), fill=0)
        if sum(image.width for image in self._line) + cell.width > self._width:
            self._unknown.append(f"at {self._at}: the line is wider than the paper")
            self._feed_line()
        self._line.append(cell)
        self._text.append(char)

    def _feed_line(self) -> None:
        """Print the line; the paper moves by the line spacing, or by the line where that is higher."""
        height = max((image.height for image in self._line), default=0)
        left = self._left(sum(image.width for image in self._line))
        for image in self._line:
            self._strips.append((self._top + height - image.height, left, image))
            left += image.width
        self._line.clear()
        self._text.append("\n")
        self._top += max(height, self._dots(self._look.spacing))

    def _dots(self, units: int) -> int:
        return round(units * 203 / self._look.unit)

    def _left(self, width: int) -> int:
        free = max(0, self._width - width)
        return (0, free // 2, free)[self._look.align]

    def _place(self, image: Image.Image) -> None:
        if self._line:
            self._feed_line()
        self._strips.append((self._top, self._left(image.width), image))
        self._top += image.height

    # commands ------------------------------------------------------------------------------------------------

    def _reset(self) -> None:
        self._look = _Look()
        self._line.clear()

    def _set_kanji(self, *, on: bool) -> None:
        self._look.kanji = on

    def _kanji_style(self) -> None:
        bits = self._byte()
        self._look.kanji_wide = 2 if bits & 0x04 else 1
        self._look.kanji_high = 2 if bits & 0x08 else 1
        self._look.underline = 2 if bits & 0x80 else 0

    def _align(self) -> None:
        self._look.align = {0: 0, 1: 1, 2: 2, 48: 0, 49: 1, 50: 2}.get(self._byte(), 0)

    def _bold(self) -> None:
        self._look.bold = bool(self._byte() & 1)

    def _size(self) -> None:
        bits = self._byte()
        self._look.wide, self._look.high = (bits >> 4 & 7) + 1, (bits & 7) + 1

    def _print_mode(self) -> None:
        bits = self._byte()
        self._look.bold = bool(bits & 0x08)
        self._look.high, self._look.wide = (2 if bits & 0x10 else 1), (2 if bits & 0x20 else 1)

    def _underline(self) -> None:
        self._look.underline = self._byte() & 3

    def _spacing(self) -> None:
        self._look.spacing = self._byte()

    def _default_spacing(self) -> None:
        self._look.spacing = DEFAULT_SPACING

    def _units(self) -> None:
        _, vertical = self._bytes(2)
        self._look.unit = vertical or 203

    def _feed_lines(self) -> None:
        count = self._byte()
        if self._line:
            self._feed_line()
            count -= 1
        self._top += max(0, count) * self._dots(self._look.spacing)

    def _feed_dots(self) -> None:
        count = self._dots(self._byte())
        if self._line:
            spacing, self._look.spacing = self._look.spacing, 0
            self._feed_line()
            self._look.spacing = spacing
        self._top += count

    def _panel(self) -> None:
        self._bytes(2)

    def _codepage(self) -> None:
        self._byte()

    def _beep(self) -> None:
        self._bytes(2)

    def _upside_down(self) -> None:
        if self._byte() & 1:
            self._unknown.append("upside-down printing is not drawn")

    def _status(self) -> None:
        self._byte()

    def _cut(self) -> None:
        mode = self._byte()
        if mode in (65, 66):
            self._top += CUTTER_DOTS + self._dots(self._byte())
        elif mode not in (0, 1, 48, 49):
            self._unknown.append(f"cut mode {mode}")
        self._cuts.append(self._top)

    def _raster(self) -> None:
        kind, mode = self._bytes(2)
        row_bytes = int.from_bytes(self._bytes(2), "little")
        rows = int.from_bytes(self._bytes(2), "little")
        if kind != 0x30 or mode not in (0, 48):
            self._unknown.append(f"raster {kind:02x} {mode:02x} is drawn as 30 00")
        dots = self._bytes(row_bytes * rows)
        image = Image.frombytes("1", (row_bytes * 8, rows), bytes(byte ^ 0xFF for byte in dots)).convert("L")
        if image.width > self._width:
            self._unknown.append(f"raster of {image.width} dots is wider than the paper")
            image = image.crop((0, 0, self._width, rows))
        self._place(image)

    def _two_dimensional(self) -> None:
        body = self._bytes(int.from_bytes(self._bytes(2), "little"))
        kind, function, rest = body[0], body[1], body[2:]
        if kind != 49:
            self._unknown.append(f"GS ( k for code type {kind}")
        elif function == 67:
            self._qr_module = rest[0]
        elif function == 69:
            self._qr_level = "lmqh"[rest[0] - 48]
        elif function == 80:
            self._qr_data = rest[1:]
        elif function == 81:
            self._draw_qr()
        elif function != 65:
            self._unknown.append(f"GS ( k function {function}")

    def _draw_qr(self) -> None:
        code = segno.make(self._qr_data.decode("utf-8"), error=self._qr_level, micro=False, boost_error=False)
        matrix = [list(row) for row in code.matrix_iter(scale=self._qr_module, border=0)]
        image = Image.new("L", (len(matrix[0]), len(matrix)))
        image.putdata([0 if dark else 255 for row in matrix for dark in row])
        self._qr_contents.append(self._qr_data.decode("utf-8"))
        self._place(image)


_Handler = Callable[[Interpreter], None]
_COMMANDS: Final[dict[int, dict[int, _Handler]]] = {
    0x1B: {
        ord("@"): Interpreter._reset,
        ord("a"): Interpreter._align,
        ord("E"): Interpreter._bold,
        ord("!"): Interpreter._print_mode,
        ord("-"): Interpreter._underline,
        ord("3"): Interpreter._spacing,
        ord("2"): Interpreter._default_spacing,
        ord("d"): Interpreter._feed_lines,
        ord("J"): Interpreter._feed_dots,
        ord("c"): Interpreter._panel,
        ord("t"): Interpreter._codepage,
        ord("B"): Interpreter._beep,
        ord("{"): Interpreter._upside_down,
    },
    0x1C: {
        ord("&"): lambda machine: machine._set_kanji(on=True),
        ord("."): lambda machine: machine._set_kanji(on=False),
        ord("!"): Interpreter._kanji_style,
    },
    0x1D: {
        ord("!"): Interpreter._size,
        ord("P"): Interpreter._units,
        ord("V"): Interpreter._cut,
        ord("a"): Interpreter._status,
        ord("r"): Interpreter._status,
        ord("v"): Interpreter._raster,
        ord("("): lambda machine: (
            machine._two_dimensional() if machine._byte() == ord("k") else _foreign(machine)
        ),
    },
}


def _foreign(machine: Interpreter) -> None:
    machine._unknown.append(f"at {machine._at}: GS ( that is not k")


def interpret(data: bytes, *, width_dots: int = WIDTH_DOTS) -> Job:
    """Draw the job `data`."""
    return Interpreter(data, width_dots).run()


def as_photograph(job: Job) -> Image.Image:
    """The receipt as it lies in a hand: margins, paper and ink in colour, a torn lower edge."""
    height = job.picture.height + 2 * MARGIN_DOTS
    sheet = Image.new("RGB", (job.picture.width + 2 * MARGIN_DOTS, height), _PAPER)
    ink = job.picture.point(lambda value: 255 - value)
    sheet.paste(Image.new("RGB", job.picture.size, _INK), (MARGIN_DOTS, MARGIN_DOTS), ink)
    return sheet


@lru_cache(maxsize=4)
def _font(weight: str) -> ImageFont.FreeTypeFont:
    name = _FONT_FILE.format(weight=weight)
    for folder in _FONT_DIRS:
        for path in sorted(folder.rglob(name)) if folder.is_dir() else ():
            return ImageFont.truetype(str(path), _CELL[1], index=_MONO_SC)
    raise FileNotFoundError(f"{name}: install fonts-noto-cjk")


@lru_cache(maxsize=4096)
def _drawn(char: str, wide: bool, bold: bool) -> Image.Image:  # noqa: FBT001 - lru_cache keys by position
    image = Image.new("L", (_CELL[0] * (2 if wide else 1), _CELL[1]), 255)
    ImageDraw.Draw(image).text(
        (0, 21 if wide else 19), char, font=_font("Bold" if bold else "Regular"), fill=0, anchor="ls"
    )
    return image.point(lambda value: 0 if value < _THRESHOLD else 255)


def main() -> None:
    """Command line. Exit status 1 when the job holds something that was not understood."""
    parser = argparse.ArgumentParser(description="Draw an ESC/POS job")
    parser.add_argument("job", type=Path)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--width-dots", type=int, default=WIDTH_DOTS)
    options = parser.parse_args()
    job = interpret(options.job.read_bytes(), width_dots=options.width_dots)
    as_photograph(job).save(options.picture)
    for complaint in job.unknown:
        print(complaint, file=sys.stderr)
    sys.exit(1 if job.unknown else 0)


if __name__ == "__main__":
    main()
