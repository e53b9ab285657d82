"""ESC/POS printer: status by DLE EOT, and by itself while it prints; printed is what GS r behind the cut confirms."""

import asyncio
from functools import partial
from typing import Final, TypeVar

from drivers.contracts.health import DeviceStatus, ErrorAction, Health
from drivers.contracts.printer import PaperState, PrinterState, PrintOutcome
from drivers.errors import LinkClosed, LinkError, LinkTimeout
from drivers.link import Link, OnLink
from drivers.registry import EscposConfig, EscposNetworkConfig, EscposSerialConfig, EscposUsbConfig
from drivers.serialport import serial_port

from .network import TcpPort
from .status import (
    DISCARD,
    INFORMATION,
    INITIALISE,
    QUERIES,
    QUERY_IN_ORDER,
    REPORT_CHANGES,
    REPORT_NOTHING,
    AutomaticStatus,
    InOrderStatus,
    RealTimeStatus,
    StatusBytes,
    ask_information,
    interpret,
    parse_answer,
    parse_discarded,
    parse_information,
    query,
    stopped,
)

A = TypeVar("A", RealTimeStatus, AutomaticStatus, InOrderStatus)

CHUNK_BYTES: Final = 4096  # where no line says how much it carries
PRINTER_CLASS: Final = 0x07  # USB
_BITS_PER_BYTE: Final = 10
_CHUNK_S: Final = 0.5  # well below the link's write deadline, so that flow control has room
_SILENT: Final = StatusBytes(None, None, None, None)
_NO_PORT: Final = PrinterState(
    Health(DeviceStatus.NO_DEVICE, "printer: the port is gone; check the cable", ErrorAction.MAINTENANCE),
    PaperState.UNKNOWN,
    None,
)


class _Stopped(Exception):
    """The printer said by itself that it does not print on."""


class EscPosPrinter(OnLink):
    """`drivers.contracts.printer.ReceiptPrinter` over any link. `chunk_bytes`: how much is sent at a time."""

    def __init__(
        self,
        link: Link,
        *,
        answer_timeout_s: float,
        print_timeout_s: float,
        print_ack: bool = True,
        chunk_bytes: int = CHUNK_BYTES,
    ) -> None:
        super().__init__(link)
        self._chunk = chunk_bytes
        self._answer_timeout_s = answer_timeout_s
        self._print_timeout_s = print_timeout_s
        self._print_ack = print_ack
        self._alone = (
            asyncio.Lock()
        )  # a status request inside a job's raster data would be printed or misread

    async def identity(self) -> str:
        """Maker, model and firmware, as far as the printer tells them (GS I). Raises `LinkClosed`."""
        async with self._alone:
            said = []
            for number in INFORMATION:
                try:
                    said.append(
                        await self._link.exchange(
                            ask_information(number), parse_information, timeout_s=self._answer_timeout_s
                        )
                    )
                except LinkTimeout:
                    break  # a printer that does not know one knows none
            return " ".join(said)

    async def connect(self) -> None:
        """Open the line. Raises `LinkClosed`; a printer that is silent is a matter of `status`."""
        await self._link.open()

    async def status(self) -> PrinterState:
        """Poll DLE EOT 1 to 4, or GS a of a printer that does not know it. Waits for a job that is being printed."""
        async with self._alone:
            try:
                return interpret(await self._poll())
            except LinkClosed:
                return _NO_PORT

    async def print(self, job: bytes) -> PrintOutcome:
        """Send `job` and wait for its acknowledgement.

        A printer that says it cannot print gets no byte, and one that stops in the middle is told to forget the
        rest: a receipt must not come out for the next person.
        """
        async with self._alone:
            try:
                return await self._print(job)
            except LinkError:
                return PrintOutcome.UNKNOWN

    async def close(self) -> None:
        """Release the line."""
        await self._link.close()

    async def _print(self, job: bytes) -> PrintOutcome:
        echoes = self._link.counters.echoes
        try:
            before = await self._poll()
        except LinkClosed:
            return PrintOutcome.NOT_PRINTED
        if before.silent or stopped(before):
            return PrintOutcome.NOT_PRINTED
        try:
            echoing = self._link.counters.echoes != echoes
            if await self._was_printed(job, echoing=echoing):
                return PrintOutcome.PRINTED
        except (_Stopped, LinkClosed):
            pass  # a port that takes no more bytes is as good a sign as the printer's own word: ask
        if stopped(await self._poll()):
            await self._discard()
            return PrintOutcome.NOT_PRINTED
        return PrintOutcome.UNKNOWN

    async def _was_printed(self, job: bytes, *, echoing: bool) -> bool:
        """Raises `_Stopped`. From the first byte on nothing that comes is discarded: see `parse_answer`.

        On an `echoing` line what comes may be the job's own bytes: they prove nothing.
        """
        if await self._reports_changes():
            job = job.removeprefix(INITIALISE)  # it has been done, and would end the reports
        for start in range(0, len(job), self._chunk):
            await self._link.send(job[start : start + self._chunk], keep_input=True)
        if not self._print_ack or echoing:
            return False
        await self._link.send(QUERY_IN_ORDER, keep_input=True)
        return await self._next(InOrderStatus, self._print_timeout_s) is not None

    async def _reports_changes(self) -> bool:
        """Let the printer speak by itself; it answers with its state if it knows how."""
        request = INITIALISE + REPORT_CHANGES
        return await self._next(AutomaticStatus, self._answer_timeout_s, request) is not None

    async def _discard(self) -> None:
        try:
            await self._link.exchange(DISCARD, parse_discarded, timeout_s=self._answer_timeout_s)
        except LinkTimeout:
            return  # not every printer knows it; the job stays not printed as far as anybody can tell

    async def _poll(self) -> StatusBytes:
        answers: list[int | None] = []
        for number in QUERIES:
            answers.append(await self._ask(number))
            if answers == [None]:  # silent: do not wait four times
                return await self._automatic()
        return StatusBytes(*answers)

    async def _ask(self, number: int) -> int | None:
        answer = await self._next(RealTimeStatus, self._answer_timeout_s, query(number))
        return None if answer is None else answer.bits

    async def _automatic(self) -> StatusBytes:
        """The state of a printer that does not know DLE EOT, as many behind an interface for USB or network."""
        state = await self._next(AutomaticStatus, self._answer_timeout_s, REPORT_CHANGES)
        if state is None:
            return _SILENT
        await self._link.send(REPORT_NOTHING)
        return state.as_answers()

    async def _next(self, wanted: type[A], timeout_s: float, request: bytes = b"") -> A | None:
        """The next answer of one kind, to `request` where there is one; None when there is none in time.

        Raises `_Stopped` when the printer says so by itself while it should print.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_s
        while True:
            left_s = max(0.0, deadline - loop.time())
            try:
                if request:
                    answer = await self._link.exchange(request, parse_answer, timeout_s=left_s)
                    request = b""
                else:
                    answer = await self._link.receive(parse_answer, timeout_s=left_s)
            except LinkTimeout:
                return None
            if isinstance(answer, wanted):
                return answer
            if (
                wanted is InOrderStatus
                and isinstance(answer, AutomaticStatus)
                and stopped(answer.as_answers())
            ):
                raise _Stopped


def create(config: EscposSerialConfig) -> EscPosPrinter:
    """Printer on a serial line; opens nothing."""
    open_port = serial_port(
        config.url,
        config.baudrate,
        rtscts=config.flow_control == "rtscts",
        xonxoff=config.flow_control == "xonxoff",
    )
    link = Link(config.url, name="printer", open_port=open_port)
    return _printer(link, config, chunk_bytes=max(64, int(config.baudrate / _BITS_PER_BYTE * _CHUNK_S)))


def create_network(config: EscposNetworkConfig) -> EscPosPrinter:
    """Printer with a network interface of its own, raw TCP (port 9100); opens nothing."""
    link = Link(
        f"{config.host}:{config.port}", name="printer", open_port=partial(TcpPort, config.host, config.port)
    )
    return _printer(link, config)


def create_usb(config: EscposUsbConfig) -> EscPosPrinter:
    """Printer of USB's printer class; opens nothing."""
    from drivers.usb import open_bulk

    open_port = partial(open_bulk, config.url, interface_class=PRINTER_CLASS)
    return _printer(Link(config.url, name="printer", open_port=open_port), config)


def _printer(link: Link, config: EscposConfig, *, chunk_bytes: int = CHUNK_BYTES) -> EscPosPrinter:
    """`columns_dots` and `codepage` of the same table belong to the paper."""
    return EscPosPrinter(
        link,
        answer_timeout_s=config.answer_timeout_s,
        print_timeout_s=config.print_timeout_s,
        print_ack=config.print_ack,
        chunk_bytes=chunk_bytes,
    )
