"""Listens to the code scanner: which receipt was held to it goes to the session, and nothing else of what was read."""

from collections.abc import Callable
from typing import Final

from drivers.contracts.codes import CodeScanner
from kiosk.receiptcode import case_of
from kiosk.session import events as ev

from .listening import Listening

LISTEN_S: Final = 60.0  # rarely anew: what is halfway through the line then is lost


class CodeWatch(Listening):
    """`kiosk_id`: whose receipts are known."""

    def __init__(
        self, scanner: CodeScanner, kiosk_id: str, post: Callable[[ev.Event], None],
        changed: Callable[[], None], retry_s: float,
    ) -> None:  # fmt: skip
        super().__init__(scanner, changed, retry_s)
        self._scanner = scanner
        self._kiosk_id = kiosk_id
        self._post = post

    async def hear(self) -> None:
        """The next code; its text ends here."""
        code = await self._scanner.scan(timeout_s=LISTEN_S)
        if code is not None:
            self._post(ev.CodeScanned(case_of(self._kiosk_id, code.untrusted_text)))
