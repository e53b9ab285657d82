"""Printer and lock board out of order: the kiosk says so, goes on where it can, and recovers."""

import pytest

from drivers.emulators.world import Options
from tests.faults.machine_eyes import hands_in, home_no_longer_says, home_says, is_told
from tests.faults.playing import Kiosk

OPTIONS = Options(read_delay_ms=50, extra={"printer": ("--print-speed", "2000")})
OVERRIDES = {
    "face": {"engine": "none"},
    "session": {"board_poll_s": 0.1, "printer_poll_s": 0.5, "opening_deadline_s": 1.0, "device_retry_s": 1.0},
    "notify": {"sms_retry_s": 1.0, "sms_retry_max_s": 1.0},
    "mqtt": {"retry_max_s": 1.0, "ack_timeout_s": 2.0, "connect_timeout_s": 2.0, "keepalive_s": 5},
}


# the printer -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("breaks", "mends"),
    [
        ({"act": "paper.out"}, {"act": "paper.refill"}),
        ({"act": "cover.open"}, {"act": "cover.close"}),
        ({"act": "fault", "name": "mute"}, {"act": "fault", "name": "none"}),
        ({"act": "cable.pull"}, {"act": "cable.plug"}),
    ],
    ids=["paper-out", "cover-open", "silent", "gone"],
)
def test_without_a_printer_the_deposit_goes_on_and_the_receipt_is_on_the_screen(
    kiosk: Kiosk, breaks: dict[str, str], mends: dict[str, str]
) -> None:
    mark = kiosk.mark
    kiosk.world.do("printer", **breaks)
    home_says(kiosk, "home.problem.printer")
    assert kiosk.recorded("DeviceLost", after=mark)["device"] == "printer"
    is_told(kiosk, "printer", "userError", "offline", "noDevice", "hardwareError")
    case_id = hands_in(kiosk)
    kiosk.sees("receipt.no_paper" if breaks["act"] != "fault" else "receipt.[nu]*")
    assert kiosk.recorded("ReceiptPrinted", after=mark) | {"seq": 0, "outcome": ""} == {
        "seq": 0, "type": "ReceiptPrinted", "case_id": case_id, "outcome": "",
    }  # fmt: skip
    kiosk.leaves()
    kiosk.world.do("printer", **mends)
    home_no_longer_says(kiosk, "home.problem.printer")
    assert kiosk.recorded("DeviceReturned", after=mark)["device"] == "printer"
    is_told(kiosk, "printer", "online")
    jobs = kiosk.world.do("printer", "state")["jobs_printed"]
    kiosk.deposit()
    assert kiosk.world.do("printer", "state")["jobs_printed"] > jobs


# the lock board ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("breaks", "mends", "word"),
    [
        ({"act": "fault", "name": "mute"}, {"act": "fault", "name": "none"}, "offline"),
        ({"act": "fault", "name": "bad_checksum"}, {"act": "fault", "name": "none"}, "offline"),
        ({"act": "cable.pull"}, {"act": "cable.plug"}, "noDevice"),
    ],
    ids=["silent", "wrong-checksum", "unplugged"],
)
def test_without_a_lock_board_nobody_begins_and_it_opens_again_when_the_board_is_back(
    kiosk: Kiosk, breaks: dict[str, str], mends: dict[str, str], word: str
) -> None:
    mark = kiosk.mark
    kiosk.world.do("board", **breaks)
    home_says(kiosk, "home.problem.board")
    assert not kiosk.has("home.deposit")
    assert kiosk.recorded("DeviceLost", after=mark)["device"] == "board main"
    is_told(kiosk, "board main", word)
    kiosk.world.do("board", **mends)
    home_no_longer_says(kiosk, "home.problem.board")
    assert kiosk.recorded("DeviceReturned", after=mark)["device"] == "board main"
    is_told(kiosk, "board main", "online")
    kiosk.deposit()


def test_a_board_that_falls_silent_before_the_door_opens_ends_the_session_in_order(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    kiosk.identifies()
    kiosk.world.do("board", "fault", name="mute")
    kiosk.confirms()
    kiosk.sees("notice.board_gone")
    kiosk.world.do("board", "fault", name="none")
    kiosk.tap("action.next")
    kiosk.sees("notice.take_card")
    assert not kiosk.journal("DepositHeld", after=mark)
    kiosk.world.do("reader", "card.lift")
    kiosk.to_home()
    kiosk.deposit()


def test_a_board_that_is_silent_for_a_moment_while_the_door_is_open_costs_nothing(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    kiosk.identifies()
    kiosk.confirms()
    cell = kiosk.opens()
    kiosk.world.do("board", "cable.pull")
    kiosk.recorded("DeviceLost", after=mark)
    kiosk.world.do("board", "item.put", channel=kiosk.world.cells[cell])
    kiosk.world.do("board", "door.close", channel=kiosk.world.cells[cell])
    kiosk.world.do("board", "cable.plug")
    kiosk.sees("compartment.sealing")
    kiosk.tap("sealing.done")
    kiosk.leaves()
    assert kiosk.recorded("DepositHeld", after=mark)["cell"] == cell
    kiosk.deposit()
