"""Single devices lose their power in the middle of a visit: nothing of custody is lost, and the next one is served."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

import pytest

from .devices import DeviceBook

pytestmark = pytest.mark.timeout(600)  # a world and a program start first, on a machine that may be busy
SEED: Final = 26  # draws the lock board and the card reader
VISITS: Final = 2
VISITS_LONG: Final = 40
LONG_S: Final = 3600


@pytest.fixture
def folder() -> Iterator[Path]:
    """With a short path: Unix sockets lie in it."""
    made = Path(mkdtemp(prefix="dark-"))
    yield made / "k"
    shutil.rmtree(made)


def holds(folder: Path, seed: int, visits: int) -> list[str]:
    """Play so many visits; how each ended. Asserts that nothing was found."""
    lives = list(DeviceBook(folder, seed).play(visits))
    assert [life for life in lives if life.violations or life.stuck] == []
    assert len(lives) == visits + 1
    return [life.end for life in lives]


def test_no_device_without_power_costs_a_paper(folder: Path) -> None:
    ends = holds(folder, SEED, VISITS)
    assert any("board" in end for end in ends)


@pytest.mark.long
@pytest.mark.timeout(LONG_S)
@pytest.mark.parametrize("seed", [101, 102, 103])
def test_many_visits_with_devices_without_power(folder: Path, seed: int) -> None:
    ends = holds(folder, seed, VISITS_LONG)
    print("\n".join(ends))
    assert len({end.split(" from")[0] for end in ends}) > 5  # nearly every device had its turn
