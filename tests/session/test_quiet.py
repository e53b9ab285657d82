"""Quiet hours worked out of counts, and how they are said."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from kiosk.presenter.quiet import quiet_line, spans
from kiosk.session import events as ev
from kiosk.session import state as st
from kiosk.session.machine import step
from kiosk.session.quietfacts import Level, quiet_hours
from screens import intents as ask
from tests.session.scenes import QUIET, start

MONDAY, SUNDAY = date(2026, 11, 2), date(2026, 11, 15)  # two weeks


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def test_visitors_are_means_of_the_days_that_were_counted() -> None:
    visits = {(date(2026, 11, 2), 9): 6, (date(2026, 11, 9), 9): 2, (date(2026, 11, 3), 15): 3}
    quiet = quiet_hours(visits, (), MONDAY, SUNDAY, 16)
    assert quiet is not None
    assert (quiet.days, quiet.most) == (14, 4.0)
    assert (quiet.visitors[0][9], quiet.visitors[1][15], quiet.visitors[6][9]) == (4.0, 1.5, 0.0)
    assert [quiet.level(0, 9), quiet.level(1, 15), quiet.level(6, 9)] == [Level.BUSY, Level.FAIR, Level.QUIET]
    assert quiet.busy_hours(0) == (9,)
    assert quiet.busy_hours(6) == ()


def test_a_compartment_is_taken_in_the_middle_of_the_hours_in_which_something_lies_there() -> None:
    lain = [
        (at(2, 8, 45), at(2, 11, 20)),  # 9 and 10: not 8, whose middle was before, nor 11
        (at(9, 9, 30), at(9, 10, 30)),  # to the minute: 9 and not 10
        (datetime(2026, 10, 1, tzinfo=UTC), at(3, 0, 40)),  # long before
        (at(15, 23), None),  # lies there still
    ]
    quiet = quiet_hours({}, lain, MONDAY, SUNDAY, 4)
    assert quiet is not None
    monday = quiet.free[0]
    assert [monday[hour] for hour in (8, 9, 10, 11)] == [3.5, 2.5, 3.0, 3.5]
    assert (quiet.free[1][0], quiet.free[1][1], quiet.free[6][22], quiet.free[6][23]) == (3.5, 4.0, 4.0, 3.5)


def test_nobody_came_is_quiet_and_some_weekday_without_a_day_is_nothing() -> None:
    quiet = quiet_hours({}, (), MONDAY, SUNDAY, 4)
    assert quiet is not None
    assert {quiet.level(day, hour) for day in range(7) for hour in range(24)} == {Level.QUIET}
    assert quiet_hours({}, (), MONDAY, date(2026, 11, 7), 4) is None
    assert quiet_hours({}, (), SUNDAY, MONDAY, 4) is None


@pytest.mark.parametrize(
    ("hours", "said"),
    [((), ""), ((9,), "9–10"), ((8, 9, 10, 15), "8–11, 15–16"), ((0, 23), "0–1, 23–24")],
)
def test_hours_are_said_as_a_clock_shows_them(hours: tuple[int, ...], said: str) -> None:
    assert spans(hours) == said


def test_the_first_page_says_how_it_is_now_and_when_it_is_busy() -> None:
    assert quiet_line(QUIET, at(16, 9)).key == "home.quiet.busy_but"
    assert quiet_line(QUIET, at(16, 20)).key == "home.quiet.quiet_but"
    nobody = replace(QUIET, visitors=((0.0,) * 24,) * 7)
    assert quiet_line(nobody, at(16, 9)).key == "home.quiet.quiet"


def test_days_go_round_and_what_is_known_outlives_a_visit() -> None:
    session = step(step(start(), ev.QuietTold(QUIET)).session, ask.ShowQuiet()).session
    assert session.stage == st.ReadingQuiet()
    assert step(session, ask.Turn(-1)).session.stage == st.ReadingQuiet(6)
    for _ in range(7):
        session = step(session, ask.Turn(1)).session
    assert session.stage == st.ReadingQuiet()
    home = step(session, ask.Back()).session
    assert (home.stage, home.quiet) == (st.Idle(), QUIET)
