"""Who is it: separate consent, the card, the live face, and the way without a face."""

from dataclasses import replace

from screens import intents as ask

from . import effects as do
from . import events as ev
from . import state as st
from .facts import Identity
from .leaving import Step, dismiss, leave

IdentityStage = st.AskingConsent | st.AwaitingCard | st.CheckingFace | st.FaceUndecided


def step(stage: IdentityStage, event: ev.Event, session: st.Session) -> Step | None:
    """The next stage with its effects, or None when the event means nothing here."""
    match stage:
        case st.AskingConsent():
            return _consent(stage, event, session)
        case st.AwaitingCard() | st.CheckingFace() | st.FaceUndecided():
            return _identity(stage, event, session)


def timed_out(stage: IdentityStage) -> Step:
    """The person walked away."""
    return dismiss(stage.visit)


# consent -----------------------------------------------------------------------------------------------------------


def begin(item_code: str, session: st.Session) -> Step:
    """A citizen wants to hand in papers for this item."""
    visit = st.Visit(session.next_id, item_code)
    started = do.Record("SessionStarted", (("session_id", visit.session_id),))
    if session.facts.face_available:
        return st.AskingConsent(visit), (started,)
    if not session.policy.allow_card_only:
        return st.Trouble("out_of_service"), ()
    stage, effects = _await_card(visit)
    return stage, (started, *effects)


def _consent(stage: st.AskingConsent, event: ev.Event, session: st.Session) -> Step | None:
    visit = stage.visit
    match event:
        case ask.AcceptFace():
            version = (("session_id", visit.session_id), ("text_version", session.policy.consent_version))
            return _await_card(replace(visit, face_consent=True), do.Record("ConsentGiven", version))
        case ask.WithoutFace():
            version = (("session_id", visit.session_id), ("text_version", session.policy.consent_version))
            return _await_card(visit, do.Record("ConsentDeclined", version))
        case ask.Back():
            return leave()
        case _:
            return None


def _await_card(visit: st.Visit, *first: do.Effect) -> Step:
    return st.AwaitingCard(visit), (*first, do.BeginCard(visit.face_consent))


# card and face -----------------------------------------------------------------------------------------------------


def _identity(
    stage: st.AwaitingCard | st.CheckingFace | st.FaceUndecided, event: ev.Event, session: st.Session
) -> Step | None:
    match stage, event:
        case _, ev.IdentityGone():
            fresh = replace(stage.visit, card=None, card_present=False)
            return st.AwaitingCard(fresh, trouble=ev.CardTrouble.LIFTED), (do.BeginCard(fresh.face_consent),)
        case st.AwaitingCard(visit), _:
            return _card(visit, event, session)
        case _, ev.CardGone():
            fresh = replace(stage.visit, card=None, card_present=False)
            return st.AwaitingCard(fresh, trouble=ev.CardTrouble.LIFTED), (
                do.StopFace(),
                do.BeginCard(fresh.face_consent),
            )
        case st.CheckingFace(), ev.FaceHint(hint, progress):
            return replace(stage, hint=hint, progress=progress), ()
        case st.CheckingFace(visit), ev.FaceAnswer(outcome):
            return _face_answer(visit, outcome, session.policy.face_engine)
        case st.FaceUndecided(visit), ask.TryAgain() if can_retry_face(visit, session):
            return st.CheckingFace(visit), (do.BeginFace(),)
        case _, ask.WithoutFace() if session.policy.allow_card_only:
            return st.EnteringPhone(replace(stage.visit, identity=Identity.CARD_ONLY)), (do.StopFace(),)
        case _:
            return None


def _card(visit: st.Visit, event: ev.Event, session: st.Session) -> Step | None:
    match event:
        case ev.CardSeen():
            return st.AwaitingCard(replace(visit, card_present=True), reading=True), ()
        case ev.CardFailed(trouble):
            gone = trouble is ev.CardTrouble.LIFTED
            refused = do.Record("CardRefused", (("session_id", visit.session_id), ("reason", trouble.value)))
            again: tuple[do.Effect, ...] = (do.BeginCard(visit.face_consent),) if gone else ()
            return st.AwaitingCard(replace(visit, card_present=not gone), trouble=trouble), (*again, refused)
        case ev.CardGone():
            return st.AwaitingCard(replace(visit, card_present=False)), (do.BeginCard(visit.face_consent),)
        case ask.TryAgain():
            return st.AwaitingCard(visit), (do.BeginCard(visit.face_consent),)
        case ev.CardTaken(card):
            known = replace(visit, card=card, card_present=True)
            read = do.Record("CardRead", (("session_id", visit.session_id), ("kind", card.kind)))
            if visit.face_tries >= session.policy.face_tries:
                return st.FaceUndecided(known, "no_match"), (
                    do.WatchCard(),
                    read,
                )  # lifting the card is no new try
            if visit.face_consent and session.facts.face_available:
                return st.CheckingFace(known), (do.WatchCard(), do.BeginFace(), read)
            return st.EnteringPhone(known), (do.WatchCard(), read)
        case _:
            return None


def can_retry_face(visit: st.Visit, session: st.Session) -> bool:
    """True while the citizen has tries left and there is a camera."""
    return visit.face_tries < session.policy.face_tries and session.facts.face_available


def _face_answer(visit: st.Visit, outcome: str, engine: str) -> Step:
    if outcome == "match":
        verified = do.Record("IdentityVerified", (("session_id", visit.session_id), ("engine", engine)))
        return st.EnteringPhone(replace(visit, identity=Identity.VERIFIED)), (verified,)
    tried = replace(visit, face_tries=visit.face_tries + 1)
    fields = (("session_id", visit.session_id), ("outcome", outcome))
    return st.FaceUndecided(tried, outcome), (do.Record("IdentityNotVerified", fields),)
