"""The retained status of a kiosk: alive or not, its devices, its compartments."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from drivers.contracts.health import DeviceStatus
from kiosk.journal.anchor import Anchor

from .messages import STATUS_KIND, cloud_event


class OfflineReason(StrEnum):
    """Why a kiosk is offline."""

    STOPPED = "stopped"  # it said goodbye
    CONNECTION_LOST = "connectionLost"  # its last will


@dataclass(frozen=True, slots=True)
class CompartmentCounts:
    """How many compartments there are, and in which state. `out_of_service` counts unknown ones too."""

    total: int
    free: int
    held: int
    out_of_service: int


@dataclass(frozen=True, slots=True)
class StatusSnapshot:
    """What the kiosk says about itself while it is online; devices by their configured names.

    `anchor` is the journal's signed head: kept outside, it shows later whether the journal was cut off or rewritten.
    """

    compartments: CompartmentCounts
    devices: Mapping[str, DeviceStatus] = field(default_factory=dict)
    anchor: Anchor | None = None


def online(kiosk_id: str, message_id: str, snapshot: StatusSnapshot | None, at: datetime) -> bytes:
    """The status message of a running kiosk; without a snapshot it says only that it is there."""
    data: dict[str, Any] = {"state": "online"}
    if snapshot is not None:
        counts = snapshot.compartments
        data["devices"] = {name: status.value for name, status in sorted(snapshot.devices.items())}
        data["compartments"] = {
            "total": counts.total,
            "free": counts.free,
            "held": counts.held,
            "out_of_service": counts.out_of_service,
        }
        if (anchor := snapshot.anchor) is not None:
            data["journal"] = anchor.plain()
    return cloud_event(kiosk_id=kiosk_id, kind=STATUS_KIND, message_id=message_id, data=data, at=at)


def offline(kiosk_id: str, message_id: str, reason: OfflineReason, at: datetime | None) -> bytes:
    """The status message of a kiosk that is gone. A last will has no time: nobody knows it beforehand."""
    data = {"state": "offline", "reason": reason.value}
    return cloud_event(kiosk_id=kiosk_id, kind=STATUS_KIND, message_id=message_id, data=data, at=at)
