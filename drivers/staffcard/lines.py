"""Lines of serial card readers: a card's number in hexadecimal or decimal, ended by CR, LF or ETX.

Such readers differ in nothing but the form of the number; which one it is stands in their manual or is seen by
presenting a known card (docs/protocols/staff-cards.md).
"""

from enum import StrEnum
from typing import Final

from drivers.contracts.staffcard import UID_LENGTHS, CardUid
from drivers.link import Drop, NeedMore, Parsed, Parser

ENDS: Final = b"\r\n\x03"
AROUND: Final = b"\x02 \t"  # STX before, blanks on either side
LONGEST_LINE: Final = 64


class LineFormat(StrEnum):
    """How a reader writes a card's number."""

    HEX = "hex"  # bytes in the order of the card: 04A1B2C3
    HEX_REVERSED = "hex_reversed"  # last byte first: C3B2A104
    DECIMAL = "decimal"  # the bytes as one number: 0077705923


def card_number(line: bytes, form: LineFormat) -> CardUid | None:
    """What one line says; None for a line that is no card's number."""
    text = line.strip(AROUND).decode("ascii", errors="replace")
    try:
        if form is LineFormat.DECIMAL:
            return _decimal(text)
        uid = CardUid.parse(text)
        return CardUid(uid.untrusted[::-1]) if form is LineFormat.HEX_REVERSED else uid
    except ValueError:
        return None


def _decimal(text: str) -> CardUid:
    """In the fewest bytes that cards have. Raises `ValueError`."""
    if not (text.isascii() and text.isdigit()):
        raise ValueError("not a decimal number")
    number = int(text)
    needed = (number.bit_length() + 7) // 8
    return CardUid(number.to_bytes(next((size for size in UID_LENGTHS if size >= needed), needed), "big"))


def parser_for(form: LineFormat) -> Parser[CardUid]:
    """A `drivers.link.Parser` of cards' numbers that passes over every other line."""

    def parse(received: bytes) -> Parsed[CardUid] | Drop | NeedMore:
        ends = [at for end in ENDS if (at := received.find(end)) >= 0]
        if not ends:
            return NeedMore() if len(received) <= LONGEST_LINE else Drop()
        at = min(ends)
        uid = card_number(received[:at], form) if at <= LONGEST_LINE else None
        return Drop(at + 1) if uid is None else Parsed(uid, at + 1)

    return parse
