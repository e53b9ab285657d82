"""The duty desk: staff who look at the person through a camera of their own line and say whether it is them.

No picture leaves the kiosk: the desk is told that somebody waits, for what, and the masked name and number to compare
with the card that the person holds up. The interface over HTTPS is docs/duty-desk.md.
"""

import asyncio
import contextlib
import logging
import time
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import quote

import requests

logger = logging.getLogger(__name__)

HTTP_TIMEOUT_S: Final = (
    5.0,
    15.0,
)  # to connect, for an answer: the desk may hold a question back for a while
POLL_S: Final = 1.0
MOST_NAME: Final = 64


class Outcome(StrEnum):
    """What the desk said."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class Question:
    """Who waits, for what. `name` and `number` are masked as on the screen."""

    request: str
    kiosk: str
    item: str
    name: str = field(repr=False)
    number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DeskSays:
    """The outcome; `by`: who looked, as the desk names them."""

    outcome: Outcome
    by: str = ""


class DutyDesk(Protocol):
    """Staff on duty somewhere else."""

    async def ask(self, question: Question) -> DeskSays:
        """Ask and wait, within a time limit of its own; never raises. Cancelling takes the question back."""


@dataclass(frozen=True, slots=True)
class HttpsDesk:
    """`DutyDesk` over HTTPS. `trust`: the desk's CA; `certificate` and `key`: this kiosk's own."""

    url: str
    limit_s: float
    trust: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    poll_s: float = POLL_S

    async def ask(self, question: Question) -> DeskSays:
        """Put the question, ask for its answer until there is one, take it back."""
        path = f"requests/{quote(question.request, safe='')}"
        deadline_s = time.monotonic() + self.limit_s
        try:
            await self._call("PUT", path, asdict(question))
            while (said := _understood(await self._call("GET", path))) is None:
                if time.monotonic() > deadline_s:
                    return DeskSays(Outcome.NO_ANSWER)
                await asyncio.sleep(self.poll_s)
            return said
        except (requests.RequestException, OSError, ValueError) as error:
            logger.warning(
                "the duty desk cannot be asked (%s): check face.without.desk", type(error).__name__
            )
            return DeskSays(Outcome.NO_ANSWER)
        finally:
            with contextlib.suppress(requests.RequestException, OSError, ValueError):
                await asyncio.shield(self._call("DELETE", path))

    async def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return await asyncio.to_thread(self._exchange, method, path, body)

    def _exchange(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        """The answer's JSON; None for one without. Raises `requests.RequestException`, `ValueError`, `OSError`."""
        with requests.Session() as session:
            session.trust_env = False
            session.verify = True if self.trust is None else str(self.trust)
            if self.certificate is not None:
                session.cert = (str(self.certificate), str(self.key))
            answer = session.request(
                method,
                f"{self.url.rstrip('/')}/{path}",
                json=body,
                timeout=HTTP_TIMEOUT_S,
                allow_redirects=False,
            )
            answer.raise_for_status()
            return answer.json() if answer.content else None


def _understood(untrusted: Any) -> DeskSays | None:
    """What the desk's answer means; None: still waiting. Raises `ValueError` for what is none of its words."""
    if not isinstance(untrusted, dict):
        raise ValueError("not an object")
    state, by = untrusted.get("state"), str(untrusted.get("by", ""))
    if state == "waiting":
        return None
    if state not in (Outcome.ALLOWED, Outcome.REFUSED) or not by.isprintable() or len(by) > MOST_NAME:
        raise ValueError("not an answer")
    return DeskSays(Outcome(state), by)
