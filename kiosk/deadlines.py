"""Working days: until when something is due, and from when that is near, by the country's holidays and make-up days."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final

from holidays import country_holidays
from holidays.holiday_base import HolidayBase

COUNTRY: Final = "CN"


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day that is in time, and the first on which it is near."""

    due: date
    warn_from: date


def deadline(received: datetime, working_days: int, *, warn_days: int) -> Deadline:
    """Due so many working days after the day of `received` (local time), at the earliest the next working day.

    Near from `warn_days` working days before. A year whose holidays are not arranged yet counts by its fixed ones.
    """
    days = _calendar()
    due = days.get_nth_working_day(received.date(), max(working_days, 1))
    first = due if warn_days == 0 else days.get_nth_working_day(due, -warn_days)
    return Deadline(due, max(first, received.date()))


@cache
def _calendar() -> HolidayBase:
    return country_holidays(COUNTRY)
