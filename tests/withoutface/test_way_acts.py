"""What is done for who has no face check, on a real journal: codes sent and not sent, too many, forgotten."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from argon2 import PasswordHasher

from kiosk.journal import Journal
from kiosk.journal.types import Channel, OutboxState, utc_now
from kiosk.notify.policy import SmsPayload
from kiosk.onetimecode import CodeLimits, OneTimeCodes
from kiosk.runtime.wayacts import SEALED_UNDER, WayActs, WayLimits
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session.facts import Identity

CARD, PHONE = "11010519900101023X", "13900000012"
SOON_S = 10.0
SEND = do.SendCode("0a1b", CARD, "zh_CN")


class Knows:
    """A back office that knows one telephone, or none."""

    def __init__(self, phone: str | None) -> None:
        self._phone = phone

    async def of(self, id_number: str) -> str | None:
        assert id_number == CARD
        return self._phone


class Scene:
    """The acts with what they told the session."""

    def __init__(
        self, journal: Journal, phone: str | None = PHONE, *, sms_s: float = SOON_S, issues: int = 5
    ) -> None:
        self.told: asyncio.Queue[ev.Event] = asyncio.Queue()
        self.journal = journal
        hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        codes = OneTimeCodes(journal, CodeLimits(digits=6, issues=issues), hasher=hasher)
        self.acts = WayActs(
            journal, codes, Knows(phone), None, "lobby-1", lambda _: "东城支行", lambda: datetime.now(UTC),
            self.told.put_nowait, WayLimits(sms_s=sms_s),
        )  # fmt: skip

    async def hears(self) -> ev.Event:
        async with asyncio.timeout(SOON_S):
            return await self.told.get()

    async def message(self) -> tuple[str, str, SmsPayload]:
        """Message id, telephone and words of the next text message, as the courier sees it."""
        async with asyncio.timeout(SOON_S):
            while not (due := await self.journal.outbox.due(utc_now(), Channel.SMS)):  # noqa: ASYNC110  # a thread
                await asyncio.sleep(0.01)
        number = self.acts.number_of(due[0].recipient)
        assert number is not None
        return due[0].message_id, number, SmsPayload.decode(due[0].payload)


def test_a_code_goes_to_the_known_telephone_and_is_right_once(on_journal: Callable[..., None]) -> None:
    async def work(journal: Journal) -> None:
        scene = Scene(journal)
        await scene.acts.perform(SEND)
        message_id, number, payload = await scene.message()
        assert number == PHONE
        await journal.outbox.mark_sent(message_id, utc_now())
        assert await scene.hears() == ev.CodeSent("12")
        code = payload.values["code"]
        assert code in payload.text
        for right in (True, False):
            await scene.acts.perform(do.CheckCode("0a1b", Identity.CODE_SMS, CARD, code))
            assert await scene.hears() == ev.CodeAnswer(right, "" if right else "gone")
        row = await journal.outbox.get(message_id)
        assert row is not None
        assert (row.payload, row.case_id) == (b"", SEALED_UNDER)

    on_journal(work)


def test_nobody_known_nothing_sent(on_journal: Callable[..., None]) -> None:
    async def work(journal: Journal) -> None:
        scene = Scene(journal, phone=None)
        await scene.acts.perform(SEND)
        assert await scene.hears() == ev.CodeNotSent("no_phone")
        assert await journal.events(kinds=["CodeIssued"]) == []

    on_journal(work)


def test_a_message_that_does_not_go_out_in_time_is_not_wanted_later(on_journal: Callable[..., None]) -> None:
    async def work(journal: Journal) -> None:
        scene = Scene(journal, sms_s=0.2)
        await scene.acts.perform(SEND)
        message_id, _, _ = await scene.message()
        assert await scene.hears() == ev.CodeNotSent("failed")
        row = await journal.outbox.get(message_id)
        assert row is not None
        assert (row.state, row.payload) == (OutboxState.FAILED, b"")
        assert scene.acts.numbers == {}

    on_journal(work)


def test_nobody_is_pestered_with_codes(on_journal: Callable[..., None]) -> None:
    async def work(journal: Journal) -> None:
        scene = Scene(journal, sms_s=0.05, issues=2)
        for expected in ("failed", "failed", "too_many"):
            await scene.acts.perform(SEND)
            assert await scene.hears() == ev.CodeNotSent(expected)

    on_journal(work)


def test_who_leaves_while_it_is_being_sent_leaves_nothing(on_journal: Callable[..., None]) -> None:
    async def work(journal: Journal) -> None:
        scene = Scene(journal)
        await scene.acts.perform(SEND)
        message_id, _, payload = await scene.message()
        await scene.acts.forget()
        row = await journal.outbox.get(message_id)
        assert row is not None
        assert (row.state, row.payload) == (OutboxState.FAILED, b"")
        assert scene.told.empty()
        await scene.acts.perform(do.CheckCode("0a1b", Identity.CODE_SMS, CARD, payload.values["code"]))
        assert await scene.hears() == ev.CodeAnswer(right=False, why="gone")

    on_journal(work)


def test_without_a_desk_nobody_answers(on_journal: Callable[..., None]) -> None:
    async def work(journal: Journal) -> None:
        from kiosk.session.facts import CardFacts

        scene = Scene(journal)
        await scene.acts.perform(do.AskDesk("0a1b", "food", CardFacts("n", CARD, "n*", "1*", "resident")))
        assert await scene.hears() == ev.DeskAnswer("no_answer")

    on_journal(work)
