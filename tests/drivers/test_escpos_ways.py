"""One printer driver over every way that printers are connected: serial line, TCP, USB bulk."""

import asyncio
import subprocess
import sys
from base64 import b64decode
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import pytest

from drivers import registry
from drivers.contracts.health import DeviceStatus, ErrorAction
from drivers.contracts.printer import PaperState, PrinterState, PrintOutcome
from drivers.emulators.control import Control
from drivers.escpos.network import TcpPort
from drivers.escpos.paper import ReceiptPaper
from drivers.escpos.printer import PRINTER_CLASS, EscPosPrinter
from drivers.link import Link
from drivers.registry import DriverKind
from drivers.usb import open_bulk
from tests.drivers.emulated import emulated
from tests.drivers.usb_twin import Layout, UsbTwin

T = TypeVar("T")
SERIAL, NETWORK, USB = "serial", "network", "usb"
USB_PRINTER = Layout((0x01, 0x82), interface_class=PRINTER_CLASS, vendor=0x04B8, product=0x0E15)
USB_URL = "usb://04b8:0e15"
FAST = ("--print-speed", "5000", "--cut-time", "0.01")


@dataclass
class Desk:
    """One emulated printer and one way to it."""

    control: Control
    link: Callable[[], Link]

    def ask(self, work: Callable[[EscPosPrinter], Awaitable[T]], *, print_s: float = 3.0) -> T:
        async def run() -> T:
            printer = EscPosPrinter(self.link(), answer_timeout_s=0.3, print_timeout_s=print_s)
            await printer.connect()
            try:
                return await work(printer)
            finally:
                await printer.close()

        return asyncio.run(run())

    def state(self) -> PrinterState:
        return self.ask(lambda printer: printer.status())

    def print(self, job: bytes) -> PrintOutcome:
        return self.ask(lambda printer: printer.print(job))


def network_link(url: str) -> Link:
    parts = urlsplit(url)
    return Link(url, name="printer", open_port=lambda: TcpPort(str(parts.hostname), parts.port or 0))


@contextmanager
def network_printer(folder: Path, *options: str) -> Iterator[tuple[Control, str]]:
    command = [
        sys.executable,
        "-m",
        "drivers.emulators.escpos",
        "--tcp",
        "0",
        "--control",
        str(folder / "control"),
    ]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().split()[1]
            control = Control(folder / "control")
            yield control, url
            control.close()
        finally:
            process.terminate()


@pytest.fixture(scope="module", params=[SERIAL, NETWORK, USB])
def every_way(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == NETWORK:
        with network_printer(folder, *FAST) as (control, url):
            yield Desk(control, lambda: network_link(url))
        return
    with emulated("escpos", folder, *FAST) as control:
        pty = folder / "pty"
        if request.param == SERIAL:
            yield Desk(control, lambda: Link(str(pty), baudrate=115_200, name="printer"))
            return
        twin = UsbTwin(pty, USB_PRINTER, kernel_driver=True)  # usblp has it at first
        open_port = partial(open_bulk, USB_URL, interface_class=PRINTER_CLASS, backend=twin)
        yield Desk(control, lambda: Link(USB_URL, name="printer", open_port=open_port))


@pytest.fixture
def desk(every_way: Desk) -> Iterator[Desk]:
    yield every_way
    for act in ("cable.plug", "paper.refill", "cover.close"):
        every_way.control.do(act)
    every_way.control.do("fault", name="none")


@pytest.fixture(scope="module")
def job() -> bytes:
    paper = ReceiptPaper()
    paper.head_band("不打烊政务柜", "自助区")  # dots: more than one piece of what is sent at a time
    paper.text("材料已收妥")
    paper.cut()
    return paper.to_bytes()


def test_a_receipt_comes_out_as_it_was_sent(desk: Desk, job: bytes) -> None:
    before = desk.control.do("state")["jobs_printed"]
    assert desk.print(job) is PrintOutcome.PRINTED
    assert desk.control.do("state")["jobs_printed"] == before + 1
    assert b64decode(desk.control.do("job.last")["bytes"]) == job


@pytest.mark.parametrize(
    ("trouble", "status", "action", "words"),
    [
        ("paper.low", DeviceStatus.ONLINE, ErrorAction.CLEAR, "running out"),
        ("paper.out", DeviceStatus.USER_ERROR, ErrorAction.CLEAR, "out of paper"),
        ("cover.open", DeviceStatus.USER_ERROR, ErrorAction.CLEAR, "cover"),
        ("cutter", DeviceStatus.HARDWARE_ERROR, ErrorAction.CLEAR, "cutter"),
        ("hot", DeviceStatus.HARDWARE_ERROR, ErrorAction.SUSPEND, "hot"),
        ("error", DeviceStatus.HARDWARE_ERROR, ErrorAction.RESET, "error"),
        ("fatal", DeviceStatus.HARDWARE_ERROR, ErrorAction.MAINTENANCE, "fatal"),
    ],
)
def test_each_trouble_is_a_state_with_who_mends_it(
    desk: Desk, job: bytes, trouble: str, status: DeviceStatus, action: ErrorAction, words: str
) -> None:
    if "." in trouble:
        desk.control.do(trouble)
    else:
        desk.control.do("fault", name=trouble)
    state = desk.state()
    assert (state.health.status, state.health.action) == (status, action)
    assert words in state.health.detail
    expected = PrintOutcome.PRINTED if trouble == "paper.low" else PrintOutcome.NOT_PRINTED
    assert desk.print(job) is expected


def test_it_says_what_it_is_and_what_happened_on_its_line(desk: Desk) -> None:
    async def look(printer: EscPosPrinter) -> tuple[str, int]:
        return await printer.identity(), printer.line.frames

    assert desk.ask(look) == ("Emulated ESC/POS 1.00", 3)
    desk.control.do("fault", name="half")
    assert desk.ask(lambda printer: printer.identity()) == ""


def test_silence_is_unknown(desk: Desk, job: bytes) -> None:
    desk.control.do("fault", name="mute")
    silent = desk.state()
    assert (silent.health.status, silent.paper, silent.cover_open) == (
        DeviceStatus.OFFLINE, PaperState.UNKNOWN, None,
    )  # fmt: skip
    assert desk.print(job) is PrintOutcome.NOT_PRINTED


def test_a_cable_that_is_pulled_and_put_back(desk: Desk, job: bytes) -> None:
    async def work(printer: EscPosPrinter) -> tuple[PrinterState, PrintOutcome]:
        await asyncio.to_thread(desk.control.do, "cable.pull")
        gone = await printer.status()
        await asyncio.to_thread(desk.control.do, "cable.plug")
        return gone, await printer.print(job)

    gone, outcome = desk.ask(work)
    assert gone.health.status is DeviceStatus.NO_DEVICE
    assert outcome is PrintOutcome.PRINTED


def test_a_printer_that_knows_no_dle_eot_is_asked_by_gs_a(desk: Desk, job: bytes) -> None:
    desk.control.do("fault", name="no_real_time")
    desk.control.do("paper.low")
    low = desk.state()
    assert (low.health.status, low.paper, low.cover_open) == (DeviceStatus.ONLINE, PaperState.LOW, False)
    assert desk.print(job) is PrintOutcome.PRINTED


def test_a_printer_that_knows_no_gs_a_prints_all_the_same(desk: Desk, job: bytes) -> None:
    desk.control.do("fault", name="no_automatic")
    assert desk.print(job) is PrintOutcome.PRINTED


@pytest.mark.parametrize("fault", ["garbage", "glued", "slow_line"])
def test_a_bad_line_spoils_no_receipt(desk: Desk, job: bytes, fault: str) -> None:
    desk.control.do("fault", name=fault)
    assert desk.print(job) is PrintOutcome.PRINTED


@pytest.mark.parametrize("stop", ["paper.out", "cover.open", "cutter", "hot"])
def test_what_stops_it_in_the_middle_is_told_at_once(tmp_path: Path, job: bytes, stop: str) -> None:
    """Long before the deadline of the acknowledgement; and what is left does not come out for the next person."""
    with network_printer(tmp_path, "--print-speed", "5", "--cut-time", "0.01") as (control, url):
        desk = Desk(control, lambda: network_link(url))

        async def stopped_in_the_middle(printer: EscPosPrinter) -> PrintOutcome:
            printing = asyncio.create_task(printer.print(job))
            while not (await asyncio.to_thread(control.do, "state"))["waiting"]:
                assert not printing.done()
            if "." in stop:
                await asyncio.to_thread(control.do, stop)
            else:
                await asyncio.to_thread(control.do, "fault", name=stop)
            async with asyncio.timeout(30):
                return await printing

        assert desk.ask(stopped_in_the_middle, print_s=100.0) is PrintOutcome.NOT_PRINTED
        for mend in ("paper.refill", "cover.close"):
            control.do(mend)
        control.do("fault", name="none")
        left = control.do("state")
        assert (left["waiting"], left["jobs_printed"]) == (0, 0)


class HalfStatusPort:
    """A printer whose paper ends while it is sent a job; the four bytes that say so come in two halves."""

    def __init__(self) -> None:
        self.timeout: float | None = None
        self._input = bytearray()
        self._ended = False

    @property
    def in_waiting(self) -> int:
        return len(self._input)

    def read(self, size: int = 1, /) -> bytes:
        found = bytes(self._input[:size])
        del self._input[:size]
        return found

    def write(self, data: bytes, /) -> int:
        if data[:2] == b"\x10\x04":
            self._input += b"\x32" if self._ended and data[2] == 2 else b"\x12"
        elif data.endswith(b"\x1d\x61\x0e"):
            self._input += b"\x10\x00\x00\x00"
        elif data == b"\x1d\x72\x01":
            self._input += b"\x0f\x00"  # the other half; GS r itself is never answered
        elif data.startswith(b"JOB"):
            self._ended = True
            self._input += b"\x18\x00"
        return len(data)

    def flush(self) -> None:
        pass

    def reset_input_buffer(self) -> None:
        self._input.clear()

    def close(self) -> None:
        pass


def test_the_end_of_what_it_says_by_itself_proves_no_printing() -> None:
    """`0F` looks like the answer to GS r."""

    async def run() -> PrintOutcome:
        link = Link("half", name="printer", open_port=HalfStatusPort)
        printer = EscPosPrinter(link, answer_timeout_s=0.1, print_timeout_s=0.3)
        try:
            return await printer.print(b"\x1b\x40JOB")
        finally:
            await printer.close()

    assert asyncio.run(run()) is PrintOutcome.NOT_PRINTED


@pytest.mark.parametrize("flow", ["none", "rtscts", "xonxoff"])
def test_a_serial_printer_may_hold_us_up(tmp_path: Path, job: bytes, flow: str) -> None:
    """A pseudo-terminal has no CTS; XOFF and XON work on it as on a line."""

    async def run() -> PrintOutcome:
        table = {"driver": "escpos_serial", "url": str(tmp_path / "pty"), "flow_control": flow}
        config = registry.parse(DriverKind.PRINTER, table)
        printer: EscPosPrinter = registry.create(DriverKind.PRINTER, config, profile="emulated")
        try:
            return await printer.print(job)
        finally:
            await printer.close()

    with emulated("escpos", tmp_path, *FAST) as control:
        control.do("fault", name="busy")
        assert asyncio.run(run()) is PrintOutcome.PRINTED
        assert b64decode(control.do("job.last")["bytes"]) == job


@pytest.mark.parametrize(
    ("table", "url"),
    [
        ({"driver": "escpos_network", "host": "192.0.2.7"}, "192.0.2.7:9100"),
        ({"driver": "escpos_usb", "url": USB_URL}, USB_URL),
        ({"driver": "escpos_serial", "url": "/dev/ttyS0"}, "/dev/ttyS0"),
    ],
)
def test_what_is_configured_is_built(table: dict[str, str], url: str) -> None:
    async def built() -> str:
        config = registry.parse(DriverKind.PRINTER, table)
        printer: EscPosPrinter = registry.create(DriverKind.PRINTER, config, profile="production")
        try:
            return printer._link.url
        finally:
            await printer.close()

    assert asyncio.run(built()) == url
