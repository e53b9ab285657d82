"""What becomes of a confirmed application in the journal: sealed answers, a decision with the version of its rules."""

import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from kiosk.catalogue import load
from kiosk.catalogue.rules import Instant, Outcome, version
from kiosk.journal import opened
from kiosk.journal.applicationevents import ApplicationConfirmed, ApplicationDecided
from kiosk.journal.events import CaseOpened
from kiosk.journal.journal import Journal
from kiosk.onetimecode import OneTimeCodes
from kiosk.runtime.applications import Applications, applicant_of
from kiosk.runtime.facts import Terms
from kiosk.runtime.ownacts import OwnActs
from kiosk.runtime.progress import ProgressDesk
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session.facts import CardFacts, Identity
from kiosk.session.visit import Promise

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
CATALOGUE = load(Path(__file__).resolve().parents[2] / "config" / "services")
CASE = "261122-0001"
ITEM = "old-age-allowance"
SECRET = "6222021234567890"
ANSWERS = (("registered", "here"), ("bank_card", SECRET))


def card(birth: str = "1940-01-01", number: str = "11010519491231002X") -> CardFacts:
    return CardFacts("测试", number, "测*", "1101*", "resident", birth_date=birth, sex="female")


def wanted(
    item: str = ITEM, identity: Identity = Identity.VERIFIED, holder: CardFacts | None = None,
    answers: tuple[tuple[str, str], ...] = ANSWERS,
) -> do.OpenCase:  # fmt: skip
    return do.OpenCase("s", item, identity, holder or card(), "13800000000", "zh_CN", answers=answers)


def decided(effect: do.OpenCase) -> ApplicationDecided | None:
    facts, decision = Applications(CATALOGUE, lambda: NOW).confirmed(CASE, effect)
    found = [fact for fact in facts if isinstance(fact, ApplicationDecided)]
    assert [decision.outcome.value if decision else None] == [fact.outcome for fact in found] or not found
    return found[0] if found else None


@pytest.mark.parametrize(
    ("effect", "outcome", "findings"),
    [
        (wanted(), "granted", ("met", "met")),
        (wanted(holder=card("1946-11-22")), "granted", ("met", "met")),  # 80 today
        (wanted(holder=card("1946-11-23")), "refused", ("notMet", "met")),
        (wanted(answers=(("registered", "elsewhere"),)), "person", ("met", "notMet")),
        (wanted(answers=()), "person", ("met", "unknown")),
    ],
)
def test_the_rules_of_the_item_decide(effect: do.OpenCase, outcome: str, findings: tuple[str, ...]) -> None:
    fact = decided(effect)
    assert fact is not None
    item = CATALOGUE.get(ITEM)
    assert item is not None
    assert item.instant is not None
    assert (fact.outcome, fact.findings, fact.rules) == (outcome, findings, version(item.instant))


def test_rules_grant_nothing_while_a_paper_is_promised_and_refuse_all_the_same() -> None:
    promise = Promise(("本人银行卡",), "2026-12-04")
    assert decided(replace(wanted(), promise=promise)) is None
    refused = decided(replace(wanted(holder=card("1946-11-23")), promise=promise))
    assert refused is not None
    assert refused.outcome == "refused"


def test_no_rules_decide_without_rules_or_of_somebody_who_may_be_anybody() -> None:
    assert decided(wanted("sole-trader")) is None
    assert decided(wanted(identity=Identity.CARD_ONLY)) is None
    assert decided(wanted(holder=card(""))) is None


def test_a_foreigner_has_no_region() -> None:
    applicant = applicant_of(card(number="USA110190010102"))
    assert applicant is not None
    assert (applicant.region, applicant.age(NOW.date())) == ("", 86)


def test_another_rule_is_another_version() -> None:
    said = {"zh": "理由", "en": "the reason"}
    one, other = (
        Instant.model_validate({"grants": said, "rules": [{"decides": "x", "at_least": n, "reason": said}]})
        for n in (80, 81)
    )
    assert version(one) != version(other)
    assert len(version(one)) == 12


def play(folder: Path, work: Callable[[Journal], Awaitable[None]]) -> None:
    async def main() -> None:
        async with opened(folder, ballast_bytes=0, clock=lambda: NOW) as journal:
            await work(journal)

    asyncio.run(main())


async def confirm(journal: Journal) -> None:
    facts, decision = Applications(CATALOGUE, lambda: NOW).confirmed(CASE, wanted())
    assert decision is not None
    assert decision.outcome is Outcome.GRANTED
    assert decision.grants is not None
    case = CaseOpened(CASE, "s", ITEM, "", "verified", "测试", card().number, "13800000000")
    await journal.append([case, *facts])


async def recalled(journal: Journal, recall: bool) -> ev.CasesFound:
    told: list[ev.Event] = []
    terms = ProgressDesk(journal, lambda: NOW, Terms({}), timedelta(days=90))
    acts = OwnActs(
        journal, cast(Any, None), cast(Any, None), OneTimeCodes(journal), told.append, lambda: NOW, lambda _: True,
        timedelta(days=90), terms,
    )  # fmt: skip
    await acts.perform(do.FindCases(card().number, recall=recall))
    (found,) = told
    assert isinstance(found, ev.CasesFound)
    return found


def test_answers_lie_sealed_come_back_to_their_person_and_go_with_the_key(tmp_path: Path) -> None:
    async def work(journal: Journal) -> None:
        await confirm(journal)
        assert (await recalled(journal, recall=False)).earlier == ev.Earlier()
        assert not await journal.events(kinds=["PersonalDataRead"])
        earlier = (await recalled(journal, recall=True)).earlier
        assert (earlier.phone, dict(earlier.answers)) == ("13800000000", dict(ANSWERS))
        (read,) = await journal.events(kinds=["PersonalDataRead"])
        assert read.data["reason"] == "the citizen's own form"
        (confirmed,) = await journal.events(kinds=[ApplicationConfirmed.__name__])
        assert "answers" not in confirmed.data
        await journal.erase([CASE], by="office", reason="asked")
        assert (await recalled(journal, recall=True)).earlier == ev.Earlier()

    play(tmp_path, work)
    assert not [
        path for path in tmp_path.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()
    ]
    assert SECRET not in repr(wanted())


def test_where_the_city_s_system_decides_the_kiosk_does_not() -> None:
    facts, decision = Applications(CATALOGUE, lambda: NOW, decides=False).confirmed(CASE, wanted())
    assert decision is None
    assert [type(fact) for fact in facts] == [ApplicationConfirmed]


def test_a_damaged_seal_of_an_earlier_case_is_as_if_nothing_were_known(tmp_path: Path) -> None:
    """Nobody is kept out by it: the form asks anew."""

    def spoil(db: sqlite3.Connection) -> None:
        db.execute("DROP TRIGGER events_are_not_edited")
        for seq, raw in db.execute(
            "SELECT seq, body FROM events WHERE CAST(body AS TEXT) LIKE '%\"sealed\"%'"
        ).fetchall():
            body = json.loads(raw)
            body["sealed"] = body["sealed"][:-8] + "AAAAAAA="
            db.execute("UPDATE events SET body = ? WHERE seq = ?", (json.dumps(body).encode(), seq))

    async def work(journal: Journal) -> None:
        await confirm(journal)
        with closing(sqlite3.connect(journal.file, isolation_level=None)) as db:
            spoil(db)
        found = await recalled(journal, recall=True)
        assert (len(found.cases), found.earlier) == (1, ev.Earlier())

    play(tmp_path, work)
