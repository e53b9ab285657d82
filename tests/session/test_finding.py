"""Before the card: ways to an item and back, ticks, the friendly stop, the notice."""

from dataclasses import replace

import pytest

from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import state as st
from kiosk.session.finding import MOST_LETTERS, MOST_PAGES, MOST_PAPERS
from kiosk.session.findingstate import Look, Spot
from kiosk.session.machine import step
from screens import intents as ask
from tests.session.scenes import ITEM, NOTHING_WORKS, start

OFTEN, THEMES, SEARCH = st.ChoosingItem(), st.ChoosingItem(Look.THEMES), st.ChoosingItem(Look.SEARCH)
THEME = st.ChoosingItem(Look.THEME, theme="theme")
GUIDE = st.ReadingGuide(ITEM)


def after(stage: st.Stage, *events: ev.Event) -> st.Stage:
    session = replace(start(), stage=stage)
    for event in events:
        session = step(session, event).session
    return session.stage


@pytest.mark.parametrize(
    ("stage", "event", "reached"),
    [
        (OFTEN, ask.ShowThemes(), THEMES),
        (OFTEN, ask.ShowSearch(), SEARCH),
        (THEMES, ask.ShowSearch(), SEARCH),
        (THEMES, ask.ChooseTheme("theme"), THEME),
        (THEME, ask.Back(), THEMES),
        (THEMES, ask.Back(), OFTEN),
        (SEARCH, ask.Back(), OFTEN),
        (OFTEN, ask.Back(), st.Idle()),
        (OFTEN, ask.Letter("g"), OFTEN),
        (THEMES, ask.Turn(1), THEMES),
        (THEME, ask.Turn(1), replace(THEME, page=1)),
        (THEME, ask.Turn(-1), THEME),
        (THEME, ask.Turn(10**9), replace(THEME, page=MOST_PAGES)),
    ],
)
def test_ways_to_an_item(stage: st.Stage, event: ev.Event, reached: st.Stage) -> None:
    assert after(stage, event) == reached


def test_letters_come_and_go_and_begin_at_the_first_page() -> None:
    typed = after(SEARCH, ask.Letter("g"), ask.Letter("t"), ask.Turn(1))
    assert typed == replace(SEARCH, typed="gt", page=1)
    assert after(typed, ask.Letter("g")) == replace(SEARCH, typed="gtg")
    assert after(typed, ask.DeleteDigit()) == replace(SEARCH, typed="g")
    assert after(SEARCH, ask.DeleteDigit()) == SEARCH
    full = after(SEARCH, *[ask.Letter("g")] * (MOST_LETTERS + 5))
    assert isinstance(full, st.ChoosingItem)
    assert len(full.typed) == MOST_LETTERS


def test_back_from_a_guide_leads_where_one_came_from() -> None:
    found = replace(SEARCH, typed="gt", page=1)
    assert after(found, ask.ChooseItem(ITEM), ask.Back()) == found
    assert after(st.Idle(), ask.ChooseItem(ITEM), ask.Back()) == OFTEN


def test_papers_are_ticked_one_by_one_and_all_at_once() -> None:
    assert after(GUIDE, ask.Bring(0), ask.Bring(2)) == replace(GUIDE, brought=frozenset({0, 2}))
    assert after(GUIDE, ask.Bring(0), ask.Bring(0)) == GUIDE
    assert after(GUIDE, ask.Bring(1), ask.BringAll(3)) == replace(GUIDE, brought=frozenset({0, 1, 2}))
    assert after(GUIDE, ask.BringAll(3), ask.BringAll(3)) == GUIDE
    for never in (ask.Bring(-1), ask.Bring(MOST_PAPERS), ask.BringAll(0), ask.BringAll(MOST_PAPERS + 1)):
        assert after(GUIDE, never) == GUIDE


def test_what_is_missing_stops_kindly_and_a_person_may_still_go_on() -> None:
    ticked = replace(GUIDE, brought=frozenset({0}))
    stopped = after(ticked, ask.StartIncomplete())
    assert stopped == replace(ticked, spot=Spot.MISSING)
    assert after(stopped, ask.Back()) == ticked
    assert isinstance(after(stopped, ask.Proceed()), st.AskingConsent | st.AwaitingCard)
    unable = replace(start(facts=NOTHING_WORKS), stage=stopped)
    assert step(unable, ask.Proceed()).session.stage == stopped


def test_what_a_paper_looks_like_is_seen_from_the_list_and_leads_back_to_it() -> None:
    ticked = replace(GUIDE, brought=frozenset({2}))
    seen = after(ticked, ask.ShowSample(1))
    assert seen == replace(ticked, spot=Spot.SAMPLE, sample=1)
    assert after(seen, ask.Back()) == replace(ticked, sample=1)
    for never in (ask.ShowSheet(), ask.Proceed(), ask.Bring(0), ask.ShowSample(0)):
        assert after(seen, never) == seen
    for never in (ask.ShowSample(-1), ask.ShowSample(MOST_PAPERS)):
        assert after(GUIDE, never) == GUIDE


def test_the_notice_is_printed_once_and_again_only_where_it_failed() -> None:
    sheet = after(GUIDE, ask.ShowSheet())
    printing = step(replace(start(), stage=sheet, lang="en"), ask.PrintSheet())
    assert printing.effects == (do.PrintSheet(ITEM, "en"),)
    again = step(printing.session, ask.PrintSheet())
    assert (again.session, again.effects) == (printing.session, ())
    printed = step(printing.session, ev.SheetPrinted(ITEM, "printed")).session
    assert step(printed, ask.PrintSheet()).effects == ()
    failed = step(printing.session, ev.SheetPrinted(ITEM, "notPrinted")).session
    assert step(failed, ask.PrintSheet()).effects == (do.PrintSheet(ITEM, "en"),)
    assert after(failed.stage, ask.Back()) == replace(GUIDE, printing="notPrinted")


def test_the_notice_of_another_item_and_one_that_comes_late_change_nothing() -> None:
    other = step(replace(start(), stage=GUIDE), ev.SheetPrinted("other", "printed"))
    assert (other.session.stage, other.unexpected) == (GUIDE, None)
    gone = step(start(), ev.SheetPrinted(ITEM, "printed"))
    assert (gone.session.stage, gone.unexpected) == (st.Idle(), None)
