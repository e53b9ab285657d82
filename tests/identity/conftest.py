"""Emulators that a module's tests share; each test finds them as they are at rest."""

import contextlib
from collections.abc import Iterator

import pytest

from tests.identity.world import World, emulated


@pytest.fixture(scope="module")
def emulators(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with emulated(tmp_path_factory.mktemp("identity")) as there:
        yield there


@pytest.fixture
def world(emulators: World) -> Iterator[World]:
    yield emulators
    for control in (emulators.reader, emulators.camera):
        control.do("fault", name="none")
    with contextlib.suppress(ValueError):  # no card lies there
        emulators.reader.do("card.lift")
    emulators.camera.do("face.show", name="none")
    emulators.camera.do("light", on=True)
