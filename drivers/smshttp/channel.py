"""A provider as an SMS channel: the secret from its file, one request a message, its answer as an outcome."""

import asyncio
import json
import secrets
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from drivers.contracts.health import DeviceStatus, ErrorAction, Health
from drivers.contracts.report import LineReport
from drivers.contracts.sms import SmsMessage, SmsOutcome, SmsRefused
from drivers.errors import DeviceRefused, LinkClosed, LinkError, ProtocolError
from drivers.registry import SmsProviderConfig

from .https import HttpReply, HttpRequest, HttpsLine, host_of
from .provider import Moment, Provider, Unsendable

TOO_MANY_REQUESTS: Final = 429
SERVER_ERROR: Final = 500


def utc_now() -> datetime:
    """Now, with its zone."""
    return datetime.now(UTC)


class ProviderChannel:
    """`drivers.contracts.sms.SmsChannel` over HTTPS."""

    def __init__(
        self, provider: Provider, config: SmsProviderConfig, *, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._provider = provider
        self._host = host_of(provider.base_url)
        self._secret_file = config.secret_file
        self._clock = clock
        self._secret: str | None = None
        self._refused: str | None = None  # what the account was last refused for, until a message goes out
        self._line = HttpsLine(
            self._host,
            ca_file=config.ca_file,
            connect_timeout_s=config.connect_timeout_s,
            answer_timeout_s=config.answer_timeout_s,
        )

    @property
    def line(self) -> LineReport:
        """The connections' counters now."""
        return self._line.counters.report

    async def connect(self) -> None:
        """Read the secret, anew each time. Raises `DeviceRefused` when its file cannot be used."""
        self._secret = await asyncio.to_thread(read_secret, self._secret_file)

    async def send(self, message: SmsMessage) -> SmsOutcome:
        """Ask once. Raises `LinkError` when no answer came that can be understood: it may have gone out then."""
        if self._secret is None:
            raise LinkClosed("sms: not connected; the secret has not been read")
        moment = Moment(self._clock(), secrets.token_hex(16))
        try:
            request = self._provider.request(message, self._secret, moment)
        except Unsendable as error:
            return SmsRefused(error.code, permanent=True)
        outcome = self._outcome(await self._line.exchange(request))
        self._refused = outcome.code if isinstance(outcome, SmsRefused) and outcome.operator else None
        return outcome

    async def health(self) -> Health:
        """What the account was last refused for, else whether the provider answers at all. Never raises."""
        if self._refused is not None:
            detail = f"sms: {self._provider.name} refuses: {self._refused}"
            return Health(DeviceStatus.USER_ERROR, detail, ErrorAction.CONFIGURATION)
        try:
            await self._line.exchange(HttpRequest("HEAD", f"{self._provider.base_url}/"))
        except LinkError as error:
            return Health(DeviceStatus.OFFLINE, str(error), ErrorAction.SUSPEND)
        return Health(DeviceStatus.ONLINE, f"{self._host} answers")

    async def close(self) -> None:
        """End the line's thread, forget the secret."""
        self._secret = None
        await self._line.close()

    def _outcome(self, reply: HttpReply) -> SmsOutcome:
        """The provider's own words count more than the status of HTTP."""
        try:
            answer = json.loads(reply.body)
        except ValueError:
            answer = None
        outcome = self._provider.outcome(answer) if isinstance(answer, dict) else None
        if outcome is not None:
            return outcome
        if reply.status == TOO_MANY_REQUESTS or reply.status >= SERVER_ERROR:
            return SmsRefused(f"http-{reply.status}", permanent=False)
        if reply.status >= 300:  # somebody else answers: a portal, a proxy, a wrong address
            return SmsRefused(f"http-{reply.status}", permanent=False, operator=True)
        raise ProtocolError(
            f"sms: {self._host} gives an answer that is none of {self._provider.name}; check the address."
            " Whether the message went out is not known"
        )


def read_secret(path: Path) -> str:
    """The secret in a file that only its owner (and group) may read. Raises `DeviceRefused`."""
    try:
        if path.stat().st_mode & stat.S_IRWXO:
            raise DeviceRefused(f"sms: everybody may read {path}; take that right away (chmod o= {path})")
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise DeviceRefused(
            f"sms: secret_file {path} cannot be read ({type(error).__name__}); put the account's secret there"
        ) from None
    if not secret:
        raise DeviceRefused(f"sms: secret_file {path} is empty; put the account's secret there")
    return secret
