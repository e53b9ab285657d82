"""The identity process for real, before the emulated cameras: face checks and what comes after a match."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from drivers.contracts.health import DeviceStatus
from kiosk.identity.events import (
    CameraSight,
    CardStillThere,
    DeviceHealth,
    FaceChallenge,
    FaceChanged,
    FaceOutcome,
    FaceResult,
    IdentityPart,
    IdentityReady,
)
from kiosk.identity.process import IdentityService
from kiosk.identity.viewing import BOX_BGR
from tests.identity.world import (
    Heard,
    World,
    camera_states,
    check_face,
    play,
    read_card,
)

# asyncio.run ends the loop while the transports of processes that were killed still wait for their last word
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


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
        refused = await check_face(service, heard, world)  # it may fail the challenge before enough was seen
        assert refused.outcome in (FaceOutcome.NOT_LIVE, FaceOutcome.CHALLENGE_FAILED)
        world.camera.do("face.show", name="obama3")
        assert (await check_face(service, heard, world)).outcome is FaceOutcome.MATCH
        world.camera.do("fault", name="infrared_mute")
        assert (await check_face(service, heard, world)).outcome is FaceOutcome.CAMERA_GONE
        while not (told := camera_states(heard)) or told[-1]:
            await heard.next(DeviceHealth)

    play(replace(world.config, infrared=world.infrared), story)


def test_no_face_check_without_consent_or_card(world: World) -> None:
    async def story(service: IdentityService, heard: Heard) -> None:
        with pytest.raises(ValueError, match="consent"):
            await service.begin_face(consent=False)
        assert (await check_face(service, heard, world)).outcome is FaceOutcome.NO_REFERENCE

    play(world.config, story)


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
