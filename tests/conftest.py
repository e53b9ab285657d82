"""What holds for all tests. `NIGHTDESK_EXPLORE=1` lets Hypothesis look for new examples; else a run is repeatable."""

import os
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=1000, deadline=None)
settings.load_profile("explore" if os.environ.get("NIGHTDESK_EXPLORE") else "repeatable")

LONGEST_FIRST: Final = (
    "simulate",
    "powercuts",
    "crash",
    "demo",
    "faults",
    "screens",
    "identity",
    "faces",
    "runtime",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The suite of all lock boards on a real one: see tests/drivers/test_board_hardware.py."""
    parser.addoption("--hardware", default="", metavar="TABLE", help="a lock board's table, in one line")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What plays whole visits comes first: a worker that meets it last lets the others wait at the end."""
    here = Path(__file__).parent

    def turn(item: pytest.Item) -> int:
        folder = item.path.relative_to(here).parts[0]
        return LONGEST_FIRST.index(folder) if folder in LONGEST_FIRST else len(LONGEST_FIRST)

    items.sort(key=turn)  # stable: a file stays together
