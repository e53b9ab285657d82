"""What `upsd` says of a UPS, as a `PowerReading`: pure.

Flags and names of variables: NUT developer guide, "NUT variable names" and "Status data" (docs/nut-names.txt,
docs/new-drivers.txt).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ..contracts.health import DeviceStatus, ErrorAction, Health
from ..contracts.power import PowerReading, Supply
from ..errors import ProtocolError

STATUS: Final = "ups.status"
CHARGE: Final = "battery.charge"
RUNTIME: Final = "battery.runtime"
IDENTITY: Final = (("device.mfr", "ups.mfr"), ("device.model", "ups.model"), ("ups.firmware",))

ONLINE, ON_BATTERY, LOW_BATTERY, FORCED_SHUTDOWN = "OL", "OB", "LB", "FSD"
CHARGING, NOT_PROTECTING = "CHRG", frozenset({"BYPASS", "OFF"})
FULL_PERCENT: Final = 100

FAULTS: Final = (
    ("OFF", DeviceStatus.POWER_OFF, "its output is switched off; switch it on", ErrorAction.CLEAR),
    (
        "OVER", DeviceStatus.HARDWARE_ERROR,
        "overloaded; unplug what does not belong to the kiosk", ErrorAction.CLEAR,
    ),
    ("RB", DeviceStatus.HARDWARE_ERROR, "its battery must be replaced", ErrorAction.MAINTENANCE),
    ("BYPASS", DeviceStatus.HARDWARE_ERROR, "in bypass: the battery does not help", ErrorAction.MAINTENANCE),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LowLimits:
    """From when on the battery counts as low, whatever the UPS's own limit is. 0: its own limit alone."""

    charge_percent: int = 0
    runtime_s: int = 0


def reading_of(untrusted: Mapping[str, str], limits: LowLimits, *, after_cut: bool) -> PowerReading:
    """One reading. `after_cut`: an earlier reading was on battery and no later one was full again.

    Raises `ProtocolError` when the status says neither mains nor battery.
    """
    flags = frozenset(untrusted.get(STATUS, "").split())
    if not flags & {ONLINE, ON_BATTERY, FORCED_SHUTDOWN, *NOT_PROTECTING}:
        raise ProtocolError(
            f"UPS: status {' '.join(sorted(flags)) or 'missing'!r} tells nothing of the mains"
        )
    charge, runtime = _number(untrusted, CHARGE), _number(untrusted, RUNTIME)
    on_battery = bool(flags & {ON_BATTERY, FORCED_SHUTDOWN})
    supply = set()
    if not flags & NOT_PROTECTING:
        supply.add(Supply.ENGAGED)
    if on_battery:
        supply.add(Supply.POWERING)
    below = _below(charge, limits.charge_percent) or _below(runtime, limits.runtime_s)
    if below or flags & {LOW_BATTERY, FORCED_SHUTDOWN}:
        supply.add(Supply.LOW)
    filling = CHARGING in flags or (charge is not None and charge < FULL_PERCENT)
    if after_cut and not on_battery and filling:
        supply.add(Supply.RECOVERED)
    return PowerReading(frozenset(supply), _health(flags), charge, runtime)


def identity_of(untrusted: Mapping[str, str]) -> str:
    """Maker, model, firmware; printable characters only."""
    found = [next((untrusted[name] for name in names if untrusted.get(name)), "") for names in IDENTITY]
    words = " ".join(found).replace('\\"', '"').replace("\\\\", "\\")  # aionut leaves upsd's escapes in
    return " ".join("".join(c for c in words if c.isprintable()).split())


def _health(flags: frozenset[str]) -> Health:
    for flag, status, words, action in FAULTS:
        if flag in flags:
            return Health(status, f"UPS: {words}", action)
    return Health(DeviceStatus.ONLINE)


def _below(value: int | None, limit: int) -> bool:
    return value is not None and value < limit


def _number(untrusted: Mapping[str, str], name: str) -> int | None:
    """A value that is no number, or one that cannot be, is as good as none."""
    try:
        value = float(untrusted.get(name, ""))
    except ValueError:
        return None
    return round(value) if 0 <= value < 1e6 else None
