"""What lies in a compartment, or does no longer, when the power comes back: the sensor's word against the journal's."""

from drivers.emulators.world import Options
from tests.faults.machine_eyes import resolve, to_the_open_door, unit_is
from tests.faults.playing import Kiosk

OPTIONS = Options(read_delay_ms=50, extra={"printer": ("--print-speed", "2000")})
OVERRIDES = {
    "face": {"engine": "none"},
    "session": {"board_poll_s": 0.1, "printer_poll_s": 1.0, "opening_deadline_s": 1.0},
    "notify": {"sms_retry_s": 1.0},
}


def test_cut_and_the_door_shut_in_the_dark_is_a_question_to_staff(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    cell = to_the_open_door(kiosk)
    kiosk.world.do("reader", "card.lift")
    kiosk.power_cut()
    kiosk.shuts_in(cell)
    kiosk.start()
    disputed = kiosk.recorded("CustodyDisputed", after=mark)
    assert (disputed["cell"], disputed["reason"]) == (cell, "interrupted, something is inside")
    unit_is(kiosk, cell, "ok", "closed", "unknown")  # as the sensor says at the start
    assert kiosk.deposit() != cell
    resolve(kiosk, cell, "staff.found_papers")
    unit_is(kiosk, cell, "ok", "closed", "empty")
    assert kiosk.recorded("DepositCollected", after=mark)["cell"] == cell


def test_what_is_taken_out_in_the_dark_is_a_question_to_staff(kiosk: Kiosk) -> None:
    """The sensor saw it at the deposit and misses it at the start: a message, a row in the staff's list."""
    mark = kiosk.mark
    cell = kiosk.deposit()
    kiosk.power_cut()
    for act in ("door open", "papers take", "door close"):  # with the mechanical key
        kiosk.world.perform(f"{act} {cell}")
    kiosk.start()
    disputed = kiosk.recorded("CustodyDisputed", after=mark)
    assert (disputed["cell"], disputed["reason"]) == (cell, "held, nothing is seen inside at the start")
    unit_is(kiosk, cell, "ok", "closed", "unknown")
    kiosk.until(
        lambda: any(disputed["case_id"] in text and cell in text for text in kiosk.sms()), "message to staff"
    )
    kiosk.power_cut()
    kiosk.start()
    assert kiosk.deposit() != cell
    assert "camera" not in [lost["device"] for lost in kiosk.journal("DeviceLost")]  # none is fitted: no loss
    assert len(kiosk.journal("CustodyDisputed", after=mark)) == 1  # asked once, however often it starts
    resolve(kiosk, cell, "staff.found_nothing")
    assert kiosk.recorded("CompartmentCleared", after=mark)["cell"] == cell
    unit_is(kiosk, cell, "ok", "closed", "empty")


def test_what_is_held_stays_held_over_a_power_cut(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    kiosk.identifies()
    kiosk.confirms()
    cell = kiosk.opens()
    kiosk.puts_in(cell)
    held = kiosk.recorded("DepositHeld", after=mark)
    kiosk.power_cut()
    kiosk.start()
    kiosk.sees("notice.take_card_long")
    unit_is(kiosk, cell, "ok", "closed", "held")
    kiosk.world.do("reader", "card.lift")
    kiosk.until(lambda: any(held["case_id"] in text for text in kiosk.sms()), "message to staff")
    kiosk.until(
        lambda: held["case_id"] in [message["data"]["case_id"] for message in kiosk.mqtt("deposit-held")],
        "message over MQTT",
    )
    assert kiosk.deposit() != cell
