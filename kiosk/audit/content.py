"""What an audit found: every compartment, what the journal said of it, what a person said of it. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.journal.anchor import Anchor
from kiosk.readiness.content import Place


class Recorded(StrEnum):
    """What the journal said before the door was opened."""

    EMPTY = "empty"
    HELD = "held"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class Line:
    """One compartment. `found`: as the journal names it; `notOpened` where nobody could look."""

    cell: str
    case_id: str
    recorded: Recorded
    found: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class Audit:
    """One signed audit. `second_no`: who answers for it too, empty where nobody was asked; `anchor`: the head after it.

    `only_empty`: compartments that hold something were not opened.
    """

    number: str
    at: datetime
    place: Place
    staff_no: str
    second_no: str
    only_empty: bool
    lines: tuple[Line, ...]
    anchor: Anchor
    public_key: bytes

    @property
    def differences(self) -> tuple[Line, ...]:
        """Compartments where cabinet and journal differ, or nobody could look."""
        return tuple(line for line in self.lines if not line.agrees)
