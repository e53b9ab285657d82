"""Lines of a serial scanner, without I/O: what stands between two line ends is a code, or it is nothing.

AIM symbology identifiers: ISO/IEC 15424, a `]`, a letter for the symbology and a modifier before the text.
"""

import re
import time
from collections.abc import Callable
from typing import Final, Literal

from ..contracts.codes import Code, Symbology
from ..link import Drop, NeedMore, Parsed

LINE_ENDS: Final = b"\r\n"
LONGEST_BYTES: Final = 7_200  # a QR code of version 40 holds 7,089 digits
GAP_S: Final = 0.3  # the bytes of one code come in one go; after such a pause another code begins
IDENTIFIER: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]")
SYMBOLOGIES: Final = {
    "A": Symbology.CODE_39, "C": Symbology.CODE_128, "E": Symbology.EAN_UPC, "F": Symbology.CODABAR,
    "G": Symbology.CODE_93, "I": Symbology.ITF, "L": Symbology.PDF_417, "Q": Symbology.QR,
    "d": Symbology.DATA_MATRIX, "z": Symbology.AZTEC,
}  # fmt: skip

Encoding = Literal["utf-8", "gb18030"]


class LineParser:
    """A parser for `Link`. `aim_prefix`: each code begins with its identifier, and a line without one is noise.

    It remembers when bytes came, so that the first half of a code whose rest was lost is not glued to the next one.
    """

    def __init__(
        self, *, aim_prefix: bool, encoding: Encoding, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._aim_prefix = aim_prefix
        self._encoding = encoding
        self._clock = clock
        self._length = 0
        self._grew_at_s = clock()

    def __call__(self, data: bytes) -> Parsed[Code] | Drop | NeedMore:
        """The first code in `data`."""
        now_s, before = self._clock(), self._length
        if len(data) != before:
            late = now_s - self._grew_at_s > GAP_S
            self._length, self._grew_at_s = len(data), now_s
            if late and 0 < before < len(data):
                return self._drop(data, before)
        end = next((at for at, byte in enumerate(data) if byte in LINE_ENDS), None)
        if end is None:
            return self._drop(data, len(data)) if len(data) > LONGEST_BYTES else NeedMore()
        code = parse_line(data[:end], aim_prefix=self._aim_prefix, encoding=self._encoding)
        self._length = len(data) - end - 1
        return Drop(end + 1) if code is None else Parsed(code, end + 1)

    def _drop(self, data: bytes, count: int) -> Drop:
        self._length = len(data) - count
        return Drop(count)


def symbology_of(identifier: str) -> Symbology:
    """What an AIM identifier (`]Q1`) says."""
    return SYMBOLOGIES.get(identifier[1:2], Symbology.UNKNOWN)


def parse_line(line: bytes, *, aim_prefix: bool, encoding: Encoding) -> Code | None:
    """The code on one line (without its end), None for noise: nothing, wrong encoding, control characters."""
    try:
        text = line.decode(encoding)
    except UnicodeDecodeError:
        return None
    symbology = Symbology.UNKNOWN
    if aim_prefix:
        found = IDENTIFIER.match(text)
        if found is None:
            return None
        symbology = symbology_of(found[0])
        text = text[found.end() :]
    if not text or any(ord(character) < 0x20 and character != "\x1d" for character in text):  # GS: GS1 fields
        return None
    return Code(text, symbology)
