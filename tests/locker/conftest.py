"""Each file of tests starts its emulator once; every test begins with all doors closed and nothing inside."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.emulators.control import Control
from tests.locker.rig import emulator


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Control]]:
    folder = tmp_path_factory.mktemp("line")
    with emulator(folder, "--ack-unlock") as control:
        yield folder, control
