"""The modem cannot send, or one number is refused: deposits go on, and every message finds its way."""

import pytest

from drivers.emulators.world import Options
from tests.faults.machine_eyes import hands_in, home_no_longer_says, home_says, is_told
from tests.faults.playing import ON_CALL, PHONE, STAFF_PHONE, STAFF_PIN, Kiosk

OPTIONS = Options(read_delay_ms=50, extra={"printer": ("--print-speed", "2000")})
OVERRIDES = {
    "face": {"engine": "none"},
    "session": {"board_poll_s": 0.1, "printer_poll_s": 0.5, "opening_deadline_s": 1.0, "device_retry_s": 1.0},
    "notify": {"sms_retry_s": 1.0, "sms_retry_max_s": 1.0},
    "mqtt": {"retry_max_s": 1.0, "ack_timeout_s": 2.0, "connect_timeout_s": 2.0, "keepalive_s": 5},
}
SECOND = "1002"
SECOND_PHONE = "13900139111"


@pytest.mark.parametrize(
    ("breaks", "mends"),
    [
        pytest.param("sim.remove", "sim.insert", id="no-sim"),
        pytest.param("network.lose", "network.find", id="no-network", marks=pytest.mark.long),
        pytest.param("cable.pull", "cable.plug", id="unplugged", marks=pytest.mark.long),
    ],
)
def test_a_message_waits_until_the_modem_can_send_it(kiosk: Kiosk, breaks: str, mends: str) -> None:
    mark = kiosk.mark
    kiosk.world.do("modem", breaks)
    case_id = hands_in(kiosk)
    kiosk.leaves()
    home_says(kiosk, "home.problem.modem")
    assert kiosk.recorded("DeviceLost", after=mark)["device"] == "modem"
    is_told(kiosk, "modem", "offline")
    assert not any(case_id in message for message in kiosk.sms())
    kiosk.world.do("modem", mends)
    kiosk.until(lambda: any(case_id in message for message in kiosk.sms()), "message to staff")
    kiosk.until(lambda: any(case_id in message for message in kiosk.sms(PHONE)), "message to the citizen")
    home_no_longer_says(kiosk, "home.problem.modem")
    is_told(kiosk, "modem", "online")
    assert kiosk.recorded("DeviceReturned", after=mark)["device"] == "modem"
    kiosk.deposit()


@pytest.mark.long
def test_a_refused_number_holds_up_nobody_and_the_next_recipient_is_told(kiosk: Kiosk) -> None:
    kiosk.stage.quit()
    kiosk.stage.nightdesk(
        "staff", "add", SECOND, "--config", str(kiosk.stage.site), "--name", "示例乙", "--role", "staff",
        "--phone", SECOND_PHONE, "--told-for", "*", "--pin-stdin", stdin=STAFF_PIN + "\n",
    )  # fmt: skip
    kiosk.start()
    kiosk.to_home()
    mark = kiosk.mark
    for number in (STAFF_PHONE, "+86" + STAFF_PHONE):
        kiosk.world.do("modem", "number.refuse", number=number)
    case_id = hands_in(kiosk)
    kiosk.leaves()
    kiosk.until(lambda: any(case_id in message for message in kiosk.sms(PHONE)), "message to the citizen")
    kiosk.until(lambda: any(case_id in message for message in kiosk.sms(SECOND_PHONE)), "message to the next")
    assert kiosk.recorded("NoticeUndelivered", after=mark)["recipient"] == ON_CALL
    assert not any(case_id in message for message in kiosk.sms())
    for number in (STAFF_PHONE, "+86" + STAFF_PHONE):
        kiosk.world.do("modem", "number.accept", number=number)
    kiosk.deposit()
