"""Time limits where calendars are hard: long holidays, make-up days, the turn of the year, a year not arranged yet."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from kiosk.deadlines import deadline, not_arranged

HERE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("received", "days", "due"),
    [
        ("2026-09-30T20:00", 1, "2026-10-08"),  # the evening before the National Day
        ("2026-10-09T23:59", 1, "2026-10-10"),  # a Saturday that is worked
        ("2026-10-10T10:00", 1, "2026-10-12"),
        ("2026-02-14T10:00", 1, "2026-02-24"),  # the Saturday before the Spring Festival is worked
        ("2025-12-31T23:30", 1, "2026-01-04"),  # New Year, and the Sunday after it is worked
        ("2026-05-30T11:00", 0, "2026-06-01"),  # at once, on a Saturday
    ],
)
def test_a_limit_ends_on_a_day_that_is_worked(received: str, days: int, due: str) -> None:
    moment = datetime.fromisoformat(received).replace(tzinfo=HERE)
    assert deadline(moment, days, warn_days=1).due.isoformat() == due


def test_a_year_that_is_not_arranged_is_known_before_a_limit_reaches_into_it() -> None:
    assert not_arranged(date(2025, 12, 1)) == ()
    assert not_arranged(date(2026, 6, 1)) == ()
    assert not_arranged(date(2098, 12, 1)) == (2098, 2099)
    moment = datetime(2098, 12, 31, 22, tzinfo=HERE)
    assert deadline(moment, 1, warn_days=1).due == date(2099, 1, 2)  # New Year's Day is fixed
