"""Reader of staff cards: says which card was presented. A card identifies; only the PIN signs anybody in."""

import re
from dataclasses import dataclass, field
from typing import Final, Protocol

UID_LENGTHS: Final = (4, 5, 7, 8, 10)  # ISO 14443 has 4, 7 and 10 bytes, EM4100 5, ISO 15693 8

_HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2}[ :-]?)+")


@dataclass(frozen=True, slots=True)
class CardUid:
    """A card's number, a personal identifier: it stays out of the repr. Anybody can copy it."""

    untrusted: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Raises `ValueError` for a length that no card has."""
        if len(self.untrusted) not in UID_LENGTHS:
            allowed = ", ".join(str(length) for length in UID_LENGTHS)
            raise ValueError(f"a card's number of {len(self.untrusted)} bytes; there are {allowed}")

    @classmethod
    def parse(cls, text: str) -> "CardUid":
        """`04A1B2C3`, also with spaces, colons or dashes between bytes. Raises `ValueError`."""
        if _HEX.fullmatch(text) is None:
            raise ValueError("a card's number is written as hexadecimal bytes, as 04A1B2C3")
        return cls(bytes.fromhex(re.sub(r"[ :-]", "", text)))


class StaffCardReader(Protocol):
    """One reader. Methods may raise `drivers.errors.DeviceError`; a later call tries to reach the reader anew."""

    async def connect(self) -> None:
        """Reach the reader."""

    async def presented(self, *, timeout_s: float) -> CardUid | None:
        """The next card that is held to the reader; None when there was none in this time.

        A card that stays is told of once.
        """

    async def close(self) -> None:
        """Release the reader."""
