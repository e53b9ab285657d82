"""Staff at the sign-in, and what a citizen sees when every compartment is taken."""

import time
from functools import partial

import pytest

from drivers.emulators.world import World
from tests.faults.playing import ON_CALL, PHONE, STAFF_PIN, Kiosk

OVERRIDES = {"face": {"engine": "none"}, "session": {"staff_idle_s": 8.0, "idle_warning_s": 2.0}}
WRONG = "111111"


def prepare(world: World) -> None:
    """Somebody has put something into every compartment but one."""
    for cell in list(world.cells)[1:]:
        world.perform(f"door open {cell}")
        world.perform(f"papers put {cell}")
        world.perform(f"door close {cell}")


@pytest.mark.long
def test_five_wrong_pins_then_a_wait(kiosk: Kiosk) -> None:
    """The page says how long; even the right PIN has to wait for it."""
    mark = kiosk.mark
    kiosk.signs_in(WRONG)
    for failures in range(1, 5):
        kiosk.until(partial(told_wrong, kiosk, mark, failures), "wrong PIN")
        kiosk.types(WRONG)
        kiosk.tap("action.next")
    locked = kiosk.recorded("StaffLockedOut", after=mark)
    since = time.monotonic()
    assert (locked["staff_no"], locked["failures"], locked["wait_s"]) == (ON_CALL, 5, 15.0)
    kiosk.until(lambda: says(kiosk, "staff.wait"), "page that says how long")
    kiosk.types(STAFF_PIN)
    assert not says(kiosk, "staff.wait")
    kiosk.tap("action.next")
    kiosk.until(lambda: says(kiosk, "staff.wait"), "the same answer to the right PIN")
    assert kiosk.page == "staff.pin"
    assert not kiosk.journal("StaffSignedIn", after=mark)
    kiosk.until(lambda: time.monotonic() - since > locked["wait_s"], "end of the wait")
    kiosk.to_home()
    kiosk.signs_in()
    kiosk.sees("staff.list")
    assert kiosk.recorded("StaffSignedIn", after=mark)["staff_no"] == ON_CALL


def told_wrong(kiosk: Kiosk, mark: int, failures: int) -> bool:
    """So many wrong PINs are in the journal and the page says so."""
    return len(kiosk.journal("StaffPinWrong", after=mark)) == failures and says(kiosk, "staff.wrong")


def says(kiosk: Kiosk, key: str) -> bool:
    """Whether the page says this."""
    return key in kiosk.probe.page()["texts"]


@pytest.mark.long
def test_a_card_saves_typing_the_number_and_nothing_else(kiosk: Kiosk) -> None:
    """Held to the reader at the first page: the PIN is asked. A card of nobody says so only where staff sign in."""
    mark = kiosk.mark
    kiosk.tap("head.staff")
    kiosk.sees("staff.number")
    assert says(kiosk, "staff.number_or_card")
    kiosk.world.perform("staff card stranger")
    kiosk.until(lambda: says(kiosk, "staff.strange_card"), "page that does not know the card")
    kiosk.to_home()
    kiosk.world.perform("staff card stranger")  # here it means nothing
    kiosk.world.perform("staff card zhang")
    kiosk.sees("staff.pin")
    kiosk.world.perform("staff card zhang")
    kiosk.types(WRONG)
    kiosk.tap("action.next")
    kiosk.until(partial(told_wrong, kiosk, mark, 1), "wrong PIN")
    assert not kiosk.journal("StaffSignedIn", after=mark)
    kiosk.types(STAFF_PIN)
    kiosk.tap("action.next")
    kiosk.sees("staff.list")
    assert kiosk.recorded("StaffSignedIn", after=mark)["staff_no"] == ON_CALL


@pytest.mark.long
def test_staff_who_walk_away_are_signed_out(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    kiosk.signs_in()
    kiosk.sees("staff.list")
    kiosk.until(lambda: kiosk.has("timeout.still_here"), "warning")
    kiosk.sees("home")
    kiosk.until(  # the sign-out of the test before may be recorded after the mark
        lambda: (
            "no touch for a while" in [fact["reason"] for fact in kiosk.journal("StaffSignedOut", after=mark)]
        ),
        "sign-out by time",
    )


@pytest.mark.long
def test_the_last_compartment_then_none(kiosk: Kiosk) -> None:
    """Nothing is begun that cannot be finished: the guide stays, the deposit is not offered."""
    cell = kiosk.deposit()
    assert cell == next(iter(kiosk.world.cells))
    kiosk.until(lambda: not kiosk.has("home.deposit"), "deposit that is no longer offered")
    assert says(kiosk, "home.problem.full")
    kiosk.tap("home.guide")
    kiosk.sees("items")
    kiosk.tap("item.food-permit")
    kiosk.sees("guide")
    kiosk.tap("guide.have_all")
    kiosk.until(lambda: not kiosk.has("guide.start_anyway"), "start without a stop")
    assert not kiosk.has("guide.start")
    kiosk.tap("action.start_over")
    kiosk.sees("home")
    assert kiosk.status("reader") == "online"
    collects(kiosk, cell)
    collects(kiosk, kiosk.deposit())


def test_the_last_compartment_is_gone_in_the_middle(kiosk: Kiosk) -> None:
    """Forced open while a citizen types: they are told, get the card back, and no case lies open."""
    mark = kiosk.mark
    cell = next(iter(kiosk.world.cells))
    kiosk.identifies("jia")
    kiosk.types(PHONE)
    kiosk.tap("phone.next")
    kiosk.sees("confirm")
    kiosk.world.perform(f"door open {cell}")
    assert kiosk.recorded("DoorForced", after=mark)["cell"] == cell
    kiosk.world.perform(f"papers put {cell}")
    kiosk.world.perform(f"door close {cell}")
    kiosk.tap("confirm.ok")
    kiosk.sees("notice.no_compartment")
    kiosk.tap("action.next")
    kiosk.sees("notice.take_card")
    kiosk.world.do("reader", "card.lift")
    kiosk.to_home(deposits=False)
    assert not kiosk.journal("CaseOpened", "DepositRequested", after=mark)
    kiosk.until(lambda: bool(kiosk.mqtt("door-forced")), "alarm by MQTT")
    looks_inside(kiosk, cell)
    kiosk.deposit()


def looks_inside(kiosk: Kiosk, cell: str) -> None:
    """Staff answer what the sensors cannot: every compartment that waits for a person, until this one is free."""
    kiosk.signs_in()
    kiosk.sees("staff.list")
    resolve = [
        c for c in kiosk.probe.page()["controls"] if c["intent"] == {"type": "ResolveCell", "cell": cell}
    ]
    assert len(resolve) == 1
    kiosk.tap("staff.resolve")
    kiosk.sees("staff.take")
    kiosk.world.perform(f"papers take {cell}")
    kiosk.world.perform(f"door close {cell}")
    kiosk.sees("staff.resolve_question")
    kiosk.answers("staff.found_papers")
    kiosk.tap("action.next")
    kiosk.tap("staff.sign_out")


def collects(kiosk: Kiosk, cell: str) -> None:
    """Staff take the papers out."""
    kiosk.signs_in()
    kiosk.sees("staff.list")
    kiosk.tap("staff.collect")
    kiosk.sees("staff.take")
    kiosk.world.perform(f"papers take {cell}")
    kiosk.world.perform(f"door close {cell}")
    kiosk.sees("staff.collected")
    kiosk.tap("action.next")
    kiosk.tap("staff.sign_out")
