"""What a person asks of the voice: on, again, louder, somebody to come. Frozen values, no Kivy."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SwitchVoice:
    """Speak every page from now on, or no more."""


@dataclass(frozen=True, slots=True)
class SayAgain:
    """The page once more, from its beginning."""


@dataclass(frozen=True, slots=True)
class Louder:
    """So many steps louder, or softer where negative."""

    by: int


@dataclass(frozen=True, slots=True)
class AskSomebody:
    """Whoever can't use the screen wants a person to come."""


VoiceIntent = SwitchVoice | SayAgain | Louder | AskSomebody
