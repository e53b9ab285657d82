"""Reader of passports and other travel documents with a chip (ICAO Doc 9303): machine-readable lines and face."""

from dataclasses import dataclass, field
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class AccessKey:
    """What is printed on the document and opens its chip: number, day of birth, day of expiry (YYMMDD)."""

    document_number: str = field(repr=False)
    birth: str = field(repr=False)
    expiry: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RawPassport:
    """What the chip hands over, still untrusted. Nothing here proves that the state of issue signed it."""

    untrusted_mrz: str = field(repr=False)  # 72, 88 or 90 characters
    untrusted_face: bytes = field(repr=False)
    face_format: Literal["jpeg", "jpeg2000"]


class PassportReader(Protocol):
    """One reader. Every method may raise `drivers.errors.DeviceError`; reading may raise `CardError`."""

    async def connect(self) -> None:
        """Reach the reader."""

    async def present(self) -> bool:
        """Whether a chip lies on the reader."""

    async def read(self, key: AccessKey) -> RawPassport:
        """Open the chip with what is printed, read it. Raises `CardLifted`, `CardUnreadable` (also for a wrong key)."""

    async def close(self) -> None:
        """Release the reader."""
