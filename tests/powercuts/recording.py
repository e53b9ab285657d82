"""Records what the real program does to its state folder, and how the cabinet stood at each moment."""

import bisect
import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from drivers.emulators.world import World
from kiosk.demo.stage import Stage

from .operations import Operation
from .strace import PASSING, Reader, command

BOARD: Final = "board"
BROKER: Final = "broker"
LOOK_EVERY_S: Final = 0.02
SOON_S: Final = 0.1
TRACER_ENDS_WITHIN_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Cabinet:
    """Compartments with something inside, and with an open door, at a moment (Unix seconds)."""

    at_s: float
    inside: frozenset[str]
    open: frozenset[str]


@dataclass(slots=True)
class Recording:
    """Operations in order, and the cabinet at every change. `folder`: whose files were watched, absolute.

    `left`: its files by path, as the last program left them, with length and SHA-256.
    """

    folder: Path
    left: dict[str, tuple[int, str]] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)
    cabinet: list[Cabinet] = field(default_factory=list)

    def stood(self, at_s: float) -> Cabinet:
        """The cabinet soon after a moment: a hand that moved then has come to its end, power or none."""
        place = bisect.bisect_right(self.cabinet, at_s + SOON_S, key=lambda one: one.at_s)
        return self.cabinet[max(place - 1, 0)]


class Recorder:
    """Follows the programs of a stage, one after the other, that work on one folder: the state folder by itself."""

    def __init__(self, stage: Stage, folder: Path | None = None) -> None:
        self._stage = stage
        self.recording = Recording((folder or stage.folder / "state").resolve())
        variables = stage.world.variables
        names = {
            os.path.realpath(stage.world.folder / "board"): BOARD,
            f":{variables['mqtt_port']}]>": BROKER,
        }
        self._reader = Reader(self.recording.folder, names)
        self._failed: list[Exception] = []
        self._watching = threading.Event()

    @contextmanager
    def follows(self, start: Callable[[], None]) -> Iterator[None]:
        """What `start` starts is recorded; it has to end within the block. Raises `NotUnderstood`, `TimeoutError`."""
        calls = self._stage.folder / "calls"
        calls.unlink(missing_ok=True)
        os.mkfifo(calls, 0o600)
        listener = threading.Thread(target=self._listen, args=(calls,), daemon=True)
        listener.start()
        self._stage.under = command(calls)
        try:
            start()
        finally:
            self._stage.under = ()
        yield
        listener.join(TRACER_ENDS_WITHIN_S)
        if listener.is_alive():
            raise TimeoutError(f"the tracer did not end within {TRACER_ENDS_WITHIN_S:g} s")
        if self._failed:
            raise self._failed[0]
        self.recording.left = _files(self.recording.folder)

    @contextmanager
    def watches(self, world: World) -> Iterator[None]:
        """Note every change of the cabinet, as somebody would who stands before it."""
        done = threading.Event()
        eyes = threading.Thread(target=self._watch, args=(world, done), daemon=True)
        eyes.start()
        try:
            yield
        finally:
            done.set()
            eyes.join()

    def _listen(self, calls: Path) -> None:
        try:
            with calls.open(encoding="ascii", errors="replace") as lines:
                self.recording.operations += self._reader.read(lines)
        except Exception as error:  # noqa: BLE001  # of a thread: told by `follows`
            self._failed.append(error)

    def _watch(self, world: World, done: threading.Event) -> None:
        seen = self.recording.cabinet
        while True:
            last = done.is_set()
            now = look_at(world)
            if last or not seen or (seen[-1].inside, seen[-1].open) != (now.inside, now.open):
                seen.append(now)
            if last:
                return
            done.wait(LOOK_EVERY_S)


def _files(folder: Path) -> dict[str, tuple[int, str]]:
    found = {}
    for path in folder.rglob("*"):
        if path.is_file() and not path.name.endswith(PASSING):
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            found[str(path.relative_to(folder))] = path.stat().st_size, digest
    return found


def look_at(world: World) -> Cabinet:
    """The cabinet now."""
    channels: Mapping[str, Mapping[str, object]] = world.do("board", "state")["channels"]
    at_s = time.time()
    of = {cell: channels[str(number)] for cell, number in world.cells.items()}
    return Cabinet(
        at_s,
        frozenset(cell for cell, seen in of.items() if seen["item"]),
        frozenset(cell for cell, seen in of.items() if seen["door"] != "closed"),
    )
