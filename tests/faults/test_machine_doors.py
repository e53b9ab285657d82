"""Doors that do not do what they should: every ending has its page, its event, and a next citizen."""

from pathlib import Path

from drivers.emulators.world import Options
from tests.faults.machine_eyes import out_of_service, resolve_row, unit_is
from tests.faults.playing import Kiosk

OPTIONS = Options(read_delay_ms=50, extra={"printer": ("--print-speed", "2000")})
LIMIT_S = 7.0
OVERRIDES = {
    "face": {"engine": "none"},
    "session": {
        "opening_deadline_s": 1.0, "door_warn_after_s": 3.0, "door_warn_every_s": 1.0, "door_open_limit_s": LIMIT_S,
        "board_poll_s": 0.1, "printer_poll_s": 1.0,
    },
    "notify": {"sms_retry_s": 1.0},
}  # fmt: skip


def to_the_door(kiosk: Kiosk) -> None:
    """Up to the confirmation; what the door does is the test's."""
    kiosk.identifies()
    kiosk.confirms()


def takes_card(kiosk: Kiosk) -> None:
    """From `take your card` to home."""
    kiosk.sees("notice.take_card")
    kiosk.world.do("reader", "card.lift")
    kiosk.sees("notice.*o*e*")
    kiosk.tap("action.home")
    kiosk.sees("home")


def test_a_door_that_sticks_once_opens_at_the_second_try(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    kiosk.world.do("board", "fault", name="stuck_once")
    to_the_door(kiosk)
    kiosk.sees("compartment.failed_once")
    failed = kiosk.recorded("OpeningFailed", after=mark)
    assert failed["reason"] == "DOOR_JAMMED"
    unit_is(kiosk, failed["cell"], "ok", "jammed", "empty")
    kiosk.tap("compartment.try_again")
    cell = kiosk.opens()
    assert cell == failed["cell"]
    kiosk.puts_in(cell)
    kiosk.leaves()
    unit_is(kiosk, cell, "ok", "closed", "held")
    assert kiosk.recorded("DepositHeld", after=mark) | {"seq": 0} == {
        "seq": 0, "type": "DepositHeld", "case_id": kiosk.journal("DepositHeld")[-1]["case_id"], "cell": cell,
        "evidence": "SENSOR",
    }  # fmt: skip
    assert not kiosk.journal("CompartmentOutOfService", after=mark)
    kiosk.deposit()


def test_a_door_that_sticks_twice_is_out_of_service_and_another_opens_by_itself(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    kiosk.world.do("board", "fault", name="stuck")
    to_the_door(kiosk)
    kiosk.sees("compartment.failed_once")
    first = kiosk.recorded("OpeningFailed", after=mark)
    kiosk.world.do("board", "fault", name="none")
    kiosk.world.do("board", "fault", name="stuck", channel=kiosk.world.cells[first["cell"]])
    kiosk.tap("compartment.try_again")
    cell = kiosk.opens()
    assert cell != first["cell"]
    assert kiosk.recorded("CompartmentOutOfService", after=mark)["cell"] == first["cell"]
    unit_is(kiosk, first["cell"], "inoperative", "jammed", "empty")
    kiosk.puts_in(cell)
    kiosk.leaves()
    held = kiosk.recorded("DepositHeld", after=mark)
    assert (held["cell"], held["case_id"]) == (cell, first["case_id"])
    assert kiosk.deposit() != first["cell"]
    kiosk.until(lambda: any(first["cell"] in text for text in kiosk.sms()), "message to staff")
    out_of_service(kiosk, 1)
    staff_clear(kiosk, first["cell"])
    unit_is(kiosk, first["cell"], "ok", "closed", "empty")
    out_of_service(kiosk, 0)


def staff_clear(kiosk: Kiosk, cell: str) -> None:
    """Staff look into a compartment that is out of service and find nothing: it serves again."""
    mark = kiosk.mark
    kiosk.world.do("board", "fault", name="none")
    kiosk.signs_in()
    kiosk.sees("staff.list")
    kiosk.tap("staff.resolve")
    kiosk.sees("staff.take")
    kiosk.world.perform(f"door close {cell}")
    kiosk.sees("staff.resolve_question")
    kiosk.answers("staff.found_nothing", "DOOR_FREED")
    assert kiosk.recorded("CompartmentCleared", after=mark)["cell"] == cell
    kiosk.tap("action.next")
    kiosk.sees("staff.list")
    kiosk.until(lambda: not kiosk.has("staff.resolve"), "list without a question")
    kiosk.tap("staff.sign_out")
    kiosk.sees("home")


def test_a_door_left_open_is_said_and_heard_again_and_again_and_staff_are_told(
    kiosk: Kiosk, sounds: Path
) -> None:
    mark = kiosk.mark
    to_the_door(kiosk)
    cell = kiosk.opens()
    before = sounds.read_text(encoding="utf-8").count("attention")
    kiosk.sees("compartment.close_it")
    kiosk.until(
        lambda: sounds.read_text(encoding="utf-8").count("attention") >= before + 3, "sound, again and again"
    )
    kiosk.sees("compartment.left_open")
    left = kiosk.recorded("DoorLeftOpen", after=mark)
    assert left["cell"] == cell
    assert left["seconds"] >= LIMIT_S
    unit_is(kiosk, cell, "ok", "open", "unknown")
    kiosk.until(lambda: any(cell in text for text in kiosk.sms()), "message to staff")
    kiosk.shuts_in(cell)  # it is shut at last, with the papers in it
    kiosk.sees("notice.take_card")
    held = kiosk.recorded("DepositHeld", after=mark)
    assert (held["cell"], held["evidence"]) == (cell, "SENSOR")
    unit_is(kiosk, cell, "ok", "closed", "held")
    takes_card(kiosk)
    kiosk.deposit()


def test_a_citizen_who_walks_away_from_an_open_door_leaves_nothing_to_the_next(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    to_the_door(kiosk)
    cell = kiosk.opens()
    kiosk.world.do("reader", "card.lift")
    kiosk.sees("compartment.left_open")
    assert not kiosk.has("home.deposit")
    assert kiosk.recorded("SessionEnded", after=mark)
    unit_is(kiosk, cell, "ok", "open", "unknown")
    kiosk.world.perform(f"door close {cell}")
    kiosk.sees("home")
    assert kiosk.recorded("CustodyDisputed", after=mark)["cell"] == cell
    unit_is(kiosk, cell, "ok", "closed", "unknown")
    assert kiosk.deposit() != cell


def test_nothing_seen_once_the_door_opens_again(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    to_the_door(kiosk)
    cell = kiosk.opens()
    kiosk.world.perform(f"door close {cell}")
    kiosk.sees("compartment.nothing_seen")
    assert not kiosk.has("compartment.papers_inside")
    unit_is(kiosk, cell, "ok", "closed", "unknown")
    kiosk.tap("compartment.open_again")
    assert kiosk.opens() == cell
    kiosk.puts_in(cell)
    kiosk.leaves()
    assert kiosk.recorded("DepositHeld", after=mark)["evidence"] == "SENSOR"
    unit_is(kiosk, cell, "ok", "closed", "held")
    kiosk.deposit()


def nothing_seen_twice(kiosk: Kiosk) -> str:
    """The door was shut twice and the sensor sees nothing."""
    to_the_door(kiosk)
    cell = kiosk.opens()
    kiosk.world.do("board", "fault", name="blind", channel=kiosk.world.cells[cell])
    kiosk.shuts_in(cell)
    kiosk.sees("compartment.nothing_seen")
    kiosk.tap("compartment.open_again")
    assert kiosk.opens() == cell
    kiosk.world.perform(f"door close {cell}")
    kiosk.sees("compartment.nothing_seen")
    return cell


def test_nothing_seen_twice_and_the_citizens_word_is_taken_as_such(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    cell = nothing_seen_twice(kiosk)
    unit_is(kiosk, cell, "ok", "closed", "unknown")
    kiosk.tap("compartment.papers_inside")
    kiosk.sees("compartment.sealing")
    kiosk.tap("sealing.done")
    kiosk.leaves()
    held = kiosk.recorded("DepositHeld", after=mark)
    assert (held["cell"], held["evidence"]) == (cell, "CLAIMED")
    unit_is(kiosk, cell, "ok", "closed", "held")
    kiosk.until(
        lambda: any(held["case_id"] in text and cell in text for text in kiosk.sms()), "message to staff"
    )
    told = [message["data"] for message in kiosk.mqtt("deposit-held")]
    assert {"case_id": held["case_id"], "evidence": "CLAIMED"}.items() <= told[-1].items()
    kiosk.deposit()


def test_nothing_put_in_and_given_up_frees_the_compartment(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    to_the_door(kiosk)
    cell = kiosk.opens()
    kiosk.world.perform(f"door close {cell}")
    kiosk.sees("compartment.nothing_seen")
    unit_is(kiosk, cell, "ok", "closed", "unknown")
    kiosk.tap("compartment.give_up")
    takes_card(kiosk)
    abandoned = kiosk.recorded("DepositAbandoned", after=mark)
    assert abandoned["cell"] == cell
    unit_is(kiosk, cell, "ok", "closed", "empty")
    assert not kiosk.journal("DepositHeld", after=mark)
    kiosk.deposit()


def test_a_door_that_jams_with_papers_perhaps_inside_is_disputed_and_staff_find_them(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    to_the_door(kiosk)
    cell = kiosk.opens()
    channel = kiosk.world.cells[cell]
    kiosk.world.do("board", "fault", name="blind", channel=channel)
    kiosk.shuts_in(cell)
    kiosk.sees("compartment.nothing_seen")
    kiosk.world.do("board", "fault", name="stuck", channel=channel)
    kiosk.tap("compartment.open_again")
    kiosk.sees("compartment.failed_once")
    kiosk.tap("compartment.try_again")
    kiosk.sees("notice.deposit_refused")
    assert kiosk.recorded("CustodyDisputed", after=mark)["cell"] == cell
    assert kiosk.recorded("CompartmentOutOfService", after=mark)["cell"] == cell
    unit_is(kiosk, cell, "inoperative", "jammed", "unknown")
    kiosk.tap("action.next")
    takes_card(kiosk)
    kiosk.world.do("board", "fault", name="none")
    kiosk.signs_in()
    kiosk.sees("staff.list")
    resolve_row(kiosk, cell)
    kiosk.sees("staff.take")
    kiosk.world.perform(f"papers take {cell}")
    kiosk.world.perform(f"door close {cell}")
    kiosk.sees("staff.resolve_question")
    kiosk.answers("staff.found_papers", "DOOR_FREED")
    assert kiosk.recorded("DepositCollected", after=mark)["cell"] == cell
    assert kiosk.recorded("CompartmentCleared", after=mark)["cell"] == cell
    unit_is(kiosk, cell, "ok", "closed", "empty")
    kiosk.tap("action.next")
    kiosk.tap("staff.sign_out")
    kiosk.deposit()
