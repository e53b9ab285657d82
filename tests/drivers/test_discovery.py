"""Discovery finds every emulated device at a speed that is not asked first, and opens and prints nothing."""

import asyncio
import os
import pty
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from drivers.discovery import ALONE, ON_A_BUS, UNASKED, Found, PortFinding, Walk
from drivers.emulators.control import Control
from drivers.registry import DRIVERS, DriverKind, parse
from drivers.tables import SerialConfig
from kiosk import discover
from kiosk.settings import DEFAULT_FILE, check
from tests.drivers.emulated import emulated

WAIT_S = 0.3
IN_VAIN = Walk(numbers=4, wait_s=0.02)  # for ports where nothing is to be found, which hear every question
MIXED = ("kerong_cu16", "wkly", "modbus_relay")
SITE = """
[kiosk]
id = "x"
place_zh = "甲"
place_en = "A"
hotline = "0533-12345"
name_zh = "乙"
name_en = "B"
[devices.reader]
driver = "sam_v_serial"
url = "/dev/reader"
[[devices.boards]]
name = "left"
driver = "kerong_cu16"
url = "/dev/bus"
board = 1
[[devices.boards]]
name = "right"
driver = "kerong_cu16"
url = "/dev/bus"
board = 0
[cabinet]
cells = [
    { name = "A-01", size = "S", board = "left", channel = 1, row = 1, column = 1, bottom_mm = 800, top_mm = 960 },
    { name = "A-02", size = "S", board = "right", channel = 1, row = 2, column = 1, bottom_mm = 960, top_mm = 1100 },
]
"""


@dataclass(frozen=True)
class Rig:
    """One emulator, hard of hearing at other speeds than its own. `found`: what its port must give."""

    emulator: str
    options: tuple[str, ...]
    found: tuple[Mapping[str, Any], ...]


def boards(driver: str, rate: int, *numbers: int, **more: Any) -> tuple[Mapping[str, Any], ...]:
    return tuple({"driver": driver, "baudrate": rate, "board": number, **more} for number in numbers)


CU48 = {"state_bytes": 6, "channels": 48}
RIGS = {
    "printer": Rig("escpos", ("--baudrate", "9600"), ({"driver": "escpos_serial", "baudrate": 9600},)),
    "modem": Rig("gsm", ("--baudrate", "9600"), ({"driver": "gsm_modem", "baudrate": 9600},)),
    "reader": Rig("samv", ("--baudrate", "9600"), ({"driver": "sam_v_serial", "baudrate": 9600},)),
    "cu16": Rig("kerong", ("--board", "0", "--board", "1"), boards("kerong_cu16", 19200, 0, 1)),
    "cu48": Rig(
        "cu48", ("--dialect", "0x60", "--board", "1"), boards("kerong_cu48", 19200, 1, dialect="0x60", **CU48)
    ),
    "8a80": Rig("lock_8a80", ("--baudrate", "19200", "--board", "2"), boards("lock_8a80", 19200, 2)),
    "wkly": Rig("wkly", ("--baudrate", "19200", "--board", "0"), boards("wkly", 19200, 0)),
    "winnsen": Rig("winnsen", ("--baudrate", "19200", "--board", "1"), boards("winnsen", 19200, 1)),
    "modbus": Rig("modbus", ("--baudrate", "19200", "--board", "1"), boards("modbus_relay", 19200, 1)),
    "silent printer": Rig("escpos", ("--fault", "mute"), ()),
    "silent board": Rig("kerong", ("--fault", "mute"), ()),
}
HEARS_ALL = {"silent printer", "silent board"}


@dataclass(frozen=True)
class Walked:
    """What was found, by rig, and how each emulator is afterwards."""

    findings: Mapping[str, PortFinding]
    states: Mapping[str, Mapping[str, Any]]


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    with ExitStack() as stack:
        controls: dict[str, Control] = {}
        places: dict[str, str] = {}
        for name, rig in RIGS.items():
            folder = tmp_path_factory.mktemp(rig.emulator)
            speed = () if name in HEARS_ALL else ("--own-speed-only",)
            controls[name] = stack.enter_context(emulated(rig.emulator, folder, *speed, *rig.options))
            places[name] = str(folder / "pty")
        places["garbage"] = stack.enter_context(Talker()).port
        places["nowhere"] = str(tmp_path_factory.mktemp("nowhere") / "pty")
        findings = asyncio.run(walked_side_by_side(places))
        states = {name: control.do("state") for name, control in controls.items()}
        yield Walked(dict(zip(places, findings, strict=True)), states)


async def walked_side_by_side(places: Mapping[str, str]) -> list[PortFinding]:
    return await asyncio.gather(*(walk_of(name).port(place) for name, place in places.items()))


def walk_of(name: str) -> Walk:
    """Each is asked for its own family and some others: all of them take long at a wait that a busy machine needs."""
    rig = RIGS.get(name)
    if rig is None or not rig.found:
        return IN_VAIN
    asked = {*MIXED, rig.found[0]["driver"]}
    return Walk(numbers=2, wait_s=WAIT_S, families=[one for one in ON_A_BUS if one.driver in asked])


class Talker:
    """A line on which something talks without end."""

    def __enter__(self) -> "Talker":
        self._master, self._slave = pty.openpty()
        self.port = os.ttyname(self._slave)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._talk)
        self._thread.start()
        return self

    def _talk(self) -> None:
        os.set_blocking(self._master, False)
        noise = bytes(range(256))
        while not self._ended.wait(0.005):
            try:
                os.write(self._master, noise[:48])
            except BlockingIOError:
                continue
            noise = noise[48:] + noise[:48]

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        os.close(self._master)
        os.close(self._slave)


@pytest.mark.parametrize("name", RIGS)
def test_what_is_there_is_found_at_its_own_speed(walked: Walked, name: str) -> None:
    finding = walked.findings[name]
    assert finding.trouble == ""
    assert [one.table for one in finding.found] == [
        {"url": finding.url, **table} for table in RIGS[name].found
    ]
    for one in finding.found:
        parse(one.kind, one.table)


def test_who_tells_its_firmware_is_told_with_it(walked: Walked) -> None:
    assert walked.findings["reader"].found[0].identity.startswith("05.01")
    assert walked.findings["printer"].found[0].identity


def test_no_lock_was_pulled_and_nothing_was_printed(walked: Walked) -> None:
    for name, state in walked.states.items():
        for boxes in state.get("boards", {}).values():
            assert {box["unlocks"] for box in boxes.values()} == {0}, name
            assert {box["door"] for box in boxes.values()} == {"closed"}, name
        assert state.get("jobs_printed", 0) == 0, name
        assert state.get("waiting", 0) == 0, name


def test_who_talks_without_being_asked_is_no_device(walked: Walked) -> None:
    finding = walked.findings["garbage"]
    assert finding.found == []
    assert finding.noise > 1000


def test_a_port_that_is_not_there_says_so(walked: Walked) -> None:
    assert "check the cable" in walked.findings["nowhere"].trouble


def test_every_driver_of_a_serial_line_is_asked_or_has_a_reason() -> None:
    asked = {family.driver for family in (*ALONE, *ON_A_BUS)}
    serial = {driver.name for driver in DRIVERS if issubclass(driver.config, SerialConfig)}
    assert asked | UNASKED.keys() == serial
    assert not asked & UNASKED.keys()


# the tables ---------------------------------------------------------------------------------------------------------


def site(folder: Path) -> Path:
    file = folder / "site.toml"
    file.write_text(f'{SITE}\n[paths]\nstate_dir = "{folder / "state"}"\n', encoding="utf-8")
    return file


def test_what_is_written_is_a_configuration_and_boards_keep_their_names(
    walked: Walked, tmp_path: Path
) -> None:
    file = site(tmp_path)
    findings = [walked.findings[name] for name in ("printer", "reader", "modem", "cu16", "8a80")]
    settings = discover_settings(file)
    (tmp_path / "conf.d").mkdir()
    layer = tmp_path / "conf.d" / "20-devices.toml"
    layer.write_text(discover.toml(discover.tables(findings, settings), findings), encoding="utf-8")
    told = tomllib.loads(layer.read_text(encoding="utf-8"))["devices"]
    assert {board["name"]: board["board"] for board in told["boards"]} == {"right": 0, "left": 1, "main": 2}
    problems = [str(one) for one in check([DEFAULT_FILE, file, layer])]
    assert problems
    assert all(
        "pseudo-terminal" in problem for problem in problems
    )  # refused for being emulators, for nothing else
    assert "# 05.01" in layer.read_text(encoding="utf-8")


def discover_settings(file: Path) -> Any:
    from kiosk.settings import load

    return load([DEFAULT_FILE, file])


def test_boards_that_nobody_knows_are_numbered() -> None:
    found = [
        Found(DriverKind.BOARD, {"driver": "wkly", "board": n, "url": "u", "baudrate": 9600}) for n in (0, 1)
    ]
    devices = discover.tables([PortFinding("u", found)], None)
    assert [board["name"] for board in devices["boards"]] == ["main", "board-2"]


def test_the_command_line_walks_what_it_is_told(tmp_path: Path) -> None:
    with emulated("samv", tmp_path):
        verb = [sys.executable, "-m", "kiosk", "discover", "--ports"]
        command = [*verb, str(tmp_path / "pt*"), "--write", str(tmp_path / "conf.d" / "20.toml")]
        told = subprocess.run(command, capture_output=True, text=True, check=False)
        nothing = subprocess.run([*verb, str(tmp_path / "none*")], capture_output=True, check=False)
    assert told.returncode == 0, told.stderr
    assert "sam_v_serial at 115200 baud 05.01" in told.stderr
    devices = tomllib.loads((tmp_path / "conf.d" / "20.toml").read_text(encoding="utf-8"))["devices"]
    assert devices["reader"]["url"] == str(tmp_path / "pty")
    assert nothing.returncode == 1


def test_ports_of_the_running_program_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = discover_settings(site(tmp_path))
    assert discover.in_use(settings) == frozenset()
    monkeypatch.setattr(discover, "ask", lambda *_, **__: {"devices": []})
    assert {"/dev/reader", "/dev/bus"} <= discover.in_use(settings)
