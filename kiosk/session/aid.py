"""Help over any page. The page below lives on: a door that shuts there is seen, and what devices say is taken."""

from dataclasses import replace
from typing import Final, get_args

from screens import intents as ask

from . import effects as do
from . import events as ev
from . import state as st
from .aidstate import Aid, Problem, Spot
from .deposit import PHONE_DIGITS, is_mobile_number
from .facts import Part

Answer = tuple[Aid | None, tuple[do.Effect, ...]]  # None: help closes
CHROME: Final = (
    ask.ShowHelp,
    ask.StartOver,
    ask.StaffEntrance,
)
ENDS: Final = frozenset({Spot.REPORTED, Spot.CALLED, Spot.FAILED})


def can_call(session: st.Session) -> bool:
    """Whether a call back can be asked for now: staff are told of it by text message."""
    return session.policy.call_back and Part.MODEM not in session.facts.failing


def step(session: st.Session, event: ev.Event) -> Answer | None:
    """What help becomes; None: the event is not for it."""
    aid = session.aid
    match event:
        case ev.AidLeft():
            return None, ()
        case ev.AidAnswer("") if aid.spot is Spot.SENDING:
            return Aid(Spot.FAILED), ()
        case ev.AidAnswer(number, is_call) if aid.spot is Spot.SENDING:
            return Aid(Spot.CALLED if is_call else Spot.REPORTED, number=number, person=aid.person), ()
        case ask.ShowHelp() if aid.spot is Spot.SENDING:  # the number to name is still to come
            return aid, ()
        case _ if not isinstance(event, get_args(ask.Intent)) or isinstance(event, CHROME):
            return None
        case ask.Back() if aid.spot in (Spot.PROBLEM, Spot.PHONE):
            return Aid(), ()
        case ask.Back() | ask.Proceed() if aid.spot is Spot.MENU or aid.spot in ENDS:
            return None, ()
        case ask.ReportProblem() if aid.spot is Spot.MENU:
            return Aid(Spot.PROBLEM), ()
        case ask.Choose(problem) if aid.spot is Spot.PROBLEM and problem in list(Problem):
            return Aid(Spot.SENDING), (do.ReportProblem(problem),)
        case ask.CallMe() if aid.spot is Spot.MENU and can_call(session):
            return Aid(Spot.PHONE), ()
        case _ if aid.spot is Spot.PHONE:
            return _phone(aid, event)
        case _:
            return aid, ()  # nothing below is touched


def _phone(aid: Aid, event: ev.Event) -> Answer:
    match event:
        case ask.Digit(digit) if len(aid.digits) < PHONE_DIGITS:
            return replace(aid, digits=f"{aid.digits}{digit}", invalid=False), ()
        case ask.DeleteDigit():
            return replace(aid, digits=aid.digits[:-1], invalid=False), ()
        case ask.Proceed() if is_mobile_number(aid.digits):
            return Aid(Spot.SENDING), (do.AskCallBack(aid.digits),)
        case ask.Proceed():
            return replace(aid, invalid=True), ()
        case _:
            return aid, ()
