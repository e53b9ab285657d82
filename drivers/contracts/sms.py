"""A way to send a text message."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from .health import Health


@dataclass(frozen=True, slots=True)
class SmsAccepted:
    """The network or provider took every part of the message; `references` are its names for them (one a part)."""

    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SmsRefused:
    """The message did not go out. `permanent`: this number or text will never do; `operator`: SIM, account or
    set-up needs a person. With neither it is tried again later.
    """

    code: str
    permanent: bool
    operator: bool = False


SmsOutcome = SmsAccepted | SmsRefused


@dataclass(frozen=True, slots=True)
class SmsMessage:
    """One text to one number; neither appears in a repr, so neither reaches a log.

    Providers that send registered templates only take `key` and `language` to find theirs, and fill it from `values`;
    who sends words takes `text`.
    """

    number: str = field(repr=False)
    text: str = field(repr=False)
    key: str = ""
    language: str = ""
    values: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)


class SmsChannel(Protocol):
    """One modem or provider. `connect` and `send` may raise `drivers.errors.DeviceError`."""

    async def connect(self) -> None:
        """Get ready to send: open the line, set the modem up, read the account's secret."""

    async def send(self, message: SmsMessage) -> SmsOutcome:
        """Send one message, in as many parts as it takes."""

    async def health(self) -> Health:
        """SIM, registration and signal of a modem; whether a provider answers, and what it last refused."""

    async def close(self) -> None:
        """Release the line."""
