"""The world of the tests of identity processes: the reader's emulator on a pty, the cameras' over HTTP, a service."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from drivers.emulators.control import Control
from drivers.registry import DriverKind, find, parse
from kiosk.identity.config import DriverSpec, FaceLimits, IdentityConfig, IdentityLimits, LivenessLimits
from kiosk.identity.events import (
    CardRead,
    DeviceHealth,
    FaceChallenge,
    FaceResult,
    IdentityEvent,
    IdentityPart,
)
from kiosk.identity.process import IdentityService

E = TypeVar("E")
WAIT_S = 30.0
ONE_STEP = LivenessLimits(count_min=1, count_max=1, pause_min_s=0.1, pause_max_s=0.2)


@dataclass
class World:
    reader: Control
    camera: Control
    config: IdentityConfig
    infrared: DriverSpec


@dataclass
class Heard:
    """All events so far, and a way to wait for the next of a kind."""

    events: list[IdentityEvent] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _read: int = 0

    def __call__(self, event: IdentityEvent) -> None:
        self.events.append(event)
        self._news.set()

    async def next(self, *kinds: type[E]) -> E:
        async with asyncio.timeout(WAIT_S):
            while True:
                while self._read < len(self.events):
                    event = self.events[self._read]
                    self._read += 1
                    if isinstance(event, kinds):
                        return event
                self._news.clear()
                await self._news.wait()


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def identity_processes() -> set[int]:
    """All processes of the identity side that descend from this one."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
    ours = {os.getpid()}
    while grown := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= grown
    return {pid for pid in ours if b"kiosk.identity" in _command(pid)}


def _command(pid: int) -> bytes:
    """What a process was started with; nothing of one that has just ended."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def _opened(pid: int) -> set[Path]:
    """What a process has open; some of it may be shut, or the process gone, while it is looked at."""
    found = set()
    with contextlib.suppress(OSError):
        for fd in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                found.add(fd.readlink())
    return found


def at_the_reader(world: "World") -> list[int]:
    """Identity processes that have the reader's port open."""
    port = Path(json.loads(world.config.reader.settings)["url"]).readlink()
    return [pid for pid in identity_processes() if port in _opened(pid)]


def spec(kind: DriverKind, **table: object) -> DriverSpec:
    return DriverSpec.of(find(kind, str(table["driver"])).factory, parse(kind, table))


@contextlib.contextmanager
def emulated(folder: Path) -> Iterator[World]:
    """Emulators that run while it lasts."""
    started = []
    commands = {
        "samv": ["--pty", str(folder / "reader.pty"), "--read-delay-ms", "100"],
        "camera": ["--http", str(folder / "camera.url"), "--infrared", str(folder / "infrared.url")],
    }
    for name, options in commands.items():
        command = [sys.executable, "-m", f"drivers.emulators.{name}", *options]
        command += ["--control", str(folder / f"{name}.control")]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("ready")
    cameras = {
        name: spec(
            DriverKind.CAMERA,
            driver="opencv",
            source=(folder / f"{name}.url").read_text(encoding="utf-8").strip(),
            width=640,
            height=480,
            fps=15,
            timeout_s=2.5,
        )
        for name in ("camera", "infrared")
    }
    config = IdentityConfig(
        reader=spec(DriverKind.READER, driver="sam_v_serial", url=str(folder / "reader.pty")),
        photo=spec(DriverKind.PHOTO, driver="emulated_card"),
        camera=cameras["camera"],
        face=FaceLimits(capture_s=0.4, timeout_s=3.0, liveness=ONE_STEP),
        limits=IdentityLimits(find_period_s=0.1, watch_period_s=0.1, retry_s=0.3, heartbeat_lost_s=2.0),
    )
    there = World(
        Control(folder / "samv.control"), Control(folder / "camera.control"), config, cameras["infrared"]
    )
    yield there
    there.reader.close()
    there.camera.close()
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


Story = Callable[[IdentityService, Heard], Awaitable[None]]


def play(config: IdentityConfig, story: Story) -> Heard:
    """Run a story against a service of its own; afterwards no process of it is left."""

    async def run() -> Heard:
        heard = Heard()
        service = IdentityService(config, heard)
        await service.start()
        try:
            await story(service, heard)
        finally:
            await service.close()
        assert not identity_processes()
        return heard

    return asyncio.run(run())


async def read_card(service: IdentityService, heard: Heard, world: World, person: str = "jia") -> CardRead:
    await service.begin_card()
    world.reader.do("card.place", person=person)
    return await heard.next(CardRead)


async def check_face(service: IdentityService, heard: Heard, world: World) -> FaceResult:
    """A whole check; who stands there does what is asked."""
    await service.begin_face(consent=True)
    while isinstance(event := await heard.next(FaceResult, FaceChallenge), FaceChallenge):
        world.camera.do("face.do", step=event.step.value)
    assert isinstance(event, FaceResult)
    return event


def camera_states(heard: Heard) -> list[bool]:
    """Whether the camera worked, each time that something was said of it."""
    return [
        event.health.works
        for event in heard.events
        if isinstance(event, DeviceHealth) and event.part is IdentityPart.CAMERA
    ]
