"""The port over HTTPS: docs/openapi/approval.yaml. Every answer is bounded in time and size, the certificate checked.

Requests carry personal data and a token: neither bodies, headers nor exceptions of the HTTP library are ever quoted.
"""

import asyncio
import contextlib
import email.utils
import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import requests
from requests import exceptions
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from .port import (
    LONGEST_PAUSE_S,
    Accepted,
    News,
    OurMistake,
    Standing,
    Submission,
    SubmissionNotTaken,
    TryLater,
)
from .token import read_token
from .wire import (
    MOST_NEWS,
    NotUnderstood,
    accepted_of,
    news_of,
    problem_of,
    request_body,
    standing_of,
)

T = TypeVar("T")

MOST_ANSWER_BYTES: Final = 262_144
PIECE_BYTES: Final = 16_384
JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"
KEY_USED_OTHERWISE: Final = "idempotency-key-reused"
PASSING: Final = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)
FOR_GOOD: Final = frozenset({HTTPStatus.GONE, HTTPStatus.UNPROCESSABLE_ENTITY})
OF_THIS_REQUEST: Final = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE})


@dataclass(frozen=True, slots=True)
class HttpsAccess:
    """Where the system is and how it knows this kiosk. `url`: https, without a slash at its end.

    `trust`: PEM of the CA that signed the system's certificate, None: public ones; `certificate` and `key`:
    this kiosk's own; `token`: a file with the bearer token. Times in seconds, `answer_timeout_s` for a whole answer.
    """

    url: str
    kiosk_id: str
    trust: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    token: Path | None = None
    connect_timeout_s: float = 5.0
    answer_timeout_s: float = 20.0


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    content_type: str
    etag: str
    pause_s: float
    body: bytes = field(repr=False)


class HttpsApproval:
    """`ApprovalSystem` over HTTPS. One request at a time, in a thread of its own, over a connection that is kept."""

    def __init__(self, access: HttpsAccess) -> None:
        self._access = access
        self._host = urlsplit(access.url).netloc
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="approval")
        self._session: requests.Session | None = None
        self._context: _Context | None = None
        self._seen: tuple[str, str] | None = None  # cursor, and the ETag of what was said after it
        logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)  # its DEBUG lines quote addresses
        logging.getLogger("urllib3.connection").setLevel(logging.ERROR)  # its warnings, addresses and headers

    async def submit(self, submission: Submission) -> Accepted:
        """See the port."""
        headers = {"Idempotency-Key": submission.message_id, "Content-Type": JSON}
        reply = await self._ask("POST", "v1/submissions", headers, request_body(submission))
        if reply.status in FOR_GOOD:
            raise self._refusal(reply)
        self._expect(reply, HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED)
        return self._understood(reply, lambda body: accepted_of(body, submission.case_id))

    async def standing(self, case_id: str) -> Standing | None:
        """See the port."""
        reply = await self._ask("GET", f"v1/cases/{quote(case_id, safe='')}", {})
        if reply.status == HTTPStatus.NOT_FOUND and reply.content_type == PROBLEM:
            return None  # its own word for it; any other 404 is an address that is not there
        self._expect(reply, HTTPStatus.OK)
        return self._understood(reply, lambda body: standing_of(body, case_id))

    async def news(self, after: str) -> News:
        """See the port. Where nothing is new, the system says so with a word (304)."""
        known = self._seen[1] if self._seen is not None and self._seen[0] == after else ""
        headers = {"If-None-Match": known} if known else {}
        query = urlencode({"after": after, "limit": MOST_NEWS} if after else {"limit": MOST_NEWS})
        reply = await self._ask("GET", f"v1/events?{query}", headers)
        if known and reply.status == HTTPStatus.NOT_MODIFIED:
            return News((), after)
        self._expect(reply, HTTPStatus.OK)
        news = self._understood(reply, news_of)
        self._seen = (after, reply.etag) if reply.etag and news.cursor == after else None
        return news

    async def close(self) -> None:
        """End the thread and its connection, in the middle of an answer too; a second call does nothing."""
        await asyncio.to_thread(self._end)

    def _end(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)
        if self._context is not None:
            self._context.wake()
        self._thread.shutdown()
        if self._session is not None:
            self._session.close()
            self._session = None

    # what an answer means ---------------------------------------------------------------------------------------------

    def _expect(self, reply: _Reply, *good: int) -> None:
        """Raises what any other status means."""
        if reply.status in good:
            return
        status = reply.status
        if status in PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise TryLater(f"approval: {self._host} answers {status}", reply.pause_s)
        if status in OF_THIS_REQUEST:
            raise OurMistake(
                f"approval: {self._host} cannot read what it is sent ({status}); compare its version of the interface"
                " with docs/openapi/approval.yaml",
                everywhere=False,
            )
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise OurMistake(
                f"approval: {self._host} does not know this kiosk ({status}); check approval.token_file, cert_file and"
                " what it has on record for this kiosk",
                everywhere=True,
            )
        raise OurMistake(
            f"approval: {self._host} answers {status} where an approval system would not; check approval.url",
            everywhere=True,
        )

    def _refusal(self, reply: _Reply) -> SubmissionNotTaken | OurMistake:
        code, words = problem_of(reply.body) if reply.content_type == PROBLEM else ("", "")
        if code == KEY_USED_OTHERWISE:
            return OurMistake(
                f"approval: {self._host} has other contents under the same key; ask its operators, and whether two"
                " kiosks have one kiosk.id",
                everywhere=False,
            )
        return SubmissionNotTaken(code or f"http-{reply.status}", words)

    def _understood(self, reply: _Reply, read: Callable[[bytes], T]) -> T:
        """What is no answer of the interface may be a proxy's page, and is asked for again."""
        if reply.content_type != JSON:
            raise TryLater(f"approval: {self._host} answers with something that is not {JSON}")
        try:
            return read(reply.body)
        except NotUnderstood as error:
            raise TryLater(
                f"approval: {self._host} gives an answer that is none of docs/openapi/approval.yaml: {error}"
            ) from None

    # one exchange -----------------------------------------------------------------------------------------------------

    async def _ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> _Reply:
        work = partial(self._exchange, method, path, headers, body)
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _exchange(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> _Reply:
        try:
            with self._in_time():
                return self._send(method, path, headers, body)
        except exceptions.SSLError:
            self._forget()
            raise OurMistake(
                f"approval: {self._host} and this kiosk do not trust each other's certificates; check approval.url,"
                " ca_file, cert_file, key_file and this machine's clock",
                everywhere=True,
            ) from None
        except (exceptions.Timeout, HTTPError):
            self._forget()
            raise TryLater(f"approval: no complete answer of {self._host} in time") from None
        except (exceptions.RequestException, OSError) as error:
            self._forget()
            raise TryLater(
                f"approval: no connection to {self._host}, or lost ({type(error).__name__}); check network and firewall"
            ) from None

    @contextlib.contextmanager
    def _in_time(self) -> Iterator[None]:
        """Ends the exchange when its time is over: the library's own limit begins anew with each piece of a head."""
        late = threading.Event()

        def end() -> None:
            late.set()
            if self._context is not None:
                self._context.wake()

        timer = threading.Timer(self._access.connect_timeout_s + self._access.answer_timeout_s, end)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            if late.is_set():  # what was read of it by then means nothing
                raise exceptions.Timeout

    def _send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> _Reply:
        access = self._access
        own = {"Accept": f"{JSON}, {PROBLEM}", "Accept-Encoding": "identity", "Kiosk-Id": access.kiosk_id}
        if access.token is not None:
            own["Authorization"] = f"Bearer {read_token(access.token)}"
        if self._session is None:
            self._context = _new_context(access)
            self._session = _new_session(access, self._context)
        with self._session.request(
            method,
            f"{access.url}/{path}",
            data=body or None,
            headers={**own, **headers},
            timeout=(access.connect_timeout_s, access.answer_timeout_s),
            allow_redirects=False,
            stream=True,
        ) as response:
            kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            pause_s = _pause_s(response.headers.get("Retry-After", ""), datetime.now(UTC))
            etag = response.headers.get("ETag", "")[:200]
            return _Reply(response.status_code, kind, etag, pause_s, self._body(response))

    def _body(self, response: requests.Response) -> bytes:
        deadline = time.monotonic() + self._access.answer_timeout_s
        body = bytearray()
        while piece := response.raw.read1(PIECE_BYTES):
            body += piece
            if len(body) > MOST_ANSWER_BYTES:
                self._forget()
                raise TryLater(f"approval: {self._host} sends more than an answer can be; check approval.url")
            if time.monotonic() > deadline:
                self._forget()
                raise TryLater(f"approval: no complete answer of {self._host} in time")
        return bytes(body)

    def _forget(self) -> None:
        """The connection is in doubt: the next request has one of its own."""
        if self._session is not None:
            self._session.close()
            self._session = None


class _Context(ssl.SSLContext):
    """Remembers its last socket, so that whoever waits for an answer can be woken."""

    _last: ssl.SSLSocket | None = None

    def wrap_socket(self, *args: Any, **options: Any) -> ssl.SSLSocket:
        """As the original does it."""
        self._last = super().wrap_socket(*args, **options)
        return self._last

    def wake(self) -> None:
        """End what is waited for on the last socket. Any thread may call."""
        if self._last is not None:
            with contextlib.suppress(OSError):  # it has ended by itself
                socket.socket.shutdown(self._last, socket.SHUT_RDWR)


class _Adapter(HTTPAdapter):
    """One connection, by a context of ours."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__(pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """As the original does it."""
        super().init_poolmanager(*args, **options, ssl_context=self._context)


def _new_context(access: HttpsAccess) -> _Context:
    """Raises `OurMistake` for files of certificates and keys that are not usable: a connection would not say which."""
    context = _Context(ssl.PROTOCOL_TLS_CLIENT)  # asks for a certificate and checks its name
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        if access.trust is not None:
            context.load_verify_locations(access.trust)
        if access.certificate is not None:
            context.load_cert_chain(access.certificate, access.key, password=_no_password)
    except OSError as error:  # ssl.SSLError among them
        raise OurMistake(
            f"approval: ca_file, cert_file or key_file cannot be used ({error.strerror or type(error).__name__});"
            " they have to be PEM files that this user may read, the key without a password",
            everywhere=True,
        ) from None
    return context


def _new_session(access: HttpsAccess, context: ssl.SSLContext) -> requests.Session:
    session = requests.Session()
    session.mount("https://", _Adapter(context))
    session.trust_env = False  # .netrc would replace our token, REQUESTS_CA_BUNDLE the trust
    session.verify = True if access.trust is None else str(access.trust)
    return session


def _no_password() -> str:
    raise OSError("the key asks for a password")


def _pause_s(said: str, now: datetime) -> float:
    """What `Retry-After` asks for: seconds or a date; 0 where it says nothing that can be read."""
    if said.isascii() and said.isdigit() and len(said) <= len(str(int(LONGEST_PAUSE_S))):
        return min(float(said), LONGEST_PAUSE_S)
    try:
        until = email.utils.parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return 0.0
    until = until if until.tzinfo is not None else until.replace(tzinfo=UTC)
    return min(max((until - now).total_seconds(), 0.0), LONGEST_PAUSE_S)
