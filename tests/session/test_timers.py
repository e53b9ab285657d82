"""How long each stage lasts without a touch: who is warned, who is sent home, what only a device ends."""

from dataclasses import replace

import pytest

from kiosk.runtime.timers import Limits, Quiet, begins_anew, due
from kiosk.session import custodystate as cs
from kiosk.session import events as ev
from kiosk.session import staffstate as ss
from kiosk.session import state as st
from locker.events import Evidence
from tests.session.scenes import CELL, reachable, stage_kinds

LIMITS = Limits()
AGES_AGO = Quiet(1e6, 1e6)
VISIT = st.Visit("s", "food-permit")
ERRAND = ss.Errand(ss.Purpose.COLLECT, "A-03", "c", expected=True)
ROUND = ss.Round("3", ss.Purpose.COLLECT, (ERRAND,))
PLACE = st.Place("c", CELL)

ASKED = (
    st.ChoosingItem(), st.ReadingGuide("food-permit"), st.AskingConsent(VISIT), st.AwaitingCard(VISIT),
    st.CheckingFace(VISIT), st.FaceUndecided(VISIT, "no_match"), st.EnteringPhone(VISIT), st.Confirming(VISIT),
    st.OpenFailed(VISIT, PLACE), st.NothingSeen(VISIT, PLACE), ss.SigningIn(), ss.StaffList("3"),
    ss.StaffDone("3", ROUND), st.Inspecting(st.Bench("4")), st.ReadingFrames(st.Bench("4"), "board main"),
    st.TouchingGrid(st.Bench("4"), "screen"), st.TryingDoor(st.Bench("4"), "board main"),
)  # fmt: skip
ENDED_BY_A_DEVICE = (
    st.Idle(), st.Reserving(VISIT), st.Opening(VISIT, PLACE), st.Holding(VISIT, PLACE, Evidence.SENSOR),
    st.Receipt(VISIT, PLACE, ""), ss.StaffDoor("3", ROUND),
)  # fmt: skip


@pytest.mark.parametrize("stage", ASKED, ids=lambda stage: type(stage).__name__)
def test_a_person_is_asked_before_the_end(stage: st.Stage) -> None:
    limit_s = LIMITS.sign_in_idle_s if isinstance(stage, ss.SigningIn) else LIMITS.idle_limit_s
    assert due(stage, Quiet(0, 1e6), LIMITS) is None
    assert due(stage, Quiet(limit_s - LIMITS.idle_warning_s - 1, 0), LIMITS) is None
    assert due(stage, Quiet(limit_s - LIMITS.idle_warning_s, 0), LIMITS) == ev.IdleFor(20)
    assert due(stage, Quiet(limit_s - 0.5, 0), LIMITS) == ev.IdleFor(1)
    assert due(stage, Quiet(limit_s, 0), LIMITS) == ev.IdleFor(0)


@pytest.mark.parametrize("stage", ENDED_BY_A_DEVICE, ids=lambda stage: type(stage).__name__)
def test_what_a_device_ends_no_clock_ends(stage: st.Stage) -> None:
    assert due(stage, AGES_AGO, LIMITS) is None


def test_a_door_left_open_is_named_every_five_seconds_and_left_at_its_limit() -> None:
    stage = st.PuttingIn(VISIT, PLACE)
    warned = [s for s in range(120) if due(stage, Quiet(s, s), LIMITS) == ev.DoorOpenLong(CELL)]
    assert warned == list(range(30, 120, 5))
    assert due(stage, Quiet(0, 120), LIMITS) == ev.IdleFor(0)
    assert due(st.DoorLeftOpen(CELL), Quiet(0, 300), LIMITS) == ev.DoorOpenLong(CELL)


def test_each_door_of_a_round_has_a_time_of_its_own() -> None:
    first, second = (
        ss.StaffDoor("3", replace(ROUND, todo=(replace(ERRAND, cell=cell),))) for cell in ("A-03", "A-04")
    )
    stood_open = replace(first, open=True)
    for before, after in (
        (first, second),
        (first, stood_open),
        (stood_open, replace(first, shut_item="unknown")),
    ):
        assert begins_anew(before, after)
    assert not begins_anew(stood_open, replace(stood_open, said=ss.Found.ELSE))
    assert begins_anew(ss.StaffList("3"), first)
    assert not begins_anew(st.PuttingIn(VISIT, PLACE), st.PuttingIn(VISIT, PLACE, long_open=True))


def test_staff_before_an_open_door_are_asked_and_then_taken_for_gone() -> None:
    door = ss.StaffDoor("3", ROUND, open=True)
    assert due(door, Quiet(LIMITS.door_open_limit_s - 20, 100), LIMITS) == ev.IdleFor(20)
    assert due(door, Quiet(LIMITS.door_open_limit_s, 120), LIMITS) == ev.IdleFor(0)
    assert due(door, Quiet(0, LIMITS.door_warn_after_s), LIMITS) == ev.DoorOpenLong("A-03")
    assert due(replace(door, unattended=True), AGES_AGO, LIMITS) == ev.DoorOpenLong("A-03")


def test_the_card_left_on_the_reader_has_a_limit_that_touches_do_not_move() -> None:
    assert due(st.TakingCard("s"), Quiet(1e6, 59), LIMITS) is None
    assert due(st.TakingCard("s"), Quiet(0, 60), LIMITS) == ev.CardLeftLong()


def test_who_has_just_been_asked_to_take_the_card_is_not_reminded_at_once() -> None:
    reminded = [s for s in range(60) if due(st.TakingCard("s"), Quiet(s, s), LIMITS) == ev.LeftAlone()]
    assert reminded == list(range(5, 60, 5))
    assert due(st.TakingCard("s"), Quiet(0.2, 0.2), LIMITS) is None


def test_pages_that_show_by_themselves_end_by_themselves() -> None:
    for stage in (st.Farewell(deposited=True), st.Trouble("disk_full")):
        assert due(stage, Quiet(1e6, 11), LIMITS) is None
        assert due(stage, Quiet(0, 12), LIMITS) == ev.LeftAlone()
        assert due(stage, Quiet(0, 40, spoken_s=29), LIMITS) is None  # it was read aloud for so long
        assert due(stage, Quiet(0, 40, spoken_s=28), LIMITS) == ev.LeftAlone()
    assert due(st.Receipt(VISIT, PLACE, "", "printed"), Quiet(30, 0), LIMITS) == ev.IdleFor(0)


def test_every_stage_is_known_to_the_clock() -> None:
    assert {type(session.stage) for session in reachable()} == set(stage_kinds())
    for session in reachable():
        due(session.stage, AGES_AGO, LIMITS)


def test_every_limit_is_a_setting() -> None:
    short = Limits(idle_limit_s=2, idle_warning_s=1, card_left_limit_s=3, notice_page_s=4, receipt_page_s=5,
                   door_open_limit_s=6, staff_idle_s=7, sign_in_idle_s=8)  # fmt: skip
    for stage, seconds in (
        (st.ChoosingItem(), 2), (st.TakingCard(), 3), (st.Farewell(deposited=False), 4),
        (st.Receipt(VISIT, PLACE, "", "printed"), 5), (st.PuttingIn(VISIT, PLACE), 6), (ss.StaffList("3"), 7),
        (ss.SigningIn(), 8),
    ):  # fmt: skip
        assert due(stage, Quiet(seconds, seconds), short) is not None
        assert due(stage, Quiet(seconds - 1.1, seconds - 1.1), short) is None


def test_what_lies_behind_a_shut_door_counts_after_the_grace_and_no_sooner() -> None:
    sealing = cs.Sealing(VISIT, PLACE)
    assert due(sealing, Quiet(LIMITS.grace_s - 1, 1e6), LIMITS) is None
    assert due(sealing, Quiet(LIMITS.grace_s, 0), LIMITS) == ev.LeftAlone()


def test_who_leaves_the_door_open_while_fetching_is_warned_and_then_gone() -> None:
    taking = cs.Taking(VISIT, st.Parcel("c", CELL, "result"))
    assert due(taking, Quiet(0, LIMITS.door_warn_after_s), LIMITS) == ev.DoorOpenLong(CELL)
    assert due(taking, Quiet(0, LIMITS.door_open_limit_s), LIMITS) == ev.IdleFor(0)
