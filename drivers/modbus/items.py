"""Item sensors at the inputs of a Modbus board."""

from collections.abc import Mapping

from ..boardtables import ModbusInputsConfig
from ..contracts.board import ItemState
from ..contracts.report import LineReport
from ..link import Link, Passage
from .client import ModbusClient


class ModbusItems:
    """One board of inputs on a line that it may share; closing it closes the line."""

    def __init__(self, client: ModbusClient, config: ModbusInputsConfig) -> None:
        self._client = client
        self._config = config

    @property
    def line(self) -> LineReport:
        """The line's counters now."""
        return self._client.line

    @property
    def passages(self) -> tuple[Passage, ...]:
        """What went over the line last, oldest first."""
        return self._client.passages

    async def connect(self) -> None:
        """Open the bus and see the board answer. Raises `LinkClosed`, `LinkTimeout`, `DeviceRefused`."""
        await self._client.open()
        await self.read()

    async def read(self) -> Mapping[int, ItemState]:
        """Read all inputs at once. Raises `LinkTimeout`, `LinkClosed`, `DeviceRefused`."""
        told = await self._client.read_inputs(self._config.inputs)
        present = self._config.item_is_one
        return {
            number: ItemState.PRESENT if bit == present else ItemState.ABSENT
            for number, bit in enumerate(told, start=1)
        }

    async def close(self) -> None:
        """Release the bus, for all devices on it."""
        await self._client.close()


def create(config: ModbusInputsConfig, *, link: Link) -> ModbusItems:
    """One board from its settings, unconnected, on the line that it may share with others."""
    client = ModbusClient(link, unit=config.board, timeout_s=config.timeout_s, attempts=config.attempts)
    return ModbusItems(client, config)
