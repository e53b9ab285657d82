"""A citizen whose visit a power cut ended: what the start makes of it, and what they learn with the same card."""

from tests.faults.playing import Kiosk

OVERRIDES = {"face": {"engine": "none"}, "session": {"grace_s": 600.0}}


def comes_again(kiosk: Kiosk, person: str) -> None:
    """The same person, the same kiosk, up to what the kiosk tells them."""
    kiosk.sees("home")
    kiosk.chooses()
    kiosk.world.do("reader", "card.place", person=person)
    kiosk.sees("identity.ways")
    kiosk.tap("way.card_only")
    kiosk.until(lambda: not kiosk.page.startswith(("identity", "card", "own.looking")), "answer")


def goes(kiosk: Kiosk) -> None:
    """Lift the card and leave."""
    kiosk.world.do("reader", "card.lift")
    kiosk.to_home(deposits=False)


def test_a_cut_before_the_last_word_loses_nothing(kiosk: Kiosk) -> None:
    """The door was shut, the papers were seen: only the confirmation was missing."""
    kiosk.identifies("yi")
    kiosk.confirms()
    cell = kiosk.opens()
    kiosk.shuts_in(cell)
    kiosk.sees("compartment.sealing")
    mark = kiosk.mark
    kiosk.power_cut()
    kiosk.world.do("reader", "card.lift")
    kiosk.start()
    held = kiosk.recorded("DepositHeld", after=mark)
    assert (held["cell"], held["evidence"]) == (cell, "SENSOR")
    kiosk.until(lambda: kiosk.unit(cell) == ("ok", "closed", "held"), "held deposit")
    kiosk.until(lambda: any(cell in text for text in kiosk.sms()), "text message to staff")
    comes_again(kiosk, "yi")
    assert kiosk.page == "own.cut_off"
    assert "cut_off.held" in kiosk.probe.page()["texts"]
    assert kiosk.recorded("InterruptionTold", after=mark)["case_id"] == held["case_id"]
    kiosk.tap("action.next")
    kiosk.sees("own.cases")
    goes(kiosk)
    comes_again(kiosk, "yi")
    assert kiosk.page == "own.cases"  # told once
    goes(kiosk)


def test_a_door_shut_in_the_dark_is_looked_into_and_the_journal_has_its_word(kiosk: Kiosk) -> None:
    kiosk.identifies("jia")
    kiosk.confirms()
    cell = kiosk.opens()
    mark = kiosk.mark
    kiosk.power_cut()
    kiosk.shuts_in(cell)
    kiosk.world.do("reader", "card.lift")
    kiosk.start()
    disputed = kiosk.recorded("CustodyDisputed", after=mark)
    found = kiosk.journal("DoorFoundClosed", "CustodyDisputed", after=mark)
    assert [event["type"] for event in found] == ["DoorFoundClosed", "CustodyDisputed"]
    assert kiosk.unit(cell) == ("ok", "closed", "unknown")
    comes_again(kiosk, "jia")
    assert kiosk.page == "own.cut_off"
    assert "cut_off.doubtful" in kiosk.probe.page()["texts"]
    assert kiosk.recorded("InterruptionTold", after=mark)["case_id"] == disputed["case_id"]
    goes(kiosk)


def test_a_door_found_open_at_the_start_leaves_an_event_of_its_own(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    kiosk.power_cut()
    free = next(
        cell for cell in kiosk.world.cells if cell not in {e["cell"] for e in kiosk.journal("DoorOpened")}
    )
    kiosk.world.perform(f"door open {free}")
    kiosk.start()
    assert kiosk.recorded("DoorFoundOpen", after=mark)["cell"] == free
    kiosk.sees("notice.interrupted")
    kiosk.world.perform(f"door close {free}")
    kiosk.sees("home")
    kiosk.until(lambda: kiosk.unit(free)[1] == "closed", "the door's word")
