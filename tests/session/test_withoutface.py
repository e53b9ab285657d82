"""The ways without a face: one is always there, each ends with who it is or back among the others."""

from dataclasses import replace

import pytest

from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import state as st
from kiosk.session.custodystate import LookingUp
from kiosk.session.facts import WITHOUT_FACE, Identity, Part
from kiosk.session.machine import step
from kiosk.session.withoutface import CODE_DIGITS, usable, ways
from screens import intents as ask
from tests.session.test_identity import CARD, FINE, after

VISIT = st.Visit("0a1b", "food", card=CARD, card_present=True)
CODE = "482913"


def at(stage: st.Stage, *on: Identity) -> st.Session:
    """A session in this stage, with these ways on."""
    return st.Session(stage=stage, facts=FINE, policy=st.Policy(ways=on or WITHOUT_FACE), next_id="x")


def typed(session: st.Session) -> st.Session:
    """A whole code typed."""
    return after(session, *(ask.Digit(int(digit)) for digit in CODE))


@pytest.mark.parametrize("on", [(way,) for way in WITHOUT_FACE] + [()])
@pytest.mark.parametrize("blocked", [False, True])
@pytest.mark.parametrize("failing", [frozenset[Part](), frozenset({Part.MODEM})])
def test_one_way_is_always_there(on: tuple[Identity, ...], blocked: bool, failing: frozenset[Part]) -> None:
    visit = replace(VISIT, face_blocked=blocked)
    session = replace(
        at(st.ChoosingWay(visit)), policy=st.Policy(ways=on), facts=replace(FINE, failing=failing)
    )
    assert any(usable(way, session.facts) for way in ways(visit, session))


def test_where_there_is_one_way_nobody_is_asked_which() -> None:
    declined = st.Session(facts=FINE, policy=st.Policy(ways=(Identity.CARD_ONLY,)), next_id="0a1b")
    for event in (ask.ShowItems(), ask.ChooseItem("food"), ask.Proceed(), ask.WithoutFace()):
        declined = step(declined, event).session
    outcome = step(declined, ev.CardTaken(CARD))
    assert isinstance(outcome.session.stage, LookingUp)
    assert outcome.session.stage.visit.identity is Identity.CARD_ONLY


def test_a_code_by_text_message() -> None:
    sending = step(at(st.ChoosingWay(VISIT)), ask.Choose("code_sms"))
    assert sending.effects == (do.SendCode("0a1b", CARD.number, "zh_CN"),)
    assert after(sending.session, ask.Digit(1)) == sending.session, "nothing to type yet"
    sent = typed(after(sending.session, ev.CodeSent("12")))
    check = step(sent, ask.Proceed())
    assert check.effects == (do.CheckCode("0a1b", Identity.CODE_SMS, CARD.number, CODE),)
    known = step(check.session, ev.CodeAnswer(right=True))
    assert isinstance(known.session.stage, LookingUp)
    assert known.session.stage.visit.identity is Identity.CODE_SMS
    assert known.effects[0] == (do.Record("IdentityAccepted", (("session_id", "0a1b"), ("way", "code_sms"))))


@pytest.mark.parametrize("why", ["no_phone", "failed", "too_many"])
def test_no_code_on_its_way_leads_back_to_the_others_with_a_reason(why: str) -> None:
    stage = after(at(st.EnteringCode(VISIT, Identity.CODE_SMS, sending=True)), ev.CodeNotSent(why)).stage
    assert stage == st.ChoosingWay(VISIT, f"sms_{why}")


def test_a_wrong_code_is_typed_again_and_another_one_sent() -> None:
    wrong = after(
        typed(at(st.EnteringCode(VISIT, Identity.CODE_SMS, sent_to="12"))), ask.Proceed(),
        ev.CodeAnswer(right=False, why="wrong", left=3, wait_s=15),
    )  # fmt: skip
    assert wrong.stage == st.EnteringCode(
        VISIT, Identity.CODE_SMS, sent_to="12", trouble="wrong", left=3, wait_s=15
    )
    again = step(wrong, ask.TryAgain())
    assert again.session.stage == st.EnteringCode(VISIT, Identity.CODE_SMS, sending=True)
    assert again.effects == (do.SendCode("0a1b", CARD.number, "zh_CN"),)


def test_a_code_is_compared_only_when_it_is_whole() -> None:
    session = at(st.EnteringCode(VISIT, Identity.CODE_STAFF, "12345"))
    assert len("12345") < CODE_DIGITS
    assert step(session, ask.Proceed()).effects == ()
    full = after(session, ask.Digit(6), ask.Digit(7))
    assert full.stage == st.EnteringCode(VISIT, Identity.CODE_STAFF, "123456")


def test_a_code_from_staff_is_not_sent_again() -> None:
    session = at(st.EnteringCode(VISIT, Identity.CODE_STAFF))
    assert step(session, ask.TryAgain()).effects == ()


@pytest.mark.parametrize(
    ("outcome", "reached"),
    [
        ("allowed", LookingUp(replace(VISIT, identity=Identity.DUTY_DESK))),
        ("refused", st.ChoosingWay(VISIT, "desk_refused")),
        ("no_answer", st.ChoosingWay(VISIT, "desk_no_answer")),
    ],
)
def test_the_duty_desk(outcome: str, reached: st.Stage) -> None:
    asking = step(at(st.ChoosingWay(VISIT)), ask.Choose("duty_desk"))
    assert asking.effects == (do.AskDesk("0a1b", "food", CARD),)
    assert after(asking.session, ev.DeskAnswer(outcome)).stage == reached


def test_who_goes_back_or_away_takes_the_question_back() -> None:
    for stage in (st.AskingDesk(VISIT), st.EnteringCode(VISIT, Identity.CODE_SMS)):
        back = step(at(stage), ask.Back())
        assert (back.session.stage, back.effects) == (st.ChoosingWay(VISIT), (do.DropWay("0a1b"),))
        for away in (ask.StartOver(), ev.CardGone()):
            assert do.DropWay("0a1b") in step(at(stage), away).effects
    late = at(st.ChoosingWay(VISIT))
    for event in (ev.DeskAnswer("allowed"), ev.CodeAnswer(right=True), ev.CodeSent("12")):
        assert after(late, event) == late, "an answer that comes late lets nobody in"


def test_a_way_that_is_not_offered_is_not_gone() -> None:
    session = at(st.ChoosingWay(VISIT), Identity.CODE_STAFF)
    assert after(session, ask.Choose("card_only")).stage == st.ChoosingWay(VISIT)
    mute = replace(at(st.ChoosingWay(VISIT)), facts=replace(FINE, failing=frozenset({Part.MODEM})))
    assert after(mute, ask.Choose("code_sms")).stage == st.ChoosingWay(VISIT)
