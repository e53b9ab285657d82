"""`nightdesk ratings` on a real journal: by month or day of the kiosk's own zone, whole and in segments."""

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kiosk.__main__ import main as nightdesk
from kiosk.journal import events as facts
from kiosk.journal import opened
from kiosk.journal.counterevents import ServiceRated
from kiosk.journal.journal import FILE_NAME
from kiosk.journal.rotation import Rotation, Sizes
from kiosk.ratings import main
from kiosk.settings import DEMO_FILE

HERE = ZoneInfo("Asia/Shanghai")
RATED = (
    (datetime(2026, 3, 30, 10, tzinfo=HERE), ServiceRated(5, ("easy", "fast"), "deposit")),
    (datetime(2026, 3, 31, 11, tzinfo=HERE), ServiceRated(5, ("fast",), "deposit")),
    (datetime(2026, 3, 31, 12, tzinfo=HERE), ServiceRated(2, (), "deposit")),
    (datetime(2026, 4, 1, 1, tzinfo=HERE), ServiceRated(1, ("slow",), "fetch")),  # 31 March in UTC
)
Answer = list[dict[str, object]]


@dataclass(frozen=True)
class Site:
    """A kiosk's settings, and the journal that they name."""

    config: Path
    journal: Path


async def _rated(folder: Path, *, in_segments: bool) -> None:
    clock = [RATED[0][0]]
    async with opened(folder, ballast_bytes=0, clock=lambda: clock[0].astimezone(UTC)) as journal:
        for clock[0], rating in RATED:
            await journal.append([facts.SessionStarted("s"), rating, facts.SessionEnded("s", "left")])
        rotation = Rotation(journal, Sizes(segment_events=3, kept_events=3))
        while in_segments and await rotation.step():
            pass


@pytest.fixture(params=[False, True], ids=["whole", "in segments"])
def site(tmp_path: Path, request: pytest.FixtureRequest) -> Site:
    config = tmp_path / "site.toml"
    text = DEMO_FILE.read_text(encoding="utf-8").replace("{runtime_dir}", str(tmp_path))
    config.write_text(text, encoding="utf-8")
    asyncio.run(_rated(tmp_path / "state", in_segments=request.param))
    assert bool(list((tmp_path / "state").glob("segments/*.db"))) is request.param
    return Site(config, tmp_path / "state" / FILE_NAME)


def told(capsys: pytest.CaptureFixture[str], *call: str) -> Answer:
    assert nightdesk(["ratings", "--json", *call]) == 0
    answer: Answer = json.loads(capsys.readouterr().out)
    return answer


def test_months_are_counted_by_what_was_done(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    march, april = told(capsys, "--config", str(site.config))
    assert march == {
        "when": "2026-03", "matter": "deposit", "ratings": 3, "mean": 4.0,
        "stars": {"5": 2, "4": 0, "3": 0, "2": 1, "1": 0}, "reasons": {"5": {"easy": 1, "fast": 2}},
    }  # fmt: skip
    assert (april["when"], april["matter"], april["reasons"]) == ("2026-04", "fetch", {"1": {"slow": 1}})


def test_days_are_the_kiosk_s_own_and_a_copy_s_are_in_utc(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    def days(*call: str) -> list[tuple[object, object, object]]:
        return [(one["when"], one["matter"], one["ratings"]) for one in told(capsys, "--daily", *call)]

    own = [("2026-03-30", "deposit", 1), ("2026-03-31", "deposit", 2), ("2026-04-01", "fetch", 1)]
    assert days("--config", str(site.config)) == own
    assert days("--config", str(site.config), "--since", "2026-03-31") == own[1:]
    copied = [("2026-03-31", "deposit", 2), ("2026-03-31", "fetch", 1)]
    assert days("--file", str(site.journal.parent), "--since", "2026-03-31") == copied


def test_a_terminal_reads_the_most_frequent_reason_first(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([], site.config) == 0
    assert capsys.readouterr().out.splitlines() == [
        "2026-03  handed in     3 ratings, mean 4.0   5*: 2  4*: 0  3*: 0  2*: 1  1*: 0",
        "    5*  fast 2, easy 1",
        "2026-04  fetched       1 ratings, mean 1.0   5*: 0  4*: 0  3*: 0  2*: 0  1*: 1",
        "    1*  slow 1",
    ]
    assert main(["--since", "2026-05-01"], site.config) == 0
    assert capsys.readouterr().out == "nobody rated a visit\n"


def test_what_is_no_journal_and_no_day_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--file", str(tmp_path / "none.db")], tmp_path) == 1
    assert "none.db can't be read as a journal: there is no such file" in capsys.readouterr().err
    assert main([], tmp_path / "none.toml") == 2
    assert "none.toml: cannot be read" in capsys.readouterr().err
    with pytest.raises(SystemExit) as refused:
        main(["--since", "March"], tmp_path)
    assert refused.value.code == 2
    assert "'March' is no day: 2026-03-01" in capsys.readouterr().err
