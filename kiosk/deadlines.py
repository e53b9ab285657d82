"""Working days: until when something is due, and from when that is near, by the country's holidays and make-up days."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Final

from holidays import country_holidays
from holidays.holiday_base import HolidayBase

COUNTRY: Final = "CN"
REACHES: Final = timedelta(days=90)  # what is handed in today is done by then
DAYS_KEPT: Final = 4096  # the same few days are asked for again with each look at the cabinet


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day that is in time, and the first on which it is near."""

    due: date
    warn_from: date


def deadline(received: datetime, working_days: int, *, warn_days: int) -> Deadline:
    """Due so many working days after the day of `received` (local time), at the earliest the next working day.

    Near from `warn_days` working days before. A year whose holidays are not arranged yet counts by its fixed ones.
    """
    return _counted(received.date(), working_days, warn_days)


def working_days_left(today: date, due: date) -> int:
    """How many working days after `today` there are up to and with `due`; below 0: how many have passed since it."""
    first, last, sign = (today, due, 1) if today <= due else (due, today, -1)
    return sign * (_calendar().get_working_days_count(first + timedelta(days=1), last) if first < last else 0)


def not_arranged(today: date) -> tuple[int, ...]:
    """Years that limits of today reach into and whose holidays this calendar has by the fixed ones alone.

    The government arranges a year's holidays and make-up days in the autumn before; a newer calendar has them.
    """
    years = range(today.year, (today + REACHES).year + 1)
    return tuple(year for year in years if year not in _calendar().special_public_holidays)


@lru_cache(DAYS_KEPT)
def _counted(received: date, working_days: int, warn_days: int) -> Deadline:
    days = _calendar()
    due = days.get_nth_working_day(received, max(working_days, 1))
    first = due if warn_days == 0 else days.get_nth_working_day(due, -warn_days)
    return Deadline(due, max(first, received))


@cache
def _calendar() -> HolidayBase:
    return country_holidays(COUNTRY)
