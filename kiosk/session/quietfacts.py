"""How busy the kiosk is by hour and weekday, from its own history: counts, nobody's visit. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import accumulate
from typing import Final

HOURS: Final = 24
WEEKDAYS: Final = 7
BUSY_SHARE: Final = 2 / 3  # of the busiest hour of the week
QUIET_SHARE: Final = 1 / 3
Table = tuple[tuple[float, ...], ...]  # [weekday, Monday first][hour]


class Level(StrEnum):
    """How busy an hour usually is."""

    QUIET = "quiet"
    FAIR = "fair"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Means over `days` whole days. `visitors` began in an hour, `free` compartments of `cells` in its middle."""

    days: int
    cells: int
    visitors: Table
    free: Table

    @property
    def most(self) -> float:
        """Visitors of the busiest hour of the week."""
        return max(map(max, self.visitors))

    def level(self, weekday: int, hour: int) -> Level:
        """How busy this hour usually is, beside the busiest of the week."""
        share = self.visitors[weekday][hour] / self.most if self.most else 0.0
        if share >= BUSY_SHARE:
            return Level.BUSY
        return Level.FAIR if share > QUIET_SHARE else Level.QUIET

    def busy_hours(self, weekday: int) -> tuple[int, ...]:
        """The hours of a weekday that are usually busy."""
        return tuple(hour for hour in range(HOURS) if self.level(weekday, hour) is Level.BUSY)


def quiet_hours(
    visits: Mapping[tuple[date, int], int], lain: Iterable[tuple[datetime, datetime | None]],
    first: date, last: date, cells: int,
) -> QuietHours | None:  # fmt: skip
    """Means from the visits of each day and hour, and from when something lay in a compartment (local times, `None`: it
    lies there still). Counted are the whole days `first` to `last`; None where there is none of some weekday.
    """
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    counts = [sum(day.weekday() == weekday for day in days) for weekday in range(WEEKDAYS)]
    if not all(counts):
        return None
    taken = _taken(lain, first, len(days))
    visitors = [[0.0] * HOURS for _ in range(WEEKDAYS)]
    free = [[0.0] * HOURS for _ in range(WEEKDAYS)]
    for at, day in enumerate(days):
        for hour in range(HOURS):
            share = 1 / counts[day.weekday()]
            visitors[day.weekday()][hour] += visits.get((day, hour), 0) * share
            free[day.weekday()][hour] += max(0, cells - taken[at * HOURS + hour]) * share
    return QuietHours(len(days), cells, _frozen(visitors), _frozen(free))


def _taken(lain: Iterable[tuple[datetime, datetime | None]], first: date, days: int) -> list[int]:
    """How many compartments something lay in, in the middle of each hour."""
    slots = days * HOURS
    changes = [0] * (slots + 1)
    for since, until in lain:
        begins, ends = _slot(since, first), slots if until is None else _slot(until, first)
        changes[min(max(begins, 0), slots)] += 1
        changes[min(max(ends, 0), slots)] -= 1
    return list(accumulate(changes))


def _slot(moment: datetime, first: date) -> int:
    """The first hour, counted from midnight of `first`, whose middle is not before `moment`."""
    hours = (moment.date() - first).days * HOURS + moment.hour
    return hours + (moment.minute >= 30 and (moment.minute, moment.second) > (30, 0))


def _frozen(rows: Sequence[Sequence[float]]) -> Table:
    return tuple(tuple(round(value, 2) for value in row) for row in rows)
