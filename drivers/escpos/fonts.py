"""Fonts for what the printer's own cannot show: where they lie, and which of a chain has a character."""

import shutil
import struct
import subprocess
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from fontTools.ttLib import TTCollection, TTFont
from PIL import ImageFont

_FONT_DIR: Final = Path("/usr/share/fonts/opentype/noto")  # Debian's fonts-noto-cjk
_REGULAR: Final = "NotoSansCJK-Regular.ttc"
_BOLD: Final = "NotoSansCJK-Bold.ttc"
_SIMPLIFIED_CHINESE: Final = 2  # place of "Noto Sans CJK SC" in the collections
_FC_MATCH_TIMEOUT_S: Final = 5.0
# OpenType's character map (cmap): read here, since fontTools spells out each of its 44,000 characters several times
_COUNT: Final = struct.Struct(">HH")  # version, encoding records
_RECORD: Final = struct.Struct(">HHL")  # platform, encoding, offset
_FORMAT: Final = struct.Struct(">H")
_SEGMENTED_COVERAGE: Final = 12  # the format that knows all of Unicode
_COVERAGE: Final = struct.Struct(">HHLLL")  # format, reserved, length, language, groups
_GROUP: Final = struct.Struct(">3L")  # first character, last character, first glyph


class FontMissing(Exception):
    """No Noto Sans CJK on this machine; install Debian's fonts-noto-cjk."""


@dataclass(frozen=True, slots=True)
class Face:
    """One face of a font file or collection."""

    path: Path
    index: int = 0

    def at(self, size_px: int) -> ImageFont.FreeTypeFont:
        """The face at a size, from a cache."""
        return _loaded(str(self.path), self.index, size_px)

    def has(self, char: str) -> bool:
        """True when the face has a glyph for `char`."""
        return ord(char) in _characters(str(self.path), self.index)


@dataclass(frozen=True, slots=True)
class Fonts:
    """Regular and bold of the paper, and further faces to look for rare characters in."""

    regular: Face
    bold: Face
    rare: tuple[Face, ...] = ()

    def face_for(self, char: str, *, bold: bool = False) -> Face | None:
        """First face of the chain that has `char`; None when none has."""
        chain = (self.bold if bold else self.regular, self.regular, *self.rare)
        return next((face for face in chain if face.has(char)), None)


def find_fonts() -> Fonts:
    """Noto Sans CJK SC of the system. Raises `FontMissing`."""
    return Fonts(
        Face(_located(_REGULAR, "Noto Sans CJK SC"), _SIMPLIFIED_CHINESE),
        Face(_located(_BOLD, "Noto Sans CJK SC:bold"), _SIMPLIFIED_CHINESE),
    )


def _located(name: str, pattern: str) -> Path:
    usual = _FONT_DIR / name
    if usual.is_file():
        return usual
    if (program := shutil.which("fc-match")) is not None:
        found = subprocess.run(
            [program, "--format=%{file}", pattern],
            capture_output=True,
            text=True,
            timeout=_FC_MATCH_TIMEOUT_S,
            check=False,
        ).stdout
        if Path(found).name == name:  # fontconfig answers with something else when it has none
            return Path(found)
    raise FontMissing(f"{name} is not here; install fonts-noto-cjk")


@lru_cache(maxsize=64)
def _loaded(path: str, index: int, size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size_px, index=index)


@dataclass(frozen=True, slots=True)
class _Characters:
    """Which characters a face has, as runs."""

    starts: Sequence[int]
    ends: Sequence[int]

    def __contains__(self, code: int) -> bool:
        run = bisect_right(self.starts, code) - 1
        return run >= 0 and code <= self.ends[run]


@lru_cache(maxsize=16)
def _characters(path: str, index: int) -> _Characters:
    if path.endswith((".ttc", ".otc")):
        with TTCollection(path, lazy=True) as collection:
            return _runs(collection.fonts[index])
    with TTFont(path, lazy=True) as font:
        return _runs(font)


def _runs(font: TTFont) -> _Characters:
    table = font.reader["cmap"]
    for number in range(_COUNT.unpack_from(table)[1]):
        at = _RECORD.unpack_from(table, _COUNT.size + number * _RECORD.size)[2]
        if _FORMAT.unpack_from(table, at)[0] == _SEGMENTED_COVERAGE:
            start = at + _COVERAGE.size
            groups = _COVERAGE.unpack_from(table, at)[4]
            runs = sorted(_GROUP.iter_unpack(table[start : start + groups * _GROUP.size]))
            return _Characters(
                array("L", (first for first, _, _ in runs)), array("L", (last for _, last, _ in runs))
            )
    codes = array("L", sorted(font.getBestCmap()))
    return _Characters(codes, codes)
