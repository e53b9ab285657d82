"""Signing in: staff number or card, then the PIN."""

from dataclasses import replace
from typing import Final

from kiosk.session import events as ev
from kiosk.session import staffeffects as act
from kiosk.session import staffevents as told
from kiosk.session import staffstate as ss
from kiosk.session import state as st
from kiosk.session import vendor
from kiosk.session.leaving import Step
from screens import intents as ask

STAFF_DIGITS: Final = 12
PIN_DIGITS: Final = 12


def card_presented(staff_no: str) -> ss.SigningIn:
    """A card in place of typing the number; nobody is signed in by it."""
    return ss.SigningIn(staff_no, asking_pin=True) if staff_no else ss.SigningIn(strange_card=True)


def step(stage: ss.SigningIn, event: ev.Event) -> Step | None:
    """The next stage with its effects, or None when the event means nothing here."""
    match event:
        case ask.Back():
            return st.Idle(), ()
        case _ if stage.checking and not isinstance(event, told.SignInAnswer):
            return None
        case told.StaffCardRead(staff_no):
            return card_presented(staff_no), ()
        case ask.Digit(digit) if len(stage.digits) < (PIN_DIGITS if stage.asking_pin else STAFF_DIGITS):
            return replace(
                stage, digits=f"{stage.digits}{digit}", wrong=False, wait_s=0, strange_card=False
            ), ()
        case ask.DeleteDigit():
            return replace(stage, digits=stage.digits[:-1]), ()
        case ask.Proceed() if stage.digits and not stage.asking_pin:
            return ss.SigningIn(staff_no=stage.digits, asking_pin=True), ()
        case ask.Proceed() if stage.digits:
            return replace(stage, checking=True, digits=""), (act.SignIn(stage.staff_no, stage.digits),)
        case told.SignInAnswer(staff_no, ok, wait_s) if stage.checking:
            if ok:
                return _signed_in(event)
            return ss.SigningIn(staff_no=stage.staff_no, asking_pin=True, wrong=True, wait_s=wait_s), ()
        case _:
            return None


def _signed_in(answer: told.SignInAnswer) -> Step:
    """Each to their own desk: the machine's, the helper's, or what lies in the cabinet."""
    if answer.technician:
        return vendor.enter(answer.staff_no)
    if answer.helper:
        return ss.HelperDesk(ss.HelperRound(answer.staff_no)), ()
    return ss.StaffList(answer.staff_no), ()
