"""Deciding at once: every comparison at its edges, what is missing goes to a person, each outcome has its reasons."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from kiosk.catalogue import load
from kiosk.catalogue.rules import Applicant, Decision, Instant, Outcome, Rule, decide

SERVICES = Path(__file__).resolve().parents[2] / "config" / "services"
TODAY = date(2026, 11, 22)
REASON = {"zh": "理由", "en": "the reason"}


def rule(decides: str = "said", otherwise: str = "person", **comparison: Any) -> Rule:
    return Rule.model_validate({"decides": decides, "otherwise": otherwise, "reason": REASON, **comparison})


def somebody(birth_date: date = date(1946, 11, 22)) -> Applicant:
    return Applicant(birth_date, "female", "370305")


def outcome(one: Rule, said: str | None) -> Outcome:
    instant = Instant.model_validate({"grants": REASON, "rules": [one.model_dump()]})
    return decide(instant, {} if said is None else {"said": said}, somebody(), TODAY).outcome


@pytest.mark.parametrize(
    ("comparison", "holds", "fails", "unknown"),
    [
        ({"at_least": 3}, ["3", "30"], ["2"], ["three", ""]),
        ({"at_most": 3}, ["3", "0"], ["4"], ["3.5"]),
        ({"one_of": ("a", "b")}, ["a", "b"], ["c", "ab"], [""]),
        ({"starts_with": ("3703", "37010")}, ["370305", "370102"], ["370202"], [""]),
        ({"within_days": 10}, ["2026-11-22", "2026-11-12"], ["2026-11-11", "2026-11-23"], ["22.11.2026"]),
    ],
)  # fmt: skip
def test_each_comparison_at_its_edges(
    comparison: dict[str, Any], holds: list[str], fails: list[str], unknown: list[str]
) -> None:
    one = rule(**comparison)
    assert [outcome(one, said) for said in holds] == [Outcome.GRANTED] * len(holds)
    assert [outcome(one, said) for said in fails] == [Outcome.PERSON] * len(fails)
    refusing = rule(otherwise="refuse", **comparison)
    assert [outcome(refusing, said) for said in fails] == [Outcome.REFUSED] * len(fails)
    assert [outcome(refusing, said) for said in (*unknown, None)] == [Outcome.PERSON] * (len(unknown) + 1)


def test_a_rule_has_exactly_one_comparison() -> None:
    several: dict[str, Any] = {"at_least": 1, "at_most": 2}
    for comparison in ({}, several):
        with pytest.raises(ValidationError, match="exactly one of"):
            rule(**comparison)


@pytest.mark.parametrize(
    ("born", "today", "age"),
    [
        (date(1946, 11, 22), date(2026, 11, 22), 80),
        (date(1946, 11, 23), date(2026, 11, 22), 79),
        (date(1948, 2, 29), date(2026, 2, 28), 77),
        (date(1948, 2, 29), date(2026, 3, 1), 78),
    ],
)
def test_age_is_counted_in_whole_years(born: date, today: date, age: int) -> None:
    assert somebody(born).age(today) == age


def allowance(born: date, registered: str) -> Decision:
    item = load(SERVICES).get("old-age-allowance")
    assert item is not None
    answers = {"registered": registered} if registered else {}
    return decide(item.instant, answers, somebody(born), TODAY)


def test_an_allowance_is_granted_refused_or_looked_at_with_its_reasons() -> None:
    def said(decision: Decision) -> list[str]:
        return [reason.en for reason in decision.reasons]

    old_enough, here = "The person has to be 80 or over", "The person has to be registered here"
    granted = allowance(date(1946, 11, 22), "here")
    assert (granted.outcome, said(granted)) == (Outcome.GRANTED, [old_enough, here])
    too_young = allowance(date(1946, 11, 23), "elsewhere")  # what refuses decides, whatever else is open
    assert (too_young.outcome, said(too_young)) == (Outcome.REFUSED, [old_enough])
    elsewhere = allowance(date(1946, 11, 22), "elsewhere")
    assert (elsewhere.outcome, said(elsewhere)) == (Outcome.PERSON, [here])
    unsaid = allowance(date(1946, 11, 22), "")
    assert (unsaid.outcome, said(unsaid)) == (Outcome.PERSON, [here])


def test_an_item_without_rules_is_for_a_person() -> None:
    assert decide(None, {"said": "anything"}, somebody(), TODAY) == Decision(Outcome.PERSON)


def test_nothing_of_the_applicant_is_in_its_repr() -> None:
    assert repr(somebody()) == "Applicant()"
