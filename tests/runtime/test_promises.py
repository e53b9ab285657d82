"""Promises on a real journal: sealed and erased with the case, listed until all has come, said to be late once."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from kiosk.catalogue import load
from kiosk.journal import opened
from kiosk.journal.errors import KeyErased
from kiosk.journal.events import CaseOpened
from kiosk.journal.journal import Journal
from kiosk.journal.promiseevents import PapersFollowed, PromiseOverdue, PromiseSigned
from kiosk.journal.promises import open_promises, promise_of
from kiosk.journal.scanevents import PagesExported, PagesSealed
from kiosk.runtime.applications import Applications
from kiosk.runtime.facts import Seen, Terms, facts_of
from kiosk.runtime.promises import PromiseWatch
from kiosk.runtime.who import later_papers
from kiosk.session import effects as do
from kiosk.session.facts import CardFacts, Identity
from kiosk.session.visit import Promise
from locker import events as le
from locker.cabinet import Cabinet
from locker.doors import Snapshot
from locker.events import Evidence, ResultKind
from screens.signature import Signature

CATALOGUE = load(Path(__file__).resolve().parents[2] / "config" / "services")
CHINA = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 22, 22, 0, tzinfo=CHINA)
CASE, ITEM, PAPER = "261122-0001", "food-permit", "从业人员健康证明"
STROKE = tuple((100 + 40 * at, 777, at * 16) for at in range(20))
SIGNED = Promise((PAPER,), "2026-11-27", Signature((STROKE,)))


def run(tmp_path: Path, work: Callable[[Journal], Awaitable[Any]]) -> Any:
    async def whole() -> Any:
        async with opened(tmp_path / "state") as journal:
            return await work(journal)

    return asyncio.run(whole())


def wanted(promise: Promise | None) -> do.OpenCase:
    card = CardFacts("测试", "11010519491231002X", "测*", "1101*", "resident")
    return do.OpenCase("s", ITEM, Identity.VERIFIED, card, "13800000000", "zh_CN", promise=promise)


async def handed_in(journal: Journal, promise: Promise | None = SIGNED, case_id: str = CASE) -> None:
    told, _ = Applications(CATALOGUE, lambda: NOW).confirmed(case_id, wanted(promise))
    case = CaseOpened(case_id, "s", ITEM, "office", "verified", "测试", "11010519491231002X", "13800000000")
    await journal.append([case, *told])
    await journal.append(
        [le.DepositRequested(case_id, "A-01", ITEM), le.DepositHeld(case_id, "A-01", Evidence.SENSOR)]
    )


def test_only_what_was_signed_is_a_promise() -> None:
    desk = Applications(CATALOGUE, lambda: NOW)
    assert desk.confirmed(CASE, wanted(None))[0] == []
    assert desk.confirmed(CASE, wanted(Promise((PAPER,), "2026-11-27")))[0] == []
    (fact,) = desk.confirmed(CASE, wanted(SIGNED))[0]
    assert isinstance(fact, PromiseSigned)
    assert (fact.missing, fact.until) == ((PAPER,), "2026-11-27")
    assert fact.digest == Signature((STROKE,)).digest(f"{CASE}|{PAPER}|2026-11-27")


def test_the_signature_is_sealed_and_goes_with_the_key_of_the_case(tmp_path: Path) -> None:
    async def work(journal: Journal) -> None:
        await handed_in(journal)
        (event,) = await journal.events(kinds=["PromiseSigned"])
        assert event.sealed
        assert set(event.data) == {"case_id", "session_id", "item_code", "missing", "until", "digest"}
        kept = await journal.personal(CASE, staff_no="", reason="test")
        assert tuple(kept["strokes"]) == Signature((STROKE,)).written
        for row in [await journal.outbox.of_event(one.seq) for one in await journal.events()]:
            assert "777" not in json.dumps([str(message.payload) for message in row])
        await journal.erase([CASE], by="1001", reason="test")
        assert await journal.read(open_promises) == []
        with pytest.raises(KeyErased):
            await journal.personal(CASE, staff_no="", reason="test")

    run(tmp_path, work)
    for file in (tmp_path / "state").rglob("*"):
        assert not file.is_file() or b",777," not in file.read_bytes()


def test_it_is_listed_until_everything_has_come_also_after_a_rebuild(tmp_path: Path) -> None:
    async def left(journal: Journal) -> tuple[str, ...]:
        found = await journal.read(lambda db: promise_of(db, CASE))
        return () if found is None else found.missing

    async def work(journal: Journal) -> None:
        await handed_in(journal, Promise((PAPER, "另一件"), "2026-11-27", Signature((STROKE,))))
        (row,) = await journal.read(open_promises)
        assert (row.case_id, row.item_code, row.until, row.told) == (CASE, ITEM, "2026-11-27", False)
        await journal.append(PapersFollowed(CASE, (PAPER,), ("另一件",)))
        assert await left(journal) == ("另一件",)
        await journal.rebuild()
        assert await left(journal) == ("另一件",)
        await journal.append(le.DepositCollected(CASE, "A-01", "1001"))
        assert len(await journal.read(open_promises)) == 1  # the office waits for it wherever the others lie
        await journal.append(PapersFollowed(CASE, ("另一件",), ()))
        assert await left(journal) == ()

    run(tmp_path, work)


def test_a_case_that_came_to_nothing_waits_for_no_papers(tmp_path: Path) -> None:
    async def work(journal: Journal) -> None:
        told, _ = Applications(CATALOGUE, lambda: NOW).confirmed(CASE, wanted(SIGNED))
        await journal.append([*told, le.DepositRequested(CASE, "A-01", ITEM)])
        await journal.append(le.DepositAbandoned(CASE, "A-01", "gave up"))
        assert await journal.read(open_promises) == []

    run(tmp_path, work)


@pytest.mark.parametrize("state", ["held", "collected", "filed", "exported"])
def test_who_brings_what_was_promised_and_gives_up_leaves_the_case_as_it_was(
    tmp_path: Path, state: str
) -> None:
    async def work(journal: Journal) -> None:
        if state in ("held", "collected"):
            await handed_in(journal)
        else:
            told, _ = Applications(CATALOGUE, lambda: NOW).confirmed(CASE, wanted(SIGNED))
            await journal.append([*told, PagesSealed(CASE, "s", ITEM, (), (), 2, 9, "d", whole=True)])
        if state == "collected":
            await journal.append(le.DepositCollected(CASE, "A-01", "1001"))
        if state == "exported":
            await journal.append(PagesExported(CASE, "1001", "9001", 2))
        before = await journal.case(CASE)
        await journal.append(
            [le.DepositRequested(CASE, "A-02", ITEM), le.DepositAbandoned(CASE, "A-02", "left")]
        )
        after = await journal.case(CASE)
        assert before is not None
        assert after is not None
        assert after.state == before.state
        assert [row.missing for row in await journal.read(open_promises)] == [(PAPER,)]

    run(tmp_path, work)


@pytest.mark.parametrize(("kind", "waited_for"), [(ResultKind.TO_COMPLETE, 1), (ResultKind.RESULT, 0)])
def test_it_is_waited_for_while_the_person_completes_other_papers(
    tmp_path: Path, kind: ResultKind, waited_for: int
) -> None:
    async def work(journal: Journal) -> None:
        await handed_in(journal)
        await journal.append([
            le.DepositCollected(CASE, "A-01", "1001"), le.ResultRequested(CASE, "A-02", "1001", kind),
            le.ResultHeld(CASE, "A-02", "1001", Evidence.SENSOR), le.DepositReturned(CASE, "A-02", "citizen"),
        ])  # fmt: skip
        assert len(await journal.read(open_promises)) == waited_for

    run(tmp_path, work)


def test_it_is_late_from_the_day_after_on_and_that_is_said_once(tmp_path: Path) -> None:
    async def work(journal: Journal) -> None:
        await handed_in(journal)
        clock = [datetime(2026, 11, 27, 23, 59, tzinfo=CHINA)]
        watch = PromiseWatch(journal, lambda: clock[0], 60.0)
        assert await watch.once() == 0
        clock[0] += timedelta(minutes=1)
        assert [await watch.once(), await watch.once()] == [1, 0]
        (late,) = await journal.events(kinds=[PromiseOverdue.__name__])
        assert (late.data["case_id"], late.data["missing"]) == (CASE, [PAPER])

    run(tmp_path, work)


def test_the_day_is_counted_in_working_days_with_the_holidays() -> None:
    def days(now: datetime) -> dict[int, str]:
        seen = Seen(
            Cabinet(()), {}, Snapshot({}, {}), (), {}, now=now, terms=Terms(follow_days=frozenset({5}))
        )
        return dict(facts_of(seen).follow_by)

    assert days(NOW) == {5: "2026-11-27"}  # from a Sunday
    assert (
        days(datetime(2026, 9, 30, 9, 0, tzinfo=CHINA))[5] > "2026-10-08"
    )  # the national holiday lies between


def test_what_may_follow_comes_from_the_catalogue() -> None:
    item = CATALOGUE.get(ITEM)
    assert item is not None
    assert [(paper.name, paper.days) for paper in later_papers(item)] == [(PAPER, 5)]
