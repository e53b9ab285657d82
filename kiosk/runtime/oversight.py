"""What the running program tells of its own devices: the state known now, without asking any of them anew."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from drivers.contracts.health import DeviceStatus, Health
from drivers.registry import DriverKind
from kiosk.settings import Settings

from .examine import look_at
from .inventory import Item, inventory
from .supervisor import Subject

NOT_HELD: Final = frozenset({DriverKind.DOCUMENT})  # opened for a moment by whoever needs them
UNKNOWN = Health(DeviceStatus.STARTING, "not looked at yet")


@dataclass(slots=True)
class Oversight:
    """`states`: by the inventory's names, asked when somebody wants to know; `look`: at what nobody holds open;
    `devices`: those in this process."""

    settings: Settings
    states: Callable[[], Mapping[str, Health]]
    look: Callable[[Item], Awaitable[Health]] = look_at
    devices: dict[str, object] = field(default_factory=dict)

    def subjects(self) -> tuple[Subject, ...]:
        """Everything that is configured, as it is now."""
        known = self.states()
        return tuple(
            Subject(
                item,
                partial(self.look, item)
                if item.kind in NOT_HELD
                else _telling(known.get(item.name, UNKNOWN)),
                self.devices.get(item.name),
            )
            for item in inventory(self.settings)
        )


def _telling(health: Health) -> Callable[[], Awaitable[Health]]:
    async def look() -> Health:
        return health

    return look
