"""What the fault tests of the machine look at: words of the first page, status words, rows of the staff's list."""

from tests.faults.playing import Kiosk


def home_says(kiosk: Kiosk, key: str) -> None:
    """The first page has these words."""
    kiosk.until(
        lambda: kiosk.page == "home" and key in kiosk.probe.page()["texts"], f"{key} on the first page"
    )


def home_no_longer_says(kiosk: Kiosk, key: str) -> None:
    """The first page does not have these words any more."""
    kiosk.until(
        lambda: kiosk.page == "home" and key not in kiosk.probe.page()["texts"], f"first page without {key}"
    )


def is_told(kiosk: Kiosk, device: str, *words: str) -> None:
    """The retained status has one of these words for the device."""
    kiosk.until(lambda: kiosk.status(device) in words, f"{device} {words} in the status")


def unit_is(kiosk: Kiosk, cell: str, status: str, door: str, content: str) -> None:
    """The compartment has these words in the journal, and the board that drives it is online in the status."""
    wanted = (status, door, content)
    kiosk.until(lambda: kiosk.unit(cell) == wanted, f"{wanted} for {cell} but {kiosk.unit(cell)}")
    is_told(kiosk, "board main", "online")


def out_of_service(kiosk: Kiosk, count: int) -> None:
    """The retained status counts so many compartments that serve nobody."""
    kiosk.until(
        lambda: kiosk.retained().get("compartments", {}).get("out_of_service") == count,
        f"{count} compartments out of service in the status",
    )


def is_diagnosed(kiosk: Kiosk, device: str, word: str) -> None:
    """The running program has this word for a device or part when it is asked."""
    kiosk.until(lambda: kiosk.diagnosed(device) == word, f"{device} {word} in the diagnosis")


def to_the_open_door(kiosk: Kiosk) -> str:
    """A citizen stands before an open compartment."""
    kiosk.identifies()
    kiosk.confirms()
    return kiosk.opens()


def hands_in(kiosk: Kiosk) -> str:
    """Up to the receipt's page; the case number."""
    mark = kiosk.mark
    kiosk.identifies()
    kiosk.confirms()
    kiosk.puts_in(kiosk.opens())
    return str(kiosk.recorded("DepositHeld", after=mark)["case_id"])


def resolve_row(kiosk: Kiosk, cell: str) -> None:
    """Staff touch the row of a compartment that waits for a person."""
    rows = [control for control in kiosk.probe.page()["controls"] if control["key"] == "staff.resolve"]
    index = next(n for n, row in enumerate(rows) if row["intent"]["cell"] == cell)
    kiosk.probe.call("tap", key="staff.resolve", index=index)


def resolve(kiosk: Kiosk, cell: str, answer: str) -> None:
    """Staff open the disputed compartment, look, shut the door and say what they found."""
    kiosk.signs_in()
    kiosk.sees("staff.list")
    resolve_row(kiosk, cell)
    kiosk.sees("staff.take")
    if answer == "staff.found_papers":
        kiosk.world.perform(f"papers take {cell}")
    kiosk.world.perform(f"door close {cell}")
    kiosk.sees("staff.resolve_question")
    kiosk.answers(answer)
    kiosk.tap("action.next")
    kiosk.sees("staff.list")
    sign_out(kiosk)


def sign_out(kiosk: Kiosk) -> None:
    """From the list back to the citizens' page."""
    kiosk.tap("staff.sign_out")
    kiosk.sees("home")
