"""What the channel needs of a provider, and what providers share: numbers, templates, the meaning of their codes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from drivers.contracts.sms import SmsMessage, SmsOutcome, SmsRefused
from drivers.registry import SmsTemplate

from .https import HttpRequest

ENGLISH: Final = "en"
NO_VALUE: Final = "—"  # providers refuse a variable that is empty

_MAINLAND: Final = re.compile(r"(?:\+86|0086|86)?(1\d{10})")
_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,63}")


class Unsendable(Exception):
    """This message can not be asked for; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Moment:
    """What makes one request different from the next: the time (UTC) and a number used once."""

    at: datetime
    nonce: str


class Provider(Protocol):
    """How one provider is asked, and what its answers mean. No I/O."""

    name: str
    base_url: str

    def request(self, message: SmsMessage, secret: str, moment: Moment) -> HttpRequest:
        """The signed request for one message. Raises `Unsendable`."""

    def outcome(self, untrusted_answer: Mapping[str, object]) -> SmsOutcome | None:
        """What the JSON answer says; None when it is no answer of this provider."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A registered template and its values in the order of its parameters."""

    template: SmsTemplate
    values: tuple[str, ...] = field(repr=False)

    def by_name(self) -> dict[str, str]:
        """Values by the name of the parameter."""
        return dict(zip(self.template.parameters, self.values, strict=True))


@dataclass(frozen=True, slots=True)
class Templates:
    """Registered templates by text key; where the English one is missing the Chinese one has to do."""

    chinese: Mapping[str, SmsTemplate]
    english: Mapping[str, SmsTemplate]

    def filled(self, message: SmsMessage) -> Filled:
        """The template for a message. Raises `Unsendable` when none is configured or a value is missing."""
        template = self.chinese.get(message.key)
        if message.language == ENGLISH:
            template = self.english.get(message.key, template)
        if template is None:
            raise Unsendable("no-template")
        missing = [name for name in template.parameters if name not in message.values]
        if missing:
            raise Unsendable(f"no-value-{missing[0]}")
        return Filled(template, tuple(message.values[name] or NO_VALUE for name in template.parameters))


def mainland(number: str) -> str:
    """The eleven digits of a number in mainland China; templates are sent nowhere else. Raises `Unsendable`."""
    digits = _MAINLAND.fullmatch(number.replace(" ", "").replace("-", ""))
    if digits is None:
        raise Unsendable("number-not-mainland")
    return digits[1]


def refusal(untrusted_code: object, *, permanent: tuple[str, ...], operator: tuple[str, ...]) -> SmsRefused:
    """The outcome for a provider's code, by its beginning; every code that is not listed is tried again later."""
    code = str(untrusted_code)
    if not _CODE.fullmatch(code):
        return SmsRefused("unreadable-code", permanent=False)
    return SmsRefused(code, permanent=code.startswith(permanent), operator=code.startswith(operator))
