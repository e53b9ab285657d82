"""A citizen walks away before and during the face check, and when a door did not open."""

from collections.abc import Callable

import pytest

from tests.faults.playing import PHONE, Kiosk

OVERRIDES = {
    "face": {"timeout_s": 3.0},
    "session": {"idle_limit_s": 5.0, "idle_warning_s": 2.0, "notice_page_s": 2.0},
}


def to_consent(kiosk: Kiosk) -> None:
    kiosk.chooses()
    kiosk.sees("consent")


def to_undecided(kiosk: Kiosk) -> None:
    to_consent(kiosk)
    kiosk.tap("consent.accept")
    kiosk.sees("card")
    kiosk.world.do("reader", "card.place", person="jia")
    kiosk.sees("face")
    kiosk.sees("face.undecided")


def to_failed_door(kiosk: Kiosk) -> None:
    kiosk.world.do("board", "fault", name="stuck")
    kiosk.identifies("jia")
    kiosk.types(PHONE)
    kiosk.tap("phone.next")
    kiosk.tap("confirm.ok")
    kiosk.sees("compartment.failed_once")


@pytest.mark.long
@pytest.mark.parametrize("reach", [to_consent, to_undecided, to_failed_door])
def test_walks_away(kiosk: Kiosk, reach: Callable[[Kiosk], None]) -> None:
    mark = kiosk.mark
    reach(kiosk)
    kiosk.until(lambda: kiosk.has("timeout.still_here"), "warning")
    if kiosk.world.do("reader", "state")["person"]:
        kiosk.sees("notice.take_card")
        kiosk.world.do("reader", "card.lift")
        kiosk.sees("notice.goodbye")
    kiosk.sees("home")
    started = kiosk.recorded("SessionStarted", after=mark)
    assert kiosk.recorded("SessionEnded", after=mark)["session_id"] == started["session_id"]
    opened = kiosk.journal("CaseOpened", after=mark)
    abandoned = kiosk.journal("DepositAbandoned", after=mark)
    assert [case["case_id"] for case in opened] == [case["case_id"] for case in abandoned]
    assert kiosk.status("reader") == "online"
    kiosk.to_home()
    kiosk.deposit()
