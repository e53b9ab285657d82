"""A UPS behind `upsd` (TCP 3493) as a `PowerSupply`; the protocol is aionut's part, deadlines and words are ours.

Each look asks for all variables at once (`LIST VAR`): one round trip, one moment.
"""

import asyncio
import re
from collections.abc import Mapping
from typing import Final

from aionut import AIONUTClient, NUTError

from ..contracts.power import PowerReading
from ..errors import DeviceError, DeviceRefused, LinkClosed, LinkTimeout, ProtocolError
from ..registry import NutConfig
from .status import LowLimits, identity_of, reading_of

REFUSALS: Final = {
    "UNKNOWN-UPS": "has no UPS of this name; `upsc -l` lists them",
    "ACCESS-DENIED": "does not let this machine ask; see LISTEN and users in its configuration",
}
SILENCES: Final = {
    "DATA-STALE": "hears nothing from the UPS; check the UPS's cable",
    "DRIVER-NOT-CONNECTED": "has no driver for the UPS running; start nut-driver",
}


class NutUps:
    """One UPS of one `upsd`. Not for two tasks at once."""

    def __init__(self, config: NutConfig) -> None:
        self._config = config
        self._client = AIONUTClient(config.host, config.port, timeout=config.timeout_s)
        self._limits = LowLimits(config.low_charge_percent, config.low_runtime_s)
        self._after_cut = False

    async def connect(self) -> None:
        """See the UPS answer once. Raises as `read`."""
        await self.read()

    async def identity(self) -> str:
        """Maker, model and firmware, as far as the UPS tells."""
        return identity_of(await self._variables())

    async def read(self) -> PowerReading:
        """Ask once. Raises `LinkClosed`, `LinkTimeout`, `ProtocolError`; `DeviceRefused` when the set-up is wrong."""
        reading = reading_of(await self._variables(), self._limits, after_cut=self._after_cut)
        self._after_cut = reading.on_battery or (self._after_cut and reading.is_recovering)
        return reading

    async def close(self) -> None:
        """Hang up. The next question would connect again."""
        self._client.disconnect()
        await asyncio.sleep(0)  # aionut closes the socket in the loop's next turn

    async def _variables(self) -> Mapping[str, str]:
        try:
            async with asyncio.timeout(self._config.timeout_s):  # aionut tries twice: one deadline for both
                return await self._client.list_vars(self._config.ups)
        except (NUTError, TimeoutError, EOFError, IndexError, asyncio.LimitOverrunError) as error:
            self._client.disconnect()
            raise self._said(error) from error

    def _said(self, error: Exception) -> DeviceError:
        where = f"UPS {self._config.ups!r}: upsd at {self._config.host}:{self._config.port}"
        code = found[1] if (found := re.search(r"ERR ([A-Z-]+)", str(error))) else ""
        if code in SILENCES:
            return LinkTimeout(f"{where} {SILENCES[code]}")
        if code:
            return DeviceRefused(f"{where} {REFUSALS.get(code, f'refuses: {code}')}")
        cause = error if isinstance(error, TimeoutError) else error.__cause__ or error
        if isinstance(cause, TimeoutError):
            return LinkTimeout(f"{where} gave no complete answer within {self._config.timeout_s:g} s")
        if isinstance(cause, OSError):
            return LinkClosed(f"{where} cannot be reached: {cause}; check that nut-server runs")
        if isinstance(cause, EOFError) or "closed" in str(error):
            return LinkClosed(f"{where} hung up in the middle; check that nut-server runs")
        return ProtocolError(f"{where} does not speak NUT's protocol; check host and port")


def create(config: NutConfig) -> NutUps:
    """The driver table's factory."""
    return NutUps(config)
