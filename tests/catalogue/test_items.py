"""The items that ship: samples, whole, each its own list of papers, offered by kiosk and day, and forms that accept."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from kiosk.catalogue import Item, MaterialKind, load
from kiosk.catalogue.forms import FieldType, FormField
from kiosk.catalogue.items import Offer
from kiosk.catalogue.rules import CARD_AGE, Applicant, Otherwise, Outcome, Rule, decide

SERVICES = Path(__file__).resolve().parents[2] / "config" / "services"
CATALOGUE = load(SERVICES)
NAMED = {
    "sole-trader", "food-permit", "public-hygiene-permit", "disability-card", "old-age-allowance", "senior-card",
    "birth-registration", "employment-registration", "residence-permit", "property-search", "tax-certificate",
    "road-occupation", "animal-clinic-licence", "tenancy-registration", "startup-loan", "insurance-subsidy",
}  # fmt: skip
TODAY = date(2026, 11, 22)


def test_there_are_many_samples_and_those_that_were_named() -> None:
    assert len(CATALOGUE) >= 30
    assert {item.code for item in CATALOGUE} >= NAMED
    assert all(item.sample for item in CATALOGUE)
    assert [item.order for item in CATALOGUE] == sorted(item.order for item in CATALOGUE)
    assert {item.envelope for item in CATALOGUE} == {"S", "M", "L"}


def test_no_two_have_the_same_list_of_papers() -> None:
    lists = [tuple((paper.zh, paper.kind, paper.count) for paper in item.materials) for item in CATALOGUE]
    assert len(set(lists)) == len(lists)
    assert len({tuple(paper.en for paper in item.materials) for item in CATALOGUE}) == len(lists)


def test_every_law_is_called_by_its_whole_name() -> None:
    named = [words.zh for item in CATALOGUE for words in item.legal_basis]
    assert [law for law in named if not law.startswith("《")] == []


def test_every_picture_that_ships_is_shown_and_nearly_every_item_has_one() -> None:
    shown = {paper.picture for item in CATALOGUE for paper in item.materials if paper.picture}
    assert shown == {file.name for file in CATALOGUE.pictures.iterdir()}
    without = [item.code for item in CATALOGUE if not any(paper.picture for paper in item.materials)]
    assert without == []


def test_every_theme_leads_somewhere() -> None:
    used = {theme for item in CATALOGUE for theme in item.themes}
    assert used == {theme.code for theme in CATALOGUE.themes}
    assert {theme.kind for theme in CATALOGUE.themes} == {"theme", "life_event"}


def test_chinese_texts_are_chinese_and_english_ones_english() -> None:
    for item in CATALOGUE:
        spoken = [
            item.title, item.department, item.who, item.result, item.fee, *item.also, *item.legal_basis,
            *item.conditions, *item.materials, *item.fields,
            *(choice for one in item.fields for choice in one.choices),
            *(part for asked in item.often_asked for part in (asked.question, asked.answer)),
        ]  # fmt: skip
        if item.instant is not None:
            spoken += [item.instant.grants, *(rule.reason for rule in item.instant.rules)]
        for text in spoken:
            assert any("\u4e00" <= sign <= "\u9fff" for sign in text.zh), (item.code, text.zh)
            assert not set(text.zh) & set(",?!;:"), (item.code, text.zh)
            assert text.en.isascii(), (item.code, text.en)


def test_a_language_that_a_text_lacks_is_shown_in_chinese() -> None:
    title = CATALOGUE.items[0].title
    assert (title.of("zh_CN"), title.of("en"), title.of("ug")) == (title.zh, title.en, title.zh)


def test_a_paper_is_needed_unless_it_is_optional_or_may_follow() -> None:
    papers = CATALOGUE.get("old-age-allowance")
    assert papers is not None
    assert [paper.needed for paper in papers.materials] == [True, True, True, False, False]
    assert papers.materials[0].kind is MaterialKind.FORM
    assert all(any(paper.needed for paper in item.materials) for item in CATALOGUE)


def test_an_offer_counts_by_kiosk_and_both_of_its_days() -> None:
    summer = Offer(since=date(2026, 6, 1), until=date(2026, 8, 31))
    days = [date(2026, 5, 31), date(2026, 6, 1), date(2026, 8, 31), date(2026, 9, 1)]
    assert [summer.on(day) for day in days] == [False, True, True, False]
    assert Offer().on(TODAY)
    assert Offer().at("anywhere")
    assert [Offer(kiosks=("a",)).at(kiosk) for kiosk in "ab"] == [True, False]
    assert [Offer(not_kiosks=("a",)).at(kiosk) for kiosk in "ab"] == [False, True]


@pytest.mark.parametrize(
    ("field", "right", "wrong"),
    [
        ({"type": "text", "least": 2, "most": 4}, ["甲乙", "abcd"], ["a", "abcde", ""]),
        ({"type": "digits", "least": 2, "most": 3}, ["12", "123"], ["1", "1234", "1a", "１２"]),
        ({"type": "date"}, ["2026-02-28"], ["2026-02-30", "28.2.2026"]),
        ({"type": "text", "optional": True}, ["", "a"], ["x" * 61]),
        (
            {"type": "choice", "choices": [{"code": c, "zh": "甲", "en": "a"} for c in ("one", "two")]},
            ["one", "two"],
            ["three", ""],
        ),
        ({"type": "name"}, ["张伟", "Ada"], ["", " "]),
        ({"type": "address", "least": 3}, ["人民路1号"], ["路"]),
        ({"type": "code", "least": 3}, ["JY1", "91370305"], ["JY", "证123", "JY-1"]),
        ({"type": "number"}, ["0", "12"], ["", "012", "1.5", "-1"]),
        ({"type": "id_number"}, ["11010519491231002X"], ["110105194912310020", "1101051949123100", ""]),
        ({"type": "phone"}, ["13131313131"], ["12131313131", "1313131313", ""]),
        ({"type": "yes_no"}, ["yes", "no"], ["", "maybe"]),
    ],
)
def test_a_field_accepts_what_fits_its_type(
    field: dict[str, object], right: list[str], wrong: list[str]
) -> None:
    one = FormField.model_validate({"name": "it", "zh": "栏", "en": "it", **field})
    assert [one.accepts(answer) for answer in right] == [True] * len(right)
    assert [one.accepts(answer) for answer in wrong] == [False] * len(wrong)


def _answer(field: FormField, item: Item) -> str:
    """An answer that fits the field, and the item's rules where they look at it."""
    for rule in item.instant.rules if item.instant else ():
        if rule.decides == field.name and rule.one_of:
            return rule.one_of[0]
    match field.type:
        case FieldType.TEXT | FieldType.NAME | FieldType.ADDRESS:
            return "字" * field.least
        case FieldType.CODE:
            return "A" * field.least
        case FieldType.DIGITS | FieldType.NUMBER:
            return "9" * field.least
        case FieldType.ID_NUMBER:
            return "11010519491231002X"
        case FieldType.PHONE:
            return "13131313131"
        case FieldType.YES_NO:
            return "yes"
        case FieldType.DATE:
            return (TODAY - timedelta(days=30)).isoformat()
        case FieldType.CHOICE:
            return field.choices[0].code


@pytest.mark.parametrize("item", CATALOGUE.items, ids=lambda item: item.code)
def test_each_form_can_be_filled_in_and_its_rules_decide(item: Item) -> None:
    answers = {field.name: _answer(field, item) for field in item.fields}
    assert all(field.accepts(answers[field.name]) for field in item.fields)
    person = Applicant(date(1940, 1, 1), "male", "370305")
    decision = decide(item.instant, answers, person, TODAY)
    if item.instant is None:
        assert (decision.outcome, decision.reasons) == (Outcome.PERSON, ())
        return
    assert decision.outcome is Outcome.GRANTED
    assert len(decision.reasons) == len(item.instant.rules)
    child = Applicant(date(2020, 1, 1), "male", "370305")
    assert decide(item.instant, {}, child, TODAY).outcome in (Outcome.PERSON, Outcome.REFUSED)


RULES = [(item, rule) for item in CATALOGUE if item.instant for rule in item.instant.rules]


def _breaking(rule: Rule, field: FormField | None) -> str:
    """What a form that a person fills in may say instead, so that this rule does not hold."""
    if rule.at_least is not None:
        return str(rule.at_least - 1)
    if rule.at_most is not None:
        return str(rule.at_most + 1)
    if rule.within_days is not None:
        return (TODAY - timedelta(days=rule.within_days + 1)).isoformat()
    assert field is not None
    assert rule.one_of, "a comparison that no sample has had so far: say here how it is broken"
    return next(choice.code for choice in field.choices if choice.code not in rule.one_of)


@pytest.mark.parametrize(
    ("item", "rule"), RULES, ids=lambda one: getattr(one, "code", getattr(one, "decides", ""))
)
def test_each_rule_of_an_item_that_alone_does_not_hold_changes_the_decision(item: Item, rule: Rule) -> None:
    answers = {field.name: _answer(field, item) for field in item.fields}
    born = date(1940, 1, 1)
    field = next((one for one in item.fields if one.name == rule.decides), None)
    said = _breaking(rule, field)
    if field is None:
        assert rule.decides == CARD_AGE
        born = date(TODAY.year - int(said), 1, 1)
    else:
        assert field.accepts(said)
        answers[field.name] = said
    decision = decide(item.instant, answers, Applicant(born, "male", "370305"), TODAY)
    refused = rule.otherwise is Otherwise.REFUSE
    assert decision.outcome is (Outcome.REFUSED if refused else Outcome.PERSON)
    assert decision.reasons == (rule.reason,)
    assert decision.grants is None
    if field is not None:  # what was not said is guessed by nobody
        unsaid = {name: answer for name, answer in answers.items() if name != field.name}
        assert (
            decide(item.instant, unsaid, Applicant(born, "male", "370305"), TODAY).outcome is Outcome.PERSON
        )
