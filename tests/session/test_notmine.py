"""What was fetched is somebody else's: it goes back, the compartment is in doubt, nothing counts as handed out."""

from dataclasses import replace

import pytest

from kiosk.session import custodystate as cs
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import state as st
from kiosk.session.machine import step
from locker.events import NOT_THEIRS
from screens import intents as ask
from tests.session.scenes import CARD, CASE, CELL, start

PARCEL = st.Parcel(CASE, CELL, "result", "item", "code")
VISIT = st.Visit("s", "item", st.Errand.FETCH, card=CARD, card_present=True, case_id=CASE)
DISPUTE = do.DisputeDeposit(CASE, CELL, NOT_THEIRS)


def at(stage: st.Stage) -> st.Session:
    return replace(start(), stage=stage)


def after(session: st.Session, *events: ev.Event) -> st.Session:
    for event in events:
        session = step(session, event).session
    return session


def said(item: str) -> do.Record:
    return do.Record("ParcelDisowned", (("case_id", CASE), ("cell", CELL), ("item", item)))


@pytest.mark.parametrize("item", ["present", "notPresent", "unknown"])
def test_behind_the_shut_door_it_is_in_doubt_whatever_the_sensor_sees(item: str) -> None:
    asked = after(at(cs.Taking(VISIT, PARCEL)), ask.NotMine())
    assert isinstance(asked.stage, cs.Taking)
    shut = step(asked, ev.DoorShut(CELL, item))
    assert shut.effects[:2] == (said(item), DISPUTE)
    assert not any(isinstance(effect, do.ReturnParcel) for effect in shut.effects)
    assert shut.session.stage == st.Trouble("not_mine", card_present=True)


@pytest.mark.parametrize(("seen", "item"), [(True, "present"), (False, "unknown")])
def test_it_can_be_said_when_the_door_is_shut_already(seen: bool, item: str) -> None:
    outcome = step(at(cs.StillInside(VISIT, PARCEL, seen=seen)), ask.NotMine())
    assert outcome.effects[:2] == (said(item), DISPUTE)


def test_where_the_board_is_silent_nobody_is_told_to_keep_it() -> None:
    """Only those are told to keep papers whose papers they are."""
    taking = at(cs.Taking(VISIT, PARCEL))
    assert after(taking, ask.NotMine(), ev.DoorLost(CELL)).stage == st.Trouble(
        "not_mine_open", card_present=True
    )
    assert after(taking, ev.DoorLost(CELL)).stage == st.Trouble("pickup_lost", card_present=True)


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        (cs.PickupOpening(VISIT, PARCEL, (), 1), "not_now"),
        (cs.Returning(VISIT, PARCEL, ()), "pickup_lost"),
        (cs.LookingUp(VISIT), "not_now"),
    ],
)
def test_who_fetches_is_not_told_that_nothing_can_be_handed_in(stage: st.Stage, said: str) -> None:
    assert after(at(stage), ev.RecordingFailed()).stage == st.Trouble(said, card_present=True)


def test_a_mistake_is_taken_back() -> None:
    taking = at(cs.Taking(VISIT, PARCEL))
    assert after(taking, ask.NotMine(), ask.Back()) == taking
    assert isinstance(
        after(taking, ask.NotMine(), ask.Back(), ev.DoorShut(CELL, "notPresent")).stage, cs.Returning
    )


@pytest.mark.parametrize("item", ["present", "notPresent", "unknown"])
def test_who_goes_away_meanwhile_has_said_so_all_the_same(item: str) -> None:
    left = after(at(cs.Taking(VISIT, PARCEL)), ask.NotMine(), ev.IdleFor(0))
    assert isinstance(left.stage, st.DoorLeftOpen)
    assert step(left, ev.DoorShut(CELL, item)).effects[:2] == (said(item), DISPUTE)


def test_what_else_waits_is_not_opened_now() -> None:
    another = st.Parcel(CASE, "A-04", "result", "item", "code")
    shut = step(after(at(cs.Taking(VISIT, PARCEL, (another,))), ask.NotMine()), ev.DoorShut(CELL, "present"))
    assert not any(isinstance(effect, do.OpenParcel) for effect in shut.effects)
