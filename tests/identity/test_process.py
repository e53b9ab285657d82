"""The identity process for real: child processes that die, hang, are replaced; cards at the reader's emulator."""

import asyncio
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.contracts.health import DeviceStatus
from kiosk.identity.config import DriverSpec
from kiosk.identity.events import (
    CardFound,
    CardProblem,
    CardProblemKind,
    CardRead,
    CardRemoved,
    CardStillThere,
    DeviceHealth,
    FaceOutcome,
    IdentityLost,
    IdentityPart,
    IdentityReady,
)
from kiosk.identity.process import IdentityService
from tests.identity.world import (
    WAIT_S,
    Heard,
    World,
    alive,
    at_the_reader,
    check_face,
    play,
    read_card,
)

# asyncio.run ends the loop while the transports of processes that were killed still wait for their last word
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


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


def test_a_reader_that_is_silent_and_comes_back(world: World) -> None:
    world.reader.do("fault", name="mute")

    async def muted(service: IdentityService, heard: Heard) -> None:
        while (await heard.next(DeviceHealth)).health.status is not DeviceStatus.OFFLINE:
            pass
        world.reader.do("fault", name="none")
        await read_card(service, heard, world)

    play(world.config, muted)


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


@pytest.mark.skipif(os.geteuid() != 0, reason="only root sees what a process without core dumps has open")
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
