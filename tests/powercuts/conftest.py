"""Where images are put down: in memory where there is some, since no sync there has to wait for a disk."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

MEMORY: Final = Path("/dev/shm")


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Path]:
    """A folder that does not exist yet."""
    if not os.access(MEMORY, os.W_OK):
        yield tmp_path / "scratch"
        return
    folder = Path(tempfile.mkdtemp(prefix="nightdesk-", dir=MEMORY))
    try:
        yield folder / "scratch"
    finally:
        shutil.rmtree(folder)
