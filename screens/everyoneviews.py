"""The sheet of settings: one card for each, with its present state and every other one to be had by one touch."""

from dataclasses import dataclass

from .intents import (
    ChooseLanguage,
    Intent,
    Louder,
    SwitchLarge,
    SwitchLow,
    SwitchMotion,
    SwitchScheme,
    SwitchVoice,
)
from .languages import NAMES
from .theme import Scheme
from .viewbase import VOICE_STEPS, Action, Chrome, Text, text


@dataclass(frozen=True, slots=True)
class Option:
    """One state of a setting. `key`: its stable name; the chosen one only shows itself and is not touched."""

    key: str
    label: Text | str
    intent: Intent
    chosen: bool


@dataclass(frozen=True, slots=True)
class Setting:
    """One card: what is set, and the states it can have, one of them chosen."""

    title: Text
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class EveryonePage:
    """Every setting of how the screen is shown, over the page that lives on; a touch above the cards goes back."""

    chrome: Chrome
    heading: Text
    sentence: Text
    settings: tuple[Setting, ...]
    actions: tuple[Action, ...]
    close: Action | None  # the page's upper part; None where that is out of reach
    name: str = "everyone"


def settings(chrome: Chrome, *, low: bool) -> tuple[Setting, ...]:
    """The cards as the screen is now; `low`: this screen has something out of reach from a wheelchair."""
    languages = (
        Option(f"language.{key}", name, ChooseLanguage(key), chrome.lang == key)
        for key, name in NAMES.items()
    )
    schemes = (
        Option(
            f"scheme.{scheme}",
            text(f"everyone.scheme.{scheme}"),
            SwitchScheme(scheme),
            chrome.scheme is scheme,
        )
        for scheme in (Scheme.NIGHT, Scheme.LIGHT, Scheme.CONTRAST)
    )
    cards = [
        Setting(text("everyone.language"), tuple(languages)),
        _either("large", SwitchLarge(), on=chrome.large),
        Setting(text("everyone.scheme"), tuple(schemes)),
    ]
    if low:
        cards.append(_either("low", SwitchLow(), on=bool(chrome.low)))
    if chrome.voice is not None:
        now = chrome.voice.volume
        steps = (Option(f"volume.{n}", str(n), Louder(n - now), n == now) for n in range(1, VOICE_STEPS + 1))
        cards.append(_either("voice", SwitchVoice(), on=chrome.voice.on))
        cards.append(Setting(text("everyone.volume"), tuple(steps)))
    cards.append(_either("still", SwitchMotion(), on=chrome.still))
    return tuple(cards)


def _either(name: str, other: Intent, *, on: bool) -> Setting:
    """A setting that is off or on."""
    return Setting(
        text(f"everyone.{name}"),
        (
            Option(f"{name}.off", text(f"everyone.{name}.off"), other, not on),
            Option(f"{name}.on", text(f"everyone.{name}.on"), other, on),
        ),
    )
