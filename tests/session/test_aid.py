"""Help over any page: it takes the touches, the page below lives on, and nothing typed outlives it."""

from dataclasses import replace
from typing import get_args

import pytest

from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import state as st
from kiosk.session.aid import CHROME
from kiosk.session.aidstate import Aid, Problem, Spot
from kiosk.session.facts import Part
from kiosk.session.machine import step
from screens import intents as ask
from tests.session.scenes import FINE, INTENTS, PHONE, stage_kinds, start

POLICY = st.Policy(call_back=True)


def after(session: st.Session, *events: ev.Event) -> st.Session:
    for event in events:
        session = step(session, event).session
    return session


def helped(session: st.Session | None = None) -> st.Session:
    return after(session or start(POLICY), ask.ShowHelp())


@pytest.mark.parametrize("kind", get_args(st.Stage))
def test_from_any_page_a_problem_is_reported_and_the_page_stays(kind: type) -> None:
    below = stage_kinds()[kind]
    asked = step(after(helped(below), ask.ReportProblem()), ask.Choose(Problem.DOOR.value))
    assert asked.effects == (do.ReportProblem("door"),)
    done = after(asked.session, ev.AidAnswer("P-261122-01"))
    assert done.aid == Aid(Spot.REPORTED, number="P-261122-01")
    assert after(done, ask.Proceed()) == below


@pytest.mark.parametrize("kind", get_args(st.Stage))
def test_no_touch_goes_through_help_to_the_page_below(kind: type) -> None:
    below = stage_kinds()[kind]
    for intent in INTENTS:
        if not isinstance(intent, CHROME):
            outcome = step(helped(below), intent)
            assert outcome.session.stage == below.stage, intent
            assert outcome.effects == ()


def test_what_devices_say_goes_to_the_page_below() -> None:
    visit = st.Visit("s", "food-permit")
    open_door = replace(start(POLICY), stage=st.PuttingIn(visit, st.Place("c", "A-03")))
    shut = after(helped(open_door), ask.CallMe(), ev.DoorShut("A-03", "present"))
    assert not isinstance(shut.stage, st.PuttingIn)
    assert shut.aid.spot is Spot.PHONE


def test_a_call_back_needs_a_number_that_a_phone_can_have() -> None:
    typing = after(helped(), ask.CallMe(), *(ask.Digit(int(digit)) for digit in PHONE[:-1]))
    assert after(typing, ask.Proceed()).aid.invalid
    assert PHONE[:-1] not in repr(typing)
    whole = after(typing, ask.DeleteDigit(), ask.Digit(1), ask.Digit(1), ask.Digit(7))
    asked = step(whole, ask.Proceed())
    assert asked.effects == (do.AskCallBack(f"{PHONE[:-2]}11"),)
    assert asked.session.aid.digits == ""
    assert PHONE[:-2] not in repr(asked.effects)
    called = after(asked.session, ev.AidAnswer("C-261122-01", is_call=True))
    assert called.aid.spot is Spot.CALLED
    assert after(asked.session, ev.AidAnswer("", is_call=True)).aid.spot is Spot.FAILED


@pytest.mark.parametrize("event", [ev.AidLeft(), ev.IdleFor(0), ask.Back(), ask.StartOver()])
def test_what_was_typed_is_gone_with_the_page(event: ev.Event) -> None:
    typing = after(helped(after(start(POLICY), ask.ShowItems())), ask.CallMe(), ask.Digit(1), ask.Digit(3))
    assert typing.aid.digits == "13"
    assert after(typing, event).aid == Aid()


def test_without_a_way_to_tell_staff_nobody_is_promised_a_call() -> None:
    for session in (start(), start(POLICY, replace(FINE, failing=frozenset({Part.MODEM})))):
        assert after(helped(session), ask.CallMe()).aid.spot is Spot.MENU


def test_an_answer_that_comes_late_changes_nothing() -> None:
    closed = after(helped(), ask.ReportProblem(), ask.Choose("card"), ev.AidLeft())
    outcome = step(closed, ev.AidAnswer("P-261122-01"))
    assert (outcome.session, outcome.unexpected) == (closed, None)


def test_help_touched_while_a_report_is_on_its_way_still_shows_its_number() -> None:
    asked = after(helped(), ask.ReportProblem(), ask.Choose(Problem.DOOR.value))
    done = after(asked, ask.ShowHelp(), ev.AidAnswer("P-261122-01"))
    assert done.aid == Aid(Spot.REPORTED, number="P-261122-01")
