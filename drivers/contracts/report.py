"""What is known of one device at one moment: for technicians, `nightdesk diagnose` and the readiness report.

Nothing here is personal: no content of messages, no card's bytes, no number of a person.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from .health import Health


@dataclass(frozen=True, slots=True)
class LineReport:
    """What happened on a device's line since the program started. `latency_*`: of the last exchanges."""

    frames: int = 0
    retries: int = 0
    checksum_errors: int = 0
    timeouts: int = 0
    dropped_bytes: int = 0
    losses: int = 0  # the port went away
    latency_p50_ms: float | None = None
    latency_p95_ms: float | None = None
    answered_ago_s: float | None = None  # since the last good answer


@runtime_checkable
class Lined(Protocol):
    """A device that talks over a line of its own or shares one."""

    @property
    def line(self) -> LineReport:
        """The line's counters now."""


@runtime_checkable
class Identified(Protocol):
    """A device that can say what it is."""

    async def identity(self) -> str:
        """Maker, model, firmware, serial number, as far as it tells. May raise `DeviceError`."""


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """One device. `name` as in the settings (`board main`), `where` its port or address.

    `identity`: what it says of itself, empty where it says nothing; `capabilities`: what it is set up to do.
    """

    name: str
    driver: str
    where: str
    health: Health
    identity: str = ""
    capabilities: tuple[str, ...] = ()
    line: LineReport | None = None

    @property
    def works(self) -> bool:
        """True when it does its work now."""
        return self.health.works
