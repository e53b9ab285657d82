"""The stories of the demonstration: their tables make sense, one is played in every run, all of them by `make long`."""

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from kiosk.demo.stories import STORIES
from kiosk.demo.storyteller import Fact, missing
from kiosk.demo.telling import LANGUAGES, SHEET

STORY_LIMIT_S = 240
EVENTS = [
    {"type": "DepositHeld", "cell": "A-01"},
    {"type": "CaseContinued", "errand": "supplement"},
    {"type": "DepositHeld", "cell": "A-02"},
]


def played(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kiosk", "demo", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=STORY_LIMIT_S, check=False)


@pytest.mark.parametrize(
    ("facts", "lacking"),
    [
        ((Fact("DepositHeld"), Fact("CaseContinued", {"errand": "supplement"}), Fact("DepositHeld")), []),
        ((Fact("CaseContinued"), Fact("DepositHeld", {"cell": "A-01"})), ["DepositHeld"]),
        ((Fact("CaseContinued", {"errand": "fetch"}),), ["CaseContinued"]),
        ((Fact("DepositHeld"), Fact("DepositHeld"), Fact("DepositHeld")), ["DepositHeld"]),
    ],
)
def test_a_fact_that_is_not_there_so_or_not_in_this_order_is_missed(
    facts: tuple[Fact, ...], lacking: list[str]
) -> None:
    assert missing(facts, EVENTS) == lacking


def test_every_story_leaves_something_and_is_in_the_documentation() -> None:
    told = Path(__file__).parents[2].joinpath("docs", "demo.md").read_text(encoding="utf-8")
    assert all(story.leaves and story.lines for story in STORIES.values())
    assert [name for name in STORIES if f"| `{name}` |" not in told] == []


@pytest.mark.parametrize(
    "options",
    [("--auto", "--story", "nonsense"), ("--story", "problem"), ("--auto", "--large", "--mute", "board")],
)
def test_a_call_without_sense_says_what_there_is(options: tuple[str, ...]) -> None:
    said = played(*options)
    assert said.returncode == 2
    assert "--story" in said.stderr


def test_the_shortest_story(tmp_path: Path) -> None:
    """Real window, real touches; in the third language and in large print."""
    said = played("--auto", "--story", "problem", "--lang", "zh_TW", "--large", "--pictures", str(tmp_path))
    assert said.returncode == 0, said.stdout + said.stderr
    assert [path.name for path in sorted(tmp_path.glob("[0-9]*.png"))] == [
        "01-home.png", "02-notice-help.png", "03-help-problem.png", "04-help-reported.png", "05-home.png",
    ]  # fmt: skip
    with Image.open(tmp_path / SHEET) as sheet:
        assert sheet.width > 800  # five pictures beside each other
        assert sheet.height > 300


@pytest.mark.long
@pytest.mark.parametrize(
    "look", [*[("--lang", one) for one in LANGUAGES], ("--lang", "en", "--large")], ids=" ".join
)
@pytest.mark.parametrize("story", STORIES)
def test_all_stories(tmp_path: Path, story: str, look: tuple[str, ...]) -> None:
    said = played("--auto", "--story", story, *look, "--deadline", "40", "--pictures", str(tmp_path))
    assert said.returncode == 0, said.stdout + said.stderr
