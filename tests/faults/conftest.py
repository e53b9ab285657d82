"""Fixtures of the fault tests.

`kiosk` is one running kiosk a module, brought home before each test. A module says how it differs: `OVERRIDES` are
settings (`{"session": {"idle_limit_s": 5}}`), `OPTIONS` the world's, `prepare(world)` happens before the program
starts. `{"face": {"engine": "none"}}` makes sessions quick where the face check is not the matter.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.emulators.world import Options
from kiosk.demo.command import cells_of
from kiosk.demo.stage import Stage
from tests.faults.playing import Kiosk, demo_file, running


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A loudspeaker that writes down what it was given, a name a line: `aplay` of this module's kiosk."""
    folder = tmp_path_factory.mktemp("loudspeaker")
    heard = folder / "heard"
    heard.touch()
    player = folder / "aplay"
    player.write_text(f'#!/bin/sh\nbasename "$2" .wav >> "{heard}"\n', encoding="utf-8")
    player.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(folder), prepend=":")
        yield heard


@pytest.fixture(scope="module")
def running_kiosk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, sounds: Path
) -> Iterator[Kiosk]:
    """The module's kiosk, as the last test left it."""
    folder: Path = tmp_path_factory.mktemp("kiosk")
    stage = Stage(
        folder, cells_of(demo_file()), demo_file(),
        options=getattr(request.module, "OPTIONS", Options(read_delay_ms=200)),
        overrides=getattr(request.module, "OVERRIDES", {}),
    )  # fmt: skip
    yield from running(stage, getattr(request.module, "prepare", None))


@pytest.fixture
def kiosk(running_kiosk: Kiosk) -> Kiosk:
    """The module's kiosk with everything in order, at the first page."""
    running_kiosk.to_home()
    return running_kiosk
