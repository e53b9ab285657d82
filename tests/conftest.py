"""What holds for all tests. `NIGHTDESK_EXPLORE=1` lets Hypothesis look for new examples; else a run is repeatable."""

import os

import pytest
from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=1000, deadline=None)
settings.load_profile("explore" if os.environ.get("NIGHTDESK_EXPLORE") else "repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The suite of all lock boards on a real one: see tests/drivers/test_board_hardware.py."""
    parser.addoption("--hardware", default="", metavar="TABLE", help="a lock board's table, in one line")
