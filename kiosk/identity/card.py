"""The text block of an ID card, parsed with bounds: resident, foreigner 2017 (I) and 2023 (Y), HMT permit (J).

Layouts: docs/protocols/sam-v.md. 256 bytes of UTF-16LE, fields at fixed places, padded with spaces.
"""

import unicodedata
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from drivers.contracts.idreader import TEXT_BYTES, RawCard
from kiosk.idnumber import NumberInvalid, citizen_number, permit_number

KIND_AT: Final = 248
ADDRESS_BYTES: Final = 70
DATE_CHARS: Final = 8
LONG_TERM: Final = "长期"
SHORTEST_MASKED: Final = 4
SHORTEST_PHONE: Final = 11

# Control characters, direction marks and the like, line and paragraph separators: none belongs on a card, and on a
# screen they hide or turn round what follows. Unassigned code points may be ideographs newer than this Python.
_UNWANTED: Final = frozenset({"Cc", "Cf", "Zl", "Zp"})


class CardInvalid(ValueError):
    """The text block is not a card's. `part` says which part; the text never quotes it."""

    def __init__(self, part: str, why: str) -> None:
        super().__init__(f"card: {part}: {why}")
        self.part = part


class CardKind(StrEnum):
    """The four kinds that readers hand over."""

    RESIDENT = "resident"
    FOREIGNER_2017 = "foreigner_2017"
    FOREIGNER_2023 = "foreigner_2023"
    HMT_PERMIT = "hmt_permit"


class Sex(StrEnum):
    """GB/T 2261.1."""

    UNKNOWN = "0"
    MALE = "1"
    FEMALE = "2"
    NOT_STATED = "9"


class CardValidity(StrEnum):
    """Whether the card may be used today."""

    VALID = "valid"
    EXPIRED = "expired"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class Period:
    """From when to when a card is valid (`until` None: for life), and what that means today."""

    begins: date = field(repr=False)
    until: date | None = field(repr=False)
    validity: CardValidity


@dataclass(frozen=True, slots=True)
class Card:
    """One card. Everything of the person stays out of the repr."""

    kind: CardKind
    name: str = field(repr=False)
    sex: Sex = field(repr=False)
    birth: date = field(repr=False)
    id_number: str = field(repr=False)
    period: Period
    address: str = field(default="", repr=False)
    issuer: str = field(default="", repr=False)  # I: the authority's code
    ethnicity: str = field(default="", repr=False)  # GB/T 3304 code
    nationality: str = field(default="", repr=False)  # ISO 3166-1 alpha-3
    english_name: str = field(default="", repr=False)
    permit_number: str = field(default="", repr=False)  # J: travel permit

    @property
    def valid_to(self) -> date | None:
        """Last day; None for life."""
        return self.period.until

    @property
    def validity(self) -> CardValidity:
        """Whether the card may be used today."""
        return self.period.validity


def parse_card(raw: RawCard, today: date) -> Card:
    """Parse the text block. Raises `CardInvalid`."""
    block = _Block(raw.untrusted_text)
    match block.text(KIND_AT, 2):
        case "":
            return _resident(block, raw, today, CardKind.RESIDENT)
        case "J":
            return _resident(block, raw, today, CardKind.HMT_PERMIT)
        case "I":
            return _foreigner_2017(block, today)
        case "Y":
            return _foreigner_2023(block, today)
        case _:
            raise CardInvalid("kind", "not one of the four kinds")


def _resident(block: "_Block", raw: RawCard, today: date, kind: CardKind) -> Card:
    permit = kind is CardKind.HMT_PERMIT
    return Card(
        kind=kind,
        name=block.needed("name", 0, 30),
        sex=block.sex(30),
        birth=block.day("birth", 36),
        id_number=block.number(122, 36),
        period=block.period(188, 204, today),
        address=_newest_address(raw.untrusted_new_address) or block.text(52, 70),
        issuer=block.text(158, 30),
        ethnicity="" if permit else block.digits("ethnicity", 32, 4),
        permit_number=block.text(220, 18) if permit else "",
    )


def _foreigner_2017(block: "_Block", today: date) -> Card:
    english = block.needed("name", 0, 120)
    return Card(
        kind=CardKind.FOREIGNER_2017,
        name=block.text(158, 30) or english,
        sex=block.sex(120),
        birth=block.day("birth", 220),
        id_number=block.permit(122, 30),
        period=block.period(188, 204, today),
        issuer=block.text(240, 8),
        nationality=block.text(152, 6),
        english_name=english,
    )


def _foreigner_2023(block: "_Block", today: date) -> Card:
    english = block.joined("name", (52, 70), (220, 22))
    return Card(
        kind=CardKind.FOREIGNER_2023,
        name=block.text(0, 30) or english,
        sex=block.sex(30),
        birth=block.day("birth", 36),
        id_number=block.number(122, 36),
        period=block.period(188, 204, today),
        nationality=block.text(242, 6),
        english_name=english,
    )


def _newest_address(untrusted: bytes) -> str:
    """The last entry; readers append (no source says so outright)."""
    if len(untrusted) % ADDRESS_BYTES:
        raise CardInvalid("new address", f"{len(untrusted)} bytes; expected a multiple of {ADDRESS_BYTES}")
    return _decoded(untrusted[-ADDRESS_BYTES:], "new address")


@dataclass(frozen=True, slots=True)
class _Block:
    untrusted: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.untrusted) != TEXT_BYTES:
            raise CardInvalid("text block", f"{len(self.untrusted)} bytes; expected {TEXT_BYTES}")

    def text(self, at: int, count: int) -> str:
        return _decoded(self.untrusted[at : at + count], f"bytes {at} to {at + count - 1}")

    def needed(self, part: str, at: int, count: int) -> str:
        return self.joined(part, (at, count))

    def joined(self, part: str, *places: tuple[int, int]) -> str:
        """One text over several places; a space at a seam belongs to it."""
        found = _decoded(b"".join(self.untrusted[at : at + count] for at, count in places), part)
        if not found:
            raise CardInvalid(part, "is empty")
        return found

    def digits(self, part: str, at: int, count: int) -> str:
        found = self.text(at, count)
        if found and not (found.isascii() and found.isdigit()):
            raise CardInvalid(part, "is not a number")
        return found

    def sex(self, at: int) -> Sex:
        try:
            return Sex(self.text(at, 2))
        except ValueError:
            raise CardInvalid("sex", "is not one of 0, 1, 2, 9") from None

    def day(self, part: str, at: int) -> date:
        found = self.digits(part, at, 2 * DATE_CHARS)
        if len(found) != DATE_CHARS:
            raise CardInvalid(part, "is not a date (YYYYMMDD)")
        try:
            return date(int(found[:4]), int(found[4:6]), int(found[6:8]))
        except ValueError:
            raise CardInvalid(part, "is not a date (YYYYMMDD)") from None

    def period(self, from_at: int, to_at: int, today: date) -> Period:
        begins = self.day("valid from", from_at)
        ends = None if self.text(to_at, 16) == LONG_TERM else self.day("valid to", to_at)
        if ends is not None and ends < begins:
            raise CardInvalid("valid to", "is before valid from")
        state = CardValidity.VALID
        if today < begins:
            state = CardValidity.NOT_YET
        elif ends is not None and today > ends:
            state = CardValidity.EXPIRED
        return Period(begins, ends, state)

    def number(self, at: int, count: int) -> str:
        try:
            return citizen_number(self.text(at, count))
        except NumberInvalid as error:
            raise CardInvalid("number", str(error)) from None

    def permit(self, at: int, count: int) -> str:
        try:
            return permit_number(self.text(at, count))
        except NumberInvalid as error:
            raise CardInvalid("number", str(error)) from None


def _decoded(untrusted: bytes, part: str) -> str:
    """Text without its padding. Characters of the private-use area and beyond the basic plane stay as they are."""
    try:
        found = untrusted.decode("utf-16-le")
    except UnicodeDecodeError:
        raise CardInvalid(part, "is not UTF-16") from None
    stripped = found.strip(" \x00")
    if any(unicodedata.category(sign) in _UNWANTED or ord(sign) & 0xFFFE == 0xFFFE for sign in stripped):
        raise CardInvalid(part, "has control characters")
    return stripped


def mask_name(name: str) -> str:
    """王小明 -> 王**; the strict form for a public screen."""
    return name[:1] + "*" * min(max(len(name) - 1, 1), 3)


def mask_number(number: str) -> str:
    """First and last character only; nothing of a number too short to hide in."""
    if len(number) < SHORTEST_MASKED:
        return "*" * len(number)
    return number[:1] + "*" * (len(number) - 2) + number[-1:]


def mask_phone(phone: str) -> str:
    """138****8000; nothing of a number too short to hide in."""
    if len(phone) < SHORTEST_PHONE:
        return "*" * len(phone)
    return f"{phone[:3]}****{phone[-4:]}"
