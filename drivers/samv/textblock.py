"""Where things stand in a card's text block: 256 bytes UTF-16LE, padded (docs/protocols/sam-v.md)."""

from dataclasses import dataclass
from typing import Final

KIND_AT: Final = 248
KIND_BYTES: Final = 2


@dataclass(frozen=True, slots=True)
class Place:
    """One text of the block: `count` bytes from byte `at` on."""

    name: str
    at: int
    count: int


_VALID: Final = (Place("valid_from", 188, 16), Place("valid_to", 204, 16))
_RESIDENT: Final = (
    Place("name", 0, 30),
    Place("sex", 30, 2),
    Place("ethnicity", 32, 4),
    Place("birth", 36, 16),
    Place("address", 52, 70),
    Place("id_number", 122, 36),
    Place("issuer", 158, 30),
    *_VALID,
)

# sign at KIND_AT -> kind of card, and its texts
LAYOUTS: Final = {
    "": ("resident", _RESIDENT),
    "J": (
        "permit of a Hong Kong, Macau or Taiwan resident",
        (*_RESIDENT, Place("travel_permit", 220, 18), Place("issue_count", 238, 4)),
    ),
    "I": (
        "foreigner 2017",
        (
            Place("english_name", 0, 120),
            Place("sex", 120, 2),
            Place("id_number", 122, 30),
            Place("nationality", 152, 6),
            Place("name", 158, 30),
            *_VALID,
            Place("birth", 220, 16),
            Place("card_version", 236, 4),
            Place("issuer", 240, 8),
        ),
    ),
    "Y": (
        "foreigner 2023",
        (
            Place("name", 0, 30),
            Place("sex", 30, 2),
            Place("renewals", 32, 4),
            Place("birth", 36, 16),
            Place("english_name", 52, 70),
            Place("id_number", 122, 36),
            *_VALID,
            Place("english_name_end", 220, 22),
            Place("nationality", 242, 6),
            Place("old_permit_link", 250, 6),
        ),
    ),
}


def text_at(untrusted_block: bytes, at: int, count: int) -> str:
    """The text there without its padding; what is no UTF-16 becomes U+FFFD."""
    return untrusted_block[at : at + count].decode("utf-16-le", "replace").strip(" \x00")
