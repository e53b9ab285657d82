"""Which part of the staff's flow a stage belongs to, and how staff leave: signed out, nothing left half told."""

from dataclasses import replace
from typing import assert_never

from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import staffeffects as act
from kiosk.session import staffstate as ss
from kiosk.session import state as st
from kiosk.session.facts import Facts, Part
from kiosk.session.historystate import ChoosingHistory, ReadingHistory
from kiosk.session.leaving import Step
from screens import intents as ask

from . import audit, doors, helperdesk, history, listing, orders, results, signin

BUSY = (ss.StaffDoor, ss.PlacingResult)


def is_busy(stage: ss.StaffStage) -> bool:
    """Nobody leaves now: a door is in play, or something is being recorded that the next page has to answer for."""
    match stage:
        case ss.PreparingResult(reserving=reserving):
            return reserving
        case ss.AuditStart(starting=starting):
            return starting
        case _:
            return isinstance(stage, BUSY)


def step(stage: ss.StaffStage, event: ev.Event, session: st.Session) -> Step | None:
    """The next stage with its effects, or None when the event means nothing here."""
    if isinstance(event, ask.SignOut | ask.StartOver) and not is_busy(stage):
        return (st.Idle(), ()) if isinstance(stage, ss.SigningIn) else leave(stage)
    match stage:
        case ss.SigningIn():
            return signin.step(stage, event)
        case ss.StaffList() | ss.StaffMenu() | ss.PromisesList() | ss.ChoosingDepartment() | ss.Slips():
            return listing.step(stage, event, session)
        case ss.ChoosingCell() | ss.ChoosingReason() | ss.Countersigning() | ss.KeyEntered():
            return orders.step(stage, event, session)
        case ss.StaffDoor():
            return _at_a_door(stage, event, session.facts)
        case ss.StaffDone():
            return doors.step(stage, event)
        case ss.AuditStart() | ss.AuditSummary() | ss.AuditDone():
            return audit.step(stage, event, session)
        case ss.PreparingResult() | ss.PlacingResult() | ss.ResultPlaced() | ss.ResultsList():
            return results.step(stage, event, session)
        case ChoosingHistory() | ReadingHistory():
            return history.step(stage, event, session.facts)
        case ss.HelperDone() if isinstance(event, ask.Proceed):
            return leave(stage)
        case ss.HelperDesk() | ss.HelperDone():
            return helperdesk.step(stage, event, session)
        case _:
            assert_never(stage)


def _at_a_door(stage: ss.StaffDoor, event: ev.Event, facts: Facts) -> Step | None:
    """One step of a round; the next door stays shut where nobody was there to shut this one, or the battery ends."""
    reached = doors.step(stage, event)
    if reached is None:
        return None
    door, effects = reached
    if not isinstance(door, ss.StaffDoor):
        return reached
    if door.unattended and door.shut_item:
        gone, left = leave(door, "the door stood open and nobody touched anything")
        return gone, (*effects, *left)
    if door.round.place > stage.round.place and Part.POWER in facts.failing:
        return st.Idle(), (*_round_cut_short(door.round), signed_out(stage.staff_no, "the battery ends"))
    return reached


def leave(stage: ss.StaffStage, reason: str = "signed out") -> Step:
    """Back to the citizens' first page; a round that was cut short has its slip, an unsigned audit its end."""
    return st.Idle(), (*_unfinished(stage), signed_out(stage.staff_no, reason))


def signed_out(staff_no: str, reason: str) -> do.Record:
    """Who left, and why."""
    return do.Record("StaffSignedOut", (("staff_no", staff_no), ("reason", reason)))


def timed_out(stage: ss.StaffStage) -> Step:
    """Staff went away: sign out, unless a door stands open or moves."""
    match stage:
        case ss.SigningIn():
            return st.Idle(), ()
        case ss.StaffDoor(open=True):
            return replace(stage, unattended=True), (do.Sound("attention"),)
        case ss.PlacingResult(open=True):
            return stage, (do.Sound("attention"),)
        case ss.StaffDoor(shut_item="", failed=False) | ss.PlacingResult(shut_item="", failed=False):
            return stage, ()
        case ss.PreparingResult(reserving=True) | ss.AuditStart(starting=True):
            return stage, ()
        case _:
            return leave(stage, "no touch for a while")


def _unfinished(stage: ss.StaffStage) -> tuple[do.Effect, ...]:
    match stage:
        case ss.StaffDoor(round=round, recording=None) if stage.opened or not stage.failed:
            return _settled(round, doors.unsaid(stage))
        case ss.StaffDoor(round=round, recording=recording):
            return _round_cut_short(round if recording is None else round.after(recording))
        case ss.AuditSummary(round=round) | ss.Countersigning(order=ss.SignOrder(round)):
            return _round_cut_short(round)
        case (
            ss.ChoosingReason(order=ss.ClearOrder(round, found))
            | ss.Countersigning(order=ss.ClearOrder(round, found))
        ):  # what was found is recorded; without a reason the compartment stays out of service
            return _settled(round, found)
        case ss.PlacingResult(draft=draft, cell=cell, recording=False):
            reason = "staff left and nobody said whether anything is inside"
            return (do.DisputeDeposit(draft.case_id, cell, reason),)
        case ss.HelperDesk():
            return helperdesk.owed(stage)
        case _:
            return ()


def _settled(round: ss.Round, found: ss.Found) -> tuple[do.Effect, ...]:
    settle = act.Settle(round.todo[0], found, round.staff_no, round.second_no)
    return (settle, *_round_cut_short(round.after(found)))


def _round_cut_short(round: ss.Round) -> tuple[do.Effect, ...]:
    if round.purpose is ss.Purpose.AUDIT:
        return (audit.abandoned(round),)
    return (act.IssueSlip(round),) if doors.needs_slip(round) else ()
