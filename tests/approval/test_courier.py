"""Through the real outbox: each deposit is taken once and its answer recorded once, whatever fails in between."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from drivers.contracts.health import DeviceStatus, ErrorAction
from kiosk.approval.courier import Patience
from kiosk.journal import Journal
from kiosk.journal.scanevents import PagesAdded, PagesSealed
from kiosk.journal.types import Channel, OutboxMessage, OutboxState, StoredEvent, utc_now
from locker import events as le
from tests.approval.office import SOON, Office, carrying, hands_in, office, submitting
from tests.journal.facts import NAME, NUMBER, case, run

DEADLINE_S = 15.0
ANSWERS = ("CaseSubmitted", "SubmissionRefused")
HEARD = ("ProgressHeard", "DecisionHeard")


async def until(true: Callable[[], Awaitable[bool]], what: str) -> None:
    """Ask again until it is so."""
    try:
        async with asyncio.timeout(DEADLINE_S):
            while not await true():  # noqa: ASYNC110  # another process tells
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"no {what} within {DEADLINE_S:g} s") from None


async def recorded(journal: Journal, *kinds: str, count: int = 1) -> list[StoredEvent]:
    """So many facts of these types, as soon as they are there."""

    async def there() -> bool:
        return len(await journal.events(kinds=kinds)) >= count

    await until(there, f"{' or '.join(kinds)} in the journal")
    return await journal.events(kinds=kinds)


async def _not(true: Callable[[], Awaitable[bool]]) -> bool:
    return not await true()


async def rows(journal: Journal) -> list[OutboxMessage]:
    found = [await journal.outbox.of_event(one.seq) for one in await journal.events(kinds=("DepositHeld",))]
    return [row for of_one in found for row in of_one if row.channel is Channel.APPROVAL]


async def tried(journal: Journal, times: int) -> None:
    async def often() -> bool:
        return (await rows(journal))[0].attempts >= times

    await until(often, f"{times} tries")


@pytest.fixture
def own(tmp_path: Path) -> Any:
    """An office of this test's own."""
    with office(tmp_path / "office") as running:
        yield running


def test_papers_that_are_held_are_handed_in_with_what_the_case_needs(own: Office, tmp_path: Path) -> None:
    async def work() -> None:
        async with submitting(tmp_path / "state") as journal, carrying(journal, own.access) as courier:
            await hands_in(journal)
            (answer,) = await recorded(journal, *ANSWERS)
            (held,) = await journal.events(kinds=("DepositHeld",))
            told = own.case("c1")
            (sent,) = told["submissions"]
            assert answer.data == {
                "case_id": "c1", "message": sent["key"], "kind": "application", "filed_as": told["number"],
            }  # fmt: skip
            assert sent["applicant"] == {"name": NAME, "id_number": NUMBER}
            assert (sent["proof"]["sequence"], sent["proof"]["evidence"]) == (held.seq, "SENSOR")
            raw = await journal.read(
                lambda db: db.execute("SELECT hash FROM events WHERE seq = ?", (held.seq,)).fetchone()[0]
            )
            assert sent["proof"]["sha256"] == raw.hex()
            (row,) = await rows(journal)
            assert (row.state, row.payload) == (OutboxState.SENT, b""), "the personal payload is wiped"
            assert courier.health.status is DeviceStatus.ONLINE

    run(work)


def test_further_papers_are_a_supplement_of_the_same_case(own: Office, tmp_path: Path) -> None:
    async def work() -> None:
        async with submitting(tmp_path / "state") as journal, carrying(journal, own.access):
            await hands_in(journal)
            await journal.append(
                [
                    le.DepositRequested("c1", "A-04", "sole-trader"),
                    le.DepositHeld("c1", "A-04", le.Evidence.CLAIMED),
                ]
            )
            await recorded(journal, *ANSWERS, count=2)
            assert [(one["kind"], one["proof"]["cell"]) for one in own.case("c1")["submissions"]] == [
                ("application", "A-03"), ("supplement", "A-04"),
            ]  # fmt: skip

    run(work)


def test_papers_of_a_case_that_began_with_scanned_pages_are_a_supplement(own: Office, tmp_path: Path) -> None:
    async def work() -> None:
        async with submitting(tmp_path / "state") as journal, carrying(journal, own.access):
            pages = PagesSealed("c1", "s", "sole-trader", ("身份证",), (1,), 1, 1000, "ab" * 32, whole=True)
            await journal.append([case("c1"), pages])
            await journal.append(
                [
                    le.DepositRequested("c1", "A-04", "sole-trader"),
                    le.DepositHeld("c1", "A-04", le.Evidence.CLAIMED),
                ]
            )
            await recorded(journal, *ANSWERS, count=2)
            assert [(one["kind"], one["proof"]["cell"]) for one in own.case("c1")["submissions"]] == [
                ("application", ""), ("supplement", "A-04"),
            ]  # fmt: skip

    run(work)


def test_pages_that_are_added_to_a_case_are_a_supplement(own: Office, tmp_path: Path) -> None:
    async def work() -> None:
        async with submitting(tmp_path / "state") as journal, carrying(journal, own.access):
            pages = PagesSealed("c1", "s", "sole-trader", ("身份证",), (1,), 1, 1000, "ab" * 32, whole=True)
            await journal.append([case("c1"), pages])
            await journal.append(PagesAdded("c1", "s", "sole-trader", ("照片",), (1,), 1, 2, 2000, "cd" * 32))
            await recorded(journal, *ANSWERS, count=2)
            assert [(one["kind"], one["proof"]["evidence"]) for one in own.case("c1")["submissions"]] == [
                ("application", "SCANNED"), ("supplement", "SCANNED"),
            ]  # fmt: skip

    run(work)


FAILING = (
    "mute", "slow", "break_off", "reset", "error_500", "busy_503", "lose_answer", "in_progress", "html", "garbage",
    "forbidden", "bad_request",
)  # fmt: skip


@pytest.mark.parametrize("fault", [*FAILING, "told_twice", "no_etag"])
def test_whatever_fails_a_deposit_is_taken_once_and_recorded_once(
    city: Office, tmp_path: Path, fault: str
) -> None:
    case_id, before = f"c-{fault}", city.state()["taken"]

    async def work() -> None:
        async with submitting(tmp_path) as journal:
            city.has(fault)
            async with carrying(journal, city.hurried()) as courier:
                await hands_in(journal, case_id)
                if fault in FAILING:
                    await tried(journal, 1 if fault == "busy_503" else 2)
                    assert not courier.health.works
                    assert not await journal.events(kinds=ANSWERS)
                    city.has("none")
                await recorded(journal, *ANSWERS)
                city.control.do("say", case=case_id, step="under_review")
                await recorded(journal, *HEARD)

                async def works() -> bool:
                    return courier.health.works

                await until(works, "word that all is well")
            assert city.state()["taken"] == before + 1
            assert len(await journal.events(kinds=ANSWERS)) == 1
            assert len(await journal.events(kinds=HEARD)) == 1

    run(work)


@pytest.mark.parametrize("fault", ["lose_answer", "error_500", "reset"])
def test_over_restarts_of_the_program_and_of_the_city_s_a_deposit_is_taken_once(
    tmp_path: Path, fault: str
) -> None:
    async def first(city: Office) -> None:
        async with submitting(tmp_path / "state") as journal, carrying(journal, city.access):
            await hands_in(journal)
            await tried(journal, 1)

    async def second(city: Office) -> OutboxMessage:
        async with submitting(tmp_path / "state") as journal:
            before = (await rows(journal))[0]
            assert before.attempts >= 1, "how often it was tried is known after the restart"
            async with carrying(journal, city.access):
                await recorded(journal, *ANSWERS)
            assert (await rows(journal))[0].message_id == before.message_id
            return before

    with office(tmp_path / "office") as city:
        city.has(fault)
        run(lambda: first(city))
    with office(tmp_path / "office") as city:
        row = run(lambda: second(city))
        assert city.state()["taken"] == 1
        assert [one["key"] for one in city.case("c1")["submissions"]] == [row.message_id]


def test_a_crash_between_the_answer_and_its_record_asks_again_and_has_the_same_answer(
    own: Office, tmp_path: Path
) -> None:
    """The row and the fact are one transaction: with the one undone, the other is."""

    async def work() -> None:
        async with submitting(tmp_path / "state") as journal:
            genuine = journal.append
            failed: list[int] = []

            async def falls(*given: Any, **more: Any) -> Any:
                if more.get("also") is not None and not failed:
                    failed.append(1)
                    also = more["also"]

                    def cut(db: sqlite3.Connection) -> None:
                        also(db)
                        raise sqlite3.OperationalError("disk I/O error")

                    more["also"] = cut
                return await genuine(*given, **more)

            journal.append = falls  # type: ignore[method-assign]  # the disk fails once, at the worst moment
            async with carrying(journal, own.access):
                await hands_in(journal)
                await recorded(journal, *ANSWERS)
            assert failed
            assert own.state()["taken"] == 1
            assert (await rows(journal))[0].state is OutboxState.SENT

    run(work)


def test_a_refusal_is_recorded_and_not_asked_again(own: Office, tmp_path: Path) -> None:
    async def work() -> None:
        own.control.do("refuse", code="wrong-office", words=f"{NAME}不属本局受理")
        async with submitting(tmp_path / "state") as journal, carrying(journal, own.access):
            await hands_in(journal)
            (refused,) = await recorded(journal, *ANSWERS)
            assert (refused.type, refused.data["code"], refused.sealed) == (
                "SubmissionRefused",
                "wrong-office",
                True,
            )
            opened = await journal.personal("c1", staff_no="1001", reason="test")
            assert opened["words"] == f"{NAME}不属本局受理"
            own.control.do("refuse", code="")
            await hands_in(journal, "c2", "A-05")
            await recorded(journal, *ANSWERS, count=2)
            assert [row.state for row in await rows(journal)] == [OutboxState.FAILED, OutboxState.SENT]
            assert await journal.outbox.untold_cases(but_to="citizen:") == {}, "staff were told all the same"
        for file in (tmp_path / "state").rglob("*"):
            assert not file.is_file() or NAME.encode() not in file.read_bytes()

    run(work)


def test_one_that_the_system_cannot_read_holds_up_nobody_and_is_said(own: Office, tmp_path: Path) -> None:
    async def work() -> None:
        async with submitting(tmp_path / "state") as journal, carrying(journal, own.access) as courier:
            own.has("bad_request")
            await hands_in(journal)
            await tried(journal, 1)
            assert courier.health.action is ErrorAction.CONFIGURATION
            own.has("none")
            await hands_in(journal, "c2", "A-05")
            await recorded(journal, *ANSWERS, count=2)

            async def works() -> bool:
                return courier.health.works

            await until(works, "word that all is well")
            own.has("bad_request")
            await hands_in(journal, "c3", "A-06")
            await until(lambda: _not(works), "word that one is not read")
            own.has("none")
            await journal.erase(["c3"], by="test", reason="asked for")
            await until(works, "end of the question with its case")

    run(work)


def test_pauses_grow_and_are_as_long_as_the_system_asks(own: Office, tmp_path: Path) -> None:
    patience = Patience(poll_s=60.0, retry_min_s=5.0, retry_max_s=600.0)
    assert [patience.back_off_s(times) for times in (1, 2, 3, 8, 9, 99)] == [
        5.0,
        10.0,
        20.0,
        600.0,
        600.0,
        600.0,
    ]

    later = utc_now().replace(microsecond=0) + timedelta(hours=1)

    async def work() -> None:
        own.has("busy_503")
        short = replace(patience, retry_min_s=0.01)
        async with submitting(tmp_path / "state") as journal:
            await hands_in(journal)
            async with carrying(journal, own.access, short, lambda: later):
                await tried(journal, 1)
            (row,) = await rows(journal)
            assert row.next_at - later == timedelta(seconds=1), "the system asked for a second"

    run(work)


def test_a_submission_that_failed_waits_behind_those_that_did_not(own: Office, tmp_path: Path) -> None:
    later = utc_now() + timedelta(hours=1)

    async def work() -> None:
        own.has("error_500")
        async with submitting(tmp_path / "state") as journal:
            await hands_in(journal)
            async with carrying(journal, own.access, Patience(retry_min_s=600.0)):
                await tried(journal, 1)
            await hands_in(journal, "c2", "A-05")
            own.has("none")
            async with carrying(journal, own.access, clock=lambda: later):
                answers = await recorded(journal, *ANSWERS, count=2)
            assert [one.data["case_id"] for one in answers] == ["c2", "c1"]

    run(work)


def test_an_erased_case_leaves_with_its_submission(own: Office, tmp_path: Path) -> None:
    async def work() -> None:
        async with submitting(tmp_path / "state") as journal:
            await hands_in(journal)
            await journal.erase(["c1"], by="test", reason="asked for")
            await hands_in(journal, "c2", "A-05")
            async with carrying(journal, own.access):
                (answer,) = await recorded(journal, *ANSWERS)
            assert answer.data["case_id"] == "c2"
            assert list(own.control.do("cases")["cases"]) == ["c2"]

    run(work)


def test_news_are_heard_once_over_restarts_and_what_is_not_ours_is_passed_over(
    own: Office, tmp_path: Path
) -> None:
    async def first() -> None:
        async with submitting(tmp_path / "state") as journal, carrying(journal, own.access):
            await hands_in(journal)
            await recorded(journal, *ANSWERS)
            own.control.do("say", case="x9", step="received")
            own.control.do(
                "say", case="c1", step="waiting_for_applicant", missing=[{"material": 1, "words": NAME}]
            )
            (step,) = await recorded(journal, *HEARD)
            assert (step.data["step"], step.data["missing"], step.sealed) == (
                "waiting_for_applicant",
                1,
                True,
            )
            assert NAME not in str(step.data)

    async def second() -> None:
        own.has("told_twice")
        async with submitting(tmp_path / "state") as journal, carrying(journal, own.access, SOON):
            own.control.do("decide", case="c1", decision="granted", result="paper", words="准予")
            heard = await recorded(journal, *HEARD, count=2)
            assert [one.type for one in heard] == list(HEARD)
            assert (heard[1].data["decision"], heard[1].data["result"]) == ("granted", "paper")
            cursor = await journal.read(
                lambda db: db.execute("SELECT cursor FROM approval_cursor").fetchone()[0]
            )
            assert cursor == "e-000003"

    run(first)
    run(second)


def test_a_decision_with_the_answer_is_recorded_once_though_the_news_have_it_too(
    own: Office, tmp_path: Path
) -> None:
    async def work() -> None:
        own.control.do("decide_at_once", decision="granted")
        async with submitting(tmp_path / "state") as journal, carrying(journal, own.access):
            await hands_in(journal)
            await recorded(journal, *HEARD)
            own.control.do("say", case="c1", step="result_ready")
            heard = await recorded(journal, *HEARD, count=2)
            assert [one.type for one in heard] == ["DecisionHeard", "ProgressHeard"]

    run(work)
