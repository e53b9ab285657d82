"""What the machine is told of reader and camera, from what the identity process says."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

from drivers.contracts.health import DeviceStatus, Health
from kiosk.identity.events import DeviceHealth, IdentityPart
from kiosk.runtime.identity import IdentityEar
from kiosk.session.facts import Part

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
