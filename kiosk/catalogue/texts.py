"""Texts of the catalogue in the kiosk's languages, and what every table of an item file has in common.

A further language is one more field here: what lacks it is shown in Chinese, the language every text has.
"""

from typing import Annotated, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field

from screens.languages import TRADITIONAL
from screens.traditional import traditional

Line = Annotated[str, Field(min_length=1, max_length=60)]
EnglishLine = Annotated[str, Field(min_length=1, max_length=120)]
Paragraph = Annotated[str, Field(min_length=1, max_length=400)]
FIRST_LANGUAGE: Final = "zh_CN"


class Table(BaseModel):
    """A table of an item file: frozen, unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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
