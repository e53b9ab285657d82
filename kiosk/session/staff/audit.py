"""The physical audit: every compartment against the record, one after the other, signed at the end."""

from dataclasses import replace

from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import staffeffects as act
from kiosk.session import staffevents as told
from kiosk.session import staffstate as ss
from kiosk.session import state as st
from kiosk.session.facts import Facts
from kiosk.session.leaving import Step
from kiosk.session.staffstate import Found, Purpose
from screens import intents as ask

from . import doors, orders


def begin(staff_no: str, second_no: str, *, only_empty: bool) -> Step:
    """Have the beginning recorded; the round follows with its number."""
    start = ss.AuditStart(staff_no, starting=True, only_empty=only_empty, second_no=second_no)
    return start, (act.BeginAudit(staff_no, second_no, only_empty),)


def errands(facts: Facts, *, only_empty: bool) -> tuple[ss.Errand, ...]:
    """The compartments to look into, as they stand in the picture of the cabinet."""
    cells = sorted(facts.cells, key=lambda cell: cell.name)
    return tuple(
        orders.errand_at(cell.name, Purpose.AUDIT, facts)
        for cell in cells
        if not only_empty or cell.name in facts.empty_cells
    )


def agrees(one: ss.Told) -> bool:
    """Whether what was found is what the record says; of a case in dispute it says nothing."""
    if one.errand.case_id and not one.errand.expected:
        return False
    return one.found is (Found.LEFT if one.errand.expected else Found.NOTHING)


def differences(round: ss.Round) -> tuple[ss.Told, ...]:
    """Where the record and the cabinet differ, or nobody could look."""
    return tuple(one for one in round.done if not agrees(one))


def abandoned(round: ss.Round) -> do.Record:
    """It was begun and not signed."""
    looked = str(len(round.done))
    return do.Record(
        "AuditAbandoned", (("audit", round.number), ("staff_no", round.staff_no), ("looked_into", looked))
    )


def step(
    stage: ss.AuditStart | ss.AuditSummary | ss.AuditDone, event: ev.Event, session: st.Session
) -> Step | None:
    """The next stage with its effects, or None when the event means nothing here."""
    match stage:
        case ss.AuditStart():
            return _start(stage, event, session)
        case ss.AuditSummary(staff_no, round):
            if isinstance(event, ask.Proceed):
                return ss.Countersigning(staff_no, ss.SignOrder(round), number=staff_no, asking_pin=True), ()
            return None
        case ss.AuditDone():
            return _done(stage, event)


def _start(stage: ss.AuditStart, event: ev.Event, session: st.Session) -> Step | None:
    match event:
        case told.AuditBegun(number) if stage.starting:
            todo = errands(session.facts, only_empty=stage.only_empty)
            round = ss.Round(
                stage.staff_no, Purpose.AUDIT, todo, second_no=stage.second_no, number=number,
                only_empty=stage.only_empty,
            )  # fmt: skip
            return doors.go_on(round)
        case ev.RecordingFailed() if stage.starting:
            return ss.AuditStart(stage.staff_no), (do.Sound("attention"),)
        case _ if stage.starting:
            return None
        case ask.Back():
            return ss.StaffMenu(stage.staff_no), ()
        case ask.Proceed() | ask.Choose("only_empty"):
            only_empty = isinstance(event, ask.Choose)
            if not errands(session.facts, only_empty=only_empty):
                return None
            order = ss.AuditOrder(only_empty)
            if orders.needs_second(order, session.policy):
                return ss.Countersigning(stage.staff_no, order), ()
            return begin(stage.staff_no, "", only_empty=only_empty)
        case _:
            return None


def _done(stage: ss.AuditDone, event: ev.Event) -> Step | None:
    match event:
        case told.AuditFiled(number, outcome) if number == stage.round.number:
            return replace(stage, filed=outcome), ()
        case ev.RecordingFailed() if not stage.filed:  # not signed: the journal has not taken it
            return ss.AuditSummary(stage.staff_no, stage.round), (do.Sound("attention"),)
        case ask.Proceed() | ev.LeftAlone() if stage.filed:
            return ss.StaffList(stage.staff_no), ()
        case _:
            return None
