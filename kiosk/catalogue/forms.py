"""The fields of an item's form: typed, and where each is filled from so that nobody types what is known."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field, model_validator

from .texts import Label

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,31}$")]
MOST_SIGNS: Final = 200


class FieldType(StrEnum):
    """What may stand in a field."""

    TEXT = "text"
    DIGITS = "digits"
    DATE = "date"  # ISO 8601
    CHOICE = "choice"


class Source(StrEnum):
    """Where a field is filled from; the citizen may still change what comes from an earlier case."""

    CITIZEN = "citizen"  # typed or chosen
    CARD_NAME = "card.name"
    CARD_NUMBER = "card.number"
    CARD_ADDRESS = "card.address"
    CARD_BIRTH_DATE = "card.birth_date"
    CARD_SEX = "card.sex"
    EARLIER_CASE = "earlier_case"  # the field of the same name in their last case


class Choice(Label):
    """One of the answers that can be chosen."""

    code: Name


class FormField(Label):
    """One field. `least` and `most` are numbers of signs, of text and digits only."""

    name: Name
    type: FieldType = FieldType.TEXT
    source: Source = Source.CITIZEN
    optional: bool = False
    least: Annotated[int, Field(ge=1, le=MOST_SIGNS)] = 1
    most: Annotated[int, Field(ge=1, le=MOST_SIGNS)] = 60
    choices: Annotated[tuple[Choice, ...], Field(max_length=12)] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> "FormField":
        if (self.type is FieldType.CHOICE) != (len(self.choices) >= 2):
            raise ValueError("a choice needs two or more choices, and no other field has any")
        if self.least > self.most:
            raise ValueError(f"least ({self.least}) is more than most ({self.most})")
        codes = [choice.code for choice in self.choices]
        if len(set(codes)) != len(codes):
            raise ValueError("two choices have the same code")
        return self

    def accepts(self, answer: str) -> bool:
        """Whether this may stand in the field."""
        if not answer:
            return self.optional
        match self.type:
            case FieldType.TEXT:
                return self.least <= len(answer) <= self.most
            case FieldType.DIGITS:
                return answer.isascii() and answer.isdigit() and self.least <= len(answer) <= self.most
            case FieldType.DATE:
                return _is_date(answer)
            case FieldType.CHOICE:
                return answer in {choice.code for choice in self.choices}


def _is_date(answer: str) -> bool:
    try:
        date.fromisoformat(answer)
    except ValueError:
        return False
    return True
