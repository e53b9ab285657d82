"""Texts of the catalogue in the kiosk's languages, and what every table of an item file has in common.

A further language is one more field here: what lacks it is shown in Chinese, the language every text has.
"""

import unicodedata
from typing import Annotated, Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from screens.languages import TRADITIONAL
from screens.traditional import traditional

Line = Annotated[str, Field(min_length=1, max_length=60)]
EnglishLine = Annotated[str, Field(min_length=1, max_length=120)]
Paragraph = Annotated[str, Field(min_length=1, max_length=400)]
FIRST_LANGUAGE: Final = "zh_CN"
BREAKS: Final = frozenset({"Cc", "Zl", "Zp"})  # control signs, separators: Unicode, chapter 4


class Table(BaseModel):
    """A table of an item file: frozen, unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _as_it_looks(cls, given: Any, info: ValidationInfo) -> Any:
        """True stands for no number or text, and no text breaks its line by itself."""
        if isinstance(given, bool) and cls.model_fields[str(info.field_name)].annotation is not bool:
            raise ValueError("is true or false, which says nothing here")
        if isinstance(given, str) and any(unicodedata.category(sign) in BREAKS for sign in given):
            raise ValueError("has a line break or another sign that can't be seen; write one line")
        return given


class Spoken(Table):
    """A text in every language; subclasses say how long it may be."""

    LANGUAGES: ClassVar[dict[str, str]] = {FIRST_LANGUAGE: "zh", "en": "en"}
    zh: str
    en: str

    def of(self, language: str) -> str:
        """The text in a language of `screens.languages`; in Chinese where the catalogue has no other."""
        said = str(getattr(self, self.LANGUAGES.get(language, "zh")))
        return traditional(said) if language == TRADITIONAL else said


class Words(Spoken):
    """A sentence or two."""

    zh: Paragraph
    en: Paragraph


class Title(Spoken):
    """A short text: fits a button."""

    zh: Annotated[str, Field(min_length=2, max_length=14)]
    en: Annotated[str, Field(min_length=2, max_length=44)]


class Label(Spoken):
    """A text that fits a line or two of a list."""

    zh: Line
    en: EnglishLine
