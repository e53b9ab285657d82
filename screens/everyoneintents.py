"""What a person asks of how the screen is shown: the sheet of settings and its cards. Frozen values, no Kivy."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShowEveryone:
    """The sheet with every setting, over the page that stands; where it is open: close it."""


@dataclass(frozen=True, slots=True)
class ChooseLanguage:
    """This language, by its key in `screens.languages.LANGUAGES`."""

    lang: str


@dataclass(frozen=True, slots=True)
class SwitchLow:
    """Everything that is touched within reach from a wheelchair, or as usual again."""


@dataclass(frozen=True, slots=True)
class SwitchMotion:
    """Nothing moves any more, or moves again."""


EveryoneIntent = ShowEveryone | ChooseLanguage | SwitchLow | SwitchMotion
