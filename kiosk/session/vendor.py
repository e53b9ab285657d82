"""The technician's flow (XFS4IoT VendorMode): how every device is, trying each, the frames of a line, the report.

A technician opens compartments that are empty and free, no others: what citizens left stays shut to one person alone.
"""

from dataclasses import replace
from typing import Final

from screens import intents as ask

from . import effects as do
from . import events as ev
from . import staffevents
from . import state as st
from .facts import Sight
from .leaving import Step

LOOK_EVERY_S: Final = 1.0
GRID_COLUMNS: Final = 6
GRID_ROWS: Final = 9
PASSED, FAILED, TO_JUDGE = "passed", "failed", "judge"
CARD_TEST, TOUCH_TEST, DOOR_TEST, PICTURE_TEST = "card", "touch", "door", "picture"
STAFF_CARD_TEST: Final = "staffcard"
CODE_TEST: Final = "code"


def enter(staff_no: str) -> Step:
    """Begin."""
    return st.Inspecting(st.Bench(staff_no)), (
        do.Record("VendorModeEntered", (("staff_no", staff_no),)),
        do.Inspect(),
    )


def leave(stage: st.VendorStage, reason: str = "signed out") -> Step:
    """Back to the citizens' first page; a test that goes on is ended."""
    left = (do.Record("VendorModeExited", (("staff_no", stage.bench.staff_no), ("reason", reason))),)
    return st.Idle(), (*_ended(stage), *left)


def timed_out(stage: st.VendorStage) -> Step:
    """The technician went away: leave, unless a door stands open."""
    if isinstance(stage, st.TryingDoor) and stage.cell and not stage.problem:
        return stage, (do.Sound("attention"),) if stage.open else ()
    return leave(stage, "no touch for a while")


def step(stage: st.VendorStage, event: ev.Event, session: st.Session) -> Step | None:
    """The next stage with its effects, or None when the event means nothing here."""
    if isinstance(event, ev.Inspected):
        return stage, (do.Inspect(LOOK_EVERY_S),)
    match stage:
        case st.Inspecting(device=""):
            return _list(stage, event, session)
        case st.Inspecting():
            return _device(stage, event, session)
        case st.ReadingFrames():
            return _frames(stage, event)
        case st.TouchingGrid():
            return _grid(stage, event)
        case st.TryingDoor():
            return _door(stage, event, session)


def _list(stage: st.Inspecting, event: ev.Event, session: st.Session) -> Step | None:
    match event:
        case ask.SignOut() | ask.StartOver():
            return leave(stage)
        case ask.ShowDevice(name) if session.inspection.device(name) is not None:
            return st.Inspecting(stage.bench, name), ()
        case ask.MakeReport() if stage.report != "making":
            results = tuple((r.device, r.test, r.outcome, r.detail) for r in stage.bench.results)
            return replace(stage, report="making"), (do.WriteReport(stage.bench.staff_no, results),)
        case ev.ReportMade(number) if stage.report == "making":
            return replace(stage, report=number or FAILED), ()
        case _:
            return None


def _device(stage: st.Inspecting, event: ev.Event, session: st.Session) -> Step | None:
    match event:
        case ask.Back():
            return st.Inspecting(stage.bench), _ended(stage)
        case ask.StartOver():
            return leave(stage)
        case ask.ShowFrames() if not stage.running:
            return st.ReadingFrames(stage.bench, stage.device), (do.TellFrames(stage.device),)
        case ask.RunTest(test) if not stage.running and _can(session, stage.device, test):
            return _begun(stage, test)
        case ask.Judge(passed) if stage.asking:
            return _done(stage, PASSED if passed else FAILED, _seen(stage.sight) or "judged by a person")
        case ev.CameraSeen(sight) if stage.running == PICTURE_TEST:
            return replace(stage, asking=True, sight=sight), ()
        case staffevents.StaffCardRead(staff_no) if stage.running == STAFF_CARD_TEST:
            return _done(stage, PASSED, "an account's card" if staff_no else "a card of no account")
        case ev.CodeScanned(case_id) if stage.running == CODE_TEST:
            return _done(stage, PASSED, "a receipt of this kiosk" if case_id else "no receipt of this kiosk")
        case _ if (
            stage.running in (CARD_TEST, PICTURE_TEST) and (ended := _identity(stage, event)) is not None
        ):
            return ended
        case ev.TrialAnswer(device, test, outcome, detail, shown) if (device, test) == (
            stage.device,
            stage.running,
        ):
            if outcome == TO_JUDGE:
                return replace(stage, asking=True, shown=shown), ()
            return _done(stage, outcome, detail, shown)
        case _:
            return None


def _can(session: st.Session, device: str, test: str) -> bool:
    fact = session.inspection.device(device)
    return fact is not None and test in fact.tests


def _begun(stage: st.Inspecting, test: str) -> Step:
    match test:
        case "touch":
            return st.TouchingGrid(stage.bench, stage.device), ()
        case "door":
            return st.TryingDoor(stage.bench, stage.device), ()
        case _:
            run = do.TryDevice(stage.device, test, stage.bench.staff_no)
            return replace(stage, running=test, asking=False, shown="", sight=None), (run,)


def _identity(stage: st.Inspecting, event: ev.Event) -> Step | None:
    """Reader's and camera's own words: what was read is shown masked, and nothing of it is kept."""
    match event:
        case ev.FaceAnswer(outcome) if stage.running == PICTURE_TEST:
            return _done(stage, FAILED, outcome)
        case ev.CardTaken(card) if stage.running == CARD_TEST:
            return _done(stage, PASSED, card.kind, f"{card.masked_name}\n{card.masked_number}")
        case ev.CardFailed(trouble) if stage.running == CARD_TEST:
            return _done(stage, FAILED, trouble.value)
        case ev.IdentityGone():
            return _done(stage, FAILED, "the process of reader and camera ended and was started again")
        case _:
            return None


def _seen(sight: Sight | None) -> str:
    if sight is None:
        return ""
    face = f"face {sight.face_px} px" if sight.face_px else "no face"
    return f"{sight.width_px} x {sight.height_px}, sharpness {sight.sharpness}, {face}"


def _done(stage: st.Inspecting, outcome: str, detail: str, shown: str = "") -> Step:
    result = st.TrialResult(stage.device, stage.running, outcome, detail)
    seen = st.Inspecting(stage.bench.with_result(result), stage.device, shown=shown)
    return seen, (*_ended(stage), _recorded(stage.bench, result))


def _recorded(bench: st.Bench, result: st.TrialResult) -> do.Record:
    return do.Record("DeviceTested", (("device", result.device), ("test", result.test), ("outcome", result.outcome),
                                      ("staff_no", bench.staff_no)))  # fmt: skip


def _ended(stage: st.VendorStage) -> tuple[do.Effect, ...]:
    running = isinstance(stage, st.Inspecting) and stage.running
    return (do.EndTest(stage.device, stage.running),) if isinstance(stage, st.Inspecting) and running else ()


def _frames(stage: st.ReadingFrames, event: ev.Event) -> Step | None:
    match event:
        case ask.Back():
            return st.Inspecting(stage.bench, stage.device), ()
        case ask.StartOver():
            return leave(stage)
        case ask.TryAgain():
            return stage, (do.TellFrames(stage.device),)
        case ev.FramesTold(device, frames) if device == stage.device:
            return replace(stage, frames=frames), ()
        case _:
            return None


def _grid(stage: st.TouchingGrid, event: ev.Event) -> Step | None:
    match event:
        case ask.TouchSquare(number):
            touched = stage.touched | {number}
            if len(touched) < GRID_COLUMNS * GRID_ROWS:
                return replace(stage, touched=touched), ()
            return _tested(stage, TOUCH_TEST, PASSED, "every square")
        case ask.Back():
            missing = GRID_COLUMNS * GRID_ROWS - len(stage.touched)
            return _tested(stage, TOUCH_TEST, FAILED, f"{missing} squares did not answer")
        case _:
            return None


def _door(stage: st.TryingDoor, event: ev.Event, session: st.Session) -> Step | None:
    match event:
        case ask.Back() if not stage.cell or stage.problem:
            return st.Inspecting(stage.bench, stage.device), ()
        case ask.ChooseCell(cell) if not stage.cell and cell in session.facts.empty_cells:
            opened = do.OpenDoor(cell, "", f"technician:{stage.bench.staff_no}")
            return replace(stage, cell=cell), (opened,)
        case ev.DoorAnswer(cell, opened=True) if cell == stage.cell:
            return replace(stage, open=True), (do.WaitClosed(cell, ""),)
        case ev.DoorAnswer(cell, reason=reason) if cell == stage.cell:
            return _tested(stage, DOOR_TEST, FAILED, f"{cell}: {reason}")
        case ev.DoorLost(cell) if cell == stage.cell:
            return _tested(stage, DOOR_TEST, FAILED, f"{cell}: the board fell silent")
        case ev.DoorOpenLong(cell) if cell == stage.cell:
            return replace(stage, long_open=True), (do.Sound("attention"),)
        case ev.DoorShut(cell, item) if cell == stage.cell and stage.open:
            return _tested(stage, DOOR_TEST, PASSED, f"{cell} opened and closed, item sensor: {item}")
        case _:
            return None


def _tested(stage: st.TouchingGrid | st.TryingDoor, test: str, outcome: str, detail: str) -> Step:
    result = st.TrialResult(stage.device, test, outcome, detail)
    return st.Inspecting(stage.bench.with_result(result), stage.device), (_recorded(stage.bench, result),)
