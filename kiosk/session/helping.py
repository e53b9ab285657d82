"""A helper's round (帮办代办): whoever is signed in as a helper hands in for many, one visit after the other.

Each visit begins with the person's card and ends at the helper's desk, which knows the numbers of cases and no name.
"""

from dataclasses import replace

from . import effects as do
from . import events as ev
from . import rating
from . import staffstate as ss
from . import state as st
from .agencystate import AwaitingPrincipal
from .facts import Identity, Part
from .leaving import Step
from .staff import flow


def begin(item_code: str, session: st.Session) -> Step:
    """A visit: who hands in is known, the card of the person whose matter it is comes first."""
    assert session.helper is not None
    agency = st.Agency(helper=session.helper.staff_no)
    visit = st.Visit(session.next_id, item_code, identity=Identity.HELPER, agency=agency)
    started = do.Record("SessionStarted", (("session_id", visit.session_id),))
    return AwaitingPrincipal(visit, own=False), (started, do.BeginCard())


def without_card(stage: st.CitizenStage, event: ev.Event) -> Step | None:
    """Where a letter stands for the card, no card that is lifted means anything."""
    visit = getattr(stage, "visit", None)
    if not (isinstance(visit, st.Visit) and visit.is_without_card and isinstance(event, ev.CardGone)):
        return None
    return replace(stage, visit=replace(visit, card_present=False)), ()  # type: ignore[arg-type]  # each stage with a visit


def going_on(session: st.Session, reached: Step) -> tuple[ss.HelperRound | None, Step]:
    """The round that goes on with this step, if any, and where it leads: to the desk in place of the first page."""
    stage, effects = reached
    if isinstance(stage, ss.HelperDesk | ss.HelperDone):
        return stage.round, reached
    of_staff = isinstance(session.stage, st.StaffStage)
    if session.helper is None or (of_staff and isinstance(stage, st.Idle)):
        return None, reached
    round = _after(session.helper, stage, effects)
    if isinstance(stage, st.Farewell):  # nobody is thanked: the next person waits
        stage, left = rating.skipped(stage, session.policy)
        effects = (*effects, *left)
    if not isinstance(stage, st.Idle):
        return round, (stage, effects)
    desk = ss.HelperDesk(round)
    if Part.POWER not in session.facts.failing:
        return round, (desk, effects)
    first, signed_out = flow.leave(desk, "the battery ends")
    return None, (first, (*effects, *signed_out))


def _after(round: ss.HelperRound, stage: st.Stage, effects: tuple[do.Effect, ...]) -> ss.HelperRound:
    """With what this step hands in: what the visit says is held, or filed, or what somebody shut in after it."""
    visit = getattr(stage, "visit", None)
    if isinstance(visit, st.Visit) and (visit.held or isinstance(stage, st.Receipt)):
        cells = tuple(held.cell for held in visit.held)
        round = round.after(ss.HandedIn(visit.case_id, visit.item_code, cells))
    if isinstance(visit, st.Visit):  # what it asks to be held is in it once that is recorded
        return round
    for shut in (one for one in effects if isinstance(one, do.HoldDeposit)):
        known = [one for one in round.cases if one.case_id == shut.case_id]
        before = known[0] if known else ss.HandedIn(shut.case_id, "", ())
        round = round.after(replace(before, cells=(*before.cells, shut.cell)))
    return round
