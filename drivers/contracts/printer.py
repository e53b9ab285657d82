"""Receipt printer."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from .health import Health


class PaperState(StrEnum):
    """XFS4IoT printer paper states."""

    FULL = "full"
    LOW = "low"
    OUT = "out"
    JAMMED = "jammed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PrinterState:
    """One status poll. Silence of the printer gives `PaperState.UNKNOWN`, never `FULL`."""

    health: Health
    paper: PaperState
    cover_open: bool | None  # None: not known


class PrintOutcome(StrEnum):
    """What is known about one job."""

    PRINTED = "printed"  # the printer answered GS r behind the cut
    NOT_PRINTED = "notPrinted"  # the printer said it stopped, or took no byte
    UNKNOWN = "unknown"  # bytes went out, nothing came back


class ReceiptPrinter(Protocol):
    """One printer. `drivers.errors.DeviceError` is raised by `connect` only: a printer that fails is a state."""

    async def connect(self) -> None:
        """Open the line."""

    async def status(self) -> PrinterState:
        """Real-time status (DLE EOT 1 to 4)."""

    async def print(self, job: bytes) -> PrintOutcome:
        """Send one finished job, wait for its print-complete acknowledgement."""

    async def close(self) -> None:
        """Release the line."""
