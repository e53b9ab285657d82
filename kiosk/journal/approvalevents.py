"""What the city's approval system answered and said. Its own sentences are sealed: nobody knows what stands in them."""

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class CaseSubmitted:
    """The system took a submission. `message`: its idempotency key; `kind`: `application` or `supplement`.

    `filed_as`: what the system calls the case.
    """

    case_id: str
    message: str
    kind: str
    filed_as: str


@dataclass(frozen=True, slots=True)
class SubmissionRefused:
    """The system refused a submission for good. `code`: its own, a short name; `words`: what it says."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"words"})

    case_id: str
    message: str
    kind: str
    code: str
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ProgressHeard:
    """The system said how far a case is. `message`: its number of this news; `said_at`: ISO 8601, by its clock.

    `step`: a short name; `missing`: so many papers are asked for, named in `papers`; `words`: what it says.
    """

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"words", "papers"})

    case_id: str
    message: str
    step: str
    said_at: str
    missing: int
    words: str = field(repr=False)
    papers: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class DecisionHeard:
    """The system decided. `decision`: `granted`, `refused`, `withdrawn`; `result`: `paper`, `electronic`, `none`.

    `message` and `said_at` as in `ProgressHeard`; of a decision with the answer to a submission `message` is its key.
    """

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"words"})

    case_id: str
    message: str
    decision: str
    result: str
    said_at: str
    words: str = field(repr=False)
