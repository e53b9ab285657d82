"""Reading the record: whose history it is to be, and from one page of its lines to another."""

from dataclasses import replace
from typing import Final

from kiosk.session import events as ev
from kiosk.session import staffeffects as act
from kiosk.session import staffevents as told
from kiosk.session import staffstate as ss
from kiosk.session.facts import Facts
from kiosk.session.historystate import Asking, ChoosingHistory, HistoryOf, HistoryStage, ReadingHistory
from kiosk.session.leaving import Step
from screens import intents as ask

PRINT: Final = "print"
NUMBER_DIGITS: Final = 20
ANSWERED_BY: Final = {
    Asking.CELL: HistoryOf.CELL,
    Asking.CASE: HistoryOf.CASE,
    Asking.NUMBER: HistoryOf.CASE,
    Asking.STAFF: HistoryOf.STAFF,
}


def begin(staff_no: str) -> Step:
    """Ask whether the person may read it at all."""
    return ChoosingHistory(staff_no), (act.AskHistory(staff_no),)


def cases(stage: ChoosingHistory, facts: Facts) -> tuple[str, ...]:
    """The cases to choose from: what lies here by its compartment, then what was collected lately."""
    lying = [(case.cell, case.case_id) for case in facts.cases]
    waiting = [(result.cell, result.case_id) for result in facts.results]
    here = sorted([*lying, *waiting])
    return tuple(dict.fromkeys((*(case for _, case in here), *(one.case_id for one in stage.cases))))


def step(stage: HistoryStage, event: ev.Event, facts: Facts) -> Step | None:
    """The next stage with its effects, or None when the event means nothing here."""
    return _choose(stage, event, facts) if isinstance(stage, ChoosingHistory) else _read(stage, event)


def _choose(stage: ChoosingHistory, event: ev.Event, facts: Facts) -> Step | None:
    match event:
        case told.HistoryOffered(people, collected) if stage.people is None:
            return replace(stage, people=people, cases=collected), ()
        case told.HistoryRefused() if stage.people is None:
            return replace(stage, refused=True), ()
        case ask.Back():
            return _one_back(stage), ()
        case _ if stage.people is None:
            return None
        case ask.Choose(name):
            return _chosen(stage, name, facts)
        case ask.ChooseCell(name) if stage.asking is Asking.CELL and name in {
            cell.name for cell in facts.cells
        }:
            return _open(stage, name)
        case ask.Digit(digit) if stage.asking is Asking.NUMBER and len(stage.digits) < NUMBER_DIGITS:
            return replace(stage, digits=f"{stage.digits}{digit}"), ()
        case ask.DeleteDigit() if stage.asking is Asking.NUMBER:
            return replace(stage, digits=stage.digits[:-1]), ()
        case ask.Proceed() if stage.asking is Asking.NUMBER and stage.digits:
            return _open(stage, stage.digits)
        case _:
            return None


def _one_back(stage: ChoosingHistory) -> ss.StaffStage:
    if stage.asking is Asking.WHOSE:
        return ss.StaffMenu(stage.staff_no)
    return replace(stage, asking=Asking.CASE if stage.asking is Asking.NUMBER else Asking.WHOSE, digits="")


def _chosen(stage: ChoosingHistory, name: str, facts: Facts) -> Step | None:
    match stage.asking:
        case Asking.WHOSE if name in tuple(HistoryOf):
            return replace(stage, asking=Asking(name)), ()
        case Asking.CASE if name == Asking.NUMBER:
            return replace(stage, asking=Asking.NUMBER, digits=""), ()
        case Asking.CASE if name in cases(stage, facts):
            return _open(stage, name)
        case Asking.STAFF if name in (stage.people or ()):
            return _open(stage, name)
        case _:
            return None


def _open(stage: ChoosingHistory, name: str) -> Step:
    of = ANSWERED_BY[stage.asking]
    line = 0 if of is HistoryOf.CASE else -1  # a case begins somewhere, the others go on
    return ReadingHistory(stage.staff_no, stage, of, name, line=line), (act.TellHistory(of, name),)


def _read(stage: ReadingHistory, event: ev.Event) -> Step | None:
    match event:
        case told.HistoryTold(of, name, before, passage) if _awaits(stage, of, name, before):
            return replace(stage, passage=passage, failed=passage is None), ()
        case told.HistoryPrinted(outcome) if stage.printing:
            return replace(stage, printing=False, outcome=outcome), ()
        case ev.RecordingFailed() if stage.printing:
            return replace(stage, printing=False, outcome="unknown"), ()
        case ask.Back():
            return replace(stage.chosen, digits=""), ()
        case _ if stage.passage is None:
            return None
        case ask.ShowLine(number):
            return replace(stage, line=number), ()
        case ask.Turn(by):
            return _turn(stage, by)
        case ask.Choose(name) if name == PRINT and stage.passage.lines and not stage.printing:
            return replace(stage, printing=True, outcome=""), (act.PrintHistory(stage.of, stage.passage),)
        case _:
            return None


def _awaits(stage: ReadingHistory, of: HistoryOf, name: str, before: int) -> bool:
    there = (stage.of, stage.name, stage.before[-1] if stage.before else 0)
    return stage.passage is None and there == (of, name, before)


def _turn(stage: ReadingHistory, by: int) -> Step | None:
    """To the passage before this one, or back towards the newest."""
    passage = stage.passage
    if by < 0 and passage is not None and passage.more and passage.lines:
        first = passage.lines[0][1][0].seq
        return _turned(stage, (*stage.before, first), -1)
    if by > 0 and stage.before:
        return _turned(stage, stage.before[:-1], 0)
    return None


def _turned(stage: ReadingHistory, before: tuple[int, ...], line: int) -> Step:
    turned = replace(stage, before=before, passage=None, line=line, failed=False, outcome="")
    return turned, (act.TellHistory(stage.of, stage.name, before[-1] if before else 0),)
