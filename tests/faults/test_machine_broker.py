"""The broker refuses, drops, stalls: nothing that happened meanwhile is lost."""

import pytest

from drivers.emulators.world import Options
from tests.faults.machine_eyes import hands_in, home_no_longer_says, home_says, is_diagnosed
from tests.faults.playing import Kiosk

OPTIONS = Options(read_delay_ms=50, extra={"printer": ("--print-speed", "2000")})
OVERRIDES = {
    "face": {"engine": "none"},
    "session": {"board_poll_s": 0.1, "printer_poll_s": 0.5, "opening_deadline_s": 1.0, "device_retry_s": 1.0},
    "notify": {"sms_retry_s": 1.0, "sms_retry_max_s": 1.0},
    "mqtt": {"retry_max_s": 1.0, "ack_timeout_s": 2.0, "connect_timeout_s": 2.0, "keepalive_s": 5},
}


@pytest.mark.parametrize(
    ("breaks", "mends"),
    [
        ("broker.refuse", "broker.start"), ("broker.kill", "broker.start"), ("broker.stop", "broker.start"),
        ("broker.stall", "broker.resume"),
    ],
    ids=["refuses", "drops", "stopped", "stalls"],
)  # fmt: skip
def test_what_happened_without_a_broker_arrives_when_it_is_back(
    kiosk: Kiosk, breaks: str, mends: str
) -> None:
    mark = kiosk.mark
    kiosk.world.do("broker", breaks)
    home_says(kiosk, "home.problem.network")
    assert kiosk.recorded("DeviceLost", after=mark)["device"] == "network"
    is_diagnosed(kiosk, "mqtt", "offline")
    case_id = hands_in(kiosk)
    kiosk.leaves()
    kiosk.world.do("broker", mends)
    kiosk.until(
        lambda: case_id in [message["data"]["case_id"] for message in kiosk.mqtt("deposit-held")],
        "message over MQTT",
    )
    home_no_longer_says(kiosk, "home.problem.network")
    assert kiosk.recorded("DeviceReturned", after=mark)["device"] == "network"
    is_diagnosed(kiosk, "mqtt", "online")
    kiosk.until(lambda: kiosk.retained().get("state") == "online", "retained status that says online")
    kiosk.deposit()
