"""What the machine is told of reader and camera, from what the identity process says."""

from collections.abc import Sequence

import pytest

from drivers.contracts.health import DeviceStatus, Health
from kiosk.identity.events import DeviceHealth, IdentityPart
from kiosk.runtime.identity import IdentityEar
from kiosk.session.facts import Part

READER, CAMERA, FACE = IdentityPart
UP, OUT, NONE = (
    Health(status) for status in (DeviceStatus.ONLINE, DeviceStatus.OFFLINE, DeviceStatus.NO_DEVICE)
)


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
    ear = IdentityEar(lambda _: None, lambda: changes.append(None))
    for part, health in ((READER, UP), *said):
        ear.hear(DeviceHealth(part, health))
    assert ear.health == {Part.READER: UP} | ({Part.CAMERA: camera} if camera else {})
    assert len(changes) == 1 + len(said)
