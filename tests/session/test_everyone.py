"""The sheet of settings: over every page, changes none, closes by itself, and what was set is gone with the person."""

from dataclasses import replace
from typing import get_args

import pytest

from kiosk.session import events as ev
from kiosk.session import staffstate
from kiosk.session import state as st
from kiosk.session.lookstate import Look
from kiosk.session.machine import step
from screens import intents as ask
from screens.everyoneintents import EveryoneIntent
from screens.languages import LANGUAGES
from tests.session.scenes import WITHOUT_FORM, start

REACHES = replace(WITHOUT_FORM, low_px=1288)
STAGES = (st.Idle(), st.ChoosingItem(), st.TakingCard(), st.Trouble("disk_full"), staffstate.SigningIn())
OPEN = Look(sheet=True)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("close", [ask.Proceed(), ask.Back(), ask.ShowEveryone(), ev.AidLeft()])
def test_it_opens_over_every_page_and_closes_again(stage: st.Stage, close: ev.Event) -> None:
    for session in (replace(start(), stage=stage), replace(start(), stage=stage, help=True)):
        opened = step(session, ask.ShowEveryone())
        assert opened.session == replace(session, look=OPEN)
        assert opened.effects == ()
        assert step(opened.session, close).session == session


def test_nothing_below_is_touched_while_it_is_open() -> None:
    opened = replace(start(), look=OPEN)
    for intent in (ask.StartDeposit(), ask.ShowItems(), ask.ChooseItem("food-licence"), ask.StartFetch()):
        assert step(opened, intent).session == opened


def test_every_setting_can_be_changed_with_one_touch_and_back() -> None:
    session = replace(start(REACHES), look=OPEN)
    low = step(session, ask.SwitchLow()).session
    assert low.look == replace(OPEN, low=True)
    assert step(low, ask.SwitchLow()).session == session
    still = step(session, ask.SwitchMotion()).session
    assert still.is_still
    assert not step(still, ask.SwitchMotion()).session.is_still
    for lang in LANGUAGES:
        assert step(session, ask.ChooseLanguage(lang)).session == replace(session, lang=lang)
    assert step(session, ask.ChooseLanguage("xx")).session == session


def test_a_site_without_motion_is_still_until_somebody_wants_it_otherwise() -> None:
    calm = start(replace(REACHES, motion=False))
    assert calm.is_still
    moved = step(calm, ask.SwitchMotion()).session
    assert not moved.is_still
    assert step(moved, ev.IdleFor(0)).session.is_still


def test_where_all_is_within_reach_there_is_no_low_mode() -> None:
    assert step(start(), ask.SwitchLow()).session == start()


@pytest.mark.parametrize("away", [ask.ShowHelp(), ask.StartOver(), ask.StaffEntrance()])
def test_what_leads_elsewhere_closes_it(away: ev.Event) -> None:
    opened = replace(start(), look=OPEN)
    assert not step(opened, away).session.look.sheet


def test_the_page_below_lives_on() -> None:
    opened = replace(start(), stage=st.TakingCard(), look=OPEN)
    gone = step(opened, ev.CardGone()).session
    assert not isinstance(gone.stage, st.TakingCard)


def test_time_that_runs_out_closes_it_on_every_page() -> None:
    for stage in STAGES:
        ended = step(replace(start(), stage=stage, look=OPEN), ev.IdleFor(0)).session
        assert not ended.look.sheet


def test_whoever_sets_something_has_adjusted_the_first_page() -> None:
    assert not start(REACHES).is_adjusted
    for intent in (
        ask.ShowEveryone(),
        ask.SwitchLow(),
        ask.SwitchMotion(),
        ask.SwitchLarge(),
        ask.ChooseLanguage("en"),
    ):
        assert step(start(REACHES), intent).session.is_adjusted
    assert set(get_args(EveryoneIntent)) <= set(get_args(ask.Intent))
