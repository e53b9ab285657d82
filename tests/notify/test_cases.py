"""What notices know of a case: through several compartments, and long after its first deposit was collected."""

from datetime import UTC, datetime

from kiosk.journal.events import CaseOpened
from kiosk.journal.types import CaseRow, Event, Recorded
from kiosk.notify.cases import KEPT_MOST, KnownCases
from kiosk.notify.policy import CaseFacts
from kiosk.notify.texts import Language
from locker.events import DepositAbandoned, DepositCollected, DepositHeld, Evidence

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CASE = "261122-0001"
OPENED = CaseOpened(CASE, "s", "birth", "", "card_only", "测试", "110101199003070000", "13800000000")
ROW = CaseRow(CASE, "birth", "A-03", "", "collected", "card_only", "SENSOR", NOW, NOW, NOW, "1001")


def told(known: KnownCases, *events: Event) -> CaseFacts | None:
    """What the policy is told of the case at the last of these facts."""
    asked: list[CaseFacts | None] = []

    def policy(_event: Event, _recorded: Recorded) -> tuple[()]:
        asked.append(known.facts(CASE))
        return ()

    watched = known.watching(policy)
    for seq, event in enumerate(events, start=1):
        watched(event, Recorded(seq, event, NOW))
    return asked[-1]


def test_a_second_compartment_after_the_first_did_not_do_tells_as_much() -> None:
    known = KnownCases()
    known.speaks(CASE, Language.ENGLISH)
    facts = told(
        known, OPENED, DepositAbandoned(CASE, "A-01", "jammed"), DepositHeld(CASE, "A-02", Evidence.SENSOR)
    )  # fmt: skip
    assert facts == CaseFacts("birth", "card_only", Language.ENGLISH, has_phone=True)


def test_papers_added_later_are_told_like_the_first() -> None:
    known = KnownCases(look_up=lambda case_id: ROW if case_id == CASE else None)
    known.speaks(CASE, Language.ENGLISH)
    facts = told(
        known, OPENED, DepositCollected(CASE, "A-03", "1001"), DepositHeld(CASE, "A-04", Evidence.SENSOR)
    )  # fmt: skip
    assert facts == CaseFacts("birth", "card_only", Language.ENGLISH)
    assert known.facts("unheard of") is None


def test_what_is_kept_has_an_end() -> None:
    known = KnownCases(look_up=lambda _case_id: ROW)
    told(known, *(CaseOpened(f"c{n}", "s", "x", "", "", "", "", "") for n in range(KEPT_MOST + 1)))
    assert known.facts("c0") == CaseFacts("birth", "card_only")  # out of memory, found in the journal
    assert known.facts(f"c{KEPT_MOST}") == CaseFacts("x", "", has_phone=False)
