"""Relays and digital inputs of one Modbus RTU board, on a line that it may share with devices of any family.

Relays and inputs count from 1, as they are printed on the boards.
"""

from typing import Final

from ..errors import DeviceRefused, LinkTimeout
from ..link import Link, TracedOnLink
from .frames import (
    OFF,
    ON,
    Answer,
    Bits,
    ReadBits,
    Refusal,
    Request,
    Table,
    WriteCoil,
    WriteCoils,
    answer_parser,
)

TIMEOUT_S: Final = 0.2
ATTEMPTS: Final = 3


class ModbusClient(TracedOnLink):
    """One board. Every method raises `LinkClosed`, `LinkTimeout` or, where the board says no, `DeviceRefused`."""

    def __init__(
        self, link: Link, *, unit: int, timeout_s: float = TIMEOUT_S, attempts: int = ATTEMPTS
    ) -> None:
        super().__init__(link)
        self._unit = unit
        self._timeout_s = timeout_s
        self._attempts = attempts

    async def open(self) -> None:
        """Open the line."""
        await self._link.open()

    async def close(self) -> None:
        """Release the line, for all devices on it."""
        await self._link.close()

    async def read_inputs(self, count: int) -> tuple[bool, ...]:
        """Inputs 1 to `count`, True for a closed circuit; asked for again up to `attempts` times."""
        return await self._read(Table.INPUTS, count)

    async def read_outputs(self, count: int) -> tuple[bool, ...]:
        """Relays 1 to `count`, True for one that is on; asked for again up to `attempts` times."""
        return await self._read(Table.COILS, count)

    async def set_output(self, output: int, *, on: bool) -> None:
        """Switch one relay until further notice; said again up to `attempts` times. Not for a lock: see `flash`."""
        await self._ask(WriteCoil(self._unit, output - 1, ON if on else OFF))

    async def all_off(self, count: int) -> None:
        """Switch relays 1 to `count` off; said again up to `attempts` times."""
        await self._ask(WriteCoils(self._unit, 0, (False,) * count))

    async def flash_output(self, output: int, *, duration_s: float) -> None:
        """Switch one relay on for `duration_s` (0.1 to 3276.7), timed by the board. Said once: twice were two pulses.

        `LinkTimeout` leaves open whether the board did it. Raises `ValueError` for another duration.
        """
        await self._exchange(WriteCoil.flash(self._unit, output - 1, duration_s))

    async def _read(self, table: Table, count: int) -> tuple[bool, ...]:
        answer = await self._ask(ReadBits(self._unit, table, 0, count))
        assert isinstance(answer, Bits)
        return answer.bits[:count]

    async def _ask(self, request: Request) -> Answer:
        for _ in range(self._attempts - 1):
            try:
                return await self._exchange(request)
            except LinkTimeout:
                self._link.counters.retries += 1
        return await self._exchange(request)

    async def _exchange(self, request: Request) -> Answer:
        answer = await self._link.exchange(
            request.encode(), answer_parser(request), timeout_s=self._timeout_s
        )
        if isinstance(answer, Refusal):
            raise DeviceRefused(
                f"Modbus unit {self._unit} refuses function {answer.function:02x}: {answer.reason};"
                " compare what the settings say of the board with its manual"
            )
        return answer
