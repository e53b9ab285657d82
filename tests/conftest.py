"""What holds for all tests. `NIGHTDESK_EXPLORE=1` lets Hypothesis look for new examples; else a run is repeatable."""

import functools
import os
import re
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=1000, deadline=None)
settings.load_profile("explore" if os.environ.get("NIGHTDESK_EXPLORE") else "repeatable")

WALKING: Final = re.compile(r"from tests\.session\.scenes import[^)]*\b(moves|reachable|stage_kinds)\b")
LONGEST_FIRST: Final = (
    "simulate",
    "powercuts",
    "crash",
    "demo",
    "faults",
    "screens",
    "identity",
    "faces",
    "session",
    "runtime",
)


@functools.cache
def walkers() -> frozenset[str]:
    """Files whose tests walk through every state of the session, which takes half a minute."""
    root = Path(__file__).parents[1]
    files = {str(path.relative_to(root)): path for path in Path(__file__).parent.rglob("test_*.py")}
    return frozenset(name for name, path in files.items() if WALKING.search(path.read_text(encoding="utf-8")))


class Shared(LoadFileScheduling):
    """A file stays with one worker; those that walk through every state of the session do so together, once."""

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        return "every state of the session" if file in walkers() else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadFileScheduling:
    """`--dist loadfile`, but for those."""
    return Shared(config, log)


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
