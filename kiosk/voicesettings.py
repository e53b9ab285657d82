"""The voice's part of the settings: whether pages are spoken, where to, how loud and how fast."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from kiosk.cabinettables import Table
from screens.viewmodels import VOICE_STEPS


class VoiceSettings(Table):
    """`enabled`: there is a button that has every page spoken.

    `player`: the program that plays, with `aplay`'s arguments and 16-bit samples on its standard input; `speaker`,
    `headphones`: ALSA devices (`aplay -L`), empty for ALSA's default and for a kiosk without a headphone socket. What
    is a person's own is spoken to `headphones` alone. `jack`: the ALSA control that tells whether something is
    plugged in (`amixer -c CARD controls`), e.g. `Headphone Jack`, on the card `jack_card`; empty where there is none.
    `volume`: from which each session begins, 1 to 5. `words_per_minute`: how fast.
    """

    enabled: bool = False
    player: Annotated[str, Field(min_length=1)] = "aplay"
    speaker: str = ""
    headphones: str = ""
    jack: str = ""
    jack_card: Annotated[int, Field(ge=0, le=31)] = 0
    volume: Annotated[int, Field(ge=1, le=VOICE_STEPS)] = 3
    words_per_minute: Annotated[int, Field(ge=80, le=260)] = 140

    @model_validator(mode="after")
    def _jack_needs_headphones(self) -> Self:
        if self.jack and not self.headphones:
            raise ValueError(
                "jack tells of headphones; name their ALSA device in headphones too, e.g. plughw:1,0"
            )
        return self
