"""A form while it is filled in: what is known without asking, which question is next, what an answer may be. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from kiosk.catalogue.forms import FormField, Source

from .facts import CardFacts


class Origin(StrEnum):
    """Where an answer is from."""

    CARD = "card"
    EARLIER = "earlier"  # an earlier case of theirs
    PERSON = "person"  # typed or touched just now


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands in one field; empty: left out."""

    name: str
    value: str = field(repr=False)
    origin: Origin


@dataclass(frozen=True, slots=True)
class Form:
    """An item's fields and the answers so far. Gone with the session."""

    fields: tuple[FormField, ...] = ()
    answers: tuple[Answer, ...] = ()

    def field(self, name: str) -> FormField:
        """One field. Raises `KeyError`."""
        for one in self.fields:
            if one.name == name:
                return one
        raise KeyError(name)

    def answer(self, name: str) -> Answer | None:
        """What stands in a field; None: nothing yet."""
        return next((answer for answer in self.answers if answer.name == name), None)

    @property
    def next_field(self) -> FormField | None:
        """The first field that nothing is known of; None: all is answered."""
        return next((one for one in self.fields if self.answer(one.name) is None), None)

    @property
    def asked(self) -> tuple[FormField, ...]:
        """The fields that the citizen answers, or may change: all but those that the card fills."""
        return tuple(one for one in self.fields if not self._is_of_card(one))

    @property
    def values(self) -> tuple[tuple[str, str], ...]:
        """The answers in the order of the form, without those left out."""
        found = ((one.name, self.answer(one.name)) for one in self.fields)
        return tuple((name, answer.value) for name, answer in found if answer is not None and answer.value)

    def before(self, name: str) -> FormField | None:
        """The field that was asked before this one."""
        names = [one.name for one in self.asked]
        place = names.index(name)
        return self.asked[place - 1] if place else None

    def with_answer(self, name: str, value: str) -> "Form":
        """After the citizen has said this."""
        others = tuple(answer for answer in self.answers if answer.name != name)
        return replace(self, answers=(*others, Answer(name, value, Origin.PERSON)))

    def _is_of_card(self, one: FormField) -> bool:
        answer = self.answer(one.name)
        return answer is not None and answer.origin is Origin.CARD


def begun(fields: tuple[FormField, ...], card: CardFacts, earlier: Mapping[str, str]) -> Form:
    """A form with everything that the card and the earlier case say, where it fits the field."""
    known = of_card(card)
    answers = []
    for one in fields:
        value, origin = known.get(one.source, ""), Origin.CARD
        if one.source is Source.EARLIER_CASE:
            value, origin = earlier.get(one.name, ""), Origin.EARLIER
        if value and (
            origin is Origin.CARD or one.accepts(value)
        ):  # the card is right, whatever the form expects
            answers.append(Answer(one.name, value, origin))
    return Form(fields, tuple(answers))


def of_card(card: CardFacts) -> Mapping[Source, str]:
    """What the card says, by where a field may be filled from."""
    return {
        Source.CARD_NAME: card.name, Source.CARD_NUMBER: card.number, Source.CARD_ADDRESS: card.address,
        Source.CARD_BIRTH_DATE: card.birth_date, Source.CARD_SEX: card.sex,
    }  # fmt: skip
