"""One HTTPS request at a time in a thread of its own: bounded in time and size, the certificate always checked.

What is sent and asked for carries telephone numbers, so neither addresses nor exceptions of the HTTP library are
ever quoted.
"""

import asyncio
import logging
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import requests
from requests import exceptions

from drivers.errors import LinkClosed, LinkTimeout, ProtocolError
from drivers.link import LinkCounters

MOST_ANSWER_BYTES: Final = 65_536
_ONE_BYTE: Final = 1  # a larger piece would be waited for until it is whole, however slowly it comes


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What is sent, byte for byte: the signature is over it."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class HttpReply:
    """What came back."""

    status: int
    body: bytes = field(repr=False)


class HttpsLine:
    """`answer_timeout_s` is for the whole answer, and for each wait inside it. Proxies and .netrc are not looked at."""

    def __init__(
        self, host: str, *, ca_file: Path | None, connect_timeout_s: float, answer_timeout_s: float
    ) -> None:
        self._host = host
        self._timeout_s = (connect_timeout_s, answer_timeout_s)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sms-https")
        self._ended = False
        self.counters = LinkCounters()
        self._trusted: bool | str = True if ca_file is None else str(ca_file)
        logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)  # its DEBUG lines quote addresses

    async def exchange(self, request: HttpRequest) -> HttpReply:
        """Send, return the answer whatever its status. Raises `LinkClosed`, `LinkTimeout`, `ProtocolError`."""
        if self._ended:
            raise LinkClosed(f"sms: the connection to {self._host} was closed for good")
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._counted, request)

    async def close(self) -> None:
        """End the thread; a second call does nothing."""
        self._ended = True
        await asyncio.to_thread(self._thread.shutdown)

    def _counted(self, request: HttpRequest) -> HttpReply:
        asked_s = time.monotonic()
        try:
            reply = self._exchange(request)
        except LinkTimeout:
            self.counters.timeouts += 1
            raise
        except LinkClosed:
            self.counters.losses += 1
            raise
        self.counters.frames += 1
        self.counters.answered_at_s = time.monotonic()
        self.counters.latencies_s.append(self.counters.answered_at_s - asked_s)
        return reply

    def _exchange(self, request: HttpRequest) -> HttpReply:
        try:
            return self._ask(request)
        except exceptions.SSLError:
            raise LinkClosed(
                f"sms: {self._host} shows a certificate that is not trusted; check its address, ca_file and this"
                " machine's clock"
            ) from None
        except exceptions.ConnectTimeout:
            raise LinkTimeout(
                f"sms: {self._host} is not reached within {self._timeout_s[0]:g} s; check network and firewall"
            ) from None
        except exceptions.Timeout:
            raise self._late() from None
        except (exceptions.ChunkedEncodingError, exceptions.ContentDecodingError):
            raise ProtocolError(
                f"sms: the answer of {self._host} breaks off; whether the message went out is not known"
            ) from None
        except (exceptions.RequestException, OSError) as error:
            if "timed out" in str(error):  # in the middle of an answer, `requests` calls it a lost connection
                raise self._late() from None
            raise LinkClosed(
                f"sms: no connection to {self._host}, or lost ({type(error).__name__}); check network and firewall"
            ) from None

    def _ask(self, request: HttpRequest) -> HttpReply:
        """Over a connection of its own: one that is kept may be closed by the provider while we send."""
        with requests.Session() as session:
            session.trust_env = False  # .netrc would replace our signature, REQUESTS_CA_BUNDLE the trust
            session.verify = self._trusted
            with session.request(
                request.method,
                request.url,
                data=request.body,
                headers={"Connection": "close", "Accept": "application/json", **request.headers},
                timeout=self._timeout_s,
                allow_redirects=False,
                stream=True,
            ) as response:
                return HttpReply(response.status_code, self._body(response))

    def _body(self, response: requests.Response) -> bytes:
        deadline = time.monotonic() + self._timeout_s[1]
        body = bytearray()
        for byte in response.iter_content(_ONE_BYTE):
            body += byte
            if len(body) > MOST_ANSWER_BYTES:
                raise ProtocolError(f"sms: {self._host} sends more than an answer can be; check the address")
            if time.monotonic() > deadline:
                raise self._late()
        return bytes(body)

    def _late(self) -> LinkTimeout:
        return LinkTimeout(
            f"sms: no complete answer of {self._host} within {self._timeout_s[1]:g} s;"
            " whether the message went out is not known"
        )


def host_of(url: str) -> str:
    """Host and port as the `Host` header says them."""
    return urlsplit(url).netloc
