"""What is sent as dots instead of characters: lines with rare characters, the head band, the big number, QR codes."""

import math
from dataclasses import dataclass
from functools import partial
from typing import Final

import segno
from PIL import Image, ImageDraw

from drivers.contracts.paper import Drawing

from .fonts import Face, Fonts
from .wrapping import balanced

WIDE_DOTS: Final = 480  # between paper of 58 mm and of 80 mm
INK: Final = 0
BLANK: Final = 255
_THRESHOLD: Final = 150
_ASCENT: Final = 0.88  # of Noto Sans CJK's em, as its ideographs sit
_QUIET_MODULES: Final = 4


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that starts `at` dots from the left edge."""

    at: int
    text: str
    bold: bool = False


def spelled(text: str, fonts: Fonts, *, bold: bool = False) -> list[tuple[str, Face]]:
    """Runs of characters with the face that has them; what no face has becomes its code in angle brackets."""
    fallback = fonts.bold if bold else fonts.regular
    runs: list[tuple[str, Face]] = []
    for char in text:
        face = fonts.face_for(char, bold=bold)
        shown, face = (char, face) if face is not None else (f"〈{ord(char):X}〉", fallback)
        if runs and runs[-1][1] == face:
            runs[-1] = (runs[-1][0] + shown, face)
        else:
            runs.append((shown, face))
    return runs


def width_of(text: str, size_px: int, fonts: Fonts, *, bold: bool = False) -> int:
    """Width of `text` in dots."""
    return math.ceil(sum(face.at(size_px).getlength(run) for run, face in spelled(text, fonts, bold=bold)))


def line(
    pieces: list[Piece], *, width: int, height: int, size_px: int, fonts: Fonts, at_top: bool = False
) -> Image.Image:
    """One line of text, mode L, cut off behind its last dot to a whole number of bytes.

    `at_top`: the text stands where the printer's own would, at the top of the height, else in its middle.
    """
    image = Image.new("L", (width, height), BLANK)
    draw = ImageDraw.Draw(image)
    above = 0 if at_top else (height - size_px) // 2
    baseline = above + round(size_px * _ASCENT)
    for piece in pieces:
        _write(draw, piece.at, baseline, piece.text, size_px, fonts, bold=piece.bold)
    box = image.point(lambda value: 255 if value < _THRESHOLD else 0).getbbox()
    used = width if box is None else box[2]
    return image.crop((0, 0, min(width, -(-used // 8) * 8), height))


def head_band(title: str, subtitle: str, *, width: int, fonts: Fonts) -> Image.Image:
    """The night over the counter: title in paper on ink, a crescent and stars beside it."""
    return (_wide_band if width >= WIDE_DOTS else _narrow_band)(title, subtitle, width, fonts)


def _wide_band(title: str, subtitle: str, width: int, fonts: Fonts) -> Image.Image:
    height = 136
    image = Image.new("L", (width, height), BLANK)
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, width - 1, height - 1), radius=22, fill=INK)
    _moon(draw, 76, height // 2 + 2, 38)
    for x, y, size in ((112, 32, 9), (128, 62, 5), (34, 26, 5), (132, 104, 7)):
        _star(draw, x, y, size)
    room = width - 160 - 24
    size_px = _fitting(title, 50, room, fonts, bold=True)
    _write(draw, 160, 72, title, size_px, fonts, bold=True, fill=BLANK)
    _write(draw, 162, 112, subtitle, _fitting(subtitle, 25, room, fonts), fonts, fill=BLANK)
    return image


def _narrow_band(title: str, subtitle: str, width: int, fonts: Fonts) -> Image.Image:
    """The subtitle below moon and title, in as many lines as it takes to stay readable."""
    margin, beside, size_px, line_px = 22, 104, 22, 30
    measure = partial(width_of, size_px=size_px, fonts=fonts)
    lines = balanced(subtitle, width - 2 * margin, measure) if subtitle else []
    image = Image.new("L", (width, 92 + line_px * len(lines) + (14 if lines else 0)), BLANK)
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, width - 1, image.height - 1), radius=20, fill=INK)
    _moon(draw, 52, 47, 27)
    for x, y, size in ((76, 22, 7), (86, 46, 4), (22, 22, 4), (84, 72, 5)):
        _star(draw, x, y, size)
    title_px = _fitting(title, 46, width - beside - margin, fonts, bold=True)
    _write(draw, beside, 48 + round(title_px * 0.37), title, title_px, fonts, bold=True, fill=BLANK)
    for number, text in enumerate(lines):
        _write(draw, margin, 110 + number * line_px, text, size_px, fonts, fill=BLANK)
    return image


def drawing(strokes: Drawing, shape: float, *, width: int) -> Image.Image:
    """Strokes in a thin frame over the paper's width; a stroke of one point is a dot."""
    height, inset = round(width / shape), 8
    image = Image.new("L", (width, height), BLANK)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width - 1, height - 1), outline=INK, width=2)
    across, down = width - 2 * inset, height - 2 * inset
    for stroke in strokes:
        places = [(inset + x * across / 1000, inset + (1000 - y) * down / 1000) for x, y in stroke]
        draw.line(places, fill=INK, width=4, joint="curve")
        for x, y in places:
            draw.ellipse((x - 2, y - 2, x + 2, y + 2), fill=INK)
    return image


def big_number(label: str, value: str, note: str, *, width: int, fonts: Fonts) -> Image.Image:
    """A framed box: what it is, a note, and the number as large as fits; beside them, on narrow paper below."""
    return (_wide_number if width >= WIDE_DOTS else _narrow_number)(label, value, note, width, fonts)


def _narrow_number(label: str, value: str, note: str, width: int, fonts: Fonts) -> Image.Image:
    height, frame, margin = 232, 4, 24
    image = Image.new("L", (width, height), BLANK)
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, width - 1, height - 1), radius=20, outline=INK, width=frame)
    room = width - 2 * margin
    label_px = _fitting(label, 38, room // 2, fonts, bold=True)
    _write(draw, margin, 56, label, label_px, fonts, bold=True)
    free = room - width_of(label, label_px, fonts, bold=True) - margin // 2
    note_px = _fitting(note, 24, free, fonts)
    _write(draw, width - margin - width_of(note, note_px, fonts), 56, note, note_px, fonts)
    draw.line((margin, 76, width - margin, 76), fill=INK, width=2)
    size_px = _fitting(value, 132, room, fonts, bold=True)
    start = (width - width_of(value, size_px, fonts, bold=True)) // 2
    _write(draw, start, 153 + round(size_px * 0.37), value, size_px, fonts, bold=True)
    return image


def _wide_number(label: str, value: str, note: str, width: int, fonts: Fonts) -> Image.Image:
    height, frame, left, gap = 188, 4, 236, 18
    image = Image.new("L", (width, height), BLANK)
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, width - 1, height - 1), radius=22, outline=INK, width=frame)
    _write(draw, 28, 92, label, _fitting(label, 44, left - 28 - gap, fonts, bold=True), fonts, bold=True)
    _write(draw, 29, 138, note, _fitting(note, 25, left - 28 - gap, fonts), fonts)
    draw.line((left, 30, left, height - 31), fill=INK, width=2)
    room = width - left - 2 * gap - frame
    size_px = _fitting(value, 140, room, fonts, bold=True)
    start = left + gap + (room - width_of(value, size_px, fonts, bold=True)) // 2
    _write(draw, start, height // 2 + round(size_px * 0.37), value, size_px, fonts, bold=True)
    return image


def qr_code(content: str, *, module: int) -> Image.Image:
    """QR code, level M, with its quiet zone."""
    code = segno.make(content, error="m", micro=False)
    rows = [list(row) for row in code.matrix_iter(scale=module, border=_QUIET_MODULES)]
    image = Image.new("L", (len(rows[0]), len(rows)), BLANK)
    image.putdata([INK if dark else BLANK for row in rows for dark in row])
    return image


def rows_of(image: Image.Image) -> tuple[int, int, bytes]:
    """Bytes a row, rows, and the dots, most significant bit left, 1 is ink."""
    bits = image.convert("L").point(lambda value: 255 if value < _THRESHOLD else 0, mode="1")
    padded = Image.new("1", (-(-image.width // 8) * 8, image.height))
    padded.paste(bits, (0, 0))
    return padded.width // 8, padded.height, padded.tobytes()


def _fitting(text: str, size_px: int, room: int, fonts: Fonts, *, bold: bool = False) -> int:
    """Largest size up to `size_px` at which `text` fits `room` dots."""
    wide = max(1, width_of(text, size_px, fonts, bold=bold))
    return size_px if wide <= room else max(12, size_px * room // wide)


def _write(
    draw: ImageDraw.ImageDraw,
    x: int,
    baseline: int,
    text: str,
    size_px: int,
    fonts: Fonts,
    *,
    bold: bool = False,
    fill: int = INK,
) -> None:
    at = float(x)
    for run, face in spelled(text, fonts, bold=bold):
        font = face.at(size_px)
        draw.text((at, baseline), run, font=font, fill=fill, anchor="ls")
        at += font.getlength(run)


def _moon(draw: ImageDraw.ImageDraw, x: int, y: int, radius: int) -> None:
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=BLANK)
    shift, inner = round(radius * 0.46), round(radius * 0.84)
    draw.ellipse(
        (x + shift - inner, y - shift // 2 - inner, x + shift + inner, y - shift // 2 + inner), fill=INK
    )


def _star(draw: ImageDraw.ImageDraw, x: int, y: int, size: int) -> None:
    waist = size * 0.28
    points = [
        (
            x + (size if k % 2 == 0 else waist) * math.cos(k * math.pi / 4),
            y + (size if k % 2 == 0 else waist) * math.sin(k * math.pi / 4),
        )
        for k in range(8)
    ]
    draw.polygon(points, fill=BLANK)
