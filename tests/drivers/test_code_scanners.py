"""Scanners: on a serial line against the emulator, and one that plays a keyboard against a pipe of kernel events."""

import asyncio
import os
import struct
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from drivers.codes import scanner, wedge
from drivers.codes.keys import KeyEvent, KeyLine
from drivers.contracts.codes import Code, CodeScanner, Symbology
from drivers.emulators.control import Control
from drivers.errors import LinkClosed
from drivers.registry import KeyboardWedgeConfig, SerialScannerConfig
from tests.drivers.emulated import emulated

T = TypeVar("T")
SOON_S = 20.0
NEVER_S = 0.3
PAUSE_S = 0.05


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scanner")


@pytest.fixture(scope="module")
def process(folder: Path) -> Iterator[Control]:
    with emulated("scanner", folder, "--aim", "--line-end", "crlf") as control:
        yield control


@pytest.fixture
def control(process: Control) -> Iterator[Control]:
    yield process
    process.do("fault", name="none")
    process.do("cable.plug")


def with_scanner(folder: Path, story: Callable[[CodeScanner], Awaitable[T]]) -> T:
    async def run() -> T:
        device = scanner.create(SerialScannerConfig(url=str(folder / "pty"), aim_prefix=True))
        await device.connect()
        try:
            return await story(device)
        finally:
            await device.close()

    return asyncio.run(run())


async def scanned(device: CodeScanner, hold: Callable[[], object], timeout_s: float = SOON_S) -> Code | None:
    """Ask, and hold the code before the scanner again and again while it is asked."""
    asked = asyncio.create_task(device.scan(timeout_s=timeout_s))
    while not asked.done():
        await asyncio.wait({asked}, timeout=PAUSE_S)
        if not asked.done():
            hold()
    return asked.result()


def test_a_code_is_read(folder: Path, control: Control) -> None:
    code = with_scanner(folder, lambda device: scanned(device, lambda: control.do("scan", text="办件-0001")))
    assert code == Code("办件-0001", Symbology.QR)


def test_what_was_scanned_before_is_forgotten(folder: Path, control: Control) -> None:
    async def story(device: CodeScanner) -> Code | None:
        control.do("scan", text="the one before")
        await asyncio.sleep(NEVER_S)  # it has arrived, and nobody asked
        return await scanned(device, lambda: control.do("scan", text="this one", symbology="code128"))

    assert with_scanner(folder, story) == Code("this one", Symbology.CODE_128)


@pytest.mark.parametrize("fault", ["mute", "half", "garbage", "no_end"])
def test_a_fault_is_no_code_and_leaves_no_trace(folder: Path, control: Control, fault: str) -> None:
    async def story(device: CodeScanner) -> tuple[Code | None, Code | None]:
        control.do("fault", name=fault)
        asked = asyncio.create_task(device.scan(timeout_s=NEVER_S))
        await asyncio.sleep(PAUSE_S)
        control.do("scan", text="A1")
        broken = await asked
        control.do("fault", name="none")
        return broken, await scanned(device, lambda: control.do("scan", text="A2"))

    assert with_scanner(folder, story) == (None, Code("A2", Symbology.QR))


def test_cable_pulled_and_back(folder: Path, control: Control) -> None:
    async def story(device: CodeScanner) -> Code | None:
        control.do("cable.pull")
        with pytest.raises(LinkClosed, match="check the cable"):
            await device.scan(timeout_s=SOON_S)
        control.do("cable.plug")
        return await scanned(device, lambda: control.do("scan", text="A3"))

    assert with_scanner(folder, story) == Code("A3", Symbology.QR)


# a scanner that plays a keyboard: its twin types into a pipe, from a table of its own ------------------------------

KEYS = {
    "1": (2, 0), "2": (3, 0), "6": (7, 0), "0": (11, 0), "-": (12, 0), "a": (30, 0), "z": (44, 0), "A": (30, 1),
    "N": (49, 1), "D": (32, 1), "_": (12, 1), ":": (39, 1), "/": (53, 0), "?": (53, 1), " ": (57, 0), "#": (4, 1),
}  # fmt: skip
LEFT_SHIFT, ENTER, ESCAPE, LEFT_CTRL, CAPS = 42, 28, 1, 29, 58


def event(kind: int, code: int, value: int) -> bytes:
    return struct.pack("@llHHi", 1_700_000_000, 250_000, kind, code, value)


def stroke(key: int, *, shift: bool = False) -> bytes:
    down = event(1, LEFT_SHIFT, 1) if shift else b""
    up = event(1, LEFT_SHIFT, 0) if shift else b""
    scan_code, end = event(4, 4, 0x70000 + key), event(0, 0, 0)
    return down + scan_code + event(1, key, 1) + end + event(1, key, 2) + event(1, key, 0) + up + end


def typed(text: str) -> bytes:
    return b"".join(stroke(KEYS[letter][0], shift=bool(KEYS[letter][1])) for letter in text) + stroke(ENTER)


def codes_of(data: bytes) -> list[str]:
    line = KeyLine()
    size = struct.calcsize("@llHHi")
    taken = [line.take(KeyEvent.decode(data[n : n + size])) for n in range(0, len(data), size)]
    return [code.untrusted_text for code in taken if code is not None]


def test_golden_event() -> None:
    # KEY_A pressed, from `evtest` on a 64-bit machine, time zero
    vector = bytes(16) + bytes.fromhex("01 00 1e 00 01 00 00 00")
    assert KeyEvent(1, 30, 1).encode() == vector
    assert KeyEvent.decode(vector) == KeyEvent(1, 30, 1)


def test_digits_letters_shift() -> None:
    assert codes_of(typed("ND:a/z?#_ 1-6") + typed("20")) == ["ND:a/z?#_ 1-6", "20"]


@pytest.mark.parametrize(
    "noise",
    [
        stroke(ESCAPE), event(0, 3, 0), event(1, LEFT_CTRL, 1) + stroke(30) + event(1, LEFT_CTRL, 0),
        stroke(30) * 7_201,
    ],
    ids=["unknown key", "events lost", "ctrl", "too long"],
)  # fmt: skip
def test_a_stroke_that_is_not_known_spoils_that_code_only(noise: bytes) -> None:
    assert codes_of(typed("1") + noise + typed("2") + typed("6")) == ["1", "6"]


def test_locks_and_empty_lines_mean_nothing() -> None:
    assert codes_of(stroke(CAPS) + stroke(ENTER) + typed("A1")) == ["A1"]


def with_wedge(device: Path, story: Callable[[CodeScanner, int], Awaitable[T]]) -> T:
    async def run() -> T:
        reader = wedge.KeyboardWedge(KeyboardWedgeConfig(device=str(device)), take=lambda _fd: None)
        keyboard = os.open(device, os.O_RDWR)
        await reader.connect()
        try:
            return await story(reader, keyboard)
        finally:
            await reader.close()
            os.close(keyboard)

    return asyncio.run(run())


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "event0")
    return tmp_path / "event0"


def test_a_code_that_is_typed(pipe: Path) -> None:
    async def story(reader: CodeScanner, keyboard: int) -> Code | None:
        os.write(keyboard, typed("N"))  # before anybody asks
        await asyncio.sleep(PAUSE_S)
        return await scanned(reader, lambda: os.write(keyboard, typed("ND-1")))

    assert with_wedge(pipe, story) == Code("ND-1")


def test_nothing_typed_is_nothing(pipe: Path) -> None:
    assert with_wedge(pipe, lambda reader, _keyboard: reader.scan(timeout_s=NEVER_S)) is None


def test_a_keyboard_that_goes_away(tmp_path: Path) -> None:
    gone = tmp_path / "event0"

    async def story() -> None:
        reader = wedge.KeyboardWedge(KeyboardWedgeConfig(device=str(gone)), take=lambda _fd: None)
        with pytest.raises(LinkClosed, match="event0: No such file"):
            await reader.connect()
        os.mkfifo(gone)
        keyboard = os.open(gone, os.O_RDWR)
        await reader.connect()
        asked = asyncio.create_task(reader.scan(timeout_s=SOON_S))
        await asyncio.sleep(PAUSE_S)
        os.close(keyboard)
        with pytest.raises(LinkClosed, match="went away"):
            await asked
        await reader.close()

    asyncio.run(story())


def test_what_is_no_input_device_is_not_taken(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_bytes(b"")
    with pytest.raises(LinkClosed, match="for itself"):
        asyncio.run(wedge.create(KeyboardWedgeConfig(device=str(plain))).connect())
