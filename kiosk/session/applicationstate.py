"""The states of an application beside phone number and confirmation: a question, all answers, a decision."""

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.catalogue.rules import Decision

from .visit import Place, Visit


class Keys(StrEnum):
    """What the letters of the keyboard write."""

    PINYIN = "pinyin"
    SMALL = "small"
    CAPITAL = "capital"


@dataclass(frozen=True, slots=True)
class Filling:
    """One question of the form. `letters`: of the pinyin, no word chosen yet; `turned`: pages of candidates on.

    `again`: it is answered anew, from the list of answers.
    """

    visit: Visit
    name: str
    typed: str = field(default="", repr=False)
    letters: str = field(default="", repr=False)
    keys: Keys = Keys.SMALL
    turned: int = 0
    invalid: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class Reviewing:
    """All answers in a list, each to be changed."""

    visit: Visit


@dataclass(frozen=True, slots=True)
class Decided:
    """The item's rules have decided; a compartment is reserved, its door still shut."""

    visit: Visit
    place: Place
    decision: Decision


ApplicationStage = Filling | Reviewing | Decided
