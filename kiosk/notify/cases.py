"""What notices may say of the cases under way, learnt from the facts as they are written."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from kiosk.journal.events import CaseOpened
from kiosk.journal.types import CaseRow, Event, Notice, NoticePolicy, Recorded

from .policy import CaseFacts
from .texts import Language

_ENDS: Final = frozenset({"CaseCancelled", "DepositAbandoned", "DepositCollected", "DepositReturned"})
UNDER_WAY: Final = (
    "opened",
    "requested",
    "held",
    "disputed",
    "cleared",
)  # states after which more may be told


class KnownCases:
    """Give `facts` to the `NoticeWriter` and its `watching(writer)` to the journal.

    `rows`: the cases `UNDER_WAY` at start-up.

    Learning and asking both happen in the journal's thread, inside its transactions.
    """

    def __init__(self, rows: Iterable[CaseRow] = ()) -> None:
        self._facts = {row.case_id: CaseFacts(row.item_code, row.identity) for row in rows}
        self._languages: dict[str, Language] = {}

    def facts(self, case_id: str) -> CaseFacts | None:
        """What is known of a case under way."""
        return self._facts.get(case_id)

    def speaks(self, case_id: str, language: Language) -> None:
        """The citizen's language; say it before `CaseOpened` is appended."""
        self._languages[case_id] = language

    def watching(self, policy: Callable[[Event, Recorded], Sequence[Notice]]) -> NoticePolicy:
        """The same policy, with each fact learnt before it is asked, and forgotten after the last one."""

        def watched(event: Event, recorded: Recorded) -> Sequence[Notice]:
            if isinstance(event, CaseOpened):
                self._learn(event)
            notices = policy(event, recorded)
            if type(event).__name__ in _ENDS:
                self._facts.pop(str(getattr(event, "case_id")), None)  # noqa: B009  # Event promises no fields
            return notices

        return watched

    def _learn(self, event: CaseOpened) -> None:
        language = self._languages.pop(event.case_id, Language.CHINESE)
        self._facts[event.case_id] = CaseFacts(
            event.item_code, event.identity, language, has_phone=bool(event.phone)
        )
