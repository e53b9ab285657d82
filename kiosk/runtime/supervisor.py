"""All devices of a kiosk in one list: what each is and where, its state, what happened on its line, what to mend first.

The same list serves the program that runs (`look` gives the state known now) and `nightdesk diagnose` without it
(`look` opens the device and tries it).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Final

from drivers.contracts.health import DeviceStatus, ErrorAction, Health
from drivers.contracts.report import DeviceReport, Identified, Lined
from drivers.errors import DeviceError, DeviceRefused, LinkClosed, LinkTimeout

from .inventory import Item

LOOK_LIMIT_S: Final = 15.0
IDENTITY_LIMIT_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Subject:
    """One device to report on: `look` tells its state, `device` may know more (`Lined`, `Identified`)."""

    item: Item
    look: Callable[[], Awaitable[Health]]
    device: object = None


async def reports(subjects: Iterable[Subject]) -> tuple[DeviceReport, ...]:
    """All of them, looked at side by side, in the order given."""
    return tuple(await asyncio.gather(*(report(subject) for subject in subjects)))


async def report(subject: Subject) -> DeviceReport:
    """Look at one device; whatever it does, there is a report."""
    try:
        async with asyncio.timeout(LOOK_LIMIT_S):
            health = await subject.look()
    except DeviceError as error:
        health = health_of(error)
    except TimeoutError:
        health = Health(
            DeviceStatus.HARDWARE_ERROR,
            f"did not come back within {LOOK_LIMIT_S:g} s; switch it off and on",
            ErrorAction.MAINTENANCE,
        )
    item, device = subject.item, subject.device
    return DeviceReport(
        item.name, item.driver, item.where, health,
        identity=await _identity(device) if health.works else "",
        capabilities=item.capabilities,
        line=device.line if isinstance(device, Lined) else None,
    )  # fmt: skip


async def _identity(device: object) -> str:
    if not isinstance(device, Identified):
        return ""
    try:
        async with asyncio.timeout(IDENTITY_LIMIT_S):
            return await device.identity()
    except (DeviceError, TimeoutError):
        return ""  # it works; that it does not say what it is is no fault


def health_of(error: DeviceError) -> Health:
    """The state of a device whose promise was broken in this way."""
    match error:
        case LinkClosed():
            return Health(DeviceStatus.NO_DEVICE, str(error), ErrorAction.MAINTENANCE)
        case LinkTimeout():
            return Health(DeviceStatus.OFFLINE, str(error), ErrorAction.MAINTENANCE)
        case DeviceRefused():
            return Health(DeviceStatus.HARDWARE_ERROR, str(error), ErrorAction.MAINTENANCE)
        case _:
            return Health(DeviceStatus.HARDWARE_ERROR, str(error), ErrorAction.MAINTENANCE)
