"""The list of what lies in the cabinet: by urgency or place, of one department, ticked for a round; and the menu."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from kiosk.session import events as ev
from kiosk.session import staffeffects as act
from kiosk.session import staffevents as told
from kiosk.session import staffstate as ss
from kiosk.session import state as st
from kiosk.session.facts import CaseFact, Facts
from kiosk.session.leaving import Step
from kiosk.session.staffstate import Purpose
from screens import intents as ask

from . import doors, history

DEPARTMENT, SORTING = "department", "sorting"
EVERY_DEPARTMENT = "*"


class Duty(StrEnum):
    """What the menu offers."""

    PUT_IN = "put_in"
    WAITING = "waiting"
    PROMISES = "promises"
    OPEN_ANY = "open_any"
    KEY = "key"
    AUDIT = "audit"
    SLIPS = "slips"
    HISTORY = "history"


def listed(stage: ss.StaffList, facts: Facts) -> tuple[CaseFact, ...]:
    """The cases to show, in their order: what a person must decide first, then the nearest time limit."""
    only = narrowed_to(stage, facts)
    shown = [case for case in facts.cases if not only or case.department in only]
    if stage.sorting is ss.Sorting.CELL:
        return tuple(sorted(shown, key=lambda case: case.cell))
    promised = {promise.case_id: promise.until for promise in facts.promises}

    def nearest(case: CaseFact) -> str:
        """The time limit, or the day of a promise where that comes first; none at all comes first of all."""
        return min(case.due, promised.get(case.case_id, case.due))

    return tuple(sorted(shown, key=lambda case: (not case.disputed, nearest(case), case.since, case.cell)))


def narrowed_to(stage: ss.StaffList, facts: Facts) -> frozenset[str]:
    """The departments whose cases are shown; empty: all."""
    if stage.department is None:
        return facts.departments_of(stage.staff_no) & {case.department for case in facts.cases}
    return frozenset({stage.department} - {""})


def departments(facts: Facts) -> tuple[tuple[str, int], ...]:
    """Every department that has something here, with how much, the most first."""
    counts: dict[str, int] = {}
    for case in facts.cases:
        counts[case.department] = counts.get(case.department, 0) + 1
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def to_collect(stage: ss.StaffList, facts: Facts) -> tuple[CaseFact, ...]:
    """The ticked ones that are still there, in the order of the cabinet."""
    there = [case for case in facts.cases if case.cell in stage.ticked and not case.disputed]
    return tuple(sorted(there, key=lambda case: case.cell))


def step(
    stage: ss.StaffList | ss.StaffMenu | ss.PromisesList | ss.ChoosingDepartment | ss.Slips,
    event: ev.Event,
    session: st.Session,
) -> Step | None:
    """The next stage with its effects, or None when the event means nothing here."""
    match stage:
        case ss.StaffList():
            return _list(stage, event, session.facts)
        case ss.StaffMenu():
            return _menu(stage, event)
        case ss.PromisesList(staff_no):
            return (ss.StaffMenu(staff_no), ()) if isinstance(event, ask.Back) else None
        case ss.ChoosingDepartment():
            return _department(stage, event, session.facts)
        case ss.Slips():
            return _slips(stage, event)


def _list(stage: ss.StaffList, event: ev.Event, facts: Facts) -> Step | None:
    match event:
        case ask.CollectCase(case_id, cell):
            found = [case for case in facts.cases if (case.case_id, case.cell) == (case_id, cell)]
            return _collect(stage, [case for case in found if not case.disputed], facts)
        case ask.CollectTicked():
            return _collect(stage, to_collect(stage, facts), facts)
        case ask.ResolveCell(cell):
            return _resolve(stage, cell, facts)
        case ask.Tick(cell) if cell in {case.cell for case in facts.cases if not case.disputed}:
            return replace(stage, ticked=stage.ticked ^ {cell}), ()
        case ask.Choose(name) if name == DEPARTMENT and facts.cases:
            return ss.ChoosingDepartment(stage.staff_no, stage), ()
        case ask.Choose(name) if name == EVERY_DEPARTMENT:
            return replace(stage, department=""), ()
        case ask.Choose(name) if name == SORTING:
            other = ss.Sorting.CELL if stage.sorting is ss.Sorting.URGENCY else ss.Sorting.URGENCY
            return replace(stage, sorting=other), ()
        case ask.ShowMenu():
            return ss.StaffMenu(stage.staff_no), ()
        case _:
            return None


def _collect(stage: ss.StaffList, cases: Sequence[CaseFact], facts: Facts) -> Step | None:
    if not cases:
        return None
    errands = tuple(
        ss.Errand(
            Purpose.COLLECT, case.cell, case.case_id, expected=True, claimed=case.claimed,
            blocked=facts.is_blocked(case.cell),
        )
        for case in cases
    )  # fmt: skip
    return doors.begin(ss.Round(stage.staff_no, Purpose.COLLECT, errands))


def _resolve(stage: ss.StaffList, cell: str, facts: Facts) -> Step | None:
    cases = [case.case_id for case in facts.cases if case.cell == cell]
    cases += [result.case_id for result in facts.results if result.cell == cell]
    if not cases and cell not in {question.cell for question in facts.questions}:
        return None
    blocked = facts.is_blocked(cell)
    errand = ss.Errand(Purpose.RESOLVE, cell, cases[0] if cases else "", claimed=True, blocked=blocked)
    return doors.begin(ss.Round(stage.staff_no, Purpose.RESOLVE, (errand,)))


def _department(stage: ss.ChoosingDepartment, event: ev.Event, facts: Facts) -> Step | None:
    match event:
        case ask.Back():
            return stage.listed, ()
        case ask.Choose(name) if name == EVERY_DEPARTMENT:
            return replace(stage.listed, department="", ticked=frozenset()), ()
        case ask.Choose(name) if name in {department for department, _ in departments(facts)}:
            theirs = frozenset(c.cell for c in facts.cases if c.department == name and not c.disputed)
            return replace(stage.listed, department=name, ticked=theirs), ()
        case _:
            return None


def _menu(stage: ss.StaffMenu, event: ev.Event) -> Step | None:
    staff_no = stage.staff_no
    match event:
        case ask.Back():
            return ss.StaffList(staff_no), ()
        case ask.Choose(Duty.PUT_IN):
            return ss.PreparingResult(staff_no), (act.TellCases(),)
        case ask.Choose(Duty.WAITING):
            return ss.ResultsList(staff_no), ()
        case ask.Choose(Duty.PROMISES):
            return ss.PromisesList(staff_no), ()
        case ask.Choose(Duty.OPEN_ANY):
            return ss.ChoosingCell(staff_no, Purpose.MASTER), ()
        case ask.Choose(Duty.KEY):
            return ss.ChoosingCell(staff_no, None), ()
        case ask.Choose(Duty.AUDIT):
            return ss.AuditStart(staff_no), ()
        case ask.Choose(Duty.SLIPS):
            return ss.Slips(staff_no), (act.TellSlips(),)
        case ask.Choose(Duty.HISTORY):
            return history.begin(staff_no)
        case _:
            return None


def _slips(stage: ss.Slips, event: ev.Event) -> Step | None:
    match event:
        case ask.Back():
            return ss.StaffMenu(stage.staff_no), ()
        case told.SlipsTold(rows):
            return replace(stage, rows=rows), ()
        case ask.Choose(number) if not stage.printing and number in {row.number for row in stage.rows or ()}:
            return replace(stage, printing=number, outcome=""), (act.PrintSlip(number),)
        case told.SlipPrinted(number, outcome) if number == stage.printing:
            return replace(stage, printing="", outcome=outcome), ()
        case ev.RecordingFailed() if stage.printing:
            return replace(stage, printing="", outcome="unknown"), ()
        case _:
            return None
