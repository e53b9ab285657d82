"""Modbus boards: the emulated one byte for byte and with pymodbus' own client, and what only these boards can do.

Vectors: Waveshare's manual of the Modbus RTU Relay boards, as quoted by two public integrations.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import serial
from pydantic import ValidationError
from pymodbus.client import ModbusSerialClient

from drivers.boardtables import ModbusRelayConfig
from drivers.contracts.board import DoorState, ItemState
from drivers.emulators.control import Control
from drivers.errors import DeviceRefused, LinkTimeout
from drivers.link import Link
from drivers.modbus.board import ModbusBoard, create
from drivers.modbus.client import ModbusClient
from tests.drivers.board_contract import read_until
from tests.drivers.emulated import cabinet, emulated

READ_INPUTS = "01 02 00 00 00 08 79 CC"
NO_INPUTS = "01 02 01 00 A1 88"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("modbus")
    with emulated("modbus", folder, "--channels", "2", "--travel-ms", "5", "--board", "1", "--board", "2"):
        yield folder


@pytest.fixture
def line(shared: Path) -> Iterator[tuple[Path, Control]]:
    with cabinet(shared) as control:
        yield shared, control
        for board in (1, 2):
            for number in range(5, 17):
                control.do("input.set", board=board, input=number, on=False)


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (READ_INPUTS, "01 02 01 03 E1 89"),  # two doors are shut
        ("01 01 00 00 00 08 3D CC", "01 01 01 00 51 88"),
        ("01 05 00 07 FF 00 3D FB 01 01 00 00 00 08 3D CC", "01 05 00 07 FF 00 3D FB 01 01 01 80 50 28"),
        ("01 05 02 00 00 05 0C 71", "01 05 02 00 00 05 0C 71"),
        ("01 05 00 00 55 00 F2 9A", "01 05 00 00 55 00 F2 9A"),
        (
            "01 0F 00 00 00 08 01 FF BE D5 01 01 00 00 00 08 3D CC",
            "01 0F 00 00 00 08 54 0D 01 01 01 FF 11 C8",
        ),
        ("01 05 00 FF FF 00 BC 0A 01 01 00 00 00 08 3D CC", "01 05 00 FF FF 00 BC 0A 01 01 01 FF 11 C8"),
        ("01 05 00 08 FF 00 0D F8", "01 85 02 C3 51"),  # no such relay
        ("01 02 00 09 00 08 A9 CE", "01 82 02 C1 61"),  # no such input
        ("01 05 00 00 12 34 C0 BD", "01 85 03 02 91"),  # no such command
        ("01 03 40 00 00 01 91 CA", "01 83 01 80 F0"),  # no such function
        (f"FA FD 01 02 {READ_INPUTS}", "01 02 01 03 E1 89"),
        (f"01 02 00 00 00 08 79 CD {READ_INPUTS}", "01 02 01 03 E1 89"),  # a wrong sum before
        (f"07 02 00 00 00 08 79 AA {READ_INPUTS}", "01 02 01 03 E1 89"),  # a unit that is not there
    ],
)
def test_the_emulator_answers(line: tuple[Path, Control], request_: str, answer: str) -> None:
    expected = bytes.fromhex(answer)
    with serial.Serial(str(line[0] / "pty"), 9600, timeout=10) as port:
        port.write(bytes.fromhex(request_))
        assert port.read(len(expected)).hex(" ") == expected.hex(" ")


def test_pymodbus_own_client_works_the_emulator(line: tuple[Path, Control]) -> None:
    folder, control = line
    client = ModbusSerialClient(str(folder / "pty"), baudrate=9600, timeout=10)
    try:
        assert client.connect()
        assert client.read_discrete_inputs(0, count=8, device_id=1).bits == [True] * 2 + [False] * 6
        assert not client.write_coil(0, True, device_id=1).isError()
        assert client.read_coils(0, count=2, device_id=1).bits[:2] == [True, False]
        while control.do("state")["channels"]["1"]["door"] != "open":
            pass
        assert client.read_discrete_inputs(0, count=2, device_id=1).bits[:2] == [False, True]
        assert not client.write_coils(0, [False] * 8, device_id=1).isError()
        assert client.read_coils(8, count=1, device_id=1).exception_code == 2
        assert client.read_discrete_inputs(0, count=16, device_id=2).bits == [True] * 2 + [False] * 14
    finally:
        client.close()  # type: ignore[no-untyped-call]


def config(folder: Path, **settings: object) -> ModbusRelayConfig:
    table = {"url": str(folder / "pty"), "channels": 2, "pulse_s": 0.1, "timeout_s": 5.0} | settings
    return ModbusRelayConfig.model_validate(table)


def play(folder: Path, scene: Callable[[ModbusBoard], Awaitable[None]], **settings: object) -> None:
    table = config(folder, **settings)

    async def main() -> None:
        tested = create(table, link=Link(table.url, baudrate=table.baudrate, name="test"))
        try:
            await scene(tested)
        finally:
            await tested.close()

    asyncio.run(main())


def relay(control: Control, number: int) -> dict[str, float]:
    found: dict[str, float] = control.do("state")["outputs"]["1"][str(number)]
    return found


def test_a_pulse_ends_though_nobody_is_left_to_end_it(line: tuple[Path, Control]) -> None:
    folder, control = line
    before = control.do("state")["channels"]["2"]["unlocks"]

    async def scene(tested: ModbusBoard) -> None:
        await tested.connect()
        await tested.unlock(2)

    play(folder, scene)  # the program that pulsed the lock is gone
    deadline = time.monotonic() + 10
    while relay(control, 2)["on"]:
        assert time.monotonic() < deadline
    assert relay(control, 2)["longest_s"] >= 0.1
    assert control.do("state")["channels"]["2"] == {"door": "open", "item": False, "unlocks": before + 1}


def test_what_a_program_before_left_on_is_switched_off(line: tuple[Path, Control]) -> None:
    folder, control = line
    with serial.Serial(str(folder / "pty"), 9600, timeout=10) as port:
        port.write(bytes.fromhex("01 05 00 00 FF 00 8C 3A"))
        assert port.read(8) == bytes.fromhex("01 05 00 00 FF 00 8C 3A")
    assert relay(control, 1)["on"]

    async def scene(tested: ModbusBoard) -> None:
        await tested.connect()
        assert not relay(control, 1)["on"]

    play(folder, scene)


def test_a_board_that_cannot_time_a_pulse_says_so(tmp_path: Path) -> None:
    async def scene(tested: ModbusBoard) -> None:
        await tested.connect()
        with pytest.raises(DeviceRefused, match="unit 1 refuses function 05: illegal address"):
            await tested.unlock(1)

    with emulated("modbus", tmp_path, "--no-flash"):
        play(tmp_path, scene)


def test_a_refusal_is_not_asked_again(line: tuple[Path, Control]) -> None:
    folder, control = line

    async def scene(tested: ModbusBoard) -> None:
        await tested.connect()
        control.do("fault", name="refuses")
        with pytest.raises(DeviceRefused, match="function 02: device failure"):
            await tested.read()

    play(folder, scene)


def test_an_unlock_that_nobody_confirms_is_sent_once(line: tuple[Path, Control]) -> None:
    folder, control = line
    before = control.do("state")["channels"]["1"]["unlocks"]
    wire = Link(str(folder / "pty"), baudrate=9600, name="test")
    hasty = create(config(folder, timeout_s=0.1), link=wire)

    async def main() -> None:
        try:
            await create(config(folder), link=wire).connect()
            control.do("fault", name="mute")
            await hasty.unlock(1)
            with pytest.raises(LinkTimeout):
                await hasty.read()
        finally:
            await hasty.close()

    asyncio.run(main())
    assert control.do("state")["channels"]["1"]["unlocks"] == before + 1


def test_inputs_are_wired_as_the_settings_say(line: tuple[Path, Control]) -> None:
    folder, control = line
    control.do("input.set", input=16, on=True)

    async def scene(tested: ModbusBoard) -> None:
        await tested.connect()
        readings = await tested.read()
        assert [readings[n].door for n in (1, 2)] == [DoorState.CLOSED, DoorState.OPEN]
        assert [readings[n].item for n in (1, 2)] == [ItemState.PRESENT, ItemState.ABSENT]

    play(folder, scene, door_inputs=[2, 5], item_inputs=[6, 16], item_is_one=False)


def test_polarity_is_a_setting_and_no_sensor_is_unknown(line: tuple[Path, Control]) -> None:
    async def scene(tested: ModbusBoard) -> None:
        await tested.connect()
        readings = await tested.read()
        assert {reading.door for reading in readings.values()} == {DoorState.OPEN}
        assert {reading.item for reading in readings.values()} == {ItemState.UNKNOWN}

    play(line[0], scene, closed_is_one=False)


@pytest.mark.parametrize(
    ("wiring", "why"),
    [
        ({"door_inputs": [1]}, "1 inputs for 2 channels"),
        ({"door_inputs": [1, 1]}, "input 1 twice"),
        ({"item_inputs": [2, 3]}, "input 2 twice"),
        ({"item_inputs": [3, 0]}, "greater than or equal to 1"),
        ({"pulse_s": 5}, "less than or equal to 3"),
        ({"board": 0}, "greater than or equal to 1"),
    ],
)
def test_wiring_that_cannot_be_is_refused(tmp_path: Path, wiring: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        config(tmp_path, **wiring)


def test_relays_and_inputs_that_are_free_serve_others_on_the_same_line(line: tuple[Path, Control]) -> None:
    folder, control = line
    wire = Link(str(folder / "pty"), baudrate=9600, name="test")
    locks = create(config(folder), link=wire)
    signals = ModbusClient(wire, unit=2, timeout_s=5.0)

    async def main() -> None:
        try:
            await asyncio.gather(locks.connect(), signals.open())
            await signals.set_output(8, on=True)
            await signals.flash_output(7, duration_s=0.1)
            control.do("input.set", board=2, input=16, on=True)
            opening = locks.unlock(1)
            inputs, outputs, _ = await asyncio.gather(
                signals.read_inputs(16), signals.read_outputs(8), opening
            )
            assert inputs == (True, True, *[False] * 13, True)
            assert outputs[7]
            assert signals.line.frames == locks.line.frames > 5
            assert not any(outputs[:6])
            await read_until(locks, 1, DoorState.OPEN)
            await signals.all_off(8)
            assert await signals.read_outputs(8) == (False,) * 8
        finally:
            await locks.close()

    asyncio.run(main())
