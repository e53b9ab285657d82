"""What notices may say of the cases under way, learnt from the facts as they are written."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

from kiosk.journal.events import CaseOpened
from kiosk.journal.staffevents import CaseEntered
from kiosk.journal.types import CaseRow, Event, Notice, NoticePolicy, Recorded

from .policy import CaseFacts
from .texts import Language

T = TypeVar("T")

_ENDS: Final = frozenset({"CaseCancelled", "DepositCollected", "DepositReturned"})
KEPT_MOST: Final = 512  # cases in memory; of any other the journal is asked
UNDER_WAY: Final = (
    "opened",
    "requested",
    "held",
    "disputed",
    "cleared",
)  # states after which more may be told


class KnownCases:
    """Give `facts` to the `NoticeWriter` and its `watching(writer)` to the journal.

    `rows`: the cases `UNDER_WAY` at start-up. `look_up` one that is not in memory: papers may be added to a case, and
    results come back, long after its first deposit was collected.

    Learning and asking both happen in the journal's thread, inside its transactions.
    """

    def __init__(
        self, rows: Iterable[CaseRow] = (), look_up: Callable[[str], CaseRow | None] = lambda _case_id: None
    ) -> None:
        self._facts = {row.case_id: CaseFacts(row.item_code, row.identity) for row in rows}
        self._languages: dict[str, Language] = {}
        self._look_up = look_up

    def facts(self, case_id: str) -> CaseFacts | None:
        """What is known of a case."""
        if case_id in self._facts:
            return self._facts[case_id]
        row = self._look_up(case_id)
        if row is None:
            return None
        return CaseFacts(row.item_code, row.identity, self._languages.get(case_id, Language.CHINESE))

    def language(self, case_id: str) -> Language:
        """The citizen's, as far as they were here since the start. Any thread may ask."""
        return self._languages.get(case_id, Language.CHINESE)

    def speaks(self, case_id: str, language: Language) -> None:
        """The citizen's language; say it before `CaseOpened` is appended, or when they come again."""
        _bounded(self._languages)[case_id] = language

    def watching(self, policy: Callable[[Event, Recorded], Sequence[Notice]]) -> NoticePolicy:
        """The same policy, with each fact learnt before it is asked, and forgotten after the last one."""

        def watched(event: Event, recorded: Recorded) -> Sequence[Notice]:
            if isinstance(event, CaseOpened):
                self._learn(event)
            elif isinstance(event, CaseEntered):
                _bounded(self._facts)[event.case_id] = CaseFacts("", has_phone=True)
            notices = policy(event, recorded)
            if type(event).__name__ in _ENDS:
                self._facts.pop(str(getattr(event, "case_id")), None)  # noqa: B009  # Event promises no fields
            return notices

        return watched

    def _learn(self, event: CaseOpened) -> None:
        language = self._languages.get(event.case_id, Language.CHINESE)
        _bounded(self._facts)[event.case_id] = CaseFacts(
            event.item_code, event.identity, language, has_phone=bool(event.phone)
        )


def _bounded(known: dict[str, T]) -> dict[str, T]:
    while len(known) >= KEPT_MOST:
        known.pop(next(iter(known)))
    return known
