"""The fields of an item's form: typed, and where each is filled from so that nobody types what is known."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field, model_validator

from kiosk.idnumber import NumberInvalid, citizen_number

from .texts import Label

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,31}$")]
MOST_SIGNS: Final = 200
PHONE_DIGITS: Final = 11
YES_NO: Final = ("yes", "no")


class FieldType(StrEnum):
    """What may stand in a field."""

    TEXT = "text"
    NAME = "name"  # of a person
    ADDRESS = "address"
    CODE = "code"  # letters and digits: a licence's code, say
    DIGITS = "digits"
    NUMBER = "number"  # whole, from 0
    ID_NUMBER = "id_number"  # GB 11643
    PHONE = "phone"  # mobile, of mainland China
    DATE = "date"  # ISO 8601
    CHOICE = "choice"
    YES_NO = "yes_no"


WRITTEN: Final = frozenset({FieldType.TEXT, FieldType.NAME, FieldType.ADDRESS, FieldType.CODE})
"""What has any signs; the others are digits or touched."""


def is_mobile_number(digits: str) -> bool:
    """A mobile number of mainland China: 11 digits, 1 and then 3 to 9."""
    return _is_digits(digits) and len(digits) == PHONE_DIGITS and digits[0] == "1" and digits[1] in "3456789"


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
    """One field. `least` and `most` are numbers of signs, of what is written and of digits and numbers only."""

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
        fits = self.least <= len(answer) <= self.most
        match self.type:
            case FieldType.TEXT | FieldType.NAME | FieldType.ADDRESS:
                return fits and bool(answer.strip())
            case FieldType.CODE:
                return fits and answer.isascii() and answer.isalnum()
            case FieldType.DIGITS:
                return fits and _is_digits(answer)
            case FieldType.NUMBER:
                return fits and _is_digits(answer) and (answer == "0" or answer[0] != "0")
            case FieldType.ID_NUMBER:
                return _is_id_number(answer)
            case FieldType.PHONE:
                return is_mobile_number(answer)
            case FieldType.DATE:
                return _is_date(answer)
            case FieldType.CHOICE:
                return answer in {choice.code for choice in self.choices}
            case FieldType.YES_NO:
                return answer in YES_NO

    @property
    def longest(self) -> int:
        """How many signs may be typed; 0 where it is chosen by a touch."""
        match self.type:
            case FieldType.CHOICE | FieldType.YES_NO:
                return 0
            case FieldType.ID_NUMBER:
                return 18
            case FieldType.PHONE:
                return PHONE_DIGITS
            case FieldType.DATE:
                return len("20261122")
            case _:
                return self.most


def _is_digits(answer: str) -> bool:
    return answer.isascii() and answer.isdigit()


def _is_id_number(answer: str) -> bool:
    try:
        return citizen_number(answer) == answer
    except NumberInvalid:
        return False


def _is_date(answer: str) -> bool:
    try:
        date.fromisoformat(answer)
    except ValueError:
        return False
    return True
