"""Status words of a device, as XFS4IoT (CWA 17852:2022) names them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class DeviceStatus(StrEnum):
    """XFS4IoT Common.Status `device`."""

    ONLINE = "online"
    OFFLINE = "offline"
    POWER_OFF = "powerOff"
    NO_DEVICE = "noDevice"
    HARDWARE_ERROR = "hardwareError"
    USER_ERROR = "userError"
    DEVICE_BUSY = "deviceBusy"
    FRAUD_ATTEMPT = "fraudAttempt"
    POTENTIAL_FRAUD = "potentialFraud"
    STARTING = "starting"


class ErrorAction(StrEnum):
    """XFS4IoT error action: who mends it."""

    RESET = "reset"
    CLEAR = "clear"  # staff on site
    MAINTENANCE = "maintenance"  # a technician
    SUSPEND = "suspend"  # recovers by itself
    CONFIGURATION = "configuration"
    SOFTWARE_ERROR = "softwareError"


WORKING: Final = frozenset({DeviceStatus.ONLINE, DeviceStatus.DEVICE_BUSY})


@dataclass(frozen=True, slots=True)
class Health:
    """State of one device as last observed; `detail` is for technicians and never carries personal data."""

    status: DeviceStatus
    detail: str = ""
    action: ErrorAction | None = None

    @property
    def works(self) -> bool:
        """True when the device does its work now."""
        return self.status in WORKING

    @property
    def is_fitted(self) -> bool:
        """False for a device that the settings leave out: nobody has anything to do about it."""
        return self.status is not DeviceStatus.NO_DEVICE or self.action is not None
