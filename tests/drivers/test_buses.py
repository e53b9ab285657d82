"""Which devices share a line, and which may not."""

from pathlib import Path

import pytest

from drivers.boardtables import KerongCu16Config, ModbusInputsConfig
from drivers.buses import Buses, create_boards
from drivers.registry import RefusedInProduction

PORT = "/dev/ttyUSB0"
NEAR = KerongCu16Config(url=PORT, board=0)


def test_one_line_a_port() -> None:
    buses = Buses()
    near = buses.line("near", NEAR)
    assert buses.line("far", NEAR.model_copy(update={"board": 1})) is near
    assert buses.line("near", NEAR) is near
    assert buses.line("other", NEAR.model_copy(update={"url": "socket://10.0.0.5:5000"})) is not near


def test_two_names_of_a_port_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "ttyUSB0").touch()
    (tmp_path / "by-path").symlink_to(tmp_path / "ttyUSB0")
    near, far = (
        NEAR.model_copy(update={"url": str(tmp_path / name), "board": number})
        for number, name in enumerate(("ttyUSB0", "by-path"))
    )
    buses = Buses()
    assert buses.line("near", near) is buses.line("far", far)


def test_a_line_is_as_silent_as_any_of_its_devices_needs() -> None:
    line = Buses().line
    assert line("cu16", NEAR).rest_s == 0
    buses = Buses()
    modbus = ModbusInputsConfig(url=PORT, board=9, baudrate=19200)
    assert buses.line("sensors", modbus).rest_s == pytest.approx(3.5 * 11 / 19200, rel=0.05)
    assert buses.line("cu16", NEAR).rest_s == buses.line("sensors", modbus).rest_s


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, "near and far are both number 0 on /dev/ttyUSB0"),
        ({"board": 1, "baudrate": 9600}, "near and far .* baudrate 19200, the other with 9600"),
        ({"board": 1, "echo": True}, "near and far .* only one has echo"),
    ],
)
def test_a_clash_names_both(change: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        create_boards(
            {"near": NEAR, "far": NEAR.model_copy(update=change)}, profile="production", buses=Buses()
        )


def test_boards_are_built_by_name_and_refused_by_name() -> None:
    far = NEAR.model_copy(update={"board": 1, "channels": 4})
    boards = create_boards({"near": NEAR, "far": far}, profile="production", buses=Buses())
    assert {name: board.channels for name, board in boards.items()} == {"near": 16, "far": 4}
    with pytest.raises(RefusedInProduction, match=r"near: url: /dev/pts/0 .*; far: url"):
        create_boards(
            {name: NEAR.model_copy(update={"url": "/dev/pts/0"}) for name in ("near", "far")},
            profile="production",
            buses=Buses(),
        )
