"""A citizen whom nothing befalls: the ground on which the other fault tests stand."""

from tests.faults.playing import Kiosk


def test_a_citizen_deposits_and_another_after(kiosk: Kiosk) -> None:
    first = kiosk.deposit("yi")
    assert kiosk.deposit("jia") != first
    assert "CaseOpened" in kiosk.journal_types()
    kiosk.until(lambda: kiosk.status("reader") == "online", "status word")
