"""The identity process for real: child processes, the reader's emulator on a pty, the camera's over HTTP."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from drivers.contracts.health import DeviceStatus
from drivers.emulators.control import Control
from drivers.registry import DriverKind, find, parse
from kiosk.identity.config import DriverSpec, FaceLimits, IdentityConfig, IdentityLimits, LivenessLimits
from kiosk.identity.events import (
    CameraSight,
    CardFound,
    CardProblem,
    CardProblemKind,
    CardRead,
    CardRemoved,
    CardStillThere,
    DeviceHealth,
    FaceChallenge,
    FaceChanged,
    FaceOutcome,
    FaceResult,
    IdentityEvent,
    IdentityLost,
    IdentityPart,
    IdentityReady,
)
from kiosk.identity.process import IdentityService
from kiosk.identity.viewing import BOX_BGR

# asyncio.run ends the loop while the transports of processes that were killed still wait for their last word
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

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
    return {pid for pid in ours if b"kiosk.identity" in Path(f"/proc/{pid}/cmdline").read_bytes()}


def at_the_reader(world: "World") -> list[int]:
    """Identity processes that have the reader's port open."""
    port = Path(json.loads(world.config.reader.settings)["url"]).readlink()
    return [
        pid
        for pid in identity_processes()
        if port in {fd.readlink() for fd in Path(f"/proc/{pid}/fd").iterdir()}
    ]


def spec(kind: DriverKind, **table: object) -> DriverSpec:
    return DriverSpec.of(find(kind, str(table["driver"])).factory, parse(kind, table))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("identity")
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


@pytest.fixture(autouse=True)
def _quiet_world(world: World) -> Iterator[None]:
    yield
    for control in (world.reader, world.camera):
        control.do("fault", name="none")
    with contextlib.suppress(ValueError):  # no card lies there
        world.reader.do("card.lift")
    world.camera.do("face.show", name="none")
    world.camera.do("light", on=True)


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


def test_a_whole_session_and_then_another(world: World) -> None:
    async def story(service: IdentityService, heard: Heard) -> None:
        await heard.next(IdentityReady)
        world.camera.do("face.show", name="obama3")
        read = await read_card(service, heard, world)
        assert read.card.name
        assert read.card.name not in repr(read)
        assert (await check_face(service, heard, world)).outcome is FaceOutcome.MATCH
        assert service.read_preview() is not None
        await service.watch_card()
        await heard.next(CardStillThere)
        world.reader.do("card.lift")
        await heard.next(CardRemoved)
        used = service.pids()[0]
        await service.end_session()
        assert not alive(used)
        assert service.read_preview() is None
        ready = await heard.next(IdentityReady)
        assert ready.swap_ms > 0
        world.camera.do("face.show", name="biden")
        await read_card(service, heard, world)
        assert (await check_face(service, heard, world)).outcome is FaceOutcome.NO_MATCH

    heard = play(world.config, story)
    assert sum(isinstance(event, CardFound) for event in heard.events) == 2


ENDINGS = (
    ("none", None, FaceOutcome.NO_FACE),
    ("two", None, FaceOutcome.SEVERAL_FACES),
    ("obama", "dark", FaceOutcome.TOO_DARK),
    ("obama", "blur", FaceOutcome.BLURRED),
    ("obama", "mute", FaceOutcome.CAMERA_GONE),
    ("obama", None, FaceOutcome.MATCH),
)


def test_what_else_a_check_ends_with_and_then_it_works(world: World) -> None:
    async def story(service: IdentityService, heard: Heard) -> None:
        await heard.next(IdentityReady)
        await read_card(service, heard, world)
        for shown, act, outcome in ENDINGS:
            world.camera.do("fault", name="none")
            world.camera.do("light", on=act != "dark")
            world.camera.do("face.show", name=shown)
            if act in ("blur", "mute"):
                world.camera.do("fault", name=act)
            if outcome is FaceOutcome.MATCH:  # a camera that failed is tried again after a pause
                await asyncio.sleep(world.config.limits.retry_s)
            assert (await check_face(service, heard, world)).outcome is outcome

    heard = play(world.config, story)
    states = [
        e.health.status for e in heard.events if isinstance(e, DeviceHealth) and e.part is IdentityPart.CAMERA
    ]
    assert [state is DeviceStatus.ONLINE for state in states] == [True, False, True]


def test_a_camera_that_dies_in_the_challenge_is_no_failure_of_the_person(world: World) -> None:
    async def story(service: IdentityService, heard: Heard) -> None:
        await heard.next(IdentityReady)
        await read_card(service, heard, world)
        world.camera.do("face.show", name="obama3")
        await service.begin_face(consent=True)
        await heard.next(FaceChallenge)
        world.camera.do("fault", name="mute")
        result = await heard.next(FaceResult)
        assert (result.outcome, result.score) == (FaceOutcome.CAMERA_GONE, None)

    play(world.config, story)


def test_who_takes_the_place_of_the_one_who_was_verified_is_noticed(world: World) -> None:
    async def story(service: IdentityService, heard: Heard) -> None:
        await heard.next(IdentityReady)
        world.camera.do("face.show", name="obama3")
        await read_card(service, heard, world)
        assert (await check_face(service, heard, world)).outcome is FaceOutcome.MATCH
        world.camera.do("face.show", name="biden")
        await heard.next(FaceChanged)
        assert (await check_face(service, heard, world)).outcome is FaceOutcome.NO_MATCH
        world.camera.do("face.show", name="obama3")
        assert (await check_face(service, heard, world)).outcome is FaceOutcome.MATCH
        await service.stop_face()
        world.camera.do("face.show", name="biden")
        await service.watch_card()
        await heard.next(CardStillThere)
        assert sum(isinstance(event, FaceChanged) for event in heard.events) == 1

    limits = replace(world.config.limits, watch_face_s=0.1)
    play(replace(world.config, limits=limits), story)


def test_with_an_infrared_camera_both_have_to_agree(world: World) -> None:
    async def story(service: IdentityService, heard: Heard) -> None:
        await heard.next(IdentityReady)
        await read_card(service, heard, world)
        world.camera.do("face.show", name="replay-of-obama3")
        assert (await check_face(service, heard, world)).outcome is FaceOutcome.NOT_LIVE
        world.camera.do("face.show", name="obama3")
        assert (await check_face(service, heard, world)).outcome is FaceOutcome.MATCH
        world.camera.do("fault", name="infrared_mute")
        assert (await check_face(service, heard, world)).outcome is FaceOutcome.CAMERA_GONE
        while not (told := camera_states(heard)) or told[-1]:
            await heard.next(DeviceHealth)

    play(replace(world.config, infrared=world.infrared), story)


def test_a_crash_or_a_hang_costs_a_retry(world: World) -> None:
    async def story(service: IdentityService, heard: Heard) -> None:
        await heard.next(IdentityReady)
        world.camera.do("face.show", name="obama")
        for number, lost in ((signal.SIGKILL, "ended"), (signal.SIGSTOP, "no sign of life")):
            await read_card(service, heard, world)
            await service.begin_face(consent=True)
            os.kill(service.pids()[0], number)
            assert lost in (await heard.next(IdentityLost)).reason
            assert service.read_preview() is None
            await heard.next(IdentityReady)
            world.reader.do("card.lift")
        await read_card(service, heard, world)
        assert (await check_face(service, heard, world)).outcome is FaceOutcome.MATCH

    play(world.config, story)


def stuck() -> object:
    """A photo decoder whose library does not return."""

    class Stuck:
        def decode(self, _: bytes) -> None:
            time.sleep(2 * WAIT_S)

    return Stuck()


def test_a_photo_that_is_never_decoded_leaves_nobody_waiting(world: World) -> None:
    async def story(service: IdentityService, heard: Heard) -> None:
        await heard.next(IdentityReady)
        await read_card(service, heard, world)
        await service.begin_face(consent=True)
        await heard.next(IdentityLost)
        await heard.next(IdentityReady)

    limits = replace(world.config.limits, hang_s=0.5)
    play(replace(world.config, photo=DriverSpec(f"{__name__}:stuck"), limits=limits), story)


def test_a_spare_that_dies_is_replaced(world: World) -> None:
    async def story(service: IdentityService, heard: Heard) -> None:
        await heard.next(IdentityReady)
        await service.begin_card()
        await service.spare_ready()
        os.kill(service.pids()[1], signal.SIGKILL)
        await service.end_session()
        await heard.next(IdentityReady)
        await read_card(service, heard, world)

    heard = play(world.config, story)
    assert not any(isinstance(event, IdentityLost) for event in heard.events)


def test_without_models_there_is_a_card_and_no_face_check(world: World, tmp_path: Path) -> None:
    async def story(service: IdentityService, heard: Heard) -> None:
        await heard.next(IdentityReady)
        await read_card(service, heard, world)
        assert (await check_face(service, heard, world)).outcome is FaceOutcome.NO_MODEL

    heard = play(replace(world.config, models_dir=str(tmp_path)), story)
    states = [
        e.health.status for e in heard.events if isinstance(e, DeviceHealth) and e.part is IdentityPart.FACE
    ]
    assert set(states) == {DeviceStatus.NO_DEVICE}


def test_no_face_check_without_consent_or_card(world: World) -> None:
    async def story(service: IdentityService, heard: Heard) -> None:
        with pytest.raises(ValueError, match="consent"):
            await service.begin_face(consent=False)
        assert (await check_face(service, heard, world)).outcome is FaceOutcome.NO_REFERENCE

    play(world.config, story)


def test_a_reader_that_is_silent_and_comes_back(world: World) -> None:
    world.reader.do("fault", name="mute")

    async def muted(service: IdentityService, heard: Heard) -> None:
        while (await heard.next(DeviceHealth)).health.status is not DeviceStatus.OFFLINE:
            pass
        world.reader.do("fault", name="none")
        await read_card(service, heard, world)

    play(world.config, muted)


def camera_states(heard: Heard) -> list[bool]:
    """Whether the camera worked, each time that something was said of it."""
    return [
        event.health.works
        for event in heard.events
        if isinstance(event, DeviceHealth) and event.part is IdentityPart.CAMERA
    ]


def test_a_camera_that_is_gone_is_said_at_the_first_face_check(world: World) -> None:
    world.camera.do("fault", name="mute")

    async def story(service: IdentityService, heard: Heard) -> None:
        await read_card(service, heard, world)
        assert (await check_face(service, heard, world)).outcome is FaceOutcome.CAMERA_GONE
        while not (told := camera_states(heard)):  # it may come just after the result
            await heard.next(DeviceHealth)
        assert told == [False]

    play(world.config, story)


def test_a_technician_sees_the_picture_with_a_box_round_the_face_and_nothing_is_compared(
    world: World,
) -> None:
    async def story(service: IdentityService, heard: Heard) -> None:
        await service.begin_view()
        empty = await heard.next(CameraSight)
        assert (empty.width_px, empty.height_px, empty.face_px) == (640, 480, 0)
        assert not has_box(service)
        world.camera.do("face.show", name="obama3")
        seen = await heard.next(CameraSight)
        while not seen.face_px:
            seen = await heard.next(CameraSight)
        assert seen.sharpness > 0
        assert has_box(service)
        await service.end_session()
        assert service.read_preview() is None
        assert not [event for event in heard.events if isinstance(event, FaceResult)]

    play(world.config, story)


def has_box(service: IdentityService) -> bool:
    """Whether the preview holds a line in the box's colour, which is nowhere in the lobby."""
    picture = service.read_preview()
    while picture is None:  # one is being written
        picture = service.read_preview()
    pixels = np.frombuffer(picture, np.uint8).reshape(-1, 3).astype(int)
    return int((np.abs(pixels - np.array(BOX_BGR[::-1])).max(axis=1) < 24).sum()) > 300


def test_a_technician_is_told_that_the_camera_shows_nothing(world: World) -> None:
    world.camera.do("fault", name="mute")

    async def story(service: IdentityService, heard: Heard) -> None:
        await service.begin_view()
        assert (await heard.next(FaceResult)).outcome is FaceOutcome.CAMERA_GONE

    play(world.config, story)


def test_a_card_lifted_in_the_middle_may_be_placed_again(world: World) -> None:
    async def story(service: IdentityService, heard: Heard) -> None:
        await heard.next(IdentityReady)
        await service.begin_card()
        world.reader.do("card.place", person="jia")
        await heard.next(CardFound)
        world.reader.do("card.lift")
        assert (await heard.next(CardProblem)).kind is CardProblemKind.LIFTED
        world.reader.do("card.place", person="jia")
        await heard.next(CardRead)

    play(world.config, story)


def test_a_card_that_lies_there_when_the_next_process_starts_is_said(world: World) -> None:
    async def story(service: IdentityService, heard: Heard) -> None:
        await heard.next(IdentityReady)
        await read_card(service, heard, world)
        await service.end_session()
        await heard.next(CardStillThere)
        await service.begin_card()
        world.reader.do("card.lift")
        world.reader.do("card.place", person="jia")
        await heard.next(CardRead)

    play(world.config, story)


def test_sessions_that_end_at_once_leave_one_process_at_the_reader(world: World) -> None:
    """Two at one port steal each other's bytes: a card was seen by one and never read by the other."""

    async def story(service: IdentityService, heard: Heard) -> None:
        await heard.next(IdentityReady)
        for _ in range(3):  # people who begin and leave at once
            await service.spare_ready()
            await service.begin_card()
            ends = asyncio.gather(service.end_session(), service.end_session())
            await service.watch_card()
            await ends
            await service.end_session()
        await service.begin_card()  # told before a process is there
        world.reader.do("card.place", person="jia")
        await heard.next(CardRead)
        assert at_the_reader(world) == [service.pids()[0]]

    play(world.config, story)


def test_a_process_that_was_told_nothing_stays(world: World) -> None:
    """Who only looked at the list of items costs no new process."""

    async def story(service: IdentityService, heard: Heard) -> None:
        await heard.next(IdentityReady)
        before = service.pids()[0]
        await service.end_session()
        assert service.pids()[0] == before
        await read_card(service, heard, world)

    play(world.config, story)
