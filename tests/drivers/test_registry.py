"""The table of drivers: names, settings, what production refuses."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from drivers.boardtables import KerongCu16Config
from drivers.link import Link
from drivers.lockboard import PolledBoard
from drivers.registry import (
    DRIVERS,
    DriverKind,
    EmulatedCardConfig,
    OpencvCameraConfig,
    RefusedInProduction,
    create,
    find,
    names,
    parse,
    problems,
)

TABLE = {"driver": "kerong_cu16", "url": "/dev/ttyUSB0"}


def test_every_name_is_there_once() -> None:
    rows = [(driver.kind, driver.name) for driver in DRIVERS]
    assert len(rows) == len(set(rows))
    assert {driver.kind for driver in DRIVERS} == set(DriverKind)
    assert names(DriverKind.PHOTO) == ("vendor_library", "emulated_card")


def test_factories_are_named_not_imported() -> None:
    for driver in DRIVERS:
        module, _, function = driver.factory.partition(":")
        assert module.startswith(("drivers.", "kiosk."))
        assert function.startswith("create")


def test_a_table_becomes_settings() -> None:
    config = parse(DriverKind.BOARD, TABLE)
    assert config == KerongCu16Config(url="/dev/ttyUSB0", baudrate=19200, board=0)
    link = Link("/dev/ttyUSB0", baudrate=19200, name="test")
    assert isinstance(create(DriverKind.BOARD, config, profile="production", link=link), PolledBoard)


@pytest.mark.parametrize(
    "change",
    [{"colour": "red"}, {"board": 10}, {"channels": 17}, {"timeout_s": 0}, {"attempts": 0}, {"url": ""}],
)
def test_a_wrong_key_or_value_is_an_error(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match=next(iter(change))):
        parse(DriverKind.BOARD, TABLE | change)


def test_an_unknown_driver_is_told_what_there_is() -> None:
    with pytest.raises(ValueError, match=r"no board driver 'x'; there is: kerong_cu16"):
        parse(DriverKind.BOARD, {"driver": "x"})
    with pytest.raises(ValueError, match="no reader driver 'kerong_cu16'"):
        find(DriverKind.READER, "kerong_cu16")


def test_production_refuses_what_plays_hardware(tmp_path: Path) -> None:
    config = EmulatedCardConfig()
    assert problems(DriverKind.PHOTO, config, profile="emulated") == ()
    with pytest.raises(RefusedInProduction, match="emulated_card"):
        create(DriverKind.PHOTO, config, profile="production")
    for source in ("faces.mp4", str(tmp_path), "http://127.0.0.1/", "/dev/../etc/passwd"):
        camera = OpencvCameraConfig(source=source)
        assert len(problems(DriverKind.CAMERA, camera, profile="production")) == 1
    assert problems(DriverKind.CAMERA, OpencvCameraConfig(source="/dev/video0"), profile="production") == ()


def test_production_refuses_a_pty_by_any_name(tmp_path: Path) -> None:
    master, slave = os.openpty()
    try:
        link = tmp_path / "port"
        link.symlink_to(os.ttyname(slave))
        for url in (str(link), os.ttyname(slave), f"spy://{link}", f"alt://{link}?class=PosixPollSerial"):
            config = KerongCu16Config(url=url)
            assert problems(DriverKind.BOARD, config, profile="production"), url
            assert not problems(DriverKind.BOARD, config, profile="emulated")
    finally:
        os.close(master)
        os.close(slave)
    assert not problems(
        DriverKind.BOARD, KerongCu16Config(url="socket://10.0.0.5:5000"), profile="production"
    )


def test_a_driver_that_is_not_configured_is_not_imported() -> None:
    modules = sorted({driver.factory.partition(":")[0] for driver in DRIVERS})
    program = f"import sys, drivers.registry; print([name for name in {modules!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
