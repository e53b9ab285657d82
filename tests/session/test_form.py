"""A form: nothing is asked that is known, one question after the other, the citizen's word is the last."""

from typing import Any

import pytest

from kiosk.catalogue.forms import FormField
from kiosk.session.facts import CardFacts
from kiosk.session.form import Answer, Form, Origin, begun

CARD = CardFacts(
    "张三丰", "11010519491231002X", "张**", "110***********002X", "resident", address="人民路1号",
    birth_date="1949-12-31", sex="male",
)  # fmt: skip


def field(name: str, **more: Any) -> FormField:
    return FormField.model_validate({"name": name, "zh": "栏", "en": name, **more})


FIELDS = (
    field("name", source="card.name"),
    field("trade_name", least=2),
    field("bank_card", type="digits", source="earlier_case", least=16, most=19),
    field("guardian", type="name", optional=True),
)


def test_card_and_earlier_case_leave_two_questions() -> None:
    form = begun(FIELDS, CARD, {"bank_card": "6222020200112233", "trade_name": "old"})
    assert form.answer("name") == Answer("name", CARD.name, Origin.CARD)
    assert form.answer("bank_card") == Answer("bank_card", "6222020200112233", Origin.EARLIER)
    assert form.next_field is FIELDS[1]  # its source is the citizen: what they said before is not taken over
    form = form.with_answer("trade_name", "好再来")
    assert form.next_field is FIELDS[3]
    form = form.with_answer("guardian", "")
    assert form.next_field is None
    assert form.values == (("name", CARD.name), ("trade_name", "好再来"), ("bank_card", "6222020200112233"))


def test_what_does_not_fit_any_more_is_asked_again() -> None:
    assert begun(FIELDS, CARD, {"bank_card": "1234"}).answer("bank_card") is None


@pytest.mark.parametrize(
    ("source", "value"),
    [("card.name", CARD.name), ("card.number", CARD.number), ("card.address", CARD.address),
     ("card.birth_date", CARD.birth_date), ("card.sex", CARD.sex)],
)  # fmt: skip
def test_each_source_of_the_card(source: str, value: str) -> None:
    form = begun((field("it", source=source, most=2),), CARD, {})
    assert form.values == (("it", value),)  # however long
    assert form.asked == ()


def test_what_is_asked_can_be_gone_back_to_and_changed() -> None:
    form = begun(FIELDS, CARD, {"bank_card": "6222020200112233"})
    assert [one.name for one in form.asked] == ["trade_name", "bank_card", "guardian"]
    assert form.before("trade_name") is None
    assert form.before("guardian") is FIELDS[2]
    changed = form.with_answer("bank_card", "6222020200119999").answer("bank_card")
    assert changed == Answer("bank_card", "6222020200119999", Origin.PERSON)


def test_nothing_of_the_person_is_in_the_repr() -> None:
    said = repr(Form(FIELDS, (Answer("name", CARD.name, Origin.CARD),))) + repr(CARD)
    for part in (CARD.name, CARD.number, CARD.address, CARD.birth_date, "male"):
        assert part not in said
