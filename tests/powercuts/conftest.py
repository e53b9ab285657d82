"""The recorded lives, and where images are put down."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from .life import Life, beginning, long_life, short_life

MEMORY: Final = Path("/dev/shm")


@pytest.fixture(scope="package")
def short(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """A first account on an empty disk, a deposit, its collection, a segment. Its world is still there."""
    with beginning(tmp_path_factory.mktemp("short")) as life:
        short_life(life)
        yield life


@pytest.fixture(scope="package")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """All that the program does with its disk."""
    with beginning(tmp_path_factory.mktemp("whole")) as life:
        long_life(life)
        yield life


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Path]:
    """A folder that does not exist yet, in memory where there is some: no sync has to wait for a disk there."""
    if not os.access(MEMORY, os.W_OK):
        yield tmp_path / "scratch"
        return
    folder = Path(tempfile.mkdtemp(prefix="nightdesk-", dir=MEMORY))
    try:
        yield folder / "scratch"
    finally:
        shutil.rmtree(folder)
