"""Accepted although something is missing: the citizen says what, promises it, and signs; later it follows."""

from collections.abc import Callable
from dataclasses import replace

from screens import intents as ask

from . import errands, identity, scanning
from . import events as ev
from . import state as st
from .leaving import Step
from .promisestate import Choosing, Signing
from .visit import Errand, Followed, Promise


def begin(visit: st.Visit, session: st.Session) -> Step:
    """Ask what is missing, where this item lets a paper follow."""
    papers = tuple(paper.name for paper in session.policy.later_papers(visit.item_code))
    if not papers:
        return scanning.begin(visit, session)
    lacking = visit.promise.missing if visit.promise is not None else ()
    return Choosing(visit, papers, frozenset(at for at, name in enumerate(papers) if name in lacking)), ()


def follow(visit: st.Visit, missing: tuple[str, ...], session: st.Session) -> Step:
    """More papers to a case: which of those that were promised are they? All of them, unless the citizen says so."""
    return (Choosing(visit, missing), ()) if missing else scanning.begin(visit, session)


def must_sign(visit: st.Visit) -> bool:
    """Whether something is missing that nobody has promised yet by their hand."""
    return visit.promise is not None and visit.promise.signature is None


def step(
    stage: Choosing | Signing, event: ev.Event, session: st.Session, signed: Callable[[st.Visit], Step]
) -> Step | None:
    """The next stage with its effects, or None when the event means nothing here. `signed`: how it goes on then."""
    again = identity.before_the_door(stage.visit, event)
    if again is not None:
        return again
    return _choosing(stage, event, session) if isinstance(stage, Choosing) else _signing(stage, event, signed)


def _choosing(stage: Choosing, event: ev.Event, session: st.Session) -> Step | None:
    visit = stage.visit
    match event:
        case ask.Bring(number) if 0 <= number < len(stage.papers):
            return replace(stage, lacking=stage.lacking ^ {number}), ()
        case ask.Proceed():
            return _chosen(stage, session)
        case ask.Back() if visit.errand is Errand.DEPOSIT:
            return st.EnteringPhone(visit, visit.phone), ()
        case ask.Back():
            return errands.identified(visit.of_no_case())
        case _:
            return None


def _chosen(stage: Choosing, session: st.Session) -> Step:
    visit = stage.visit
    missing = tuple(name for at, name in enumerate(stage.papers) if at in stage.lacking)
    if visit.errand is Errand.SUPPLEMENT:
        brought = tuple(name for name in stage.papers if name not in missing)
        promised = session.facts.promise_of(visit.case_id)
        until = "" if promised is None else promised.until
        followed = Followed(brought, missing, until) if brought else None
        return scanning.begin(replace(visit, followed=followed), session)
    if not missing:
        return scanning.begin(replace(visit, promise=None), session)
    days = {paper.name: paper.days for paper in session.policy.later_papers(visit.item_code)}
    until = session.facts.day_after(min(days[name] for name in missing))
    return scanning.begin(replace(visit, promise=Promise(missing, until)), session)


def _signing(stage: Signing, event: ev.Event, signed: Callable[[st.Visit], Step]) -> Step | None:
    visit, promise = stage.visit, stage.visit.promise
    assert promise is not None
    match event:
        case ask.Drawn(stroke):
            return Signing(visit, stage.drawn.with_stroke(stroke)), ()
        case ask.ClearTyped():
            return Signing(visit), ()
        case ask.Proceed() if stage.drawn.is_enough:
            return signed(replace(visit, promise=replace(promise, signature=stage.drawn)))
        case ask.Proceed():
            return Signing(visit, empty=True), ()
        case ask.Back():
            return st.Confirming(visit), ()
        case _:
            return None
