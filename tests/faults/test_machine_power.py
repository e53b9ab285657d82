"""The power is cut while somebody is served: the world stays as it was, and the next start says what to do."""

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest

from drivers.emulators.world import Options
from kiosk.demo.probe import ProbeError
from kiosk.journal.verify import main as verify
from tests.faults.machine_eyes import is_told, out_of_service, resolve, to_the_open_door, unit_is
from tests.faults.playing import Kiosk

OPTIONS = Options(read_delay_ms=50, extra={"printer": ("--print-speed", "2000")})
OVERRIDES = {
    "face": {"engine": "none"},
    "session": {"board_poll_s": 0.1, "printer_poll_s": 1.0, "opening_deadline_s": 1.0},
    "notify": {"sms_retry_s": 1.0},
}


@pytest.mark.parametrize("answer", ["staff.found_papers", "staff.found_nothing"])
def test_cut_with_a_door_open_nobody_starts_before_it_is_shut_and_staff_decide(
    kiosk: Kiosk, answer: str
) -> None:
    mark = kiosk.mark
    cell = to_the_open_door(kiosk)
    kiosk.world.do("reader", "card.lift")
    kiosk.power_cut()
    kiosk.start()
    kiosk.sees("notice.interrupted")
    assert not kiosk.has("home.deposit")
    unit_is(kiosk, cell, "ok", "open", "unknown")
    if answer == "staff.found_papers":
        kiosk.world.perform(f"papers put {cell}")
    kiosk.world.perform(f"door close {cell}")
    kiosk.sees("home")
    disputed = kiosk.recorded("CustodyDisputed", after=mark)
    assert disputed["cell"] == cell
    unit_is(kiosk, cell, "ok", "closed", "unknown")
    kiosk.until(lambda: any(cell in text for text in kiosk.sms()), "message to staff")
    assert kiosk.deposit() != cell
    resolve(kiosk, cell, answer)
    kind = "DepositCollected" if answer == "staff.found_papers" else "CompartmentCleared"
    ended = kiosk.recorded(kind, after=disputed["seq"])
    assert ended["cell"] == cell
    unit_is(kiosk, cell, "ok", "closed", "empty")


def test_cut_with_two_doors_open_both_take_their_turn(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    first = to_the_open_door(kiosk)
    other = next(cell for cell in reversed(kiosk.world.cells) if cell != first)
    kiosk.world.do("reader", "card.lift")
    kiosk.power_cut()
    kiosk.world.perform(f"door open {other}")
    kiosk.start()
    kiosk.sees("notice.interrupted")
    kiosk.world.perform(f"door close {first}")
    kiosk.recorded("CustodyDisputed", after=mark)
    assert kiosk.page == "notice.interrupted"
    unit_is(kiosk, first, "ok", "closed", "unknown")
    out_of_service(kiosk, 1)
    kiosk.world.perform(f"door close {other}")
    kiosk.sees("home")
    out_of_service(kiosk, 0)
    kiosk.deposit()


def test_cut_with_a_card_on_the_reader_nobody_starts_before_it_is_taken(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    kiosk.identifies()
    kiosk.power_cut()
    kiosk.start()
    kiosk.sees("notice.take_card_long")
    assert not kiosk.has("home.deposit")
    assert kiosk.recorded("CardLeftBehind", after=mark)
    is_told(kiosk, "reader", "online")
    kiosk.world.do("reader", "card.lift")
    kiosk.sees("home")
    kiosk.deposit()


def test_cut_with_a_door_open_and_the_card_on_the_reader(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    cell = to_the_open_door(kiosk)
    kiosk.power_cut()
    kiosk.start()
    kiosk.sees("notice.interrupted")
    assert kiosk.recorded("CardLeftBehind", after=mark)
    is_told(kiosk, "reader", "online")
    unit_is(kiosk, cell, "ok", "open", "unknown")
    kiosk.shuts_in(cell)
    kiosk.sees("notice.take_card*")
    assert kiosk.recorded("CustodyDisputed", after=mark)["cell"] == cell
    unit_is(kiosk, cell, "ok", "closed", "unknown")
    kiosk.world.do("reader", "card.lift")
    kiosk.to_home()
    kiosk.deposit()


def test_cut_before_the_outcome_of_an_opening_is_written_the_sensor_says_it(kiosk: Kiosk) -> None:
    """The board has pulled the lock; the program has not lived to record what the sensor said."""
    mark = kiosk.mark
    kiosk.world.do("board", "fault", name="stuck")
    kiosk.identifies()
    kiosk.confirms()
    cell = kiosk.recorded("OpenRequested", after=mark)["cell"]
    kiosk.power_cut()
    assert not kiosk.journal("OpeningFailed", "DoorOpened", after=mark)
    kiosk.world.do("board", "fault", name="none")
    kiosk.world.perform(f"door open {cell}")  # the lock lets go late
    kiosk.world.do("reader", "card.lift")
    kiosk.start()
    assert kiosk.recorded("DoorOpened", after=mark)["cell"] == cell
    kiosk.sees("notice.interrupted")
    unit_is(kiosk, cell, "ok", "open", "unknown")
    kiosk.world.perform(f"door close {cell}")
    kiosk.sees("home")
    assert kiosk.recorded("CustodyDisputed", after=mark)["cell"] == cell
    unit_is(kiosk, cell, "ok", "closed", "unknown")
    kiosk.deposit()


def test_a_board_that_is_silent_at_the_start_is_asked_when_it_answers(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    cell = to_the_open_door(kiosk)
    kiosk.world.do("reader", "card.lift")
    kiosk.power_cut()
    kiosk.world.do("board", "fault", name="mute")
    kiosk.start()
    kiosk.sees("home")
    assert not kiosk.has("home.deposit")
    is_told(kiosk, "board main", "offline")
    kiosk.world.do("board", "fault", name="none")
    kiosk.sees("notice.interrupted")
    unit_is(kiosk, cell, "ok", "open", "unknown")
    kiosk.world.perform(f"door close {cell}")
    kiosk.sees("home")
    assert kiosk.recorded("CustodyDisputed", after=mark)["cell"] == cell
    kiosk.deposit()


@pytest.mark.parametrize(
    ("moment", "fact", "is_durable", "reason"),
    [
        ("before", "DepositHeld", "DoorClosed", ""),  # shut and seen: only the last word was missing
        pytest.param(
            "before", "DoorClosed", "DoorOpened", "interrupted, something is inside", marks=pytest.mark.long
        ),
        pytest.param("after", "DepositHeld", "DepositHeld", "", marks=pytest.mark.long),
    ],
)
def test_cut_at_a_moment_of_custody_nothing_is_lost(
    kiosk: Kiosk, moment: str, fact: str, is_durable: str, reason: str
) -> None:
    """The papers are inside and the door is shut; what was not written when the power failed is never guessed."""
    mark = kiosk.mark
    kiosk.stage.quit()
    start_mortal(kiosk, moment, fact)
    kiosk.to_home()
    cell = to_the_open_door(kiosk)
    kiosk.world.do("reader", "card.lift")
    kiosk.shuts_in(cell)
    if fact == "DepositHeld":
        kiosk.sees("compartment.sealing")
        with contextlib.suppress(ProbeError):  # the power may fail before the touch is answered
            kiosk.tap("sealing.done")
    kiosk.until(lambda: not kiosk.stage.alive(), "end of the program")
    custody = [event["type"] for event in kiosk.journal(after=mark) if event.get("cell") == cell]
    assert custody[-1] == is_durable
    kiosk.start()
    if reason:
        disputed = kiosk.recorded("CustodyDisputed", after=mark)
        assert (disputed["cell"], disputed["reason"]) == (cell, reason)
    unit_is(kiosk, cell, "ok", "closed", "unknown" if reason else "held")
    assert len(kiosk.journal("DepositHeld", after=mark)) == (0 if reason else 1)
    case_id = kiosk.recorded("DepositRequested", after=mark)["case_id"]
    kiosk.until(lambda: any(case_id in text and cell in text for text in kiosk.sms()), "message to staff")
    assert kiosk.deposit() != cell
    assert verify([str(kiosk.stage.folder / "state" / "journal.db")]) == 0
    if reason:
        resolve(kiosk, cell, "staff.found_papers")
        assert kiosk.recorded("DepositCollected", after=mark)["cell"] == cell


def start_mortal(kiosk: Kiosk, moment: str, fact: str) -> None:
    """The program whose power fails at a moment of custody."""
    command = [sys.executable, "-m", "tests.faults.mortal", moment, fact]
    with (kiosk.stage.folder / "mortal.log").open("ab") as log:
        kiosk.stage.program = subprocess.Popen(
            [*command, str(kiosk.stage.site), str(kiosk.stage.probe_socket)], stdout=log, stderr=log,
            start_new_session=True, cwd=Path(__file__).parents[2],
        )  # fmt: skip
    kiosk.meet()
