"""ESC/POS printer on a line: status by DLE EOT between jobs; printed is what GS r behind the cut confirms."""

import asyncio
from typing import Final, Protocol

from drivers.contracts.health import DeviceStatus, ErrorAction, Health
from drivers.contracts.printer import PaperState, PrinterState, PrintOutcome
from drivers.errors import LinkClosed, LinkError, LinkTimeout
from drivers.link import Link

from .status import (
    DISCARD,
    QUERIES,
    QUERY_IN_ORDER,
    StatusBytes,
    interpret,
    parse_discarded,
    parse_in_order,
    parse_status,
    query,
    stopped,
)

_BITS_PER_BYTE: Final = 10
_CHUNK_S: Final = 0.5  # well below the link's write deadline, so that flow control has room
_NO_PORT: Final = PrinterState(
    Health(DeviceStatus.NO_DEVICE, "printer: the port is gone; check the cable", ErrorAction.MAINTENANCE),
    PaperState.UNKNOWN,
    None,
)


class EscPosConfig(Protocol):
    """What `create` reads."""

    @property
    def url(self) -> str:
        """Device path or pyserial URL (`socket://host:9100` for a printer on the network)."""

    @property
    def baudrate(self) -> int:
        """Bits a second."""

    @property
    def answer_timeout_s(self) -> float:
        """Deadline of one status answer."""

    @property
    def print_timeout_s(self) -> float:
        """Deadline of the acknowledgement behind the cut, from the last byte on."""

    @property
    def print_ack(self) -> bool:
        """False for printers that do not know GS r: their jobs end `UNKNOWN` or `NOT_PRINTED`."""


class EscPosPrinter:
    """`drivers.contracts.printer.ReceiptPrinter`.

    Automatic status back is not used: its bytes would mix with the answers that prove a job.
    """

    def __init__(
        self,
        link: Link,
        *,
        baudrate: int,
        answer_timeout_s: float,
        print_timeout_s: float,
        print_ack: bool = True,
    ) -> None:
        self._link = link
        self._chunk = max(64, int(baudrate / _BITS_PER_BYTE * _CHUNK_S))
        self._answer_timeout_s = answer_timeout_s
        self._print_timeout_s = print_timeout_s
        self._print_ack = print_ack
        self._alone = (
            asyncio.Lock()
        )  # a status request inside a job's raster data would be printed or misread

    async def connect(self) -> None:
        """Open the line. Raises `LinkClosed`; a printer that is silent is a matter of `status`."""
        await self._link.open()

    async def status(self) -> PrinterState:
        """Poll DLE EOT 1 to 4. Waits for a job that is being printed."""
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
        try:
            before = await self._poll()
        except LinkClosed:
            return PrintOutcome.NOT_PRINTED
        if before.silent or stopped(before):
            return PrintOutcome.NOT_PRINTED
        for start in range(0, len(job), self._chunk):
            await self._link.send(job[start : start + self._chunk])
        if await self._acknowledged():
            return PrintOutcome.PRINTED
        if stopped(await self._poll()):
            await self._discard()
            return PrintOutcome.NOT_PRINTED
        return PrintOutcome.UNKNOWN

    async def _acknowledged(self) -> bool:
        if not self._print_ack:
            return False
        try:
            await self._link.exchange(QUERY_IN_ORDER, parse_in_order, timeout_s=self._print_timeout_s)
        except LinkTimeout:
            return False
        return True

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
                return StatusBytes(None, None, None, None)
        return StatusBytes(*answers)

    async def _ask(self, number: int) -> int | None:
        try:
            return await self._link.exchange(query(number), parse_status, timeout_s=self._answer_timeout_s)
        except LinkTimeout:
            return None


def create(config: EscPosConfig) -> EscPosPrinter:
    """Printer as configured; opens nothing. `columns_dots` and `codepage` of the same table belong to the paper."""
    return EscPosPrinter(
        Link(config.url, baudrate=config.baudrate, name="printer"),
        baudrate=config.baudrate,
        answer_timeout_s=config.answer_timeout_s,
        print_timeout_s=config.print_timeout_s,
        print_ack=config.print_ack,
    )
