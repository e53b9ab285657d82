"""The ways without a face, for who declines and for who fails: a code, the duty desk, or the card alone.

Which are on is the site's choice; one is always there: a code from staff needs no equipment.
"""

from dataclasses import replace
from typing import Final

from screens import intents as ask

from . import effects as do
from . import errands
from . import events as ev
from . import state as st
from .agencystate import AwaitingPrincipal
from .facts import BY_STAFF, Facts, Identity, Part
from .leaving import Step

CODE_DIGITS: Final = 6

WayStage = st.ChoosingWay | st.EnteringCode | st.AskingDesk


def ways(visit: st.Visit, session: st.Session) -> tuple[Identity, ...]:
    """The ways that are shown to this person; at least one of them is `usable`."""
    on = session.policy.ways
    if visit.errand is st.Errand.CERTIFICATE:  # nobody compares the card later
        on = tuple(way for way in on if way is not Identity.CARD_ONLY)
    if visit.face_blocked:
        on = tuple(way for way in on if way in BY_STAFF)
    if any(usable(way, session.facts) for way in on):
        return on
    return (*on, Identity.CODE_STAFF)


def usable(way: Identity, facts: Facts) -> bool:
    """Whether the way works now."""
    return way is not Identity.CODE_SMS or Part.MODEM not in facts.failing


def begin(visit: st.Visit, session: st.Session) -> Step:
    """Offer the ways; where there is but one, go it."""
    open_ways = ways(visit, session)
    return take(open_ways[0].value, visit, session) if len(open_ways) == 1 else (st.ChoosingWay(visit), ())


def take(name: str, visit: st.Visit, session: st.Session) -> Step:
    """Go one of the ways that are shown, by its name."""
    way = next((one for one in ways(visit, session) if one.value == name), None)
    if way is None or not usable(way, session.facts):
        return st.ChoosingWay(visit), ()
    assert visit.card is not None
    match way:
        case Identity.CODE_SMS:
            return st.EnteringCode(visit, way, sending=True), (_send(visit, session.paper_lang),)
        case Identity.DUTY_DESK:
            asked = do.AskDesk(visit.session_id, visit.item_code, visit.card)
            return st.AskingDesk(visit), (asked,)
        case Identity.CODE_STAFF:
            return st.EnteringCode(visit, way), ()
        case _:
            return _known(visit, Identity.CARD_ONLY)


def step(stage: WayStage, event: ev.Event, session: st.Session) -> Step | None:
    """The next stage with its effects, or None when the event means nothing here."""
    visit = stage.visit
    dropped = do.DropWay(visit.session_id)
    match stage, event:
        case st.ChoosingWay(), ev.CardGone():
            return card_lifted(visit)
        case _, ev.CardGone():
            return card_lifted(visit, dropped)
        case st.ChoosingWay(), ask.Choose(way):
            return take(way, visit, session)
        case st.ChoosingWay(), ev.CodeSent() | ev.CodeNotSent() | ev.CodeAnswer() | ev.DeskAnswer():
            return stage, ()  # the person has gone back in the meantime
        case st.EnteringCode() | st.AskingDesk(), ask.Back():
            return st.ChoosingWay(visit), (dropped,)
        case st.EnteringCode(), _:
            return _code(stage, event, session)
        case st.AskingDesk(), ev.DeskAnswer(outcome):
            if outcome == "allowed":
                return _known(visit, Identity.DUTY_DESK)
            return st.ChoosingWay(visit, f"desk_{outcome}"), ()
        case _:
            return None


def card_lifted(visit: st.Visit, *first: do.Effect) -> Step:
    """The card has to be read again; it may be another one."""
    again, lifted = visit.of_nobody(), ev.CardTrouble.LIFTED
    if again.is_by_helper:
        return AwaitingPrincipal(again, own=False, trouble=lifted), (*first, do.BeginCard())
    return st.AwaitingCard(again, trouble=lifted), (*first, do.BeginCard())


def _code(stage: st.EnteringCode, event: ev.Event, session: st.Session) -> Step | None:
    visit, digits = stage.visit, stage.digits
    busy = stage.sending or stage.checking
    match event:
        case ev.CodeSent(tail):
            return replace(stage, sending=False, sent_to=tail), ()
        case ev.CodeNotSent(why):
            return st.ChoosingWay(visit, f"sms_{why}"), ()
        case ask.Digit(digit) if not busy and len(digits) < CODE_DIGITS:
            return replace(stage, digits=f"{digits}{digit}", trouble=""), ()
        case ask.DeleteDigit() if not busy:
            return replace(stage, digits=digits[:-1], trouble=""), ()
        case ask.Proceed() if not busy and len(digits) == CODE_DIGITS:
            assert visit.card is not None
            check = do.CheckCode(visit.session_id, stage.way, visit.card.number, digits)
            return replace(stage, checking=True, trouble=""), (check,)
        case ev.CodeAnswer(right=True):
            return _known(visit, stage.way)
        case ev.CodeAnswer(_, why, left, wait_s):
            return replace(stage, digits="", checking=False, trouble=why, left=left, wait_s=wait_s), ()
        case ask.TryAgain() if stage.way is Identity.CODE_SMS and not busy:
            return st.EnteringCode(visit, stage.way, sending=True), (_send(visit, session.paper_lang),)
        case _:
            return None


def _send(visit: st.Visit, lang: str) -> do.SendCode:
    assert visit.card is not None
    return do.SendCode(visit.session_id, visit.card.number, lang)


def _known(visit: st.Visit, way: Identity) -> Step:
    told = do.Record("IdentityAccepted", (("session_id", visit.session_id), ("way", way.value)))
    return errands.identified(replace(visit, identity=way), told)
