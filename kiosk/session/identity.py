"""Who is it: separate consent, the card, the live face. What stands in a face's place is in `withoutface.py`."""

from dataclasses import replace
from typing import assert_never

from screens import intents as ask

from . import effects as do
from . import errands, withoutface
from . import events as ev
from . import state as st
from .facts import FaceProof, Identity
from .leaving import Step, dismiss, leave, trouble_then_card

AGAINST = frozenset({"no_match", "not_live"})  # outcomes that speak against the person
UNDECIDED = frozenset(
    {"uncertain", "challenge_failed"}
)  # a try all the same: nobody has as many as they like
BLOCKED = "blocked"


def step(stage: st.IdentityStage, event: ev.Event, session: st.Session) -> Step | None:
    """The next stage with its effects, or None when the event means nothing here."""
    match stage:
        case st.AskingConsent():
            return _consent(stage, event, session)
        case st.AwaitingCard(visit):
            return _card(visit, event, session)
        case st.AskingGuardian() | st.CheckingFace() | st.FaceUndecided():
            return _gone(stage.visit, event) or _face(stage, event, session)
        case st.ChoosingWay() | st.EnteringCode() | st.AskingDesk():
            return withoutface.step(stage, event, session)


def timed_out(stage: st.IdentityStage) -> Step:
    """The person walked away."""
    reached, effects = dismiss(stage.visit)
    if isinstance(stage, st.EnteringCode | st.AskingDesk):
        return reached, (do.DropWay(stage.visit.session_id), *effects)
    return reached, effects


# consent -----------------------------------------------------------------------------------------------------------


def begin(
    item_code: str, session: st.Session, errand: st.Errand = st.Errand.DEPOSIT, *, for_another: bool = False
) -> Step:
    """A citizen wants to hand in papers for this item, or to fetch what waits for them (no item yet)."""
    visit = st.Visit(session.next_id, item_code, errand, agency=st.Agency() if for_another else None)
    started = do.Record("SessionStarted", (("session_id", visit.session_id),))
    if _needs_more_than_a_card(errand, session) and session.facts.face_available:
        return st.AskingConsent(visit), (started,)
    stage, effects = _await_card(visit)
    return stage, (started, *effects)


def prove(visit: st.Visit, session: st.Session) -> Step:
    """The card was enough to look; to hand something in, the person proves who they are. The card may lie there."""
    if session.facts.face_available:
        return st.AskingConsent(visit), ()
    return _go_on(visit, session)


def _go_on(visit: st.Visit, session: st.Session, *first: do.Effect) -> Step:
    """With the card that lies there, or once one does."""
    if visit.card is None or not visit.card_present:
        return _await_card(replace(visit, card=None), *first)
    stage, effects = _read(visit, session)
    return stage, (*first, *effects)


def _needs_more_than_a_card(errand: st.Errand, session: st.Session) -> bool:
    """Whether a face, or what stands in its place, is asked for before it goes on."""
    match errand:
        case st.Errand.FETCH:
            return session.policy.pickup_face  # the code is the second proof
        case st.Errand.PROGRESS:
            return False  # nothing is handed out, and the page names nobody
        case st.Errand.DEPOSIT | st.Errand.SUPPLEMENT | st.Errand.CERTIFICATE:
            return True
        case _:
            assert_never(errand)


def _consent(stage: st.AskingConsent, event: ev.Event, session: st.Session) -> Step | None:
    visit = stage.visit
    match event:
        case ask.AcceptFace():
            given = _said("ConsentGiven", visit, session)
            return _go_on(replace(visit, face_consent=True), session, given)
        case ask.WithoutFace():
            return _go_on(visit, session, _said("ConsentDeclined", visit, session))
        case ev.CardGone() | ev.IdentityGone() if visit.card_present:
            return withoutface.card_lifted(visit)
        case ask.Back() if visit.card_present:
            return errands.identified(visit.of_no_case())
        case ask.Back():
            return leave()
        case _:
            return None


def _said(event: str, visit: st.Visit, session: st.Session, by: str = "person") -> do.Record:
    version = session.policy.consent_version
    return do.Record(event, (("session_id", visit.session_id), ("text_version", version), ("by", by)))


def _await_card(visit: st.Visit, *first: do.Effect) -> Step:
    return st.AwaitingCard(visit), (*first, do.BeginCard())


# card --------------------------------------------------------------------------------------------------------------


def _card(visit: st.Visit, event: ev.Event, session: st.Session) -> Step | None:
    match event:
        case ev.IdentityGone():
            return withoutface.card_lifted(visit)
        case ev.CardSeen():
            return st.AwaitingCard(replace(visit, card_present=True), reading=True), ()
        case ev.CardFailed(trouble):
            gone = trouble is ev.CardTrouble.LIFTED
            refused = do.Record("CardRefused", (("session_id", visit.session_id), ("reason", trouble.value)))
            again: tuple[do.Effect, ...] = (do.BeginCard(),) if gone else ()
            return st.AwaitingCard(replace(visit, card_present=not gone), trouble=trouble), (*again, refused)
        case ev.CardGone():
            return _await_card(replace(visit, card_present=False))
        case ask.TryAgain():
            return _await_card(visit)
        case ev.CardTaken(card):
            read = do.Record("CardRead", (("session_id", visit.session_id), ("kind", card.kind)))
            stage, effects = _read(replace(visit, card=card, card_present=True), session)
            return stage, (do.WatchCard(), *effects, read)
        case _:
            return None


def _read(visit: st.Visit, session: st.Session) -> Step:
    assert visit.card is not None
    if not _needs_more_than_a_card(visit.errand, session):
        return errands.identified(visit)
    if visit.agency is not None and visit.card.child:
        return trouble_then_card(visit, "agent_child")
    if visit.face_tries >= session.policy.face_tries:  # lifting the card is no new try
        return st.FaceUndecided(visit, BLOCKED if visit.face_blocked else "no_match"), ()
    if not (visit.face_consent and session.facts.face_available):
        return withoutface.begin(visit, session)
    if visit.card.child:
        return st.AskingGuardian(visit), ()
    return _look(visit)


def _look(visit: st.Visit, hint: str = "looking") -> Step:
    assert visit.card is not None
    return st.CheckingFace(visit, hint), (do.BeginFace(visit.card.number, visit.other_movements),)


def look_again(visit: st.Visit) -> Step:
    """A verification counts no more: everything from the face on anew. An agent's card has left the reader."""
    if visit.agency is not None and visit.agency.agent is not None:
        return agent_again(visit)
    return _look(replace(visit.of_no_case(), identity=Identity.CARD_ONLY, phone=""), "again")


def agent_again(visit: st.Visit) -> Step:
    """Nothing is left to compare the agent's face with: they begin anew, with their own card."""
    return trouble_then_card(visit, "agent_again", do.StopFace())


def before_the_door(visit: st.Visit, event: ev.Event) -> Step | None:
    """What is the same until a compartment is given: the card must lie there, and the face that was seen must stay."""
    match event:
        case ev.CardGone():
            return withoutface.card_lifted(visit, do.StopFace())
        case ev.FaceStale(ev.Stale.CHANGED) if visit.identity is Identity.VERIFIED:
            return look_again(visit.untold())  # what one has said is not for another
        case ev.FaceStale() if visit.identity is Identity.VERIFIED:
            return look_again(visit)
        case _:
            return None


# face --------------------------------------------------------------------------------------------------------------


def _gone(visit: st.Visit, event: ev.Event) -> Step | None:
    """The card was lifted, or the process that knows its photo is gone: it has to be read again."""
    match event:
        case ev.IdentityGone():
            return withoutface.card_lifted(visit)
        case ev.CardGone():
            return withoutface.card_lifted(visit, do.StopFace())
        case _:
            return None


def _face(
    stage: st.AskingGuardian | st.CheckingFace | st.FaceUndecided, event: ev.Event, session: st.Session
) -> Step | None:
    visit = stage.visit
    match stage, event:
        case st.AskingGuardian(), ask.AcceptFace():
            looking, effects = _look(visit)
            return looking, (_said("ConsentGiven", visit, session, "guardian"), *effects)
        case st.AskingGuardian(), ask.WithoutFace():
            other, effects = withoutface.begin(visit, session)
            return other, (_said("ConsentDeclined", visit, session, "guardian"), *effects)
        case st.CheckingFace(), ev.FaceHint(hint, progress):
            return replace(stage, hint=hint, progress=progress), ()
        case st.CheckingFace(), ev.FaceAsked(step=what):
            return replace(stage, asked=event), (do.Say(f"spoken.{what}", session.lang),)
        case st.CheckingFace(), ev.FaceAnswer(outcome, proof):
            return _face_answer(visit, outcome, proof)
        case st.CheckingFace(), ask.OtherMovements() if not visit.other_movements:
            looking, effects = _look(replace(visit, other_movements=True))
            return looking, (do.StopFace(), *effects)
        case st.CheckingFace(), ask.WithoutFace():
            other, effects = withoutface.begin(visit.untold(), session)
            return other, (do.StopFace(), *effects)
        case st.FaceUndecided(), ask.TryAgain() if can_retry_face(visit, session):
            return _look(visit)
        case st.FaceUndecided(), ask.Choose(way):
            return withoutface.take(way, visit.untold(), session)  # said by whom the face proved before
        case _:
            return None


def can_retry_face(visit: st.Visit, session: st.Session) -> bool:
    """True while the citizen has tries left and there is a camera."""
    left = visit.face_tries < session.policy.face_tries
    return left and not visit.face_blocked and session.facts.face_available


def _face_answer(visit: st.Visit, outcome: str, proof: FaceProof) -> Step:
    kept: tuple[tuple[str, do.Field], ...] = (
        ("session_id", visit.session_id), ("score", proof.score), ("threshold", proof.threshold),
        ("engine", proof.engine), ("models", proof.models), ("liveness", proof.liveness),
        ("challenge", proof.challenge),
    )  # fmt: skip
    if outcome == "match":
        known = replace(visit, identity=Identity.VERIFIED)
        return errands.identified(known, do.Record("IdentityVerified", kept))
    told = do.Record("IdentityNotVerified", (("outcome", outcome), *kept))
    tried = replace(visit, face_tries=visit.face_tries + 1, face_blocked=outcome == BLOCKED)
    if outcome not in AGAINST | UNDECIDED or visit.card is None:
        return st.FaceUndecided(tried, outcome), (told,)
    counted = do.CountMismatch(visit.session_id, visit.card.number, outcome in AGAINST)
    return st.FaceUndecided(tried, outcome), (told, counted)
