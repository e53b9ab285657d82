"""A kiosk with a second camera in the infrared: both must see the person."""

import pytest

from drivers.emulators.world import Options
from kiosk.demo.performing import perform_check
from tests.faults.playing import Kiosk

OPTIONS = Options(read_delay_ms=200)
OVERRIDES = {
    "face": {"timeout_s": 4.0},
    "face.liveness": {"steps_min": 1, "steps_max": 1, "pause_min_s": 0.1, "pause_max_s": 0.2, "step_s": 5.0},
    "devices.infrared": {"driver": "opencv", "source": "{runtime_dir}/infrared"},
}


def test_a_living_person_is_seen_by_both(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    kiosk.before_the_camera("obama3", "jia")
    perform_check(kiosk.probe, kiosk.world)
    assert kiosk.recorded("IdentityVerified", after=mark)["liveness"] == "live"


@pytest.mark.long
@pytest.mark.parametrize("held_up", [None, "replay-of-obama3"])
def test_what_the_infrared_camera_does_not_see_is_refused(kiosk: Kiosk, held_up: str | None) -> None:
    """A recording behind black glass; or a living person while the camera's own lamp is off."""
    mark = kiosk.mark
    if held_up is None:
        kiosk.world.do("camera", "fault", name="infrared_dark")
    kiosk.before_the_camera(held_up or "obama3", "jia")
    kiosk.checks("face.undecided")
    assert kiosk.recorded("IdentityNotVerified", after=mark)["liveness"] != "live"
    assert not kiosk.journal("IdentityVerified", after=mark)
