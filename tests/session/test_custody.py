"""The citizen's custody step by step: grace, envelopes, own cases, what does not fit, fetching."""

from dataclasses import replace

import pytest

from kiosk.session import custodystate as cs
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import state as st
from kiosk.session.facts import Facts, Identity, OwnCase, OwnState, Part
from kiosk.session.machine import Outcome, step
from kiosk.session.visit import Errand, Held, Parcel
from locker.events import Evidence
from screens import intents as ask
from tests.session.scenes import CARD, CASE, CELL, FINE, ITEM, PHONE

OTHER = "A-04"
VISIT = st.Visit("s", ITEM, card=CARD, card_present=True, phone=PHONE, case_id=CASE)
PLACE = st.Place(CASE, CELL, opened_before=True)
SHUT = replace(PLACE, inside=Evidence.SENSOR)
OWN = OwnCase(CASE, ITEM, "2026-11-22T03:00:00+08:00", OwnState.COLLECTED, open=True)
WAITING = replace(OWN, waiting=((CELL, "result"), (OTHER, "to_complete")))
CUT_OFF = replace(OWN, state=OwnState.DOUBTFUL, cut_off=True, open=False)
FETCHING = replace(VISIT, errand=Errand.FETCH, item_code="", case_id="", phone="")
SILENT = ev.DoorAnswer(OTHER, opened=False, reason="BOARD_SILENT")
PARCEL = Parcel(CASE, CELL, "result", ITEM, "code")


def at(stage: st.Stage, facts: Facts = FINE) -> st.Session:
    return st.Session(stage=stage, facts=facts)


def after(session: st.Session, *events: ev.Event) -> Outcome:
    """The last step's outcome; none of them may come unexpected."""
    outcome = Outcome(session)
    for event in events:
        outcome = step(outcome.session, event)
        assert outcome.unexpected is None, event
    return outcome


def test_while_another_door_stands_open_no_try_is_lost() -> None:
    other_open = ev.DoorAnswer(CELL, opened=False, reason="OTHER_DOOR_OPEN")
    opening = st.Opening(VISIT, st.Place(CASE, CELL), attempt=2)
    refused = after(at(opening), other_open)
    assert refused.session.stage == st.OpenFailed(VISIT, st.Place(CASE, CELL), other_open=True)
    again = after(refused.session, ask.TryAgain(), other_open, ask.TryAgain())
    assert again.session.stage == st.Opening(VISIT, st.Place(CASE, CELL), attempt=1)
    jammed = after(again.session, ev.DoorAnswer(CELL, opened=False, reason="DOOR_JAMMED"))
    assert jammed.session.stage == st.OpenFailed(VISIT, st.Place(CASE, CELL))


def test_the_citizen_opens_once_more_and_no_more() -> None:
    opened = after(at(cs.Sealing(VISIT, SHUT)), ask.OpenAgain())
    assert opened.effects == (do.OpenDoor(CELL, CASE, "citizen"),)
    shut = after(opened.session, ev.DoorAnswer(CELL, opened=True), ev.DoorShut(CELL, "present"))
    again = after(shut.session, ask.OpenAgain())
    assert (again.session, again.effects) == (shut.session, ())


ON_BATTERY = replace(FINE, failing=FINE.failing | {Part.POWER})


def test_when_the_battery_ends_what_lies_behind_the_shut_door_counts_at_once() -> None:
    ended = after(at(cs.Sealing(VISIT, SHUT)), ev.FactsChanged(ON_BATTERY))
    assert ended.effects == (do.HoldDeposit(CASE, CELL, Evidence.SENSOR),)


@pytest.mark.parametrize(
    "begins", [ask.StartFetch(), ask.StartDeposit(), ask.ShowItems(), ask.StaffEntrance()]
)
def test_nobody_begins_what_the_battery_will_not_see_the_end_of(begins: ev.Event) -> None:
    outcome = step(at(st.Idle(), ON_BATTERY), begins)
    assert outcome.session.stage == st.Idle()
    assert outcome.effects == ()


def test_a_door_that_stays_shut_at_the_second_opening_holds_what_lies_behind_it() -> None:
    again = after(at(cs.Sealing(VISIT, SHUT)), ask.OpenAgain())
    stuck = after(again.session, ev.DoorAnswer(CELL, opened=False, reason="DOOR_JAMMED"))
    assert stuck.effects == (do.HoldDeposit(CASE, CELL, Evidence.SENSOR),)


def test_what_was_taken_out_again_is_asked_about_anew() -> None:
    out = after(
        at(cs.Sealing(VISIT, SHUT)), ask.OpenAgain(), ev.DoorAnswer(CELL, opened=True), ev.DoorShut(CELL, "notPresent")
    )  # fmt: skip
    assert isinstance(out.session.stage, st.NothingSeen)
    assert after(out.session, ask.GiveUp()).effects[0] == do.AbandonDeposit(CASE, CELL, "nothing put in")


def test_a_deposit_whose_door_was_forced_before_it_was_confirmed_is_no_receipt() -> None:
    out = after(at(cs.Sealing(VISIT, SHUT)), ask.Proceed(), ev.DoorLost(CELL))
    assert isinstance(out.session.stage, st.Trouble)
    assert not any(isinstance(effect, do.PrintReceipt) for effect in out.effects)


def test_another_envelope_is_another_compartment_of_the_same_case_and_one_receipt_lists_both() -> None:
    first = after(at(cs.Sealing(VISIT, SHUT)), ask.AnotherEnvelope(), ev.DepositRecorded(CASE, "anchor 1"))
    (wanted,) = first.effects
    assert isinstance(wanted, do.OpenCase)
    assert (wanted.case_id, wanted.instead_of) == (CASE, "")
    second = after(
        first.session, ev.CellGiven(CASE, OTHER), ev.DoorAnswer(OTHER, opened=True), ev.DoorShut(OTHER, "unknown"),
        ask.Proceed(), ev.DepositRecorded(CASE, "anchor 2"),
    )  # fmt: skip
    held = (Held(CELL, Evidence.SENSOR), Held(OTHER, Evidence.DOOR))
    assert second.effects == (do.PrintReceipt(CASE, held, ITEM, Identity.CARD_ONLY, ""),)


@pytest.mark.parametrize(
    ("stage", "event", "trouble"),
    [
        (st.Reserving(VISIT, CASE), ev.NoCell(), "no_compartment"),
        (st.Opening(VISIT, st.Place(CASE, OTHER)), SILENT, "board_gone"),
        (st.PuttingIn(VISIT, st.Place(CASE, OTHER)), ev.DoorLost(OTHER), "board_gone"),
        (st.OpenFailed(VISIT, st.Place(CASE, OTHER)), ask.GiveUp(), ""),
        (st.NothingSeen(VISIT, st.Place(CASE, OTHER)), ev.IdleFor(0), ""),
    ],
)  # fmt: skip
def test_who_cannot_hand_in_the_second_envelope_gets_the_receipt_of_the_first(
    stage: st.Reserving | st.Opening | st.PuttingIn | st.OpenFailed | st.NothingSeen,
    event: ev.Event,
    trouble: str,
) -> None:
    held = replace(stage.visit, held=(Held(CELL, Evidence.SENSOR),), anchor="anchor")
    outcome = after(at(replace(stage, visit=held)), event)
    assert isinstance(outcome.session.stage, st.Receipt)
    assert (outcome.session.stage.trouble, outcome.session.stage.anchor) == (trouble, "anchor")
    assert any(isinstance(effect, do.PrintReceipt) for effect in outcome.effects)
    assert not [e for e in outcome.effects if isinstance(e, do.Record)]  # the case is not over


def test_papers_are_added_to_a_case_of_theirs_without_asking_the_phone_again() -> None:
    new = replace(VISIT, case_id="", phone="")
    asked = after(at(cs.LookingUp(new)), ev.CasesFound((OWN,)))
    assert asked.session.stage == cs.OwnCases(new, (OWN,))
    told, wanted = after(asked.session, ask.Choose(CASE), ask.Proceed()).effects
    assert isinstance(told, do.Record)
    assert (told.event, dict(told.fields)["errand"]) == ("CaseContinued", "supplement")
    assert isinstance(wanted, do.OpenCase)
    assert wanted.case_id == CASE
    assert isinstance(after(asked.session, ask.Proceed()).session.stage, st.EnteringPhone)


def test_a_case_of_the_card_before_is_never_used_with_the_next_card() -> None:
    chosen = after(at(cs.OwnCases(replace(VISIT, case_id=""), (OWN,))), ask.Choose(CASE)).session
    lifted = after(chosen, ev.CardGone()).session.stage
    assert isinstance(lifted, st.AwaitingCard)
    assert (lifted.visit.case_id, lifted.visit.errand, lifted.visit.card) == ("", Errand.DEPOSIT, None)
    fetching = after(at(cs.TypingPickup(FETCHING, (WAITING,))), ev.CardGone()).session.stage
    assert isinstance(fetching, st.AwaitingCard)
    assert (fetching.visit.case_id, fetching.visit.errand) == ("", Errand.FETCH)


def test_who_was_cut_off_learns_what_is_known_first_and_once() -> None:
    told = after(at(cs.LookingUp(VISIT)), ev.CasesFound((CUT_OFF, OWN)))
    assert told.session.stage == cs.CutOff(VISIT, CUT_OFF, (CUT_OFF, OWN))
    assert told.effects == (do.Record("InterruptionTold", (("case_id", CASE), ("session_id", "s"))),)
    assert after(told.session, ask.Proceed()).session.stage == cs.OwnCases(VISIT, (OWN,))


def test_what_does_not_fit_gets_a_larger_compartment_and_then_the_hotline() -> None:
    open_door = at(st.PuttingIn(VISIT, st.Place(CASE, CELL, opened_before=True)))
    larger = after(open_door, ask.DoesNotFit(), ev.DoorShut(CELL, "notPresent"))
    abandoned, wanted = larger.effects
    assert isinstance(abandoned, do.AbandonDeposit)
    assert isinstance(wanted, do.OpenCase)
    assert (wanted.larger, wanted.instead_of, wanted.case_id) == (True, CELL, CASE)
    none = after(larger.session, ev.NoCell("size"))
    assert none.session.stage == st.Trouble("too_large", card_present=True)
    assert [e.event for e in none.effects if isinstance(e, do.Record)] == ["PapersTooLarge", "CaseCancelled"]


def test_without_an_item_sensor_a_person_looks_whether_it_was_taken_out_again() -> None:
    open_door = at(st.PuttingIn(VISIT, st.Place(CASE, CELL, opened_before=True), too_large=True))
    doubt, _ = after(open_door, ev.DoorShut(CELL, "unknown")).effects
    assert isinstance(doubt, do.DisputeDeposit)


def test_no_compartment_within_reach_is_said_and_another_is_taken_only_when_wanted() -> None:
    wish = after(at(st.Confirming(replace(VISIT, case_id=""))), ask.EasyReach(), ask.Proceed())
    (wanted,) = wish.effects
    assert isinstance(wanted, do.OpenCase)
    assert wanted.reach
    asked = after(wish.session, ev.NoCell("reach"))
    assert isinstance(asked.session.stage, cs.NoReach)
    (other,) = after(asked.session, ask.Proceed()).effects
    assert isinstance(other, do.OpenCase)
    assert not other.reach


# fetching ------------------------------------------------------------------------------------------------------------


def typed() -> st.Session:
    keys = (ask.Digit(int(digit)) for digit in "48291730")
    return after(at(cs.TypingPickup(FETCHING, (WAITING,))), *keys, ask.Proceed()).session


def test_card_and_code_open_one_compartment_after_the_other() -> None:
    started = after(at(st.Idle()), ask.StartFetch())
    assert isinstance(started.session.stage, st.AwaitingCard)
    opening = after(typed(), ev.PickupChecked(CASE, "code"))
    assert opening.effects[-1] == do.OpenParcel(PARCEL, Identity.CARD_ONLY)
    taken = after(opening.session, ev.DoorAnswer(CELL, opened=True), ev.DoorShut(CELL, "notPresent"))
    assert taken.effects == (do.ReturnParcel(PARCEL),)
    doubted = after(taken.session, ev.ParcelReturned(CELL, still_inside=True))
    assert isinstance(doubted.session.stage, cs.StillInside)
    assert doubted.session.stage.seen
    following = after(taken.session, ev.ParcelReturned(CELL))
    assert isinstance(following.effects[0], do.OpenParcel)
    assert following.effects[0].parcel.cell == OTHER
    end = after(
        following.session, ev.DoorAnswer(OTHER, opened=True), ev.DoorShut(OTHER, "notPresent"),
        ev.ParcelReturned(OTHER), ev.CardGone(),
    )  # fmt: skip
    assert end.session.stage == st.Farewell(deposited=False, fetched=True)


def test_who_has_nothing_waiting_is_told_so() -> None:
    nothing = after(at(cs.LookingUp(FETCHING)), ev.CasesFound((OWN,)))
    assert nothing.session.stage == st.Trouble("nothing_waits", card_present=True)


@pytest.mark.parametrize("why", ["expired", "used", "blocked", "revoked", "none"])
def test_a_code_that_is_worth_nothing_says_what_to_do(why: str) -> None:
    assert after(typed(), ev.PickupChecked(why=why)).session.stage == st.Trouble(
        f"pickup_{why}", card_present=True
    )


def test_a_wrong_code_may_be_typed_again() -> None:
    stage = after(typed(), ev.PickupChecked(why="wrong", left=2, wait_s=15)).session.stage
    assert isinstance(stage, cs.TypingPickup)
    assert (stage.digits, stage.checking, stage.left, stage.wait_s) == ("", False, 2, 15)


def test_what_is_still_seen_is_never_said_to_be_taken() -> None:
    shut = after(at(cs.Taking(FETCHING, PARCEL)), ev.DoorShut(CELL, "present"))
    assert shut.session.stage == cs.StillInside(FETCHING, PARCEL)
    assert after(shut.session, ask.FoundPapers()).effects == ()
    left = after(shut.session, ask.GiveUp())
    assert isinstance(left.session.stage, st.TakingCard)
    assert not [e for e in left.effects if isinstance(e, do.ReturnParcel | do.DisputeDeposit)]


def test_without_an_item_sensor_the_citizen_is_asked_and_silence_is_looked_into() -> None:
    shut = after(at(cs.Taking(FETCHING, PARCEL)), ev.DoorShut(CELL, "unknown"))
    assert after(shut.session, ask.FoundPapers()).effects == (do.ReturnParcel(PARCEL),)
    assert isinstance(after(shut.session, ev.IdleFor(0)).effects[0], do.DisputeDeposit)


@pytest.mark.parametrize(("item", "disputes"), [("unknown", 1), ("present", 0)])
@pytest.mark.parametrize("end", [ask.GiveUp(), ev.IdleFor(0), ask.TryAgain()])
def test_a_door_that_does_not_open_again_takes_no_doubt_away(item: str, disputes: int, end: ev.Event) -> None:
    jammed = ev.DoorAnswer(CELL, opened=False, reason="DOOR_JAMMED")
    shut = after(at(cs.Taking(FETCHING, PARCEL)), ev.DoorShut(CELL, item))
    gone = after(shut.session, ask.OpenAgain(), jammed, end)
    if isinstance(end, ask.TryAgain):
        gone = after(gone.session, jammed)
    assert [type(e) for e in gone.effects].count(do.DisputeDeposit) == disputes


@pytest.mark.parametrize(
    ("item", "kind"), [("present", None), ("notPresent", do.ReturnParcel), ("unknown", do.DisputeDeposit)]
)
def test_who_leaves_the_door_open_behind_them(item: str, kind: type | None) -> None:
    gone = after(at(cs.Taking(FETCHING, PARCEL)), ev.IdleFor(0), ev.CardGone())
    effects = after(gone.session, ev.DoorShut(CELL, item)).effects
    custody = do.ReturnParcel | do.DisputeDeposit | do.HoldDeposit
    assert [type(e) for e in effects if isinstance(e, custody)] == ([] if kind is None else [kind])


def test_a_door_that_stays_shut_costs_nobody_the_code() -> None:
    jammed = ev.DoorAnswer(CELL, opened=False, reason="DOOR_JAMMED")
    failed = after(at(cs.PickupOpening(FETCHING, PARCEL)), jammed)
    assert failed.session.stage == cs.PickupFailed(FETCHING, PARCEL)
    stuck = after(failed.session, ask.TryAgain(), jammed)
    assert stuck.session.stage == st.Trouble("pickup_stuck", card_present=True)
    assert not [e for e in stuck.effects if isinstance(e, do.ReturnParcel)]
