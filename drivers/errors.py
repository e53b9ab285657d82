"""Broken promises of devices.

DeviceError
├── LinkError
│   ├── LinkClosed        the port is gone or was never there
│   ├── LinkTimeout       no (complete) answer within the deadline
│   └── ProtocolError     an answer that the protocol does not allow
├── DeviceRefused         the device answered, and the answer is no
├── CardError
│   ├── CardLifted        the card left in the middle
│   └── CardUnreadable    the card lies there and cannot be read
└── PhotoUndecodable      the photo block gives no picture
"""


class DeviceError(Exception):
    """A device did not do what its contract promises. The text says what, where and what to do; no personal data."""


class LinkError(DeviceError):
    """The line to a device failed."""


class LinkClosed(LinkError):
    """The port is gone or was never there."""


class LinkTimeout(LinkError):
    """No complete answer within the deadline."""


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
