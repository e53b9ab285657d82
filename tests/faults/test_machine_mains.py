"""The mains go while the whole program runs: nobody begins, who is at a door ends, staff are told, service returns."""

from collections.abc import Iterator

import pytest

from drivers.emulators.broker import free_port
from drivers.emulators.control import Control
from drivers.emulators.world import Options
from tests.drivers.emulated import emulated_server
from tests.faults.machine_eyes import home_no_longer_says, home_says, is_told
from tests.faults.playing import Kiosk

PORT = free_port()
OPTIONS = Options(read_delay_ms=50, extra={"printer": ("--print-speed", "2000")})
OVERRIDES = {
    "face": {"engine": "none"},
    "devices.ups": {"driver": "nut", "port": PORT},
    "power": {"poll_s": 0.1},
}


@pytest.fixture(scope="module")
def ups_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Control]:
    folder = tmp_path_factory.mktemp("ups")
    with emulated_server("nut", folder, "--address-file", "--port", str(PORT)) as (control, _):
        yield control


@pytest.fixture
def ups(ups_process: Control, running_kiosk: Kiosk) -> Control:
    ups_process.do("mains.return")
    ups_process.do("battery", charge=100)
    running_kiosk.to_home()
    return ups_process


def test_a_deposit_under_way_ends_nobody_else_begins_and_service_returns(
    ups: Control, running_kiosk: Kiosk
) -> None:
    kiosk, mark = running_kiosk, running_kiosk.mark
    is_told(kiosk, "ups", "online")
    kiosk.identifies()
    kiosk.confirms()
    cell = kiosk.opens()
    ups.do("mains.cut")
    ups.do("battery", charge=10)
    kiosk.recorded("MainsLost", after=mark)
    kiosk.shuts_in(cell)
    kiosk.leaves()
    assert kiosk.recorded("DepositHeld", after=mark)["cell"] == cell
    home_says(kiosk, "home.problem.power")
    assert not kiosk.has("home.deposit")
    assert not kiosk.has("home.guide")
    assert kiosk.recorded("KioskParked", after=mark)["reason"] == "power"
    kiosk.until(lambda: any("备用电池" in text for text in kiosk.sms()), "text message to staff")
    ups.do("mains.return")
    home_no_longer_says(kiosk, "home.problem.power")
    kiosk.recorded("MainsReturned", after=mark)
    kiosk.deposit()
    assert [len(kiosk.mqtt(name)) for name in ("power-lost", "kiosk-parked", "power-returned")] == [1, 1, 1]


def test_who_has_not_come_to_a_door_gets_the_card_back(ups: Control, running_kiosk: Kiosk) -> None:
    kiosk = running_kiosk
    kiosk.identifies()
    ups.do("mains.cut")
    ups.do("battery", charge=10)
    kiosk.sees("notice.take_card")
    kiosk.world.do("reader", "card.lift")
    kiosk.sees("notice.goodbye")
    kiosk.tap("action.home")
    home_says(kiosk, "home.problem.power")


def test_a_ups_that_is_lost_and_returns_is_said_once(ups: Control, running_kiosk: Kiosk) -> None:
    kiosk, mark = running_kiosk, running_kiosk.mark
    ups.do("cable.pull")
    assert kiosk.recorded("DeviceLost", after=mark)["device"] == "ups"
    is_told(kiosk, "ups", "noDevice")
    assert kiosk.has("home.deposit")
    ups.do("cable.plug")
    assert kiosk.recorded("DeviceReturned", after=mark)["device"] == "ups"
