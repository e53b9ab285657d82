"""Motion is off for whoever does not want it: the same pixels half a second later, on pages that move otherwise."""

import time
from typing import Any

import pytest

from screens.samples import Samples
from screens.viewmodels import CardPage, FacePage, NoticePage, ReceiptPage, ScanPage, ViewModel

APART_S = 0.5
MOVES_WITHIN_S = 10.0


def moves(view: ViewModel) -> bool:
    """Whether something on the page says by moving that it is not stuck, or shows how to move."""
    match view:
        case FacePage():
            return view.seconds > 0
        case NoticePage() | ScanPage():
            return view.waiting
        case CardPage():
            return view.reading
        case ReceiptPage():
            return view.name == "receipt.printing"
        case _:
            return False


MOVING = list({type(view): view.name for view in Samples("zh_CN").every() if moves(view)}.values())


@pytest.fixture
def moving(window: Any) -> Any:
    """The window as a kiosk has it: things move."""
    window.do(do="animate", on=True)
    yield window
    window.do(do="animate", on=False)


def test_there_are_pages_that_move() -> None:
    assert len(MOVING) == 5


@pytest.mark.parametrize("name", MOVING)
def test_a_page_moves_and_is_still_for_whoever_wants_it_still(moving: Any, name: str) -> None:
    moving.show(name)
    first, ends = moving.do(do="pixels")["crc"], time.monotonic() + MOVES_WITHIN_S
    while moving.do(do="pixels")["crc"] == first:
        assert time.monotonic() < ends, f"{name} does not move"
    moving.show(name, still=True)
    first = moving.do(do="pixels")["crc"]
    time.sleep(APART_S)
    assert moving.do(do="pixels")["crc"] == first


def test_a_page_whose_drawing_was_timed_before_its_frame_came_is_shown_all_the_same(window: Any) -> None:
    window.show("phone")  # the same again: nothing on it asks for a frame of its own
    assert window.do(do="drawn_aside", name="phone")["seconds"] > 0
    assert window.do(do="wait", name="phone", timeout_s=10)["name"] == "phone"
