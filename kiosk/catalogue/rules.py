"""Deciding at once (秒批): rules that stand in the item's file, and what follows from them, with the reason of each.

Pure. A rule that cannot be judged, because an answer is missing, leaves the decision to a person: nothing is guessed.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field, model_validator

from .texts import Table, Words

CARD_AGE: Final = "card.age"
CARD_SEX: Final = "card.sex"
CARD_REGION: Final = "card.region"
OF_THE_CARD: Final = (CARD_AGE, CARD_SEX, CARD_REGION)
VERSION_SIGNS: Final = 12
COMPARISONS: Final = ("at_least", "at_most", "one_of", "starts_with", "within_days")


class Otherwise(StrEnum):
    """What follows when a rule is not met."""

    REFUSE = "refuse"
    PERSON = "person"  # somebody looks at it


class Rule(Table):
    """One condition on a form field or on the ID card, in one comparison.

    `at_least`, `at_most`: whole numbers; `one_of`: a choice's codes or words; `starts_with`: beginnings, such as the
    first digits of a region's code (GB/T 2260); `within_days`: a date not in the future and not longer ago.
    """

    decides: str
    at_least: int | None = None
    at_most: int | None = None
    one_of: tuple[str, ...] = ()
    starts_with: tuple[str, ...] = ()
    within_days: Annotated[int, Field(ge=0, le=36_500)] | None = None
    otherwise: Otherwise = Otherwise.PERSON
    reason: Words

    @model_validator(mode="after")
    def _one_comparison(self) -> "Rule":
        if len(self.comparisons) != 1:
            raise ValueError(f"has to have exactly one of {', '.join(COMPARISONS)}")
        return self

    @property
    def comparisons(self) -> tuple[str, ...]:
        """Which comparisons are there; a rule that was read has one."""
        return tuple(name for name in COMPARISONS if getattr(self, name) not in (None, ()))


class Instant(Table):
    """What makes an item one that is decided at once: all of its rules, and what is granted."""

    grants: Words
    rules: Annotated[tuple[Rule, ...], Field(min_length=1, max_length=12)]


@dataclass(frozen=True, slots=True)
class Applicant:
    """What the ID card says of who applies. `sex`: `male`, `female`; `region`: six digits of GB/T 2260."""

    birth_date: date = field(repr=False)
    sex: str = field(repr=False)
    region: str = field(repr=False)

    def age(self, today: date) -> int:
        """Whole years of age; a birthday on 29 February comes on 1 March of other years."""
        had_birthday = (today.month, today.day) >= (self.birth_date.month, self.birth_date.day)
        return today.year - self.birth_date.year - (not had_birthday)


class Finding(StrEnum):
    """What became of one rule."""

    MET = "met"
    NOT_MET = "notMet"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """What follows from all rules."""

    GRANTED = "granted"
    REFUSED = "refused"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule with what became of it."""

    rule: Rule
    finding: Finding


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome, and every rule's part in it. `grants`: what is granted; None where nothing is."""

    outcome: Outcome
    verdicts: tuple[Verdict, ...] = ()
    grants: Words | None = None

    @property
    def reasons(self) -> tuple[Words, ...]:
        """The reasons of the rules that the outcome rests on: of all that hold, or of those that do not."""
        wanted: tuple[Finding, ...] = (Finding.NOT_MET, Finding.UNKNOWN)
        if self.outcome is Outcome.GRANTED:
            wanted = (Finding.MET,)
        refused = self.outcome is Outcome.REFUSED
        return tuple(
            verdict.rule.reason
            for verdict in self.verdicts
            if verdict.finding in wanted and (not refused or _refuses(verdict))
        )


def version(instant: Instant) -> str:
    """Which rules these are: 12 hex signs that change with any of them, as the record of a decision names them."""
    return hashlib.sha256(instant.model_dump_json().encode()).hexdigest()[:VERSION_SIGNS]


def decide(
    instant: Instant | None, answers: Mapping[str, str], applicant: Applicant, today: date
) -> Decision:
    """What the rules say of these answers (form field -> what was entered). Without rules a person decides."""
    if instant is None:
        return Decision(Outcome.PERSON)
    verdicts = tuple(Verdict(rule, _judge(rule, answers, applicant, today)) for rule in instant.rules)
    if any(_refuses(verdict) for verdict in verdicts):
        return Decision(Outcome.REFUSED, verdicts)
    if all(verdict.finding is Finding.MET for verdict in verdicts):
        return Decision(Outcome.GRANTED, verdicts, instant.grants)
    return Decision(Outcome.PERSON, verdicts)


def _refuses(verdict: Verdict) -> bool:
    return verdict.finding is Finding.NOT_MET and verdict.rule.otherwise is Otherwise.REFUSE


def _judge(rule: Rule, answers: Mapping[str, str], applicant: Applicant, today: date) -> Finding:
    told = {
        CARD_AGE: str(applicant.age(today)), CARD_SEX: applicant.sex, CARD_REGION: applicant.region, **answers,
    }  # fmt: skip
    said = told.get(rule.decides, "")
    if not said:
        return Finding.UNKNOWN
    try:
        holds = _holds(rule, said, today)
    except ValueError:  # neither a number nor a date
        return Finding.UNKNOWN
    return Finding.MET if holds else Finding.NOT_MET


def _holds(rule: Rule, said: str, today: date) -> bool:
    if rule.at_least is not None:
        return int(said) >= rule.at_least
    if rule.at_most is not None:
        return int(said) <= rule.at_most
    if rule.one_of:
        return said in rule.one_of
    if rule.starts_with:
        return said.startswith(rule.starts_with)
    assert rule.within_days is not None, "a rule that was read has a comparison"
    return 0 <= (today - date.fromisoformat(said)).days <= rule.within_days
