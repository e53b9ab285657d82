"""What can be wrong with a journal's chain and its files."""

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What can be wrong with a chain."""

    EDITED = "edited"  # the bytes of a row are not those that were hashed
    REMOVED = "removed"  # a row is missing in the middle or at the front
    REORDERED = "reordered"  # a row follows another one than it was written after
    CUT = "cut"  # the file ends before an anchor that was taken from it
    REPLACED = "replaced"  # the row of an anchor is another one than the anchor was taken from
    FORGED = "forged"  # the anchor itself, or the manifest, is not signed by this kiosk
    SEAL = "seal"  # a segment's file, or the manifest, is not the one that was sealed
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class ChainFault:
    """One fault and where."""

    seq: int
    fault: Fault
    detail: str
