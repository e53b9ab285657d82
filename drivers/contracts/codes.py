"""QR and bar codes, from a scanner or from a picture."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Symbology(StrEnum):
    """Kinds of codes; `UNKNOWN` where the scanner does not tell."""

    AZTEC = "aztec"
    CODABAR = "codabar"
    CODE_39 = "code39"
    CODE_93 = "code93"
    CODE_128 = "code128"
    DATA_MATRIX = "dataMatrix"
    EAN_UPC = "eanUpc"
    ITF = "itf"
    PDF_417 = "pdf417"
    QR = "qr"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Code:
    """One code as it was read. Anybody can print anything into a code."""

    untrusted_text: str = field(repr=False)
    symbology: Symbology = Symbology.UNKNOWN


class CodeScanner(Protocol):
    """One scanner. Every method but `close` may raise `drivers.errors.DeviceError`."""

    async def connect(self) -> None:
        """Open the line, or take the keyboard away from everybody else."""

    async def scan(self, *, timeout_s: float) -> Code | None:
        """The first code that is read from now on; None when there is none in time. Earlier ones are thrown away."""

    async def close(self) -> None:
        """Release the line or the keyboard."""
