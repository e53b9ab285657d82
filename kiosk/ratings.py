"""`nightdesk ratings`: how visits were rated, counted by month or day; nothing of a person, a case or an item.

Reads the journal's stored bytes with the segments beside it, while the program runs or without one.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, tzinfo
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from kiosk.journal.archive import About
from kiosk.journal.codec import decode
from kiosk.journal.errors import JournalError
from kiosk.journal.journal import FILE_NAME
from kiosk.journal.rows import opened_chain
from kiosk.journal.types import StoredEvent
from kiosk.settings import SettingsError, layers, load

RATED: Final = "ServiceRated"
MATTERS: Final[Mapping[str, str]] = {"deposit": "handed in", "fetch": "fetched"}
STARS: Final = (5, 4, 3, 2, 1)
MONTH_CHARS: Final = len("2026-03")


@dataclass(slots=True)
class Ratings:
    """The ratings of one matter in one month or day (`when`, ISO 8601)."""

    when: str
    matter: str
    stars: Counter[int] = field(default_factory=Counter)
    reasons: dict[int, Counter[str]] = field(default_factory=dict)  # by stars

    @property
    def mean(self) -> float:
        """Of the stars, 1 to 5."""
        return sum(step * times for step, times in self.stars.items()) / self.stars.total()

    def plain(self) -> dict[str, Any]:
        """As JSON carries it; every step is there, also where nobody chose it."""
        reasons = {str(step): dict(sorted(found.items())) for step, found in sorted(self.reasons.items())}
        return {
            "when": self.when, "matter": self.matter, "ratings": self.stars.total(), "mean": round(self.mean, 2),
            "stars": {str(step): self.stars[step] for step in STARS}, "reasons": reasons,
        }  # fmt: skip


def counted(events: Iterable[StoredEvent], zone: tzinfo, *, since: date | None, daily: bool) -> list[Ratings]:
    """The ratings by month, or `daily`, and matter, oldest first; days are those of `zone`, `since` the first."""
    found: dict[tuple[str, str], Ratings] = {}
    for event in events:
        day = event.at.astimezone(zone).date()
        if since is not None and day < since:
            continue
        when = day.isoformat() if daily else day.isoformat()[:MONTH_CHARS]
        matter, stars = event.data["matter"], event.data["stars"]
        one = found.setdefault((when, matter), Ratings(when, matter))
        one.stars[stars] += 1
        if event.data["reasons"]:
            one.reasons.setdefault(stars, Counter()).update(event.data["reasons"])
    return [found[key] for key in sorted(found)]


def main(arguments: Sequence[str], site_file: Path) -> int:
    """Print what was counted: 0 done, 1 the journal can't be read, 2 a call or settings without sense."""
    given = _parser(site_file).parse_args(arguments)
    try:
        file, zone = _source(given)
        ratings = counted(_rated(file), zone, since=given.since, daily=given.daily)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    except (JournalError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    if given.json:
        print(json.dumps([one.plain() for one in ratings], ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(ratings)))
    return 0


def _parser(site_file: Path) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nightdesk ratings",
        description="how visits were rated, by month and matter; nothing of a person",
    )
    parser.add_argument("--since", type=_day, metavar="DAY", help="from this day on: 2026-03-01")
    parser.add_argument(
        "--daily", action="store_true", help="by day; a quiet day may tell whose visit it was"
    )
    parser.add_argument("--json", action="store_true")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--config", type=Path, default=site_file, help=f"the site's file ({site_file})")
    source.add_argument(
        "--file", type=Path, help="a copy of journal.db, or an export, in its place; days in UTC"
    )
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day: 2026-03-01") from error


def _source(given: argparse.Namespace) -> tuple[Path, tzinfo]:
    if given.file is not None:
        return given.file, UTC
    settings = load(layers(given.config))
    return settings.paths.state_dir / FILE_NAME, ZoneInfo(settings.kiosk.timezone)


def _rated(file: Path) -> Iterator[StoredEvent]:
    with opened_chain(file) as chain:
        for row in chain.about(About(types=frozenset({RATED}))):
            if row.row.type == RATED:
                yield decode(row.row.type, row.row.version, row.row.body)


def _lines(ratings: Sequence[Ratings]) -> Iterator[str]:
    if not ratings:
        yield "nobody rated a visit"
    for one in ratings:
        steps = "  ".join(f"{step}*: {one.stars[step]}" for step in STARS)
        matter = MATTERS.get(one.matter, one.matter)
        yield f"{one.when}  {matter:<9}  {one.stars.total():>4} ratings, mean {one.mean:.1f}   {steps}"
        for step, found in sorted(one.reasons.items(), reverse=True):
            told = ", ".join(f"{name} {times}" for name, times in sorted(found.items(), key=_most_first))
            yield f"    {step}*  {told}"


def _most_first(reason: tuple[str, int]) -> tuple[int, str]:
    name, times = reason
    return -times, name
