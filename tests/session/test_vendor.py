"""A technician's visit, step by step: where each touch and answer leads, what stays shut, what is kept."""

from dataclasses import replace
from typing import get_args

import pytest

from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import staffevents as told
from kiosk.session import staffstate as ss
from kiosk.session import state as st
from kiosk.session import vendor
from kiosk.session.facts import DeviceFact, Inspection
from kiosk.session.machine import step
from screens import intents as ask
from tests.session.scenes import (
    CARD,
    CASE,
    CELL,
    DEVICE,
    FRAME_FACT,
    INSPECTION,
    PERSONAL,
    moves,
    start,
    words_in,
)
from tests.session.staff_scenes import STAFF_NO

EMPTY = "A-04"
SIGNED_IN = told.SignInAnswer(STAFF_NO, ok=True, technician=True)
BENCH = st.Bench(STAFF_NO)
RAN_CARD = do.TryDevice(DEVICE, "card", STAFF_NO)
LEFT = do.Record("VendorModeExited", (("staff_no", STAFF_NO), ("reason", "signed out")))


def kept(test: str, outcome: str) -> do.Record:
    fields = (("device", DEVICE), ("test", test), ("outcome", outcome), ("staff_no", STAFF_NO))
    return do.Record("DeviceTested", fields)


def at(stage: st.VendorStage) -> st.Session:
    return replace(start(), stage=stage, inspection=INSPECTION)


VISIT: tuple[tuple[ev.Event, st.Stage, tuple[do.Effect, ...]], ...] = (
    (ask.ShowDevice(DEVICE), st.Inspecting(BENCH, DEVICE), ()),
    (ask.RunTest("card"), st.Inspecting(BENCH, DEVICE, "card"), (RAN_CARD,)),
    (ev.CardSeen(), st.Inspecting(BENCH, DEVICE, "card"), ()),
    (
        ev.CardTaken(CARD),
        st.Inspecting(
            BENCH := BENCH.with_result(st.TrialResult(DEVICE, "card", "passed", "resident")), DEVICE,
            shown="测***\n110***********023X",
        ),
        (do.EndTest(DEVICE, "card"), kept("card", "passed")),
    ),
    (ask.RunTest("receipt"), st.Inspecting(BENCH, DEVICE, "receipt"), (do.TryDevice(DEVICE, "receipt", STAFF_NO),)),
    (ev.TrialAnswer(DEVICE, "receipt", "judge"), st.Inspecting(BENCH, DEVICE, "receipt", asking=True), ()),
    (
        ask.Judge(passed=False),
        st.Inspecting(
            BENCH := BENCH.with_result(st.TrialResult(DEVICE, "receipt", "failed", "judged by a person")), DEVICE
        ),
        (do.EndTest(DEVICE, "receipt"), kept("receipt", "failed")),
    ),
    (ask.ShowFrames(), st.ReadingFrames(BENCH, DEVICE), (do.TellFrames(DEVICE),)),
    (ev.FramesTold(DEVICE, (FRAME_FACT,)), st.ReadingFrames(BENCH, DEVICE, (FRAME_FACT,)), ()),
    (ask.TryAgain(), st.ReadingFrames(BENCH, DEVICE, (FRAME_FACT,)), (do.TellFrames(DEVICE),)),
    (ask.Back(), st.Inspecting(BENCH, DEVICE), ()),
    (ask.RunTest("door"), st.TryingDoor(BENCH, DEVICE), ()),
    (ask.ChooseCell(CELL), st.TryingDoor(BENCH, DEVICE), ()),
    (
        ask.ChooseCell(EMPTY), st.TryingDoor(BENCH, DEVICE, EMPTY),
        (do.OpenDoor(EMPTY, "", f"technician:{STAFF_NO}"),),
    ),
    (ask.ChooseCell(EMPTY), st.TryingDoor(BENCH, DEVICE, EMPTY), ()),
    (ev.DoorAnswer(EMPTY, opened=True), st.TryingDoor(BENCH, DEVICE, EMPTY, open=True), (do.WaitClosed(EMPTY, ""),)),
    (
        ev.DoorOpenLong(EMPTY), st.TryingDoor(BENCH, DEVICE, EMPTY, open=True, long_open=True),
        (do.Sound("attention"),),
    ),
    (
        ev.DoorShut(EMPTY, "notPresent"),
        st.Inspecting(
            BENCH := BENCH.with_result(
                st.TrialResult(DEVICE, "door", "passed", "A-04 opened and closed, item sensor: notPresent")
            ),
            DEVICE,
        ),
        (kept("door", "passed"),),
    ),
    (ask.RunTest("touch"), st.TouchingGrid(BENCH, DEVICE), ()),
    (ask.TouchSquare(7), st.TouchingGrid(BENCH, DEVICE, frozenset({7})), ()),
    (
        ask.Back(),
        st.Inspecting(
            BENCH := BENCH.with_result(st.TrialResult(DEVICE, "touch", "failed", "53 squares did not answer")), DEVICE
        ),
        (kept("touch", "failed"),),
    ),
    (ask.Back(), st.Inspecting(BENCH), ()),
    (
        ask.MakeReport(), st.Inspecting(BENCH, report="making"),
        (do.WriteReport(STAFF_NO, tuple((r.device, r.test, r.outcome, r.detail) for r in BENCH.results)),),
    ),
    (ask.MakeReport(), st.Inspecting(BENCH, report="making"), ()),
    (ev.ReportMade(""), st.Inspecting(BENCH, report="failed"), ()),
    (ask.MakeReport(), st.Inspecting(BENCH, report="making"), (
        do.WriteReport(STAFF_NO, tuple((r.device, r.test, r.outcome, r.detail) for r in BENCH.results)),
    )),
    (ev.ReportMade("R-261122-01"), st.Inspecting(BENCH, report="R-261122-01"), ()),
    (ask.SignOut(), st.Idle(), (LEFT,)),
)  # fmt: skip


def test_a_visit_from_sign_in_to_sign_out() -> None:
    checking = replace(start(), stage=ss.SigningIn(STAFF_NO, asking_pin=True, checking=True))
    entered = step(checking, SIGNED_IN)
    assert entered.effects == (do.Record("VendorModeEntered", (("staff_no", STAFF_NO),)), do.Inspect())
    session = step(entered.session, ev.Inspected(INSPECTION)).session
    assert session.inspection == INSPECTION
    for event, stage, effects in VISIT:
        outcome = step(session, event)
        assert outcome.session.stage == stage, event
        assert outcome.effects == effects, event
        assert outcome.unexpected is None
        session = outcome.session
    assert session.inspection == Inspection()


def test_the_devices_are_looked_at_again_for_as_long_as_a_technician_is_there() -> None:
    for stage in (st.Inspecting(BENCH), st.TryingDoor(BENCH, DEVICE, EMPTY), st.TouchingGrid(BENCH, DEVICE)):
        assert step(at(stage), ev.Inspected(Inspection())).effects == (do.Inspect(vendor.LOOK_EVERY_S),)
    assert step(start(), ev.Inspected(INSPECTION)) == replace(step(start(), ev.LeftAlone()), session=start())


def test_a_technician_never_reaches_staffs_pages_or_a_case() -> None:
    """Whatever is touched or forged: no case is authorized, collected or cleared, no door opens but empty ones."""
    kinds = get_args(st.VendorStage)
    seen = [move for move in moves() if isinstance(move.before.stage, kinds)]
    assert len(seen) > 1000
    for move in seen:
        assert isinstance(move.outcome.session.stage, (*kinds, st.Idle)), move.event
        for effect in move.outcome.effects:
            allowed = (
                do.Record, do.Inspect, do.TryDevice, do.EndTest, do.TellFrames, do.WriteReport, do.OpenDoor,
                do.WaitClosed, do.Sound,
            )  # fmt: skip
            assert isinstance(effect, allowed)
            if isinstance(effect, do.OpenDoor):
                assert effect == do.OpenDoor(EMPTY, "", f"technician:{STAFF_NO}")


def test_an_intent_that_no_page_offers_runs_no_test() -> None:
    for event in (
        ask.RunTest("nothing"),
        ask.ShowDevice("nothing"),
        ask.Judge(passed=True),
        ask.ChooseCell(EMPTY),
    ):
        outcome = step(at(st.Inspecting(BENCH, DEVICE)), event)
        assert outcome.session.stage == st.Inspecting(BENCH, DEVICE)
        assert outcome.effects == ()


@pytest.mark.parametrize(
    "leaving", [ask.StartOver(), ev.IdleFor(0), ask.Back()], ids=["start over", "idle", "back"]
)
@pytest.mark.parametrize("test", ["card", "picture"])
def test_leaving_ends_a_test_that_goes_on(leaving: ev.Event, test: str) -> None:
    outcome = step(at(st.Inspecting(BENCH, DEVICE, test)), leaving)
    assert do.EndTest(DEVICE, test) in outcome.effects
    assert isinstance(outcome.session.stage, st.Inspecting if isinstance(leaving, ask.Back) else st.Idle)


def test_nobody_touches_the_screen_so_the_technician_is_signed_out() -> None:
    for stage in (st.Inspecting(BENCH), st.ReadingFrames(BENCH, DEVICE), st.TouchingGrid(BENCH, DEVICE)):
        outcome = step(at(stage), ev.IdleFor(0))
        reason = (("staff_no", STAFF_NO), ("reason", "no touch for a while"))
        assert outcome.effects == (do.Record("VendorModeExited", reason),)
        assert outcome.session.stage == st.Idle()


def test_a_door_that_stands_open_keeps_the_technicians_page() -> None:
    stage = st.TryingDoor(BENCH, DEVICE, EMPTY, open=True)
    for event, effects in (
        (ev.IdleFor(0), (do.Sound("attention"),)),
        (ask.StartOver(), ()),
        (ask.Back(), ()),
    ):
        outcome = step(at(stage), event)
        assert outcome.session.stage == stage
        assert outcome.effects == effects


@pytest.mark.parametrize(
    ("event", "detail"),
    [
        (ev.DoorAnswer(EMPTY, opened=False, reason="DOOR_JAMMED"), "A-04: DOOR_JAMMED"),
        (ev.DoorLost(EMPTY), "A-04: the board fell silent"),
    ],
)
def test_a_door_that_fails_is_a_test_that_failed(event: ev.Event, detail: str) -> None:
    outcome = step(at(st.TryingDoor(BENCH, DEVICE, EMPTY)), event)
    stage = outcome.session.stage
    assert isinstance(stage, st.Inspecting)
    assert stage.bench.results[-1] == st.TrialResult(DEVICE, "door", "failed", detail)


@pytest.mark.parametrize("event", [ev.CardFailed(ev.CardTrouble.UNREADABLE), ev.IdentityGone()])
def test_a_card_that_is_not_read_is_a_test_that_failed(event: ev.Event) -> None:
    outcome = step(at(st.Inspecting(BENCH, DEVICE, "card")), event)
    assert outcome.effects == (do.EndTest(DEVICE, "card"), kept("card", "failed"))
    assert step(at(st.Inspecting(BENCH, DEVICE)), event).unexpected == event


def test_the_answer_of_another_test_changes_nothing() -> None:
    running = at(st.Inspecting(BENCH, DEVICE, "receipt"))
    for late in (ev.TrialAnswer(DEVICE, "picture", "passed"), ev.TrialAnswer("other", "receipt", "passed")):
        assert step(running, late).session == running


def test_every_square_makes_a_touch_test_that_passed() -> None:
    session = at(st.TouchingGrid(BENCH, DEVICE))
    for number in range(vendor.GRID_COLUMNS * vendor.GRID_ROWS):
        session = step(session, ask.TouchSquare(number)).session
    assert isinstance(session.stage, st.Inspecting)
    assert session.stage.bench.results[-1] == st.TrialResult(DEVICE, "touch", "passed", "every square")


def test_the_last_try_of_a_test_counts() -> None:
    tried = st.Bench(STAFF_NO)
    for outcome in ("failed", "passed"):
        tried = tried.with_result(st.TrialResult(DEVICE, "card", outcome))
    assert tried.results == (st.TrialResult(DEVICE, "card", "passed"),)


def test_what_a_card_said_is_masked_kept_out_of_results_and_gone_with_the_page() -> None:
    read = step(at(st.Inspecting(BENCH, DEVICE, "card")), ev.CardTaken(CARD)).session
    assert isinstance(read.stage, st.Inspecting)
    masked = (CARD.masked_name, CARD.masked_number)
    whole = [secret for secret in PERSONAL if secret not in masked]
    assert not [word for word in words_in(read) if any(secret in word for secret in whole)]
    assert not [word for word in words_in(read.stage.bench) if any(secret in word for secret in PERSONAL)]
    assert not [word for word in words_in(step(read, ask.Back()).session) if any(s in word for s in PERSONAL)]


def test_a_device_that_is_gone_from_the_settings_is_not_shown() -> None:
    other = Inspection((DeviceFact("printer", "escpos", "", "online", works=True),))
    shown = step(replace(at(st.Inspecting(BENCH)), inspection=other), ask.ShowDevice(DEVICE)).session.stage
    assert shown == st.Inspecting(BENCH)


@pytest.mark.parametrize(
    ("case", "said"), [(CASE, "a receipt of this kiosk"), ("", "no receipt of this kiosk")]
)
def test_any_code_shows_that_the_scanner_works(case: str, said: str) -> None:
    idle = at(st.Inspecting(st.Bench(STAFF_NO), DEVICE))
    assert step(idle, ev.CodeScanned(case)).session == idle
    ended = step(at(st.Inspecting(st.Bench(STAFF_NO), DEVICE, vendor.CODE_TEST)), ev.CodeScanned(case))
    result = st.TrialResult(DEVICE, vendor.CODE_TEST, "passed", said)
    assert ended.session.stage == st.Inspecting(st.Bench(STAFF_NO).with_result(result), DEVICE)
    assert kept("code", "passed") in ended.effects
