"""A few kills of the real program at its syncs, its writes and at random moments; `make crash` does a thousand."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.crash.book import Book

pytestmark = pytest.mark.timeout(600)  # a world and five programs start, on a machine that may be busy

KILLS = 4
SEED = 38  # a write and a sync in the middle of deposits, and two moments


@pytest.fixture
def folder() -> Iterator[Path]:
    """With a short path: Unix sockets lie in it."""
    made = Path(mkdtemp(prefix="crash-"))
    yield made / "k"
    shutil.rmtree(made)


def test_no_kill_loses_a_paper_or_gives_it_to_two(folder: Path) -> None:
    lives = list(Book(folder, SEED, day_before=False).play(KILLS))
    assert [violation for life in lives for violation in life.violations] == []
    assert [life.stuck for life in lives if life.stuck] == []
    assert [life.visit for life in lives][KILLS:] == ["end"]
    assert "deposit" in {life.visit for life in lives[:KILLS]}  # what else is due hangs on what a kill left
