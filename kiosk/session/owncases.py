"""What the journal has of a citizen: a visit that was cut off, open cases to add papers to, parcels to fetch."""

from dataclasses import replace
from typing import assert_never

from screens import intents as ask

from . import application, identity, pickup, progress, promising
from . import custodystate as cs
from . import effects as do
from . import events as ev
from . import state as st
from .facts import OwnCase
from .leaving import Step, dismiss, trouble_then_card

OwnStage = cs.LookingUp | cs.CutOff | cs.OwnCases


def step(stage: OwnStage, event: ev.Event, session: st.Session) -> Step | None:
    """The next stage with its effects, or None when the event means nothing here."""
    again = identity.before_the_door(stage.visit, event)
    if again is not None:
        return again
    match stage:
        case cs.LookingUp(visit):
            return _looked_up(visit, event, session)
        case cs.CutOff(visit, _, cases):
            return _go_on(visit, cases, session) if isinstance(event, ask.Proceed) else None
        case cs.OwnCases(visit, cases):
            return _chosen(visit, cases, event, session)
        case _:
            assert_never(stage)


def timed_out(stage: OwnStage) -> Step:
    """The person walked away."""
    return dismiss(stage.visit)


def _looked_up(visit: st.Visit, event: ev.Event, session: st.Session) -> Step | None:
    if isinstance(event, ev.CasesFound | ev.ProgressFound) and not _is_of(visit, event.of):
        return None  # asked for whoever stood here before
    match event:
        case ev.ProgressFound(cases) if visit.errand is st.Errand.PROGRESS:
            return progress.found(visit, cases)
        case ev.CasesFound(cases, earlier) if visit.errand is not st.Errand.PROGRESS:
            return _found(application.known(visit, earlier, session), cases, session)
        case ev.RecordingFailed():
            brings = visit.errand in (st.Errand.DEPOSIT, st.Errand.SUPPLEMENT)
            return trouble_then_card(visit, "disk_full" if brings else "not_now")
        case _:
            return None


def _is_of(visit: st.Visit, number: str) -> bool:
    return not number or (visit.card is not None and visit.card.number == number)


def _found(visit: st.Visit, cases: tuple[OwnCase, ...], session: st.Session) -> Step:
    match visit.errand:
        case st.Errand.FETCH:
            return pickup.begin(visit, tuple(case for case in cases if case.waiting))
        case _:
            cut_off = next((case for case in cases if case.cut_off), None)
            if cut_off is None:
                return _go_on(visit, cases, session)
            fields = (("case_id", cut_off.case_id), ("session_id", visit.session_id))
            return cs.CutOff(visit, cut_off, cases), (do.Record("InterruptionTold", fields),)


def _go_on(visit: st.Visit, cases: tuple[OwnCase, ...], session: st.Session) -> Step:
    if visit.errand is st.Errand.SUPPLEMENT:  # chosen before they proved who they are
        return _chosen_before(visit, cases, session)
    open_cases = tuple(case for case in cases if case.open and session.can_begin(case.item_code))
    if open_cases:
        return cs.OwnCases(visit, open_cases), ()
    return application.begin(visit)


def _chosen_before(visit: st.Visit, cases: tuple[OwnCase, ...], session: st.Session) -> Step:
    theirs = next((case for case in cases if case.case_id == visit.case_id and case.open), None)
    if theirs is None or not session.can_begin(theirs.item_code):
        return trouble_then_card(visit, "not_open")
    return promising.follow(visit, theirs.missing, session)


def _chosen(visit: st.Visit, cases: tuple[OwnCase, ...], event: ev.Event, session: st.Session) -> Step | None:
    match event:
        case ask.Proceed():
            return application.begin(visit)
        case ask.Choose(case_id):
            case = next((case for case in cases if case.case_id == case_id), None)
            if case is None or not session.can_begin(case.item_code):
                return None
            added = replace(visit, errand=st.Errand.SUPPLEMENT, case_id=case_id, item_code=case.item_code)
            return promising.follow(replace(added, guide_item=visit.item_code), case.missing, session)
        case _:
            return None
