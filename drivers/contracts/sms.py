"""A way to send a text message."""

from dataclasses import dataclass, field
from typing import Protocol

from .health import Health


@dataclass(frozen=True, slots=True)
class SmsAccepted:
    """The network took every part of the message; `references` are its numbers (one a part)."""

    references: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SmsRefused:
    """The message did not go out. `permanent`: this number will never do; `operator`: SIM or set-up needs a person."""

    code: str
    permanent: bool
    operator: bool = False


SmsOutcome = SmsAccepted | SmsRefused


@dataclass(frozen=True, slots=True)
class SmsMessage:
    """One text to one number; neither appears in a repr, so neither reaches a log."""

    number: str = field(repr=False)
    text: str = field(repr=False)


class SmsChannel(Protocol):
    """One modem or provider. `connect` and `send` may raise `drivers.errors.DeviceError`."""

    async def connect(self) -> None:
        """Open the line and set the modem up."""

    async def send(self, message: SmsMessage) -> SmsOutcome:
        """Send one message, in as many parts as it takes."""

    async def health(self) -> Health:
        """SIM, registration and signal."""

    async def close(self) -> None:
        """Release the line."""
