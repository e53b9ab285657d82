"""Listens to the code scanner: which receipt was held to it goes to the session, and nothing else of what was read."""

import asyncio
from collections.abc import Callable
from typing import Final

from drivers.contracts.codes import CodeScanner
from kiosk.receiptcode import case_of
from kiosk.session import events as ev

from .listening import Listening

LISTEN_S: Final = 60.0  # rarely anew: what is halfway through the line then is lost
HELD_S: Final = 2.0  # a code that is held there is read again and again, and means once what it says


def _loop_s() -> float:
    return asyncio.get_running_loop().time()


class CodeWatch(Listening):
    """`kiosk_id`: whose receipts are known."""

    def __init__(
        self, scanner: CodeScanner, kiosk_id: str, post: Callable[[ev.Event], None],
        changed: Callable[[], None], retry_s: float, clock: Callable[[], float] = _loop_s,
    ) -> None:  # fmt: skip
        super().__init__(scanner, changed, retry_s)
        self._scanner = scanner
        self._kiosk_id = kiosk_id
        self._post = post
        self._clock = clock
        self._last = ("", -HELD_S)  # the receipt, and when it was read

    async def hear(self) -> None:
        """The next code; its text ends here."""
        code = await self._scanner.scan(timeout_s=LISTEN_S)
        if code is None:
            return
        case_id, now_s = case_of(self._kiosk_id, code.untrusted_text), self._clock()
        (before, read_s), self._last = self._last, (case_id, now_s)
        if not case_id or case_id != before or now_s - read_s >= HELD_S:
            self._post(ev.CodeScanned(case_id))
