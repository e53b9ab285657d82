"""The staff's flow: sign in, see what lies there, open, take, close, sign out; look into what nobody can answer."""

from dataclasses import replace
from typing import Final

from screens import intents as ask

from . import effects as do
from . import events as ev
from . import state as st
from . import vendor
from .deposit import ITEM_ABSENT
from .leaving import Step

STAFF_DIGITS: Final = 12
PIN_DIGITS: Final = 12


def step(stage: st.StaffStage, event: ev.Event, session: st.Session) -> Step | None:
    """The next stage with its effects, or None when the event means nothing here."""
    match stage:
        case st.SigningIn():
            return _sign_in(stage, event)
        case st.StaffList():
            return _list(stage, event, session)
        case st.StaffDoor():
            return _door(stage, event)
        case st.StaffDone(staff_no):
            match event:
                case ask.Proceed() | ev.LeftAlone():
                    return st.StaffList(staff_no), ()
                case ask.SignOut():
                    return sign_out(staff_no)
                case _:
                    return None


def card_presented(staff_no: str) -> st.SigningIn:
    """A card in place of typing the number; nobody is signed in by it."""
    return st.SigningIn(staff_no, asking_pin=True) if staff_no else st.SigningIn(strange_card=True)


def sign_out(staff_no: str, reason: str = "signed out") -> Step:
    """Back to the citizens' first page."""
    return st.Idle(), (do.Record("StaffSignedOut", (("staff_no", staff_no), ("reason", reason))),)


def timed_out(stage: st.StaffStage) -> Step:
    """Staff went away: sign out, unless a door stands open."""
    match stage:
        case st.SigningIn():
            return st.Idle(), ()
        case st.StaffDoor(open=True):
            return stage, (do.Sound("attention"),)
        case st.StaffDoor(staff_no, shut_item="", failed=False):
            return stage, ()
        case st.StaffList(staff_no) | st.StaffDone(staff_no) | st.StaffDoor(staff_no):
            return sign_out(staff_no, "no touch for a while")


def _sign_in(stage: st.SigningIn, event: ev.Event) -> Step | None:
    match event:
        case ask.Back():
            return st.Idle(), ()
        case _ if stage.checking and not isinstance(event, ev.SignInAnswer):
            return None
        case ev.StaffCardRead(staff_no):
            return card_presented(staff_no), ()
        case ask.Digit(digit) if len(stage.digits) < (PIN_DIGITS if stage.asking_pin else STAFF_DIGITS):
            return replace(
                stage, digits=f"{stage.digits}{digit}", wrong=False, wait_s=0, strange_card=False
            ), ()
        case ask.DeleteDigit():
            return replace(stage, digits=stage.digits[:-1]), ()
        case ask.Proceed() if stage.digits and not stage.asking_pin:
            return st.SigningIn(staff_no=stage.digits, asking_pin=True), ()
        case ask.Proceed() if stage.digits:
            return replace(stage, checking=True, digits=""), (do.SignIn(stage.staff_no, stage.digits),)
        case ev.SignInAnswer(staff_no, ok, wait_s, technician) if stage.checking:
            if ok:
                return vendor.enter(staff_no) if technician else (st.StaffList(staff_no), ())
            return st.SigningIn(staff_no=stage.staff_no, asking_pin=True, wrong=True, wait_s=wait_s), ()
        case _:
            return None


def _list(stage: st.StaffList, event: ev.Event, session: st.Session) -> Step | None:
    match event:
        case ask.SignOut() | ask.StartOver():
            return sign_out(stage.staff_no)
        case ask.CollectCase(case_id):
            found = [case for case in session.facts.cases if case.case_id == case_id and not case.disputed]
            if not found:
                return None
            case = found[0]
            door = st.StaffDoor(stage.staff_no, case.cell, case_id, resolving=False, claimed=case.claimed)
            authorized = do.AuthorizeRetrieval(case_id, case.cell, stage.staff_no)
            return door, (authorized, _open(door))
        case ask.ResolveCell(cell):
            cases = [case.case_id for case in session.facts.cases if case.cell == cell]
            if not cases and all(question.cell != cell for question in session.facts.questions):
                return None
            door = st.StaffDoor(stage.staff_no, cell, cases[0] if cases else "", resolving=True, claimed=True)
            return door, (_open(door),)
        case _:
            return None


def _open(door: st.StaffDoor) -> do.OpenDoor:
    return do.OpenDoor(door.cell, door.case_id, f"staff:{door.staff_no}")


def _door(stage: st.StaffDoor, event: ev.Event) -> Step | None:
    match event:
        case ev.DoorAnswer(cell, opened, reason) if cell == stage.cell:
            if opened or reason == "ALREADY_OPEN":
                return replace(stage, open=True), (do.WaitClosed(stage.cell, stage.case_id),)
            return replace(stage, failed=True), (do.Sound("attention"),)
        case ev.DoorShut(cell, item) if cell == stage.cell and stage.open:
            return _shut(replace(stage, open=False, long_open=False, shut_item=item))
        case ev.DoorLost(cell) if cell == stage.cell:
            return replace(stage, open=False, failed=True), ()
        case ev.RecordingFailed() if not stage.open:  # nothing is said to be done that the journal has not
            return replace(stage, failed=True), (do.Sound("attention"),)
        case ev.DoorOpenLong(cell) if cell == stage.cell:
            return replace(stage, long_open=True), (do.Sound("attention"),)
        case ev.StaffRecorded():
            return st.StaffDone(stage.staff_no, stage.cell, found=bool(stage.case_id)), ()
        case ask.OpenAgain() | ask.TryAgain() if stage.shut_item or stage.failed:
            again = replace(stage, shut_item="", failed=False)
            return again, (_open(again),)
        case ask.Back() if stage.shut_item or stage.failed:
            return st.StaffList(stage.staff_no), ()
        case ask.FoundPapers() if stage.shut_item and stage.case_id:
            return stage, (do.CollectDeposit(stage.case_id, stage.cell, stage.staff_no),)
        case ask.FoundNothing() | ask.FoundPapers() if stage.shut_item:
            reason = "papers taken out" if isinstance(event, ask.FoundPapers) else "looked inside: empty"
            return stage, (do.ClearCell(stage.case_id, stage.cell, stage.staff_no, reason),)
        case _:
            return None


def _shut(shut: st.StaffDoor) -> Step:
    """A deposit that the sensor saw is collected when the sensor sees it gone; for the rest the person is asked."""
    if shut.shut_item == ITEM_ABSENT and not shut.claimed and not shut.resolving:
        return shut, (do.CollectDeposit(shut.case_id, shut.cell, shut.staff_no),)
    return shut, ()
