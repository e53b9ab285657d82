"""Contacts, lamps, fan and buzzer at the free inputs and relays of a Modbus board, as a `SignalBoard`."""

from collections.abc import Mapping

from ..boardtables import ModbusSignalsConfig, Wire
from ..contracts.signals import Contact, Switch
from ..link import Link
from .client import ModbusClient


class ModbusSignals:
    """One board. Polarity is the wiring's and stands in the settings."""

    def __init__(self, client: ModbusClient, config: ModbusSignalsConfig) -> None:
        self._client = client
        self._inputs = config.inputs
        self._outputs = config.outputs
        self._input_count = max((wire.number for wire in config.inputs.values()), default=0)

    @property
    def switches(self) -> frozenset[Switch]:
        """Those that are wired."""
        return frozenset(self._outputs)

    async def connect(self) -> None:
        """Open the line and see the board answer. Raises `LinkClosed`, `LinkTimeout`, `DeviceRefused`."""
        await self._client.open()
        if self._inputs:
            await self.read()
        else:
            await self._client.read_outputs(1)

    async def read(self) -> Mapping[Contact, bool]:
        """All contacts at one moment. Raises `LinkClosed`, `LinkTimeout`, `DeviceRefused`."""
        if not self._inputs:
            return {}
        told = await self._client.read_inputs(self._input_count)
        return {name: told[wire.number - 1] == wire.active_is_one for name, wire in self._inputs.items()}

    async def set(self, switch: Switch, *, on: bool) -> None:
        """Switch something until further notice. Raises as `read`, `ValueError` for what is not wired."""
        wire = self._wire(switch)
        await self._client.set_output(wire.number, on=on == wire.active_is_one)

    async def pulse(self, switch: Switch, *, duration_s: float) -> None:
        """Switch something on for 0.1 to 3276.7 s. Raises as `set`, and for what is on when its relay is off."""
        wire = self._wire(switch)
        if not wire.active_is_one:
            raise ValueError(
                f"{switch} is on when its relay is off: a board can only time the other way round"
            )
        await self._client.flash_output(wire.number, duration_s=duration_s)

    async def close(self) -> None:
        """Release the line, for all devices on it."""
        await self._client.close()

    def _wire(self, switch: Switch) -> Wire:
        if switch not in self._outputs:
            raise ValueError(f"{switch} is not wired; there is: {', '.join(sorted(self._outputs)) or 'none'}")
        return self._outputs[switch]


def create(config: ModbusSignalsConfig, *, link: Link) -> ModbusSignals:
    """One board from its settings, unconnected, on the line that it may share with others."""
    client = ModbusClient(link, unit=config.board, timeout_s=config.timeout_s, attempts=config.attempts)
    return ModbusSignals(client, config)
