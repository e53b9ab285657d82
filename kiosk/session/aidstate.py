"""Help over any page: whom to call, a problem to report, a call back. What is typed is gone when it closes."""

from dataclasses import dataclass, field
from enum import StrEnum


class Spot(StrEnum):
    """Which page of help stands."""

    MENU = "menu"
    PROBLEM = "problem"  # what does not work
    PHONE = "phone"  # which number to call back
    SENDING = "sending"
    REPORTED = "reported"
    CALLED = "called"
    FAILED = "failed"  # it could not be recorded, or there were too many lately


class Problem(StrEnum):
    """What somebody can say does not work."""

    SCREEN = "screen"
    CARD = "card"
    DOOR = "door"
    PAPER = "paper"
    WORDS = "words"
    OTHER = "other"
    PERSON = "person"  # nothing is broken: somebody is needed here


@dataclass(frozen=True, slots=True)
class Aid:
    """Where somebody is in help. `number` of the report or the request, to name it on the telephone."""

    spot: Spot = Spot.MENU
    digits: str = field(default="", repr=False)
    invalid: bool = False
    number: str = ""
    person: bool = False  # somebody was asked to come
