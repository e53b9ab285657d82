"""What is done for who has no face check: a code sent and compared, the duty desk asked.

Each takes its time beside the session's other work; whoever leaves or goes another way takes it back.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, assert_never

from kiosk.journal.errors import JournalError
from kiosk.journal.events import DutyDeskAnswered, DutyDeskAsked
from kiosk.journal.journal import Journal
from kiosk.journal.types import Channel, Notice, OutboxState, utc_now
from kiosk.notify.policy import SmsPayload
from kiosk.notify.texts import Language, render
from kiosk.onetimecode import Issued, NoCode, OneTimeCodes, Purpose, Right, TooManyIssued, Wait, Wrong
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session.facts import Identity
from kiosk.withoutface.desk import DutyDesk, Question
from kiosk.withoutface.phones import KnownPhones

logger = logging.getLogger(__name__)

TEXT_KEY: Final = "identity.code.citizen"
SEALED_UNDER: Final = "identity codes"  # the key that seals text messages with codes until they are out
RECIPIENT: Final = "code:"  # of such a message; the number is in memory only
GONE: Final = "the person has left or asked anew"
TAIL_DIGITS: Final = 2
STAFF_SUBJECT: Final = "kiosk"  # a code from staff is for whoever stands here
_ASK_EVERY_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class WayLimits:
    """Times in seconds. `sms_s`: how long a text message may take to go out."""

    code_valid_s: float = 600.0
    sms_s: float = 60.0


@dataclass(slots=True)
class WayActs:
    """Performs `do.WayEffect`. `place` is where the kiosk stands, as messages say it; `desk` None: not configured.

    `numbers`: the telephone of each recipient of a code, while it is being sent.
    """

    journal: Journal
    codes: OneTimeCodes
    phones: KnownPhones
    desk: DutyDesk | None
    kiosk_id: str
    place: Callable[[Language], str]
    now: Callable[[], datetime]
    post: Callable[[ev.Event], None]
    limits: WayLimits = WayLimits()
    numbers: dict[str, str] = field(default_factory=dict, repr=False)
    _under_way: asyncio.Task[None] | None = None
    _sent_to: str = field(default="", repr=False)  # the subject of the newest code by text message

    async def perform(self, effect: do.WayEffect) -> None:
        """Begin it; what was under way ends."""
        await self.drop()
        match effect:
            case do.SendCode():
                self._begin(self._send(effect), ev.CodeNotSent("failed"))
            case do.CheckCode():
                self._begin(self._check(effect), ev.CodeAnswer(right=False, why="gone"))
            case do.AskDesk():
                self._begin(self._ask(effect), ev.DeskAnswer("no_answer"))
            case do.DropWay():
                await self.forget()
            case _:
                assert_never(effect)

    async def forget(self) -> None:
        """The person has gone: nothing is under way any more, and a code that was sent is worth nothing."""
        await self.drop()
        subject, self._sent_to = self._sent_to, ""
        if subject:
            await self.codes.revoke(Purpose.IDENTITY_SMS, subject, by="kiosk", reason=GONE)

    async def drop(self) -> None:
        """End what is under way without an answer."""
        if self._under_way is not None:
            self._under_way.cancel()
            await asyncio.gather(self._under_way, return_exceptions=True)
            self._under_way = None

    def number_of(self, recipient: str) -> str | None:
        """The telephone of a message that carries a code; None once it is not wanted any more."""
        return self.numbers.get(recipient)

    def _begin(self, work: Coroutine[Any, Any, ev.Event], otherwise: ev.Event) -> None:
        async def answered() -> None:
            try:
                self.post(await work)
            except JournalError as error:
                logger.error("a way without a face led nowhere, the journal failed: %s", error)
                self.post(otherwise)

        self._under_way = asyncio.get_running_loop().create_task(answered())

    # codes --------------------------------------------------------------------------------------------------------

    async def _send(self, effect: do.SendCode) -> ev.Event:
        phone = await self.phones.of(effect.card_number)
        if phone is None:
            return ev.CodeNotSent("no_phone")
        sent: list[Notice] = []

        def message(issued: Issued) -> list[Notice]:
            sent.append(self._message(issued, Language(effect.lang)))
            self.numbers[sent[0].recipient] = phone
            return sent

        self._sent_to = await self._subject(effect.card_number)
        try:
            issued = await self.codes.issue(
                Purpose.IDENTITY_SMS, self._sent_to, now=self.now(), by="kiosk",
                valid_s=self.limits.code_valid_s, notices=message,
            )  # fmt: skip
            if isinstance(issued, TooManyIssued):
                return ev.CodeNotSent("too_many")
            went_out = await self._went_out(sent[0].message_id)
        finally:
            self.numbers.clear()
        return ev.CodeSent(phone[-TAIL_DIGITS:]) if went_out else ev.CodeNotSent("failed")

    def _message(self, issued: Issued, language: Language) -> Notice:
        minutes = str(round(self.limits.code_valid_s / 60))
        values = {"code": issued.code, "minutes": minutes, "place": self.place(language)}
        words = render(language, TEXT_KEY, values)
        payload = SmsPayload("identity.code", words, (), TEXT_KEY, language.value, values)
        recipient = f"{RECIPIENT}{issued.code_id}"
        return Notice(Channel.SMS, recipient, payload.encode(), personal=True, case_id=SEALED_UNDER)

    async def _went_out(self, message_id: str) -> bool:
        """Whether the channel took it in time; what did not go out by then is not wanted any more."""
        outbox = self.journal.outbox
        deadline_s = time.monotonic() + self.limits.sms_s
        try:
            while time.monotonic() < deadline_s:
                row = await outbox.get(message_id)
                if row is None or row.state is not OutboxState.QUEUED:
                    return row is not None and row.state is OutboxState.SENT
                await asyncio.sleep(_ASK_EVERY_S)
        except asyncio.CancelledError:
            with contextlib.suppress(JournalError):  # it has gone out just now
                await outbox.give_up(message_id, utc_now(), GONE)
            raise
        await outbox.give_up(message_id, utc_now(), GONE)
        return False

    async def _subject(self, card_number: str) -> str:
        """A code by text message is for the holder of this card, however often they come."""
        return await self.journal.keyed_hash(card_number)

    async def _check(self, effect: do.CheckCode) -> ev.Event:
        by_sms = effect.way is Identity.CODE_SMS
        purpose = Purpose.IDENTITY_SMS if by_sms else Purpose.IDENTITY_STAFF
        subject = await self._subject(effect.card_number) if by_sms else STAFF_SUBJECT
        match await self.codes.check(purpose, [subject], effect.typed, now=self.now()):
            case Right():
                return ev.CodeAnswer(right=True)
            case Wrong(left, wait_s):
                return ev.CodeAnswer(
                    right=False, why="wrong" if left else "gone", left=left, wait_s=round(wait_s)
                )
            case Wait(wait_s):
                return ev.CodeAnswer(right=False, why="wait", wait_s=max(1, round(wait_s)))
            case NoCode():
                return ev.CodeAnswer(right=False, why="gone")

    # the duty desk ------------------------------------------------------------------------------------------------

    async def _ask(self, effect: do.AskDesk) -> ev.Event:
        if self.desk is None:
            return ev.DeskAnswer("no_answer")
        card, request = effect.card, f"{self.kiosk_id}-{effect.session_id}"
        await self.journal.append(DutyDeskAsked(effect.session_id, request))
        question = Question(request, self.kiosk_id, effect.item_code, card.masked_name, card.masked_number)
        said = await self.desk.ask(question)
        await self.journal.append(DutyDeskAnswered(effect.session_id, request, said.outcome.value, said.by))
        return ev.DeskAnswer(said.outcome.value)
