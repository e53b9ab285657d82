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
from screens.viewmodels import EveryonePage, ItemsPage, VoiceLook
from tests.session.scenes import WITHOUT_FORM, start
from tests.test_presenter import NOW, PRESENTER

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


def sheet(session: st.Session) -> EveryonePage:
    page = PRESENTER.present(session, NOW)
    assert isinstance(page, EveryonePage)
    return page


def test_each_card_shows_its_present_state_and_every_other_is_one_touch_away() -> None:
    session = replace(start(replace(REACHES, volume=3)), look=OPEN)
    for _ in range(4):
        cards = sheet(session).settings
        assert [card.title.key for card in cards] == [
            f"everyone.{name}" for name in ("language", "large", "scheme", "low", "voice", "volume", "still")
        ]
        for card in cards:
            assert [option.chosen for option in card.options].count(True) == 1
        others = [(card.title.key, option) for card in cards for option in card.options if not option.chosen]
        for title, option in others:
            changed = sheet(step(session, option.intent).session)
            chosen = {card.title.key: [o.key for o in card.options if o.chosen] for card in changed.settings}
            assert chosen[title] == [option.key]
        session = step(session, others[len(others) // 2][1].intent).session


def test_a_kiosk_offers_no_setting_that_it_does_not_have() -> None:
    titles = {card.title.key for card in sheet(replace(start(), look=OPEN)).settings}
    assert not titles & {"everyone.low", "everyone.voice", "everyone.volume"}


def test_what_is_set_reaches_the_page_below() -> None:
    session = start(replace(REACHES, volume=3))
    for intent in (ask.SwitchLow(), ask.SwitchMotion(), ask.SwitchVoice(), ask.Louder(2)):
        session = step(session, intent).session
    chrome = PRESENTER.present(session, NOW).chrome
    assert (chrome.low, chrome.still, chrome.voice) == (1288, True, VoiceLook(on=True, volume=5))


def test_in_low_mode_staff_come_in_by_the_sheet_and_nothing_above_is_touched() -> None:
    low = replace(start(REACHES), look=Look(sheet=True, low=True))
    page = sheet(low)
    assert page.close is None
    entrance = page.actions[-1].intent
    assert entrance == ask.StaffEntrance()
    signing_in = step(low, entrance).session
    assert isinstance(signing_in.stage, staffstate.SigningIn)
    assert not signing_in.look.sheet
    assert ask.StaffEntrance() not in [
        one.intent for one in sheet(replace(start(REACHES), look=OPEN)).actions
    ]


def test_in_low_mode_a_list_shows_what_fits_and_the_rest_follows_by_touching() -> None:
    listing = step(start(REACHES), ask.ShowItems()).session
    for large in (False, True):
        usual = replace(listing, large=large)
        low = step(usual, ask.SwitchLow()).session
        before, after = (PRESENTER.present(session, NOW) for session in (usual, low))
        assert isinstance(before, ItemsPage)
        assert isinstance(after, ItemsPage)
        assert len(after.items) < len(before.items)
        assert ask.Turn(1) in [action.intent for action in after.actions]
