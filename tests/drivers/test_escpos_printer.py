"""The printer driver on an emulated line: printed, not printed, not known, and what comes afterwards."""

import asyncio
from base64 import b64decode
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from drivers.contracts.health import DeviceStatus, ErrorAction
from drivers.contracts.printer import PaperState, PrinterState, PrintOutcome
from drivers.emulators.control import Control
from drivers.errors import LinkClosed
from drivers.escpos.paper import ReceiptPaper
from drivers.escpos.printer import EscPosPrinter
from drivers.link import Link
from tests.drivers.emulated import emulated

T = TypeVar("T")


@pytest.fixture
def line(tmp_path: Path) -> Iterator[tuple[Path, Control]]:
    with emulated("escpos", tmp_path, "--print-speed", "5000") as control:
        yield tmp_path, control


@pytest.fixture(scope="module")
def job() -> bytes:
    paper = ReceiptPaper()
    paper.head_band("不打烊政务柜", "自助区")
    paper.text("材料已收妥")
    paper.cut()
    return paper.to_bytes()


def with_printer(folder: Path, work: Callable[[EscPosPrinter], Awaitable[T]], *, ack: bool = True) -> T:
    async def run() -> T:
        printer = EscPosPrinter(
            Link(str(folder / "pty"), baudrate=115200, name="printer"),
            answer_timeout_s=0.2,
            print_timeout_s=1.0,
            print_ack=ack,
        )
        await printer.connect()
        try:
            return await work(printer)
        finally:
            await printer.close()

    return asyncio.run(run())


def state(folder: Path) -> PrinterState:
    return with_printer(folder, lambda printer: printer.status())


def test_printed_is_what_the_printer_confirms(line: tuple[Path, Control], job: bytes) -> None:
    assert with_printer(line[0], lambda printer: printer.print(job)) is PrintOutcome.PRINTED
    assert b64decode(line[1].do("job.last")["bytes"]) == job
    assert line[1].do("job.save", path=str(line[0] / "receipt.png"))["unknown"] == []
    assert (line[0] / "receipt.png").stat().st_size > 1000


@pytest.mark.parametrize("fault", ["garbage", "no_ack"])
def test_a_job_among_bad_answers(line: tuple[Path, Control], job: bytes, fault: str) -> None:
    line[1].do("fault", name=fault)
    outcome = with_printer(line[0], lambda printer: printer.print(job))
    assert outcome is (PrintOutcome.UNKNOWN if fault == "no_ack" else PrintOutcome.PRINTED)


def test_a_printer_without_acknowledgement_is_not_asked(line: tuple[Path, Control], job: bytes) -> None:
    assert with_printer(line[0], lambda printer: printer.print(job), ack=False) is PrintOutcome.UNKNOWN


@pytest.mark.parametrize("fault", ["cutter", "hot"])
def test_a_printer_that_can_not_gets_no_byte(line: tuple[Path, Control], job: bytes, fault: str) -> None:
    line[1].do("fault", name=fault)
    assert with_printer(line[0], lambda printer: printer.print(job)) is PrintOutcome.NOT_PRINTED
    line[1].do("fault", name="none")
    assert with_printer(line[0], lambda printer: printer.print(job)) is PrintOutcome.PRINTED
    assert line[1].do("state")["jobs_printed"] == 1


@pytest.mark.parametrize("act", ["paper.out", "cover.open"])
def test_a_stopped_printer_gets_no_byte(line: tuple[Path, Control], job: bytes, act: str) -> None:
    line[1].do(act)
    assert with_printer(line[0], lambda printer: printer.print(job)) is PrintOutcome.NOT_PRINTED
    for mend in ("paper.refill", "cover.close"):
        line[1].do(mend)
    assert with_printer(line[0], lambda printer: printer.print(job)) is PrintOutcome.PRINTED
    assert line[1].do("state")["jobs_printed"] == 1


def test_a_receipt_that_failed_does_not_come_out_for_the_next_person(tmp_path: Path, job: bytes) -> None:
    with emulated("escpos", tmp_path, "--print-speed", "20") as control:

        async def cover_opens_in_the_middle(printer: EscPosPrinter) -> PrintOutcome:
            printing = asyncio.create_task(printer.print(job))
            while not (await asyncio.to_thread(control.do, "state"))["waiting"]:
                assert not printing.done()
            await asyncio.to_thread(control.do, "cover.open")
            return await printing

        assert with_printer(tmp_path, cover_opens_in_the_middle) is PrintOutcome.NOT_PRINTED
        control.do("cover.close")
        left = control.do("state")
        assert (left["waiting"], left["jobs_printed"]) == (0, 0)


def test_a_cable_pulled_while_paper_comes_out_leaves_it_unknown(tmp_path: Path, job: bytes) -> None:
    with emulated("escpos", tmp_path, "--print-speed", "20") as control:

        async def cable_goes_in_the_middle(printer: EscPosPrinter) -> PrintOutcome:
            printing = asyncio.create_task(printer.print(job))
            while not (await asyncio.to_thread(control.do, "state"))["waiting"]:
                assert not printing.done()
            await asyncio.to_thread(control.do, "cable.pull")
            return await printing

        assert with_printer(tmp_path, cable_goes_in_the_middle) is PrintOutcome.UNKNOWN


def test_states(line: tuple[Path, Control]) -> None:
    assert (state(line[0]).health.status, state(line[0]).paper) == (DeviceStatus.ONLINE, PaperState.FULL)
    line[1].do("paper.low")
    assert (state(line[0]).health.status, state(line[0]).paper) == (DeviceStatus.ONLINE, PaperState.LOW)
    line[1].do("paper.out")
    assert state(line[0]).paper is PaperState.OUT
    line[1].do("cover.open")
    assert state(line[0]).cover_open is True
    line[1].do("fault", name="cutter")
    jammed = state(line[0]).health
    assert (jammed.status, jammed.action) == (DeviceStatus.HARDWARE_ERROR, ErrorAction.CLEAR)
    line[1].do("fault", name="none")
    line[1].do("fault", name="hot")
    hot = state(line[0]).health
    assert (hot.status, hot.action) == (DeviceStatus.HARDWARE_ERROR, ErrorAction.SUSPEND)


def test_silence_is_unknown_and_prints_nothing(line: tuple[Path, Control], job: bytes) -> None:
    line[1].do("fault", name="mute")
    silent = state(line[0])
    assert (silent.health.status, silent.paper, silent.cover_open) == (
        DeviceStatus.OFFLINE,
        PaperState.UNKNOWN,
        None,
    )
    assert with_printer(line[0], lambda printer: printer.print(job)) is PrintOutcome.NOT_PRINTED
    assert line[1].do("state")["jobs_printed"] == 0


def test_a_port_that_goes_and_comes_back(line: tuple[Path, Control], job: bytes) -> None:
    async def work(printer: EscPosPrinter) -> tuple[PrinterState, PrintOutcome]:
        await asyncio.to_thread(line[1].do, "cable.pull")
        gone = (await printer.status(), await printer.print(job))
        await asyncio.to_thread(line[1].do, "cable.plug")
        assert await printer.print(job) is PrintOutcome.PRINTED
        return gone

    seen, outcome = with_printer(line[0], work)
    assert (seen.health.status, seen.paper) == (DeviceStatus.NO_DEVICE, PaperState.UNKNOWN)
    assert outcome is PrintOutcome.NOT_PRINTED


def test_connect_says_which_port_is_missing(tmp_path: Path) -> None:
    with pytest.raises(LinkClosed, match="pty"):
        state(tmp_path)
