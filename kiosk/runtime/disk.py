"""Whether the disk under the journal has room. Deposits stop while there still is some: what was begun can end."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from drivers.contracts.health import DeviceStatus, ErrorAction, Health

ONLINE: Final = Health(DeviceStatus.ONLINE)
ROOM_AGAIN: Final = 1.1  # times the least: deposits do not come and go with each file of somebody else


@dataclass(slots=True)
class Disk:
    """The disk of `folder`; with less than `least_free_mb` MB (2^20 bytes) free it counts as full."""

    folder: Path
    least_free_mb: int
    _was_full: bool = False

    def health(self) -> Health:
        """Whether the folder can be written and has room."""
        if not os.access(self.folder, os.W_OK):
            detail = f"{self.folder} can't be written; it must belong to the kiosk's user"
            return Health(DeviceStatus.HARDWARE_ERROR, detail, ErrorAction.CONFIGURATION)
        room = os.statvfs(self.folder)
        free_mb = (room.f_bavail * room.f_frsize) >> 20
        self._was_full = free_mb < self.least_free_mb * (ROOM_AGAIN if self._was_full else 1)
        if self._was_full:
            detail = (
                f"{free_mb} MB left on the disk of {self.folder}, {self.least_free_mb} MB are needed:"
                " no deposit is begun; make room"
            )
            return Health(DeviceStatus.HARDWARE_ERROR, detail, ErrorAction.MAINTENANCE)
        return ONLINE
