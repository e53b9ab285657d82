"""Rating a visit: offered after each matter and never else, skipped with one touch, nothing of the person in it."""

from dataclasses import fields, replace

import pytest

from kiosk.journal.counterevents import ServiceRated
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import state as st
from kiosk.session.machine import step
from kiosk.session.rating import REASONS
from screens import intents as ask
from tests.session.scenes import start

POLICY = st.Policy(rating=True)


def at(stage: st.Stage, policy: st.Policy = POLICY) -> st.Session:
    return replace(start(policy), stage=stage)


def records(effects: tuple[do.Effect, ...]) -> list[do.Record]:
    return [effect for effect in effects if isinstance(effect, do.Record)]


@pytest.mark.parametrize(
    ("deposited", "fetched", "matter"), [(True, False, "deposit"), (False, True, "fetch")]
)
def test_stars_and_reasons_become_a_fact(deposited: bool, fetched: bool, matter: str) -> None:
    session = step(at(st.Farewell(deposited, fetched)), ask.StartRating()).session
    for touch in (
        ask.Rate(2),
        ask.Choose("slow"),
        ask.Choose("hard"),
        ask.Choose("slow"),
        ask.Choose("fast"),
    ):
        session = step(session, touch).session
    sent = step(session, ask.Proceed())
    (record,) = records(sent.effects)
    assert ServiceRated(**dict(record.fields)) == ServiceRated(2, ("hard",), matter)  # type: ignore[arg-type]
    assert isinstance(sent.session.stage, st.Idle)
    assert do.EndIdentity() in sent.effects


def test_the_fact_names_neither_person_nor_case() -> None:
    assert {part.name for part in fields(ServiceRated)} == {"stars", "reasons", "matter"}


@pytest.mark.parametrize("left", [ask.Proceed(), ask.Back(), ev.LeftAlone(), ask.StartOver()])
def test_who_says_nothing_is_let_go_at_once(left: ev.Event) -> None:
    outcome = step(at(st.Rating(True, False)), left)
    assert isinstance(outcome.session.stage, st.Idle)
    assert records(outcome.effects) == []
    assert do.InviteRating("deposit") in outcome.effects


@pytest.mark.parametrize("left", [ev.LeftAlone(), ask.StartOver()])
def test_stars_count_without_a_word_on_the_reasons(left: ev.Event) -> None:
    outcome = step(at(st.Rating(True, False, stars=5)), left)
    assert [record.event for record in records(outcome.effects)] == ["ServiceRated"]
    assert not any(isinstance(effect, do.InviteRating) for effect in outcome.effects)


def test_back_from_the_reasons_gives_the_steps_again() -> None:
    outcome = step(at(st.Rating(True, False, 1, frozenset({"slow"}))), ask.Back())
    assert outcome.session.stage == st.Rating(True, False)


@pytest.mark.parametrize("stars", [-1, 0, 6, 100])
def test_there_are_five_steps(stars: int) -> None:
    assert set(REASONS) == {1, 2, 3, 4, 5}
    assert step(at(st.Rating(True, False)), ask.Rate(stars)).session.stage == st.Rating(True, False)


def test_nothing_is_asked_where_nothing_was_done_or_the_house_does_not_ask() -> None:
    for farewell in (at(st.Farewell(False)), at(st.Farewell(True), st.Policy())):
        assert step(farewell, ask.StartRating()).session == farewell
        assert step(farewell, ask.Proceed()).effects == (do.EndIdentity(),)
    left = step(at(st.Farewell(True)), ev.LeftAlone())
    assert left.effects == (do.InviteRating("deposit"), do.EndIdentity())
