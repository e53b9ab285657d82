"""The voice as the settings want it, and where it listens in: to each page that is shown, to each touch."""

import logging
import shutil
from dataclasses import dataclass
from pathlib import Path

from kiosk.settings import Settings
from kiosk.voice import engine
from kiosk.voice.headphones import Jack
from kiosk.voice.playing import Player
from kiosk.voice.prompts import Prompts
from kiosk.voice.speaker import Outputs, Speaker
from screens.viewmodels import ViewModel

from .ports import Screen

logger = logging.getLogger(__name__)

FOLDER = "voice"  # in the state folder


def speaker(settings: Settings) -> Speaker | None:
    """The voice; None where what it needs is not installed."""
    voice = settings.voice
    if not engine.installed() or shutil.which(voice.player) is None:
        logger.warning("nothing is spoken: install espeak-ng and alsa-utils (Debian's packages)")
        return None
    jack = Jack(voice.jack, voice.jack_card) if voice.jack else None
    outputs = Outputs(voice.speaker, voice.headphones)
    spoken = engine.Engine(voice.words_per_minute)
    return Speaker(
        Prompts(folder(settings), spoken), spoken, Player(voice.player), outputs, voice.volume, jack
    )


def folder(settings: Settings) -> Path:
    """Where prompts lie."""
    return settings.paths.state_dir / FOLDER


def prompts(settings: Settings) -> Prompts:
    """The prompts, to be counted."""
    return Prompts(folder(settings), engine.Engine(settings.voice.words_per_minute))


@dataclass(frozen=True, slots=True)
class SpokenScreen:
    """A screen whose pages are spoken, after they are shown."""

    screen: Screen
    voice: Speaker

    def show(self, view_model: ViewModel) -> None:
        """Show it, then say it."""
        self.screen.show(view_model)
        self.voice.shown(view_model)
