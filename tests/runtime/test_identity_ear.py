"""What the machine is told of reader and camera, from what the identity process says."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

import pytest

from drivers.contracts.health import DeviceStatus, Health
from kiosk.identity.events import (
    DeviceHealth,
    FaceChallenge,
    FaceChanged,
    FaceOutcome,
    FaceResult,
    IdentityPart,
)
from kiosk.identity.liveness.contract import ChallengeStep, LivenessOutcome
from kiosk.runtime.identity import IdentityEar, age_on
from kiosk.session import events as ev
from kiosk.session.facts import FaceProof, Part

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
READER, CAMERA, FACE = IdentityPart
UP, OUT, NONE = (
    Health(status) for status in (DeviceStatus.ONLINE, DeviceStatus.OFFLINE, DeviceStatus.NO_DEVICE)
)


def ear_that_tells(changed: Callable[[], None]) -> IdentityEar:
    return IdentityEar(lambda _: None, changed, lambda: NOW, 14)


@pytest.mark.parametrize(
    ("said", "camera"),
    [
        ([], None),
        ([(FACE, UP)], None),  # models alone are no camera
        ([(FACE, UP), (CAMERA, UP)], UP),
        ([(FACE, UP), (CAMERA, OUT)], OUT),
        ([(FACE, NONE)], NONE),
        ([(FACE, NONE), (CAMERA, UP)], NONE),  # nor a camera alone a face check
        ([(FACE, NONE), (CAMERA, OUT)], OUT),
        ([(CAMERA, OUT), (CAMERA, UP), (FACE, UP)], UP),
    ],
)
def test_a_camera_counts_with_the_models(
    said: Sequence[tuple[IdentityPart, Health]], camera: Health | None
) -> None:
    changes: list[None] = []
    ear = ear_that_tells(lambda: changes.append(None))
    for part, health in ((READER, UP), *said):
        ear.hear(DeviceHealth(part, health))
    assert ear.health == {Part.READER: UP} | ({Part.CAMERA: camera} if camera else {})
    assert len(changes) == 1 + len(said)


def test_what_an_engine_is_not_fit_for_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    ear = ear_that_tells(lambda: None)
    for _ in range(3):  # every session has another identity process
        ear.hear(DeviceHealth(FACE, Health(DeviceStatus.ONLINE, "it refuses four in ten")))
    assert [record.getMessage() for record in caplog.records] == ["face works, but: it refuses four in ten"]


@pytest.mark.parametrize(
    ("birth", "years"),
    [
        (date(2012, 11, 22), 14),
        (date(2012, 11, 23), 13),
        (date(2012, 2, 29), 14),
        (date(2026, 11, 22), 0),
    ],
)
def test_who_is_a_child_is_told_by_the_day(birth: date, years: int) -> None:
    assert age_on(date(2026, 11, 22), birth) == years


def test_a_birthday_of_29_february_is_on_1_march_in_other_years() -> None:
    born = date(2012, 2, 29)
    assert (age_on(date(2026, 2, 28), born), age_on(date(2026, 3, 1), born)) == (13, 14)


def test_the_session_hears_movements_results_and_that_the_face_changed() -> None:
    told: list[ev.Event] = []
    ear = IdentityEar(told.append, lambda: None, lambda: datetime(2026, 11, 22, tzinfo=UTC), 14)
    ear.hear(FaceChallenge(ChallengeStep.BLINK, 2, 3, 5.0))
    ear.hear(
        FaceResult(
            FaceOutcome.MATCH,
            0.6,
            0.475,
            "mobilefacenets",
            "0a1b",
            LivenessOutcome.LIVE,
            ("blink",),
            90,
            4000,
        )
    )
    ear.hear(FaceChanged())
    assert told == [
        ev.FaceAsked("blink", 2, 3, 5.0),
        ev.FaceAnswer("match", FaceProof(0.6, 0.475, "mobilefacenets", "0a1b", "live", ("blink",))),
        ev.FaceStale(ev.Stale.CHANGED),
    ]
