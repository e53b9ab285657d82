"""Results and papers to be completed, on their way back: put in by staff, and taken out again if nobody comes."""

from dataclasses import replace
from typing import Final

from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import staffeffects as act
from kiosk.session import staffevents as told
from kiosk.session import staffstate as ss
from kiosk.session import state as st
from kiosk.session.deposit import is_mobile_number
from kiosk.session.facts import Facts, ResultFact
from kiosk.session.leaving import Step
from kiosk.session.staffstate import Purpose, ResultStep
from kiosk.session.visit import ITEM_ABSENT, ITEM_PRESENT
from locker.events import Evidence, ResultKind
from screens import intents as ask

from . import doors

OTHER_CASE: Final = "other"
NUMBER_DIGITS: Final = 20
NUMBER_LEAST: Final = 4
ID_SIGNS: Final = 18
PHONE_DIGITS: Final = 11

ResultStage = ss.PreparingResult | ss.PlacingResult | ss.ResultPlaced | ss.ResultsList


def step(stage: ResultStage, event: ev.Event, session: st.Session) -> Step | None:
    """The next stage with its effects, or None when the event means nothing here."""
    match stage:
        case ss.PreparingResult():
            return _prepare(stage, event, session)
        case ss.PlacingResult():
            return _place(stage, event)
        case ss.ResultPlaced():
            return _placed(stage, event)
        case ss.ResultsList():
            return _waiting(stage, event, session.facts)


# before the door ---------------------------------------------------------------------------------------------------


def _prepare(stage: ss.PreparingResult, event: ev.Event, session: st.Session) -> Step | None:
    match event:
        case told.CasesTold(cases):
            return replace(stage, cases=cases), ()
        case told.CaseLookedUp(number) if stage.asking is ResultStep.NUMBER and number == stage.draft.case_id:
            return _looked_up(stage, event)
        case ev.CellGiven(case_id, cell) if stage.reserving:
            placing = ss.PlacingResult(stage.staff_no, replace(stage.draft, case_id=case_id), cell)
            return placing, (_open(placing),)
        case ev.NoCell() if stage.reserving:
            return replace(stage, reserving=False, refused="full"), (do.Sound("attention"),)
        case told.DraftRefused(reason) if stage.reserving:
            return _refused(stage, reason), (do.Sound("attention"),)
        case ev.RecordingFailed() if stage.reserving:
            return replace(stage, reserving=False, refused="failed"), (do.Sound("attention"),)
        case _ if stage.reserving:
            return None
        case ask.Back():
            return _one_back(stage)
        case ask.Choose(name):
            return _chosen(stage, name, session.facts)
        case ask.Digit() | ask.LetterX() | ask.DeleteDigit() | ask.Proceed():
            return _typed(stage, event)
        case _:
            return None


def _refused(stage: ss.PreparingResult, reason: str) -> ss.PreparingResult:
    """Back to the question whose answer was no good."""
    if not stage.draft.foreign:
        return replace(stage, reserving=False, refused="failed")
    asking = {"known": ResultStep.NUMBER, "id_number": ResultStep.ID_NUMBER}.get(reason, stage.asking)
    wrong = reason in ("known", "id_number")
    return replace(stage, reserving=False, refused=reason, asking=asking, digits="", invalid=wrong)


def _looked_up(stage: ss.PreparingResult, found: told.CaseLookedUp) -> Step | None:
    """On to what is asked of a foreign case, or past it where the kiosk knows whose the number is."""
    if found.number != stage.digits:  # another one is being typed
        return None
    if found.here:
        return _refused(stage, "known"), (do.Sound("attention"),)
    if found.case is None:
        return _on(stage, stage.draft)
    own = ss.Draft(found.case.case_id, found.case.item_code)
    return _on(replace(stage, asking=ResultStep.CASE), own)


def _one_back(stage: ss.PreparingResult) -> Step:
    steps = _way(foreign=stage.draft.foreign)
    at = steps.index(stage.asking)
    if at == 0:
        return ss.StaffMenu(stage.staff_no), ()
    draft = ss.Draft() if at == 1 else stage.draft
    return replace(stage, draft=draft, asking=steps[at - 1], digits="", invalid=False, refused=""), ()


def _way(*, foreign: bool) -> tuple[ResultStep, ...]:
    typed = (ResultStep.NUMBER, ResultStep.ID_NUMBER, ResultStep.PHONE) if foreign else ()
    return (ResultStep.CASE, *typed, ResultStep.KIND, ResultStep.SIZE)


def _on(stage: ss.PreparingResult, draft: ss.Draft) -> Step:
    """The next question."""
    steps = _way(foreign=draft.foreign)
    asking = steps[steps.index(stage.asking) + 1]
    return replace(stage, draft=draft, asking=asking, digits="", invalid=False, refused=""), ()


def _chosen(stage: ss.PreparingResult, name: str, facts: Facts) -> Step | None:
    draft = stage.draft
    match stage.asking:
        case ResultStep.CASE if name == OTHER_CASE:
            return _on(stage, ss.Draft(foreign=True))
        case ResultStep.CASE:
            case = next((case for case in stage.cases or () if case.case_id == name), None)
            return None if case is None else _on(stage, ss.Draft(name, case.item_code))
        case ResultStep.KIND if name in tuple(ResultKind):
            return _on(stage, replace(draft, kind=name))
        case ResultStep.SIZE if name in {size for size, count in facts.free if count}:
            ready = replace(draft, size=name)
            reserving = replace(stage, draft=ready, reserving=True, refused="")
            return reserving, (act.ReserveResult(ready, stage.staff_no),)
        case _:
            return None


def _typed(stage: ss.PreparingResult, event: ev.Event) -> Step | None:
    longest = {
        ResultStep.NUMBER: NUMBER_DIGITS, ResultStep.ID_NUMBER: ID_SIGNS, ResultStep.PHONE: PHONE_DIGITS,
    }.get(stage.asking, 0)  # fmt: skip
    digits = stage.digits
    match event:
        case ask.Digit(digit) if len(digits) < longest:
            return replace(stage, digits=f"{digits}{digit}", invalid=False), ()
        case ask.LetterX() if stage.asking is ResultStep.ID_NUMBER and len(digits) == ID_SIGNS - 1:
            return replace(stage, digits=f"{digits}X", invalid=False), ()
        case ask.DeleteDigit() if longest:
            return replace(stage, digits=digits[:-1], invalid=False), ()
        case ask.Proceed() if longest:
            return _entered(stage)
        case _:
            return None


def _entered(stage: ss.PreparingResult) -> Step:
    draft, digits = stage.draft, stage.digits
    match stage.asking:
        case ResultStep.NUMBER if len(digits) >= NUMBER_LEAST:
            return replace(stage, draft=replace(draft, case_id=digits)), (act.LookUpCase(digits),)
        case ResultStep.ID_NUMBER if len(digits) == ID_SIGNS:
            return _on(stage, replace(draft, id_number=digits))
        case ResultStep.PHONE if is_mobile_number(digits):
            return _on(stage, replace(draft, phone=digits))
        case _:
            return replace(stage, invalid=True), ()


# at the door ---------------------------------------------------------------------------------------------------------


def _open(stage: ss.PlacingResult) -> do.OpenDoor:
    return do.OpenDoor(stage.cell, stage.draft.case_id, f"staff:{stage.staff_no}")


def _place(stage: ss.PlacingResult, event: ev.Event) -> Step | None:
    match event:
        case ev.DoorAnswer() | ev.DoorShut() | ev.DoorLost() | ev.DoorOpenLong():
            return _at_the_door(stage, event) if event.cell == stage.cell else None
        case told.ResultRecorded(case_id, cell, until) if stage.recording:
            return ss.ResultPlaced(stage.staff_no, case_id, cell, until), ()
        case ev.RecordingFailed() if not stage.open and not stage.failed:
            return replace(stage, failed=True, shut_item="", recording=False), (do.Sound("attention"),)
        case _ if stage.recording or stage.open or not (stage.shut_item or stage.failed):
            return None
        case ask.OpenAgain() | ask.TryAgain():
            again = replace(stage, shut_item="", failed=False)
            return again, (_open(again),)
        case ask.PapersInside() if stage.shut_item:
            return _hold(stage, Evidence.CLAIMED)
        case ask.GiveUp():
            why = "staff put nothing in" if stage.shut_item else "the door did not open"
            given_up = do.AbandonDeposit(stage.draft.case_id, stage.cell, why)
            return ss.StaffMenu(stage.staff_no), (given_up,)
        case _:
            return None


def _at_the_door(
    stage: ss.PlacingResult, event: ev.DoorAnswer | ev.DoorShut | ev.DoorLost | ev.DoorOpenLong
) -> Step | None:
    match event:
        case ev.DoorAnswer(cell, opened, reason) if not (stage.open or stage.shut_item or stage.failed):
            if opened or reason == "ALREADY_OPEN":
                return replace(stage, open=True), (do.WaitClosed(cell, stage.draft.case_id),)
            return replace(stage, failed=True), (do.Sound("attention"),)
        case ev.DoorShut(_, item) if stage.open:
            shut = replace(stage, open=False, long_open=False, shut_item=item)
            if item == ITEM_ABSENT:
                return shut, (do.Sound("attention"),)
            return _hold(shut, Evidence.SENSOR if item == ITEM_PRESENT else Evidence.DOOR)
        case ev.DoorLost() if stage.open:
            return replace(stage, open=False, long_open=False, failed=True), ()
        case ev.DoorLost() if stage.recording:
            # forced meanwhile: it heads the list, for somebody to look inside
            return ss.StaffList(stage.staff_no), (do.Sound("attention"),)
        case ev.DoorOpenLong() if stage.open:
            return replace(stage, long_open=True), (do.Sound("attention"),)
        case _:
            return None


def _hold(stage: ss.PlacingResult, evidence: Evidence) -> Step:
    held = act.HoldResult(stage.draft.case_id, stage.cell, stage.staff_no, evidence)
    return replace(stage, recording=True), (held,)


def _placed(stage: ss.ResultPlaced, event: ev.Event) -> Step | None:
    match event:
        case ask.Proceed():
            return ss.PreparingResult(stage.staff_no), (act.TellCases(),)
        case ask.Back() | ev.LeftAlone():
            return ss.StaffList(stage.staff_no), ()
        case _:
            return None


# what waits ----------------------------------------------------------------------------------------------------------


def overdue(facts: Facts) -> tuple[ResultFact, ...]:
    """Results whose time to be fetched is over, in the order of the cabinet."""
    late = [result for result in facts.results if result.overdue and not result.disputed]
    return tuple(sorted(late, key=lambda result: result.cell))


def _waiting(stage: ss.ResultsList, event: ev.Event, facts: Facts) -> Step | None:
    chosen = next((result for result in facts.results if result.cell == stage.chosen), None)
    match event:
        case ask.Back():
            return (ss.ResultsList(stage.staff_no) if stage.chosen else ss.StaffMenu(stage.staff_no)), ()
        case ask.Choose(cell) if cell in {result.cell for result in facts.results}:
            return ss.ResultsList(stage.staff_no, chosen=cell), ()
        case ask.CollectTicked() if not stage.chosen:
            return _recall(stage, overdue(facts), facts)
        case ask.ResolveCell(cell) if chosen is not None and cell == stage.chosen:
            return _recall(stage, (chosen,), facts)
        case ask.TryAgain() if chosen is not None and not stage.renewing:
            return replace(stage, renewing=True, renewed=""), (act.RenewCode(chosen.case_id, stage.staff_no),)
        case told.CodeTold(_, until) if stage.renewing:
            return replace(stage, renewing=False, renewed=until or "refused"), ()
        case ev.RecordingFailed() if stage.renewing:
            return replace(stage, renewing=False, renewed="refused"), (do.Sound("attention"),)
        case _:
            return None


def _recall(stage: ss.ResultsList, results: tuple[ResultFact, ...], facts: Facts) -> Step | None:
    if not results:
        return None
    errands = tuple(
        ss.Errand(
            Purpose.RECALL, result.cell, result.case_id, expected=True, claimed=result.claimed,
            blocked=facts.is_blocked(result.cell),
        )
        for result in results
    )  # fmt: skip
    return doors.begin(ss.Round(stage.staff_no, Purpose.RECALL, errands))
