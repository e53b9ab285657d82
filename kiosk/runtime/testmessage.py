"""A text message to a technician's own phone: by the outbox and the courier, as every other one goes."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kiosk.journal.events import TestMessageRequested
from kiosk.journal.journal import Journal
from kiosk.journal.types import Channel, Notice, OutboxState, utc_now
from kiosk.notify.policy import TIME_FORMAT, SmsPayload
from kiosk.notify.texts import Language, render

KEY: Final = "test.message.staff"
GIVEN_UP: Final = "the technician's test ended"
_ASK_EVERY_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class TestMessages:
    """Sends them. `place` is where the kiosk stands, as its messages say it; a message has `limit_s` to go out."""

    __test__ = False  # no test of pytest's

    journal: Journal
    place: Callable[[Language], str]
    language: Language
    now: Callable[[], datetime]
    limit_s: float = 60.0

    async def __call__(self, staff_no: str) -> str:
        """Empty when the channel took it, else why not."""
        values = {"place": self.place(self.language), "time": self.now().strftime(TIME_FORMAT)}
        words = render(self.language, KEY, values)
        payload = SmsPayload("test.message", words, (), KEY, self.language.value, values)
        notice = Notice(Channel.SMS, staff_no, payload.encode())
        await self.journal.append(TestMessageRequested(staff_no), [notice])
        deadline_s = time.monotonic() + self.limit_s
        while True:
            row = await self.journal.outbox.get(notice.message_id)
            if row is None or row.state is not OutboxState.QUEUED:
                return "" if row is None or row.state is OutboxState.SENT else row.error
            if time.monotonic() > deadline_s:
                await self.journal.outbox.give_up(notice.message_id, utc_now(), GIVEN_UP)
                return row.error or f"did not go out within {self.limit_s:g} s"
            await asyncio.sleep(_ASK_EVERY_S)
