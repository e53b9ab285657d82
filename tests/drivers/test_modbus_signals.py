"""Contacts and switches at the free ends of an emulated Modbus board."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from drivers.boardtables import ModbusSignalsConfig
from drivers.contracts.signals import Contact, Switch
from drivers.emulators.control import Control
from drivers.errors import DeviceRefused, LinkClosed, LinkTimeout
from drivers.link import Link
from drivers.modbus.signals import ModbusSignals, create
from tests.drivers.emulated import emulated

T = TypeVar("T")
DEADLINE_S = 1.0
# locks take relays 1 and 2, inputs 1 to 4
WIRING = {
    "inputs": {
        "cabinet_door": {"number": 5, "active_is_one": False}, "vibration": {"number": 6}, "presence": {"number": 8},
    },
    "outputs": {"lamp_free": {"number": 3}, "buzzer": {"number": 4}, "fan": {"number": 5, "active_is_one": False}},
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("signals")


@pytest.fixture(scope="module")
def process(folder: Path) -> Iterator[Control]:
    with emulated("modbus", folder, "--channels", "2", "--outputs", "8", "--inputs", "8") as control:
        yield control


@pytest.fixture
def control(process: Control) -> Iterator[Control]:
    yield process
    process.do("fault", name="none")
    process.do("cable.plug")
    for number in (5, 6, 7, 8):
        process.do("input.set", input=number, on=False)


def config(folder: Path, **changes: object) -> ModbusSignalsConfig:
    settings = {"url": str(folder / "pty"), "timeout_s": DEADLINE_S, "attempts": 1, **WIRING, **changes}
    return ModbusSignalsConfig.model_validate(settings)


def with_board(folder: Path, story: Callable[[ModbusSignals], Awaitable[T]], **changes: object) -> T:
    async def run() -> T:
        told = config(folder, **changes)
        board = create(told, link=Link(told.url, baudrate=told.baudrate, name="signals"))
        await board.connect()
        try:
            return await story(board)
        finally:
            await board.close()

    return asyncio.run(run())


def relay(control: Control, number: int) -> dict[str, object]:
    state: dict[str, object] = control.do("state")["outputs"]["1"][str(number)]
    return state


def test_contacts_and_their_polarity(folder: Path, control: Control) -> None:
    control.do("input.set", input=5, on=True)
    quiet = with_board(folder, ModbusSignals.read)
    assert quiet == {Contact.CABINET_DOOR: False, Contact.VIBRATION: False, Contact.PRESENCE: False}
    control.do("input.set", input=5, on=False)  # a cut wire reads as an open door
    control.do("input.set", input=6, on=True)
    control.do("input.set", input=8, on=True)
    assert with_board(folder, ModbusSignals.read) == dict.fromkeys(Contact, True)


def test_switches_and_their_polarity(folder: Path, control: Control) -> None:
    async def on(board: ModbusSignals) -> None:
        await board.set(Switch.LAMP_FREE, on=True)
        await board.set(Switch.FAN, on=True)

    async def off(board: ModbusSignals) -> None:
        await board.set(Switch.LAMP_FREE, on=False)
        await board.set(Switch.FAN, on=False)

    with_board(folder, on)
    assert (relay(control, 3)["on"], relay(control, 5)["on"]) == (True, False)
    with_board(folder, off)
    assert (relay(control, 3)["on"], relay(control, 5)["on"]) == (False, True)


def test_the_board_ends_a_pulse_by_itself(folder: Path, control: Control) -> None:
    async def story(board: ModbusSignals) -> object:
        await board.pulse(Switch.BUZZER, duration_s=0.2)
        return relay(control, 4)["on"]

    assert with_board(folder, story) is True
    for _ in range(200):  # the program has gone
        if not relay(control, 4)["on"]:
            break
        asyncio.run(asyncio.sleep(0.05))
    assert 0.15 < float(str(relay(control, 4)["longest_s"])) < 1.0


def test_what_is_not_wired_is_said(folder: Path, control: Control) -> None:
    only_lamp = {"outputs": {"lamp_free": {"number": 3}}, "inputs": {}}

    async def story(board: ModbusSignals) -> None:
        assert board.switches == {Switch.LAMP_FREE}
        assert await board.read() == {}
        with pytest.raises(ValueError, match="fan is not wired; there is: lamp_free"):
            await board.set(Switch.FAN, on=True)

    with_board(folder, story, **only_lamp)

    async def inverted(board: ModbusSignals) -> None:
        with pytest.raises(ValueError, match="when its relay is off"):
            await board.pulse(Switch.FAN, duration_s=1)

    with_board(folder, inverted)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("mute", LinkTimeout), ("half", LinkTimeout), ("bad_checksum", LinkTimeout),
        ("wrong_address", LinkTimeout), ("refuses", DeviceRefused), ("late", LinkTimeout),
    ],
)  # fmt: skip
def test_a_fault_is_an_error_never_a_contact(
    folder: Path, control: Control, fault: str, expected: type[Exception]
) -> None:
    async def story(board: ModbusSignals) -> None:
        control.do("fault", name=fault)
        with pytest.raises(expected):
            await board.read()
        control.do("fault", name="none")
        assert await board.read()

    with_board(folder, story)


def test_cable_pulled_and_back(folder: Path, control: Control) -> None:
    async def story(board: ModbusSignals) -> None:
        control.do("cable.pull")
        with pytest.raises((LinkClosed, LinkTimeout)):
            await board.read()
        control.do("cable.plug")
        assert await board.read()

    with_board(folder, story)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"inputs": {}, "outputs": {}}, "neither inputs nor outputs"),
        ({"inputs": {"vibration": {"number": 5}, "presence": {"number": 5}}}, "inputs name 5 twice"),
        (
            {"outputs": {"buzzer": {"number": 4, "active_is_one": False}}},
            "buzzer: active_is_one must be true",
        ),
        ({"inputs": {"front_door": {"number": 5}}}, "cabinet_door"),
        ({"outputs": {"fan": {"relay": 5}}}, "number"),
    ],
)
def test_wiring_that_makes_no_sense(folder: Path, changes: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        config(folder, **changes)
