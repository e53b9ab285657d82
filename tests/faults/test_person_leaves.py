"""A citizen walks away, at every page: a warning first, then home, with nothing of theirs."""

from collections.abc import Callable

import pytest

from drivers.emulators.world import Options
from tests.faults.machine_eyes import is_told, unit_is
from tests.faults.playing import PHONE, Kiosk

OPTIONS = Options(read_delay_ms=50, extra={"printer": ("--print-speed", "2000")})
OVERRIDES = {
    "face": {"engine": "none"},
    "session": {
        "idle_limit_s": 5.0, "idle_warning_s": 3.0, "notice_page_s": 2.0, "receipt_page_s": 2.0,
        "card_left_limit_s": 3.0, "door_open_limit_s": 4.0, "door_warn_after_s": 1.0, "door_warn_every_s": 1.0,
        "staff_idle_s": 5.0, "sign_in_idle_s": 5.0,
    },
}  # fmt: skip


def to_items(kiosk: Kiosk) -> None:
    kiosk.tap("home.deposit")
    kiosk.sees("items")


def to_guide(kiosk: Kiosk) -> None:
    to_items(kiosk)
    kiosk.tap("item.food-permit")
    kiosk.sees("guide")


def to_card(kiosk: Kiosk) -> None:
    kiosk.chooses()
    kiosk.sees("card")


def to_unreadable(kiosk: Kiosk) -> None:
    to_card(kiosk)
    kiosk.world.do("reader", "card.place", person="expired")
    kiosk.sees("card.expired")


def to_phone(kiosk: Kiosk) -> None:
    kiosk.identifies("jia")
    kiosk.types("138")


def to_confirm(kiosk: Kiosk) -> None:
    kiosk.identifies("jia")
    kiosk.types(PHONE)
    kiosk.tap("phone.next")
    kiosk.sees("confirm")


def warned_and_home(kiosk: Kiosk) -> None:
    kiosk.until(lambda: kiosk.has("timeout.still_here"), "warning")
    kiosk.tap("timeout.still_here")  # one tap extends
    kiosk.until(lambda: not kiosk.has("timeout.still_here"), "the warning goes")
    kiosk.until(lambda: kiosk.has("timeout.still_here"), "warning again")
    if kiosk.world.do("reader", "state")["person"]:
        kiosk.sees("notice.take_card*")
        kiosk.world.do("reader", "card.lift")
    kiosk.sees("home")


@pytest.mark.parametrize(
    "reach",
    [
        to_guide, to_phone,
        *(pytest.param(reach, marks=pytest.mark.long) for reach in (to_items, to_card, to_unreadable, to_confirm)),
    ],
)  # fmt: skip
def test_before_the_compartment(kiosk: Kiosk, reach: Callable[[Kiosk], None]) -> None:
    mark = kiosk.mark
    reach(kiosk)
    warned_and_home(kiosk)
    assert not kiosk.journal("CaseOpened", after=mark)
    started, ended = kiosk.journal("SessionStarted", after=mark), kiosk.journal("SessionEnded", after=mark)
    if started:
        kiosk.recorded("SessionEnded", after=mark)
        ended = kiosk.journal("SessionEnded", after=mark)
    assert [event["session_id"] for event in started] == [event["session_id"] for event in ended]
    next_one(kiosk)


@pytest.mark.long
def test_the_next_citizen_after_all_of_them_finds_an_empty_page(kiosk: Kiosk) -> None:
    kiosk.identifies("yi")
    assert kiosk.page == "phone"
    assert not kiosk.has("phone.next")  # nothing of the one before stands in the field
    kiosk.types(PHONE)
    kiosk.tap("phone.next")
    kiosk.tap("confirm.ok")
    kiosk.puts_in(kiosk.opens())
    kiosk.sees("receipt.*")
    kiosk.sees("notice.take_card*")  # from the receipt's page, by itself
    kiosk.world.do("reader", "card.lift")
    kiosk.sees("home")


@pytest.mark.long
def test_with_the_door_open(kiosk: Kiosk) -> None:
    """The page stays until the door is shut; nobody else begins before."""
    mark = kiosk.mark
    kiosk.identifies("jia")
    kiosk.types(PHONE)
    kiosk.tap("phone.next")
    kiosk.tap("confirm.ok")
    cell = kiosk.opens()
    kiosk.world.perform(f"papers put {cell}")
    kiosk.sees("compartment.left_open")
    kiosk.world.do("reader", "card.lift")
    assert kiosk.recorded("DoorLeftOpen", after=mark)["cell"] == cell
    unit_is(kiosk, cell, "ok", "open", "unknown")
    kiosk.world.perform(f"door close {cell}")
    kiosk.sees("home")
    assert kiosk.recorded("DepositHeld", after=mark)["cell"] == cell
    unit_is(kiosk, cell, "ok", "closed", "held")
    is_told(kiosk, "reader", "online")
    next_one(kiosk)


@pytest.mark.long
def test_when_the_sensor_saw_nothing(kiosk: Kiosk) -> None:
    """Nobody says whether papers are inside: a person must look, and the compartment is given to nobody."""
    mark = kiosk.mark
    kiosk.identifies("jia")
    kiosk.types(PHONE)
    kiosk.tap("phone.next")
    kiosk.tap("confirm.ok")
    cell = kiosk.opens()
    kiosk.world.perform(f"door close {cell}")
    kiosk.sees("compartment.nothing_seen")
    kiosk.sees("notice.take_card*")
    kiosk.world.do("reader", "card.lift")
    kiosk.sees("home")
    assert kiosk.recorded("CustodyDisputed", after=mark)["cell"] == cell
    unit_is(kiosk, cell, "ok", "closed", "unknown")
    assert next_one(kiosk) != cell


@pytest.mark.long
def test_staff_walk_away(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    kiosk.signs_in()
    kiosk.sees("staff.list")
    kiosk.until(lambda: kiosk.has("timeout.still_here"), "warning")
    kiosk.sees("home")
    assert kiosk.recorded("StaffSignedOut", after=mark)["reason"] == "no touch for a while"
    next_one(kiosk)


@pytest.mark.long
def test_somebody_at_the_sign_in_walks_away(kiosk: Kiosk) -> None:
    kiosk.tap("head.staff")
    kiosk.sees("staff.number")
    kiosk.types("1001")
    kiosk.sees("home")
    kiosk.tap("head.staff")
    assert not kiosk.has("action.next")  # the field is empty again
    kiosk.sees("home")
    is_told(kiosk, "reader", "online")
    next_one(kiosk)


def next_one(kiosk: Kiosk) -> str:
    """A following citizen, who is quick: pages end early here."""
    mark = kiosk.mark
    kiosk.identifies("yi")
    kiosk.types(PHONE)
    kiosk.tap("phone.next")
    kiosk.tap("confirm.ok")
    cell = kiosk.opens()
    kiosk.puts_in(cell)
    kiosk.sees("notice.take_card*")
    kiosk.world.do("reader", "card.lift")
    kiosk.sees("home")
    assert kiosk.recorded("DepositHeld", after=mark)["cell"] == cell
    return cell
