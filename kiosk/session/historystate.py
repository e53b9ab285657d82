"""A supervisor reads the record at the screen: whose history, then its lines, a page at a time.

The lines are words by now, in every language: the journal knows sessions, no session knows the journal. Nothing of a
citizen is in them but case numbers.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from .facts import CaseFact


class HistoryOf(StrEnum):
    """Whose history; the words are those of the journal's own views."""

    CELL = "cell"
    CASE = "case"
    STAFF = "staff"


class Asking(StrEnum):
    """What is asked before the lines can be shown."""

    WHOSE = "whose"
    CELL = "cell"
    CASE = "case"
    NUMBER = "number"  # of a case, typed from its receipt
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One event in words. `ref`: number and hash, as `journal verify --anchor` takes them; `how`: how it is known."""

    seq: int
    ref: str
    at: str  # local time
    what: str
    how: str
    notes: tuple[str, ...] = ()  # by whom, what was open how long


@dataclass(frozen=True, slots=True)
class Passage:
    """Consecutive lines of a history, ascending, as (language, lines). `head`: the journal's, up to which was read.

    `name`: whose it is, as the journal spells it; `more`: there are lines before these.
    """

    name: str
    head: str
    lines: tuple[tuple[str, tuple[HistoryLine, ...]], ...] = ()
    more: bool = False

    def told(self, lang: str) -> tuple[HistoryLine, ...]:
        """The lines in a language; none where nothing is known of the subject."""
        return dict(self.lines).get(lang, ())


@dataclass(frozen=True, slots=True)
class ChoosingHistory:
    """Whose history. `people`: staff numbers, None while it is asked who may read; `cases`: collected lately."""

    staff_no: str
    asking: Asking = Asking.WHOSE
    people: tuple[str, ...] | None = None
    cases: tuple[CaseFact, ...] = ()
    refused: bool = False  # not a supervisor
    digits: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ReadingHistory:
    """The lines. `before`: numbers below which the passages begun so far end, the present one last; empty: the newest.

    `passage` None: it is being read; `line`: counted from 0, one that is on the page, -1: the last.
    """

    staff_no: str
    chosen: ChoosingHistory
    of: HistoryOf
    name: str
    before: tuple[int, ...] = ()
    passage: Passage | None = None
    line: int = -1
    failed: bool = False
    printing: bool = False
    outcome: str = ""  # of the paper, as slips have it


HistoryStage = ChoosingHistory | ReadingHistory
