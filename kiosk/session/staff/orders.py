"""What needs a reason, or another person's number and PIN, before it is done."""

from dataclasses import replace
from typing import assert_never

from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import staffeffects as act
from kiosk.session import staffevents as told
from kiosk.session import staffstate as ss
from kiosk.session import state as st
from kiosk.session.facts import Facts
from kiosk.session.leaving import Step
from kiosk.session.staffstate import Purpose, Reason
from screens import intents as ask

from . import audit, doors
from .signin import PIN_DIGITS, STAFF_DIGITS

OrderStage = ss.ChoosingCell | ss.ChoosingReason | ss.Countersigning | ss.KeyEntered


def reasons(order: ss.ClearOrder | ss.MasterOrder | ss.KeyOrder) -> tuple[Reason, ...]:
    """Those that may be chosen for it."""
    match order:
        case ss.ClearOrder():
            return ss.CLEARING
        case ss.MasterOrder():
            return ss.OPENING_ANY
        case ss.KeyOrder():
            return ss.USING_KEY


def step(stage: OrderStage, event: ev.Event, session: st.Session) -> Step | None:
    """The next stage with its effects, or None when the event means nothing here."""
    match stage:
        case ss.ChoosingCell():
            return _cell(stage, event, session.facts)
        case ss.ChoosingReason():
            return _reason(stage, event, session)
        case ss.Countersigning():
            return _countersign(stage, event, session)
        case ss.KeyEntered():
            return _key_entered(stage, event, session.facts)


def errand_at(cell: str, purpose: Purpose, facts: Facts) -> ss.Errand:
    """What the record says of a compartment that is opened to look inside."""
    for case in facts.cases:
        if case.cell == cell:
            return ss.Errand(purpose, cell, case.case_id, expected=not case.disputed, claimed=case.claimed)
    for result in facts.results:
        if result.cell == cell:
            there = not result.disputed
            return ss.Errand(purpose, cell, result.case_id, expected=there, claimed=result.claimed)
    return ss.Errand(purpose, cell)


def _cell(stage: ss.ChoosingCell, event: ev.Event, facts: Facts) -> Step | None:
    match event:
        case ask.Back():
            return ss.StaffMenu(stage.staff_no), ()
        case ask.ChooseCell(cell) if cell in {one.name for one in facts.cells}:
            order = ss.KeyOrder(cell) if stage.purpose is None else ss.MasterOrder(cell)
            return ss.ChoosingReason(stage.staff_no, order), ()
        case _:
            return None


def _reason(stage: ss.ChoosingReason, event: ev.Event, session: st.Session) -> Step | None:
    match event:
        case ask.Back() if not isinstance(stage.order, ss.ClearOrder):
            purpose = Purpose.MASTER if isinstance(stage.order, ss.MasterOrder) else None
            return ss.ChoosingCell(stage.staff_no, purpose), ()
        case ask.Choose(name) if name in reasons(stage.order):
            order = replace(stage.order, reason=Reason(name))
            if needs_second(order, session.policy):
                return ss.Countersigning(stage.staff_no, order), ()
            return carry_out(order, stage.staff_no, "", session)
        case _:
            return None


def needs_second(order: ss.Order, policy: st.Policy) -> bool:
    """Whether a second person signs: always for the mechanical key, for the rest where the settings say so."""
    match order:
        case ss.KeyOrder() | ss.SignOrder():
            return True
        case ss.ClearOrder(reason=reason):
            return reason is Reason.MECHANICAL_KEY
        case ss.MasterOrder():
            return policy.two_for_any
        case ss.AuditOrder(only_empty):
            return policy.two_for_audit and not only_empty
        case _:
            assert_never(order)


def carry_out(order: ss.Order, staff_no: str, second_no: str, session: st.Session) -> Step:
    """Everything that was asked for is there: do it."""
    match order:
        case ss.ClearOrder():
            return doors.cleared(order, second_no)
        case ss.MasterOrder(cell, reason):
            assert reason is not None
            errand = errand_at(cell, Purpose.MASTER, session.facts)
            round = ss.Round(staff_no, Purpose.MASTER, (errand,), second_no=second_no)
            return doors.begin(round, act.AuthorizeMaster(cell, staff_no, second_no, reason))
        case ss.KeyOrder(cell, reason):
            assert reason is not None
            return ss.KeyEntered(staff_no, cell), (act.EnterKey(cell, staff_no, second_no, reason),)
        case ss.AuditOrder(only_empty):
            return audit.begin(staff_no, second_no, only_empty=only_empty)
        case ss.SignOrder(round):
            return ss.AuditDone(staff_no, round), (act.SignAudit(round),)
        case _:
            assert_never(order)


def _countersign(stage: ss.Countersigning, event: ev.Event, session: st.Session) -> Step | None:
    match event:
        case told.Countersigned(number, ok, wait_s) if stage.checking and number == stage.number:
            if ok:
                second = "" if isinstance(stage.order, ss.SignOrder) else number
                return carry_out(stage.order, stage.staff_no, second, session)
            problem = "wait" if wait_s else "wrong"
            return replace(stage, checking=False, digits="", problem=problem, wait_s=wait_s), ()
        case ev.RecordingFailed() if stage.checking:
            return replace(stage, checking=False, digits="", problem="wrong"), ()
        case _ if stage.checking:
            return None
        case ask.Back():
            return _back(stage)
        case told.StaffCardRead(number) if number and not isinstance(stage.order, ss.SignOrder):
            return _numbered(stage, number)
        case ask.Digit(digit) if len(stage.digits) < (PIN_DIGITS if stage.asking_pin else STAFF_DIGITS):
            return replace(stage, digits=f"{stage.digits}{digit}", problem="", wait_s=0), ()
        case ask.DeleteDigit():
            return replace(stage, digits=stage.digits[:-1]), ()
        case ask.Proceed() if stage.digits and not stage.asking_pin:
            return _numbered(stage, stage.digits)
        case ask.Proceed() if stage.digits:
            checking = replace(stage, checking=True, digits="", problem="", wait_s=0)
            return checking, (act.Countersign(stage.number, stage.digits),)
        case _:
            return None


def _numbered(stage: ss.Countersigning, number: str) -> Step:
    if number == stage.staff_no:
        return replace(stage, digits="", problem="same"), ()
    return replace(stage, number=number, digits="", asking_pin=True, problem="", wait_s=0), ()


def _back(stage: ss.Countersigning) -> Step:
    """From the PIN to the number, from there to what asked for the second person."""
    order = stage.order
    match order:
        case ss.SignOrder(round):
            return ss.AuditSummary(stage.staff_no, round), ()
        case _ if stage.asking_pin:
            return ss.Countersigning(stage.staff_no, order), ()
        case ss.AuditOrder():
            return ss.AuditStart(stage.staff_no), ()
        case ss.ClearOrder() | ss.MasterOrder() | ss.KeyOrder():
            return ss.ChoosingReason(stage.staff_no, replace(order, reason=None)), ()
        case _:
            assert_never(order)


def _key_entered(stage: ss.KeyEntered, event: ev.Event, facts: Facts) -> Step | None:
    match event:
        case told.StaffRecorded(cell) if cell == stage.cell and not stage.recorded:
            return replace(stage, recorded=True), ()
        case ev.RecordingFailed() if not stage.recorded:
            return ss.ChoosingCell(stage.staff_no, None), (do.Sound("attention"),)
        case ask.Proceed() if stage.recorded:
            errand = replace(errand_at(stage.cell, Purpose.RESOLVE, facts), claimed=True)
            return doors.begin(ss.Round(stage.staff_no, Purpose.RESOLVE, (errand,)))
        case ask.Back() if stage.recorded:
            return ss.StaffList(stage.staff_no), ()
        case _:
            return None
