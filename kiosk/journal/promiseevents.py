"""Facts about papers that follow later: promised and signed, come, or late."""

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class PromiseSigned:
    """The person promised the papers `missing` until the day `until` (ISO 8601), and signed it on the screen.

    `strokes`: the signature, a text for each stroke as `screens.signature` writes it, sealed and erased with the case.
    `digest`: SHA-256 over case, papers, day and strokes.
    """

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"strokes"})

    case_id: str
    session_id: str
    item_code: str
    missing: tuple[str, ...]
    until: str
    digest: str
    strokes: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class PapersFollowed:
    """Papers that were promised came in, the person says; `missing`: those that have still not."""

    case_id: str
    papers: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PromiseOverdue:
    """The day until which papers were promised has passed without them; said once."""

    case_id: str
    missing: tuple[str, ...]
    until: str
