"""Locks at the relays of a Modbus board, their switches and the item sensors at its inputs.

The board itself times the pulse of a lock, so that a program that dies leaves no solenoid under current.
"""

import contextlib
from collections.abc import Mapping

from ..boardtables import ModbusRelayConfig
from ..contracts.board import ChannelReading
from ..contracts.report import LineReport
from ..errors import LinkTimeout
from ..link import Link, Passage
from ..lockboard import WireState, check_channel, readings
from .client import ModbusClient


class ModbusBoard:
    """One board on a line that it may share; closing one board closes the line."""

    def __init__(self, client: ModbusClient, config: ModbusRelayConfig) -> None:
        self._client = client
        self._config = config
        self._doors = config.door_inputs or tuple(range(1, config.channels + 1))
        self._items = config.item_inputs
        self._inputs = max(*self._doors, *self._items, 0)

    @property
    def channels(self) -> int:
        """Number of locks wired to the board."""
        return self._config.channels

    @property
    def line(self) -> LineReport:
        """The line's counters now."""
        return self._client.line

    @property
    def passages(self) -> tuple[Passage, ...]:
        """What went over the line last, oldest first."""
        return self._client.passages

    async def connect(self) -> None:
        """Open the bus, switch every lock's relay off and see the board answer."""
        await self._client.open()
        await self._client.all_off(self.channels)
        await self.read()

    async def unlock(self, channel: int) -> None:
        """Send one pulse, never repeated. Raises `DeviceRefused` where the board cannot time it, `ValueError`."""
        check_channel(self._config, channel)
        with contextlib.suppress(
            LinkTimeout
        ):  # it may have been heard all the same: the door's switch will tell
            await self._client.flash_output(channel, duration_s=self._config.pulse_s)

    async def read(self) -> Mapping[int, ChannelReading]:
        """Read all inputs at once. Raises `LinkTimeout`, `LinkClosed`, `DeviceRefused`."""
        told = await self._client.read_inputs(self._inputs)
        state = WireState([told[n - 1] for n in self._doors], [told[n - 1] for n in self._items])
        return readings(self._config, state, item_is_one=self._config.item_is_one)

    async def close(self) -> None:
        """Release the bus, for all devices on it."""
        await self._client.close()


def create(config: ModbusRelayConfig, *, link: Link) -> ModbusBoard:
    """One board from its settings, unconnected, on the line that it may share with others."""
    client = ModbusClient(link, unit=config.board, timeout_s=config.timeout_s, attempts=config.attempts)
    return ModbusBoard(client, config)
