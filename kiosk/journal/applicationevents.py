"""Facts about applications: what the citizen confirmed, and what the item's rules decided of it."""

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ApplicationConfirmed:
    """The person has seen all answers once more and stood by them. `answers`: (field, answer), in the form's order."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"answers"})

    case_id: str
    session_id: str
    item_code: str
    answers: tuple[tuple[str, str], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ApplicationDecided:
    """The item's rules decided: `granted`, `refused`, or `person` where somebody has to look.

    `rules`: which version of them, as `kiosk.catalogue.rules.version` has it. `findings`: of each rule, in their
    order, `met`, `notMet` or `unknown`; they say something of the person.
    """

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"findings"})

    case_id: str
    item_code: str
    outcome: str
    rules: str
    findings: tuple[str, ...] = field(repr=False)
