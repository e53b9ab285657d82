"""Reports and calls on a real journal: what is on record, who is told, and where a telephone number never is."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from drivers.contracts.health import DeviceStatus, Health
from kiosk.journal import opened
from kiosk.journal.journal import Journal
from kiosk.journal.types import Channel, OutboxMessage
from kiosk.notify.policy import NoticeWriter, SmsPayload
from kiosk.notify.texts import Language
from kiosk.runtime.aidacts import AidDesk, Hourly
from kiosk.session import effects as do
from kiosk.session import events as ev

PHONE = "13131313131"
NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)


class Desk:
    """The acts with a real journal and the real policy."""

    def __init__(
        self, journal: Journal, on_call: tuple[str, ...], limit: int, technicians: tuple[str, ...]
    ) -> None:
        self.journal = journal
        self.now = NOW
        self.told: list[ev.Event] = []
        self.can_text = True
        states = {
            "printer": Health(DeviceStatus.HARDWARE_ERROR, "out"),
            "board main": Health(DeviceStatus.ONLINE),
        }
        self.acts = AidDesk(
            journal, lambda: states, lambda: "card", lambda: on_call,
            lambda: technicians, lambda: self.can_text, lambda _lang: "大厅", Language.CHINESE, lambda: self.now,
            self.told.append, Hourly(limit), Hourly(limit), Hourly(limit),
        )  # fmt: skip

    async def reports(self, problem: str = "door") -> ev.AidAnswer:
        await self.acts.perform(do.ReportProblem(problem))
        return self._answer()

    async def calls(self) -> ev.AidAnswer:
        await self.acts.perform(do.AskCallBack(PHONE))
        return self._answer()

    def _answer(self) -> ev.AidAnswer:
        answer = self.told.pop()
        assert isinstance(answer, ev.AidAnswer)
        return answer

    async def texts(self) -> list[tuple[str, str]]:
        """Who is sent which words, in order."""
        rows = [row for row in await self.rows() if row.channel is Channel.SMS]
        return [(row.recipient, SmsPayload.decode(row.payload).text) for row in rows]

    async def rows(self) -> list[OutboxMessage]:
        """Everything that leaves the kiosk."""
        found = [await self.journal.outbox.of_event(event.seq) for event in await self.journal.events()]
        return [row for rows in found for row in rows]


def play(
    folder: Path, work: Callable[[Desk], Coroutine[Any, Any, None]], on_call: tuple[str, ...] = ("8001", "8002"),
    limit: int = 6, technicians: tuple[str, ...] = ("7001",),
) -> None:  # fmt: skip
    async def main() -> None:
        writer = NoticeWriter(
            "lobby-1", lambda _lang: "大厅", ZoneInfo("Asia/Shanghai"), lambda _item: (), lambda: on_call,
            lambda _case: None, lambda _code, _lang: None, technicians=lambda: technicians,
        )  # fmt: skip
        async with opened(folder, ballast_bytes=0, clock=lambda: NOW, notice_policy=writer) as journal:
            await work(Desk(journal, on_call, limit, technicians))

    asyncio.run(main())


def test_a_report_has_the_machine_with_it_and_technicians_are_told(tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        head = (await desk.journal.anchor()).text
        assert await desk.reports() == ev.AidAnswer("P-261122-01")
        fact = await desk.journal.last_event("ProblemReported")
        assert fact is not None
        assert fact.data["devices"] == ["board main online", "printer hardwareError"]
        assert (fact.data["page"], fact.data["head"], fact.data["problem"]) == ("card", head, "door")
        ((whom, words),) = await desk.texts()
        assert whom == "7001"
        assert words == "【大厅】2026-11-22 22:00 群众报修 P-261122-01：柜门。设备状态已存档，请检查。"
        assert (await desk.reports("card")).number == "P-261122-02"

    play(tmp_path, work)


def test_a_child_s_game_is_on_record_and_texts_nobody_more_than_so_often(tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        for _ in range(5):
            assert (await desk.reports()).number
        facts = await desk.journal.events(kinds=["ProblemReported"])
        assert [fact.data["texted"] for fact in facts] == [True, True, False, False, False]
        assert len(await desk.texts()) == 2
        desk.now += timedelta(hours=1)
        await desk.reports()
        assert len(await desk.texts()) == 3
        desk.now -= timedelta(days=1)  # the clock was wrong
        await desk.reports()
        assert len(await desk.texts()) == 4

    play(tmp_path, work, limit=2)


def test_who_needs_a_person_is_told_that_one_comes_only_where_somebody_was_told(tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        for _ in range(3):
            await desk.reports()  # somebody played with it before
        assert (await desk.reports("person")).number == "P-261122-04"
        assert [whom for whom, _ in await desk.texts()] == ["7001", "8001", "8002"]
        assert (await desk.reports("person")).number == ""  # so many an hour and no more
        desk.now += timedelta(hours=1)
        desk.can_text = False
        assert (await desk.reports("person")).number == ""
        assert (await desk.reports()).number == "P-261122-07"

    play(tmp_path / "staff", work, limit=1)

    async def nobody(desk: Desk) -> None:
        assert (await desk.reports("person")).number == ""
        assert await desk.journal.last_event("ProblemReported") is not None

    play(tmp_path / "nobody", nobody, on_call=(), technicians=())


def test_a_number_to_call_is_in_the_sealed_message_and_nowhere_else(tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        assert await desk.calls() == ev.AidAnswer("C-261122-01", is_call=True)
        found = await desk.texts()
        assert [whom for whom, _ in found] == ["8001", "8002"]
        assert all(PHONE in words for _, words in found)
        (fact,) = await desk.journal.events(kinds=["CallRequested"])
        assert fact.data == {"call": "C-261122-01", "page": "card"}
        others = [row for row in await desk.rows() if row.channel is not Channel.SMS]
        assert others
        assert all(PHONE.encode() not in row.payload for row in others)

        for row in await desk.rows():
            await desk.journal.outbox.mark_sent(row.message_id, NOW)
        wiped = [row.payload for row in await desk.rows() if row.channel is Channel.SMS]
        assert wiped == [b"", b""]

    play(tmp_path, work)
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or PHONE.encode() not in file.read_bytes(), file.name


def test_where_nobody_is_on_call_no_call_is_promised(tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        assert await desk.calls() == ev.AidAnswer("", is_call=True)
        assert await desk.journal.events(kinds=["CallRequested"]) == []

    play(tmp_path, work, on_call=())


def test_calls_are_limited(tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        numbers = [(await desk.calls()).number for _ in range(3)]
        assert numbers == ["C-261122-01", "C-261122-02", ""]

    play(tmp_path, work, limit=2)


def test_what_the_journal_can_not_take_is_answered_here(tmp_path: Path) -> None:
    """The page below help waits for facts of its own and must not take this for theirs."""

    async def work(desk: Desk) -> None:
        await desk.journal.write(
            lambda db: db.execute("PRAGMA max_page_count = 1")
        )  # no page more than there are
        answers = [await desk.reports() for _ in range(200)]
        assert answers[-1] == ev.AidAnswer("")
        assert desk.told == []

    play(tmp_path, work, limit=60)
