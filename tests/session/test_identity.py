"""Who it is: consent, a child's guardian, the check and its challenge, what makes it count no more."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from kiosk.runtime.timers import Limits, Quiet, due
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import identity, withoutface
from kiosk.session import state as st
from kiosk.session.custodystate import LookingUp
from kiosk.session.facts import CardFacts, FaceProof, Facts, Identity, Part
from kiosk.session.machine import step
from screens import intents as ask

CARD = CardFacts("测试人甲", "11010519900101023X", "测***", "110***********023X", "resident")
CHILD = replace(CARD, child=True)
PROOF = FaceProof(0.61, 0.49, "mobilefacenets", "0a1b2c3d4e5f", "live", ("turn_left", "blink"))
EVERY_WAY = (Identity.CODE_SMS, Identity.CODE_STAFF, Identity.DUTY_DESK, Identity.CARD_ONLY)
FINE = Facts(free=(("S", 2),))


def consented(*, card: CardFacts = CARD, policy: st.Policy | None = None, facts: Facts = FINE) -> st.Session:
    """Somebody consented and placed the card; it was just read."""
    session = st.Session(facts=facts, policy=policy or st.Policy(), next_id="0a1b")
    for event in (
        ask.ShowItems(),
        ask.ChooseItem("food"),
        ask.Proceed(),
        ask.AcceptFace(),
        ev.CardTaken(card),
    ):
        session = step(session, event).session
    return session


def after(session: st.Session, *events: ev.Event) -> st.Session:
    """The session after these events, each of which is expected."""
    for event in events:
        outcome = step(session, event)
        assert outcome.unexpected is None, event
        session = outcome.session
    return session


def effects(session: st.Session, event: ev.Event) -> Sequence[do.Effect]:
    """What is asked of the runtime."""
    return step(session, event).effects


def records(found: Sequence[do.Effect]) -> dict[str, dict[str, do.Field]]:
    """Facts by their event."""
    return {effect.event: dict(effect.fields) for effect in found if isinstance(effect, do.Record)}


def test_the_camera_stays_shut_until_it_is_known_whose_consent_is_needed() -> None:
    """A guardian decides for a child; nothing is looked at before."""
    session = st.Session(facts=FINE, next_id="0a1b")
    for event in (ask.ShowItems(), ask.ChooseItem("food"), ask.Proceed(), ask.AcceptFace()):
        outcome = step(session, event)
        session = outcome.session
        assert not any(isinstance(effect, do.BeginFace) for effect in outcome.effects)
    read = step(session, ev.CardTaken(CHILD))
    assert isinstance(read.session.stage, st.AskingGuardian)
    assert not any(isinstance(effect, do.BeginFace) for effect in read.effects)
    agreed = step(read.session, ask.AcceptFace())
    assert isinstance(agreed.session.stage, st.CheckingFace)
    assert records(agreed.effects)["ConsentGiven"]["by"] == "guardian"
    declined = step(read.session, ask.WithoutFace())
    assert isinstance(declined.session.stage, st.ChoosingWay)
    assert records(declined.effects)["ConsentDeclined"]["by"] == "guardian"


def test_a_card_that_was_lifted_asks_the_guardian_again() -> None:
    lifted = after(consented(card=CHILD), ask.AcceptFace(), ev.CardGone())
    assert isinstance(lifted.stage, st.AwaitingCard)
    assert isinstance(after(lifted, ev.CardTaken(CHILD)).stage, st.AskingGuardian)


def test_what_is_asked_is_spoken_in_the_persons_language() -> None:
    session = after(consented(), ask.SwitchLanguage())
    asked = step(session, ev.FaceAsked("turn_left", 1, 2, 6.0))
    assert asked.effects == (do.Say("spoken.turn_left", "en"),)
    assert isinstance(asked.session.stage, st.CheckingFace)
    assert asked.session.stage.asked == ev.FaceAsked("turn_left", 1, 2, 6.0)


def test_other_movements_begin_the_check_anew_once() -> None:
    outcome = step(consented(), ask.OtherMovements())
    assert outcome.effects == (do.StopFace(), do.BeginFace(CARD.number, alternative=True))
    assert step(outcome.session, ask.OtherMovements()).effects == ()


def test_the_journal_keeps_score_models_and_liveness_and_nothing_else() -> None:
    kept = records(effects(consented(), ev.FaceAnswer("match", PROOF)))["IdentityVerified"]
    assert kept == {
        "session_id": "0a1b", "score": 0.61, "threshold": 0.49, "engine": "mobilefacenets", "models": "0a1b2c3d4e5f",
        "liveness": "live", "challenge": ("turn_left", "blink"),
    }  # fmt: skip
    told = records(effects(consented(), ev.FaceAnswer("uncertain", PROOF)))["IdentityNotVerified"]
    assert told == {**kept, "outcome": "uncertain"}


@pytest.mark.parametrize(
    ("outcome", "against"),
    [("no_match", True), ("not_live", True), ("uncertain", False), ("challenge_failed", False)],
)
def test_each_try_is_counted_and_what_speaks_against_the_person_for_the_kiosk_too(
    outcome: str, *, against: bool
) -> None:
    counted = do.CountMismatch("0a1b", CARD.number, against)
    assert counted in effects(consented(), ev.FaceAnswer(outcome, PROOF))


@pytest.mark.parametrize("outcome", ["no_face", "camera_gone", "poor_quality"])
def test_what_may_be_anybodys_trouble_is_not(outcome: str) -> None:
    found = effects(consented(), ev.FaceAnswer(outcome, PROOF))
    assert not any(isinstance(effect, do.CountMismatch) for effect in found)


def test_who_fails_is_offered_the_ways_on_the_same_page() -> None:
    for outcome in ("no_match", "uncertain", "not_live", "challenge_failed", "camera_gone", "no_model"):
        failed = after(consented(), ev.FaceAnswer(outcome))
        assert isinstance(failed.stage, st.FaceUndecided)
        assert isinstance(after(failed, ask.Choose("code_staff")).stage, st.EnteringCode)


def test_two_tries_then_a_way_without_a_face() -> None:
    once = after(consented(), ev.FaceAnswer("uncertain"))
    twice = after(once, ask.TryAgain(), ev.FaceAnswer("uncertain"))
    assert effects(twice, ask.TryAgain()) == ()
    lifted = after(twice, ev.CardGone(), ev.CardTaken(CARD))
    assert isinstance(lifted.stage, st.FaceUndecided), "lifting the card is no new try"


def test_after_too_many_mismatches_a_person_decides() -> None:
    """No accusation, no dead end: what staff have a hand in is there, and nothing else."""
    policy = st.Policy(ways=EVERY_WAY)
    blocked = after(consented(policy=policy), ev.FaceAnswer("blocked"))
    assert isinstance(blocked.stage, st.FaceUndecided)
    assert withoutface.ways(blocked.stage.visit, blocked) == (Identity.CODE_STAFF, Identity.DUTY_DESK)
    assert not identity.can_retry_face(blocked.stage.visit, blocked)
    assert isinstance(after(blocked, ask.Choose("card_only")).stage, st.ChoosingWay)
    alone = replace(blocked, policy=st.Policy(ways=(Identity.CARD_ONLY,)))
    assert withoutface.ways(blocked.stage.visit, alone) == (Identity.CODE_STAFF,)


def test_blocking_outlasts_a_lifted_card() -> None:
    lifted = after(consented(), ev.FaceAnswer("blocked"), ev.CardGone(), ev.CardTaken(CARD))
    stage = lifted.stage
    assert isinstance(stage, st.FaceUndecided | st.CheckingFace)
    assert stage.visit.face_blocked


@pytest.mark.parametrize("why", list(ev.Stale))
@pytest.mark.parametrize("kind", [st.EnteringPhone, st.Confirming])
def test_before_a_door_opens_another_face_is_looked_at_again(kind: type, why: ev.Stale) -> None:
    known = after(consented(), ev.FaceAnswer("match", PROOF)).stage
    assert isinstance(known, LookingUp)
    visit = replace(known.visit, phone="13131313131")
    outcome = step(replace(consented(), stage=kind(visit)), ev.FaceStale(why))
    assert isinstance(outcome.session.stage, st.CheckingFace)
    assert outcome.effects == (do.BeginFace(CARD.number, alternative=False),)
    assert outcome.session.stage.visit.identity is not Identity.VERIFIED
    assert outcome.session.stage.visit.phone == "", "who stands there now does not see it"


def test_a_face_that_proved_nothing_may_change() -> None:
    visit = st.Visit("s", "food", identity=Identity.CODE_SMS, card=CARD, card_present=True)
    session = replace(consented(), stage=st.EnteringPhone(visit))
    assert step(session, ev.FaceStale(ev.Stale.CHANGED)).session == session


def test_without_a_camera_the_ways_come_with_the_card() -> None:
    session = st.Session(facts=replace(FINE, failing=frozenset({Part.CAMERA})), next_id="0a1b")
    session = after(session, ask.ShowItems(), ask.ChooseItem("food"), ask.Proceed())
    assert isinstance(session.stage, st.AwaitingCard)
    assert isinstance(after(session, ev.CardTaken(CARD)).stage, st.ChoosingWay)


@pytest.mark.parametrize("kind", [st.EnteringPhone, st.Confirming])
def test_a_match_counts_for_a_while_however_much_is_touched(kind: type) -> None:
    stage = kind(st.Visit("s", "food", identity=Identity.VERIFIED, card=CARD))
    limits = Limits(face_valid_s=300.0)
    assert due(stage, Quiet(1.0, 1.0, verified_s=299.0), limits) is None
    assert due(stage, Quiet(1.0, 1.0, verified_s=300.0), limits) == ev.FaceStale(ev.Stale.EXPIRED)
    by_code = kind(st.Visit("s", "food", identity=Identity.CODE_SMS, card=CARD))
    assert due(by_code, Quiet(1.0, 1.0, verified_s=9e9), limits) is None


def test_a_card_at_the_reader_s_first_look_is_of_the_person_who_waits_for_it_to_be_read() -> None:
    session = st.Session(stage=st.AwaitingCard(st.Visit("s", "food-permit")))
    outcome = step(session, ev.CardFoundAtStart())
    assert (outcome.session, outcome.effects, outcome.unexpected) == (session, (), None)
