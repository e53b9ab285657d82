"""The UPS driver: what upsd's words mean, and what happens when it says none, half of them or no."""

import asyncio
import shutil
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import pytest

from drivers.contracts.health import DeviceStatus, ErrorAction
from drivers.contracts.power import PowerReading, Supply
from drivers.emulators.control import Control
from drivers.errors import DeviceError, DeviceRefused, LinkClosed, LinkTimeout, ProtocolError
from drivers.nut.status import LowLimits, identity_of, reading_of
from drivers.nut.ups import NutUps, create
from drivers.registry import NutConfig
from tests.drivers.emulated import emulated_server

T = TypeVar("T")
DEADLINE_S = 1.0
NO_LIMITS = LowLimits()


class Upsd:
    """The emulated server and how to reach it."""

    def __init__(self, control: Control, address: str) -> None:
        self.control = control
        self.host, _, port = address.partition(":")
        self.port = int(port)

    def ups(self, **settings: object) -> NutUps:
        config = {"host": self.host, "port": self.port, "timeout_s": DEADLINE_S, **settings}
        return create(NutConfig.model_validate(config))

    def ask(self, question: Callable[[NutUps], Awaitable[T]], **settings: object) -> T:
        async def asked() -> T:
            ups = self.ups(**settings)
            try:
                return await question(ups)
            finally:
                await ups.close()

        return asyncio.run(asked())

    def read(self, **settings: object) -> PowerReading:
        return self.ask(NutUps.read, **settings)


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upsd]:
    with emulated_server("nut", tmp_path_factory.mktemp("nut"), "--address-file") as (control, address):
        yield Upsd(control, address)


@pytest.fixture
def upsd(process: Upsd) -> Iterator[Upsd]:
    yield process
    do = process.control.do
    do("fault", name="none")
    do("cable.plug")
    do("mains.return")
    do("battery", charge=100, runtime=1800)
    for switch, normal in {
        "battery.worn": False, "bypass": False, "overload": False, "shutdown.forced": False, "output": True
    }.items():  # fmt: skip
        do(switch, on=normal)


# what the words mean: golden values, flags as the NUT developer guide lists them ------------------------------------

ENGAGED, POWERING, LOW, RECOVERED = Supply.ENGAGED, Supply.POWERING, Supply.LOW, Supply.RECOVERED


@pytest.mark.parametrize(
    ("status", "supply"),
    [
        ("OL", {ENGAGED}),
        ("OL CHRG", {ENGAGED}),
        ("OL TRIM", {ENGAGED}),
        ("OL BOOST", {ENGAGED}),
        ("OB DISCHRG", {ENGAGED, POWERING}),
        ("OB LB", {ENGAGED, POWERING, LOW}),
        ("OB LB DISCHRG", {ENGAGED, POWERING, LOW}),
        ("FSD OL", {ENGAGED, POWERING, LOW}),
        ("FSD OB LB", {ENGAGED, POWERING, LOW}),
        ("OL LB CHRG", {ENGAGED, LOW}),
        ("OL BYPASS", set()),
        ("BYPASS", set()),
        ("OFF", set()),
    ],
)
def test_supply(status: str, supply: set[Supply]) -> None:
    assert reading_of({"ups.status": status}, NO_LIMITS, after_cut=False).supply == supply


@pytest.mark.parametrize(
    ("status", "expected", "action"),
    [
        ("OL", DeviceStatus.ONLINE, None),
        ("OB LB", DeviceStatus.ONLINE, None),
        ("OL RB", DeviceStatus.HARDWARE_ERROR, ErrorAction.MAINTENANCE),
        ("OL OVER", DeviceStatus.HARDWARE_ERROR, ErrorAction.CLEAR),
        ("OL BYPASS", DeviceStatus.HARDWARE_ERROR, ErrorAction.MAINTENANCE),
        ("OL OFF", DeviceStatus.POWER_OFF, ErrorAction.CLEAR),
    ],
)
def test_health(status: str, expected: DeviceStatus, action: ErrorAction | None) -> None:
    health = reading_of({"ups.status": status}, NO_LIMITS, after_cut=False).health
    assert (health.status, health.action) == (expected, action)


@pytest.mark.parametrize("status", [{}, {"ups.status": ""}, {"ups.status": "WAIT"}, {"ups.status": "CHRG"}])
def test_a_status_without_mains_or_battery_is_no_status(status: dict[str, str]) -> None:
    with pytest.raises(ProtocolError, match="tells nothing of the mains"):
        reading_of(status, NO_LIMITS, after_cut=False)


@pytest.mark.parametrize(
    ("charge", "runtime", "low"),
    [
        ("29", "900", True),
        ("30", "900", False),
        ("80", "299", True),
        ("80", "300", False),
        ("", "n/a", False),
    ],
)
def test_our_own_limits(charge: str, runtime: str, low: bool) -> None:
    told = {"ups.status": "OB", "battery.charge": charge, "battery.runtime": runtime}
    assert reading_of(told, LowLimits(30, 300), after_cut=False).is_ending is low


@pytest.mark.parametrize("value", ["-1", "1e9", "nan", "inf", "full", ""])
def test_numbers_that_are_none(value: str) -> None:
    reading = reading_of({"ups.status": "OL", "battery.charge": value}, LowLimits(30, 300), after_cut=False)
    assert reading.charge_percent is None
    assert Supply.LOW not in reading.supply


def test_recovered_until_full() -> None:
    back = {"ups.status": "OL CHRG", "battery.charge": "60"}
    assert reading_of(back, NO_LIMITS, after_cut=True).is_recovering
    assert not reading_of(back, NO_LIMITS, after_cut=False).is_recovering
    full = {"ups.status": "OL", "battery.charge": "100"}
    assert not reading_of(full, NO_LIMITS, after_cut=True).is_recovering


def test_identity_has_printable_characters_only() -> None:
    assert identity_of({"ups.mfr": "AP\x1b[2JC", "device.model": ' Smart  "X"'}) == 'AP[2JC Smart "X"'


# against the server ---------------------------------------------------------------------------------------------


def test_mains_there(upsd: Upsd) -> None:
    reading = upsd.read()
    assert reading.supply == {Supply.ENGAGED}
    assert (reading.charge_percent, reading.runtime_s) == (100, 1800)
    assert upsd.ask(NutUps.identity) == 'EATON Ellipse "ECO" 650 01.20.0007'


def test_a_cut_from_begin_to_end(upsd: Upsd) -> None:
    async def story(ups: NutUps) -> list[set[str]]:
        steps: list[tuple[str, dict[str, object]]] = [
            ("mains.cut", {}), ("battery", {"charge": 15}), ("mains.return", {}), ("battery", {"charge": 100})
        ]  # fmt: skip
        seen = [await ups.read()]
        for act, values in steps:
            upsd.control.do(act, **values)
            seen.append(await ups.read())
        return [{word.value for word in reading.supply} for reading in seen]

    assert upsd.ask(story) == [
        {"engaged"}, {"engaged", "powering"}, {"engaged", "powering", "low"}, {"engaged", "low", "recovered"},
        {"engaged"},
    ]  # fmt: skip


def test_a_worn_battery(upsd: Upsd) -> None:
    upsd.control.do("battery.worn", on=True)
    assert upsd.read().health.detail == "UPS: its battery must be replaced"


@pytest.mark.parametrize(
    ("fault", "expected", "words"),
    [
        ("mute", LinkTimeout, "no complete answer within 1 s"),
        ("late", LinkTimeout, "no complete answer within 1 s"),
        ("slow", LinkTimeout, "no complete answer within 1 s"),
        ("half", LinkClosed, "hung up in the middle"),
        ("garbage", ProtocolError, "does not speak NUT"),
        ("stale", LinkTimeout, "hears nothing from the UPS; check the UPS's cable"),
        ("driver_gone", LinkTimeout, "no driver for the UPS running"),
        ("unknown_ups", DeviceRefused, "no UPS of this name"),
        ("denied", DeviceRefused, "does not let this machine ask"),
        ("no_status", ProtocolError, "tells nothing of the mains"),
    ],
)
def test_every_fault_has_its_words_and_leaves_no_trace(
    upsd: Upsd, fault: str, expected: type[DeviceError], words: str
) -> None:
    async def before_and_after(ups: NutUps) -> tuple[str, PowerReading]:
        upsd.control.do("fault", name=fault)
        with pytest.raises(expected) as said:
            await ups.read()
        upsd.control.do("fault", name="none")
        return str(said.value), await ups.read()

    text, after = upsd.ask(before_and_after)
    assert words in text
    assert after.supply == {Supply.ENGAGED}


def test_every_fault_is_in_that_table(upsd: Upsd) -> None:
    told = test_every_fault_has_its_words_and_leaves_no_trace.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert {row[0] for row in told} == set(upsd.control.do("faults")["menu"])


def test_the_server_goes_and_comes_back(upsd: Upsd) -> None:
    async def story(ups: NutUps) -> PowerReading:
        await ups.connect()
        upsd.control.do("cable.pull")
        with pytest.raises(LinkClosed, match=r"127\.0\.0\.1.*check that nut-server runs"):
            await ups.read()
        upsd.control.do("cable.plug")
        return await ups.read()

    assert upsd.ask(story).supply == {Supply.ENGAGED}


# somebody else's client -----------------------------------------------------------------------------------------

UPSC = shutil.which("upsc")


@pytest.mark.skipif(UPSC is None, reason="upsc is not installed; on Debian: apt-get install nut-client")
def test_nuts_own_client_understands_the_emulator(upsd: Upsd) -> None:
    def upsc(*words: str) -> subprocess.CompletedProcess[str]:
        assert UPSC is not None
        return subprocess.run([UPSC, *words], capture_output=True, text=True, timeout=20, check=False)

    where = f"{upsd.host}:{upsd.port}"
    assert upsc("-l", where).stdout == "ups\n"
    upsd.control.do("mains.cut")
    told = dict(line.split(": ", 1) for line in upsc(f"ups@{where}").stdout.splitlines())
    assert told["ups.status"] == "OB DISCHRG"
    assert told["device.model"] == 'Ellipse "ECO" 650'
    assert upsc(f"ups@{where}", "battery.charge").stdout == "100\n"
    upsd.control.do("fault", name="stale")
    assert "Data stale" in upsc(f"ups@{where}").stderr
    assert "Unknown UPS" in upsc(f"other@{where}").stderr
