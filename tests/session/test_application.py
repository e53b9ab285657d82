"""An application from the first question to the decision, as a person gives it; what others may see of it."""

from dataclasses import replace

import pytest

from kiosk.catalogue.forms import FormField
from kiosk.session import custodystate as cs
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import state as st
from kiosk.session.applicationstate import Keys
from kiosk.session.errands import identified
from kiosk.session.facts import Identity
from kiosk.session.form import Origin
from kiosk.session.machine import step
from screens import intents as ask
from tests.session.scenes import CARD, CASE, CELL, DECISIONS, FINE, ITEM, PHONE

EARLIER = ev.Earlier(PHONE, (("premises", "人民路12号"), ("trade_name", "旧名")))


def field(name: str, **more: object) -> FormField:
    return FormField.model_validate({"name": name, "zh": "栏", "en": name, **more})


FORM = (
    field("name", source="card.name"),
    field("trade_name", least=2, most=10),
    field("premises", type="address", source="earlier_case"),
    field("vets", type="number", most=2),
    field("born", type="date"),
    field("code", type="code", optional=True),
    field("insured", type="yes_no"),
)


def looking_up(identity: Identity = Identity.VERIFIED) -> st.Session:
    policy = st.Policy(forms=((ITEM, FORM),))
    visit = st.Visit("s", ITEM, card=CARD, card_present=True, identity=identity)
    return st.Session(cs.LookingUp(visit), facts=FINE, policy=policy, next_id="s")


def after(session: st.Session, *events: ev.Event) -> st.Session:
    for event in events:
        session = step(session, event).session
    return session


def filling(session: st.Session) -> st.Filling:
    assert isinstance(session.stage, st.Filling)
    return session.stage


def digits(typed: str) -> list[ev.Event]:
    return [ask.Digit(int(digit)) for digit in typed]


def confirming() -> st.Session:
    session = after(looking_up(), ev.CasesFound((), EARLIER))
    session = after(session, ask.Letter("h"), ask.Letter("l"), ask.PickWord("好来", 2), ask.Proceed())
    session = after(session, *digits("3"), ask.Proceed(), *digits("20261105"), ask.Proceed())
    session = after(session, ask.Skip(), ask.Choose("yes"), ask.Proceed())
    assert isinstance(session.stage, st.Confirming)
    return session


def test_only_what_is_not_known_is_asked_and_the_phone_number_is_known_too() -> None:
    visit = confirming().stage
    assert isinstance(visit, st.Confirming)
    told = visit.visit.form
    assert told.values == (
        ("name", CARD.name), ("trade_name", "好来"), ("premises", "人民路12号"), ("vets", "3"), ("born", "2026-11-05"),
        ("insured", "yes"),
    )  # fmt: skip
    assert visit.visit.phone == PHONE
    premises = told.answer("premises")
    assert premises is not None
    assert premises.origin is Origin.EARLIER


def test_a_card_alone_learns_nothing_of_earlier_cases() -> None:
    _, effects = identified(st.Visit("s", ITEM, card=CARD, identity=Identity.CARD_ONLY))
    assert effects == (do.FindCases(CARD.number, recall=False),)
    _, effects = identified(st.Visit("s", ITEM, card=CARD, identity=Identity.CODE_SMS))
    assert effects == (do.FindCases(CARD.number, recall=True),)
    stage = filling(after(looking_up(Identity.CARD_ONLY), ev.CasesFound((), EARLIER)))
    assert (stage.visit.phone, stage.visit.form.answer("premises")) == ("", None)


def test_the_keyboard_writes() -> None:
    session = after(looking_up(), ev.CasesFound((), EARLIER))
    session = after(session, *map(ask.Letter, "haolai"), ask.PickWord("好", 3))
    assert (filling(session).typed, filling(session).letters) == ("好", "lai")
    assert filling(after(session, ask.PickWord("来", 4))) == filling(session)  # more letters than there are
    assert filling(after(session, ask.DeleteDigit())).letters == "la"
    session = after(session, *digits("1"), ask.Sign("号"), ask.Sign("\n"))
    assert (filling(session).typed, filling(session).letters) == ("好lai1号", "")
    session = after(session, ask.SwitchKeys(), ask.Letter("a"), ask.SwitchKeys(), ask.Letter("a"))
    assert filling(session).typed == "好lai1号aA"
    assert filling(after(session, *map(ask.Letter, "abcdef"))).typed == "好lai1号aAAB"  # ten signs, no more
    assert filling(after(session, ask.ClearTyped())).typed == ""


@pytest.mark.parametrize("typed", ["1", ""])
def test_what_does_not_fit_is_said_and_stays(typed: str) -> None:
    session = after(looking_up(), ev.CasesFound((), EARLIER), *digits(typed), ask.Proceed())
    assert (filling(session).name, filling(session).invalid, filling(session).typed) == (
        "trade_name",
        True,
        typed,
    )
    assert not filling(after(session, ask.Sign("室"))).invalid


def test_an_answer_is_changed_from_the_list_and_nothing_else() -> None:
    session = after(confirming(), ask.ShowAnswers())
    assert isinstance(session.stage, st.Reviewing)
    assert after(session, ask.ChangeAnswer("name")) == session  # the card's
    changing = filling(after(session, ask.ChangeAnswer("born")))
    assert (changing.typed, changing.again, changing.keys) == ("20261105", True, Keys.PINYIN)
    session = after(
        session, ask.ChangeAnswer("premises"), ask.ClearTyped(), *digits("7"), ask.Sign("号"), ask.Proceed()
    )
    assert isinstance(session.stage, st.Confirming)
    assert dict(session.stage.visit.form.values)["premises"] == "7号"
    assert isinstance(after(session, ask.ShowAnswers(), ask.ChangeAnswer("phone")).stage, st.EnteringPhone)


def test_one_can_go_back_to_the_question_before() -> None:
    session = after(looking_up(), ev.CasesFound((), EARLIER), *digits("12"), ask.Proceed())
    assert filling(session).name == "vets"
    assert filling(after(session, ask.Back())).name == "premises"
    assert filling(after(session, ask.Back(), ask.Back())).typed == "12"


def test_another_face_does_not_see_what_was_said() -> None:
    session = after(confirming(), ev.FaceStale(ev.Stale.CHANGED))
    assert isinstance(session.stage, st.CheckingFace)
    assert session.stage.visit.form.answers == ()
    kept = after(
        confirming(), ev.FaceStale(ev.Stale.EXPIRED), ev.FaceAnswer("match"), ev.CasesFound((), EARLIER)
    )
    assert isinstance(kept.stage, st.EnteringPhone)  # the same person does not type it again


@pytest.mark.parametrize(
    "by", [(ask.WithoutFace(),), (ev.FaceAnswer("no_match"),), (ev.FaceAnswer("camera_gone"),)]
)
def test_who_is_not_proven_again_by_the_face_does_not_see_what_was_said(by: tuple[ev.Event, ...]) -> None:
    """The check was too long ago, and another way was taken: the card may be in anybody's hand by now."""
    ways = (Identity.CODE_SMS, Identity.CARD_ONLY)
    session = replace(confirming(), policy=st.Policy(forms=((ITEM, FORM),), ways=ways))
    other = after(session, ev.FaceStale(ev.Stale.EXPIRED), *by, ask.Choose("card_only"))
    assert isinstance(other.stage, cs.LookingUp)
    assert other.stage.visit.identity is Identity.CARD_ONLY
    assert other.stage.visit.form.answers == ()
    asked = filling(after(other, ev.CasesFound(())))
    assert (asked.name, asked.typed, asked.visit.form.answer("premises")) == ("trade_name", "", None)


def test_who_is_proven_at_the_second_look_keeps_what_was_said() -> None:
    again = after(
        confirming(), ev.FaceStale(ev.Stale.EXPIRED), ev.FaceAnswer("uncertain"), ask.TryAgain(),
        ev.FaceAnswer("match"), ev.CasesFound((), EARLIER),
    )  # fmt: skip
    assert isinstance(again.stage, st.EnteringPhone)


def test_the_answers_go_to_the_journal_with_the_case_and_to_no_other_effect() -> None:
    outcome = step(confirming(), ask.Proceed())
    (opening,) = [effect for effect in outcome.effects if isinstance(effect, do.OpenCase)]
    assert dict(opening.answers)["trade_name"] == "好来"
    assert "好来" not in repr(outcome)


@pytest.mark.parametrize("decision", DECISIONS)
def test_who_is_refused_may_hand_in_all_the_same_or_take_the_papers_along(decision: object) -> None:
    session = after(confirming(), ask.Proceed())
    decided = after(session, ev.CellGiven(CASE, CELL, decision))  # type: ignore[arg-type]
    assert isinstance(decided.stage, st.Decided)
    assert isinstance(after(decided, ask.Proceed()).stage, st.Opening)
    stale = step(decided, ev.FaceStale(ev.Stale.CHANGED))
    assert isinstance(stale.session.stage, st.CheckingFace)
    assert stale.session.stage.visit.form.answers == ()
    assert any(isinstance(effect, do.AbandonDeposit) for effect in stale.effects)
    for leaves in (ask.GiveUp(), ev.IdleFor(0)):
        outcome = step(decided, leaves)
        assert isinstance(outcome.session.stage, st.TakingCard)
        assert [effect.cell for effect in outcome.effects if isinstance(effect, do.AbandonDeposit)] == [CELL]


def test_the_wipe_takes_the_form() -> None:
    session = replace(confirming(), large=True)
    ended = after(session, ev.IdleFor(0), ev.CardGone(), ev.LeftAlone())
    assert isinstance(ended.stage, st.Idle)
    assert "好来" not in str([getattr(ended, name) for name in ("stage", "facts", "inspection")])
