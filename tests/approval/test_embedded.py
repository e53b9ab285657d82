"""Without a city's system the kiosk's own back office keeps the same port: rules decide, the facts are the steps."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.approval.embedded import EmbeddedApproval
from kiosk.approval.https import HttpsApproval
from kiosk.approval.port import (
    Agent,
    Applicant,
    ApprovalSystem,
    Promise,
    ResultForm,
    SubmissionNotTaken,
    Verdict,
)
from kiosk.idnumber import check_digit
from kiosk.journal import Journal, opened
from kiosk.journal.applicationevents import ApplicationDecided
from kiosk.journal.scanevents import PagesAdded, PagesExported, PagesSealed
from locker import events as le
from tests.approval.office import CATALOGUE, NOW, SUBMISSION, Office
from tests.journal.facts import case, run, story

INSTANT = next(item for item in CATALOGUE if item.instant is not None)


def at_desk(folder: Path, work: Callable[[EmbeddedApproval, Journal], Awaitable[None]]) -> None:
    """A case that was handed in, and the back office over its journal."""

    async def whole() -> None:
        async with opened(folder, ballast_bytes=0) as journal:
            await journal.append(story())
            await work(EmbeddedApproval(journal, CATALOGUE.get, NOW.date), journal)

    run(whole)


async def keeps_the_port(system: ApprovalSystem) -> None:
    """What both systems have to do alike."""
    first = await system.submit(SUBMISSION)
    assert await system.submit(SUBMISSION) == first
    standing = await system.standing("c1")
    assert standing is not None
    assert standing.number == first.number
    assert await system.standing("c99") is None
    news = await system.news("")
    assert {one.case_id for one in news.told} <= {"c1"}
    assert (await system.news(news.cursor)).told == ()


def test_both_keep_the_port(tmp_path: Path, running_office: Office) -> None:
    at_desk(tmp_path, lambda desk, _: keeps_the_port(desk))

    async def over_the_line() -> None:
        system = HttpsApproval(running_office.access)
        try:
            await keeps_the_port(system)
        finally:
            await system.close()

    run(over_the_line)


def test_the_facts_of_a_case_are_its_steps(tmp_path: Path) -> None:
    async def work(desk: EmbeddedApproval, journal: Journal) -> None:
        begin = (await desk.news("")).cursor
        await journal.append(le.DepositCollected("c1", "A-03", "1001"))
        await journal.append(ApplicationDecided("c1", INSTANT.code, "granted", "ab" * 6, ("met",)))
        await journal.append(ApplicationDecided("c1", INSTANT.code, "person", "ab" * 6, ("unknown",)))
        standing = await desk.standing("c1")
        assert standing is not None
        assert [one.step for one in standing.steps] == ["received", "under_review"]
        assert standing.decision is not None
        assert standing.decision.verdict is Verdict.GRANTED
        news = await desk.news(begin)
        assert news.told == (standing.steps[1], standing.decision)

    at_desk(tmp_path, work)


@pytest.mark.parametrize(
    ("whole", "steps"), [(True, ["received", "under_review"]), (False, ["under_review"])]
)
def test_scanned_pages_are_received_where_they_are_all(tmp_path: Path, whole: bool, steps: list[str]) -> None:
    async def work(desk: EmbeddedApproval, journal: Journal) -> None:
        pages = PagesSealed("c2", "s", "sole-trader", ("身份证",), (1,), 1, 1000, "ab" * 32, whole)
        await journal.append([case("c2"), pages, PagesExported("c2", "1001", "1002", 1)])
        await journal.append(PagesAdded("c2", "s", "sole-trader", ("照片",), (1,), 1, 2, 2000, "cd" * 32))
        standing = await desk.standing("c2")
        assert standing is not None
        assert [one.step for one in standing.steps] == [*steps, "received"]

    at_desk(tmp_path, work)


def test_a_case_that_the_kiosk_has_not_is_refused(tmp_path: Path) -> None:
    async def work(desk: EmbeddedApproval, _: Journal) -> None:
        with pytest.raises(SubmissionNotTaken, match="unknown-case"):
            await desk.submit(replace(SUBMISSION, case_id="c99"))

    at_desk(tmp_path, work)


def test_rules_that_cannot_be_judged_leave_it_to_a_person(tmp_path: Path) -> None:
    async def work(desk: EmbeddedApproval, _: Journal) -> None:
        for submission in (SUBMISSION, replace(SUBMISSION, item_code=INSTANT.code, applicant=None)):
            assert (await desk.submit(submission)).decision is None

    at_desk(tmp_path, work)


@pytest.mark.parametrize(("born", "verdict"), [("19400101", Verdict.GRANTED), ("20100101", Verdict.REFUSED)])
def test_complete_rules_decide_at_once_with_their_reasons(
    tmp_path: Path, born: str, verdict: Verdict
) -> None:
    item = CATALOGUE.get("old-age-allowance")
    assert item is not None
    assert item.instant is not None
    first_17 = f"370303{born}001"
    applicant = Applicant("测试乙", first_17 + check_digit(first_17))
    submission = replace(SUBMISSION, item_code=item.code, applicant=applicant, answers={"registered": "here"})

    async def work(desk: EmbeddedApproval, _: Journal) -> None:
        decision = (await desk.submit(submission)).decision
        assert decision is not None
        assert decision.verdict is verdict
        by_card = replace(submission, proof=replace(submission.proof, identity="card_only"))
        assert (await desk.submit(by_card)).decision is None
        by_agent = replace(submission, agent=Agent("测试甲", "x", "child", letter=False))
        assert (await desk.submit(by_agent)).decision is None
        lacking = await desk.submit(replace(submission, promise=Promise((1,), NOW.date())))
        assert (lacking.decision is None) == (verdict is Verdict.GRANTED)
        assert decision.result is (
            ResultForm(item.result.forms[0].value) if verdict is Verdict.GRANTED else ResultForm.NONE
        )
        assert item.instant is not None
        assert item.instant.rules[0].reason.zh in decision.words

    at_desk(tmp_path, work)
