"""Broken promises of devices.

DeviceError
├── LinkError
│   ├── LinkClosed        the port is gone or was never there
│   ├── LinkTimeout       no (complete) answer within the deadline
│   │   └── PictureFrozen the camera repeats one picture
│   └── ProtocolError     an answer that the protocol does not allow
├── DeviceRefused         the device answered, and the answer is no
├── CardError
│   ├── CardLifted        the card left in the middle
│   └── CardUnreadable    the card lies there and cannot be read
└── PhotoUndecodable      the photo block gives no picture
"""

from .contracts.health import DeviceStatus, ErrorAction, Health


class DeviceError(Exception):
    """A device did not do what its contract promises. The text says what, where and what to do; no personal data."""


class LinkError(DeviceError):
    """The line to a device failed."""


class LinkClosed(LinkError):
    """The port is gone or was never there."""


class LinkTimeout(LinkError):
    """No complete answer within the deadline."""


class PictureFrozen(LinkTimeout):
    """The camera answers, and what it shows stands still: a sensor's noise never repeats."""


class ProtocolError(LinkError):
    """An answer that the protocol does not allow."""


class DeviceRefused(DeviceError):
    """The device answered, and the answer is no."""


class CardError(DeviceError):
    """Reading a card failed."""


class CardLifted(CardError):
    """The card left the reader in the middle of the reading."""


class CardUnreadable(CardError):
    """The card lies on the reader and cannot be read."""


class PhotoUndecodable(DeviceError):
    """The photo block gives no picture."""


def health_of(error: DeviceError) -> Health:
    """What a broken promise says of its device: gone, silent, wrongly set up, or broken."""
    match error:
        case PictureFrozen():
            return Health(DeviceStatus.HARDWARE_ERROR, str(error), ErrorAction.MAINTENANCE)
        case LinkClosed():
            return Health(DeviceStatus.NO_DEVICE, str(error), ErrorAction.MAINTENANCE)
        case LinkTimeout():
            return Health(DeviceStatus.OFFLINE, str(error), ErrorAction.MAINTENANCE)
        case DeviceRefused():
            return Health(DeviceStatus.HARDWARE_ERROR, str(error), ErrorAction.CONFIGURATION)
        case _:
            return Health(DeviceStatus.HARDWARE_ERROR, str(error), ErrorAction.MAINTENANCE)
