"""What every view model is made of: texts, controls, the frame round a page, rows. No Kivy."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from .intents import Intent
from .theme import Scheme

VOICE_STEPS: Final = 5


@dataclass(frozen=True, slots=True)
class Text:
    """A text key with its arguments. Arguments that are a `Text` are resolved too; strings stand as they are."""

    key: str
    args: tuple[tuple[str, "str | int | Text"], ...] = field(default=(), repr=False)


def text(key: str, **args: "str | int | Text") -> Text:
    """`Text` with named arguments, for `{name}` placeholders of the catalogue."""
    return Text(key, tuple(sorted(args.items(), key=lambda pair: pair[0])))


class Tone(StrEnum):
    """How a message is meant; never shown by colour alone."""

    PLAIN = "plain"
    GOOD = "good"
    CAUTION = "caution"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Action:
    """A control: what it asks for and its words. `primary`: the page's one lamp."""

    intent: Intent
    label: Text
    primary: bool = False
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class VoiceLook:
    """Whether the page is spoken, and how loud: 1 to `VOICE_STEPS`."""

    on: bool
    volume: int


@dataclass(frozen=True, slots=True)
class Chrome:
    """What stands round every page: rail, clock, foot bar, time-out warning."""

    lang: str  # "zh_CN" or "en"
    large: bool
    clock: str  # "22:47"
    weekday: int  # 0 = Monday
    kiosk_name: str
    hotline: str
    step: int = 0  # 1..steps; 0: no rail
    steps: int = 0
    subject: str = ""  # the item, at the right of the head line
    staff: bool = False  # staff's pages: denser, the state of the machine in the night
    can_start_over: bool = True
    seconds_left: int | None = None  # time-out warning over the page, answered by StillHere
    voice: VoiceLook | None = None  # None: this kiosk does not speak
    scheme: Scheme = Scheme.NIGHT  # the colours
    low: int = 0  # px from the lower edge under which everything touched stands; 0: as usual
    still: bool = False  # nothing moves


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One service item in a list."""

    code: str
    title: str
    note: str


@dataclass(frozen=True, slots=True)
class Line:
    """A label with its value (already masked)."""

    label: Text
    value: Text | str = field(repr=False)
