"""Resident ID card reader (SAM_V class): find, select, read, still-there check."""

from dataclasses import dataclass, field
from typing import Protocol

TEXT_BYTES = 256
PHOTO_BYTES = 1024


@dataclass(frozen=True, slots=True)
class RawCard:
    """What the reader hands over, still untrusted: text block, photo block, additional addresses."""

    untrusted_text: bytes = field(repr=False)  # 256 bytes, UTF-16LE
    untrusted_photo: bytes = field(repr=False)  # 1024 bytes, WLT or the emulation's stand-in
    untrusted_new_address: bytes = field(default=b"", repr=False)  # n x 70 bytes, n in 0..4


class IdReader(Protocol):
    """One reader. Every method may raise `drivers.errors.DeviceError`; reading may raise `CardError`."""

    async def connect(self) -> None:
        """Open the line, see the module's self-test pass."""

    async def identity(self) -> str:
        """SAM number as printed on the module (no personal data)."""

    async def find(self) -> bool:
        """Look once for a newly placed card. A card already read answers False until lifted and placed again."""

    async def read(self) -> RawCard:
        """Select and read the found card. Raises `CardLifted` or `CardUnreadable`."""

    async def still_there(self) -> bool:
        """True while the card that was read lies on the reader."""

    async def close(self) -> None:
        """Release the line."""
