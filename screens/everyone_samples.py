"""Examples of the sheet of settings."""

from collections.abc import Iterator
from dataclasses import replace

from screens import intents as ask
from screens.theme import LOW
from screens.viewmodels import Action, Chrome, EveryonePage, ViewModel, VoiceLook, settings, text


def everyone_samples(chrome: Chrome) -> Iterator[ViewModel]:
    """As everybody finds it, and with everything set that can be."""
    done = Action(ask.Proceed(), text("everyone.done"), primary=True)
    close = Action(ask.Back(), text("everyone.close"))
    entrance = Action(ask.StaffEntrance(), text("everyone.staff"))
    plain = EveryonePage(
        chrome, text("everyone.heading"), text("everyone.note"), settings(chrome, low=True), (done,), close
    )
    yield plain
    low = replace(chrome, low=LOW, still=True, voice=VoiceLook(on=True, volume=4))
    yield replace(
        plain,
        chrome=low,
        settings=settings(low, low=True),
        actions=(done, entrance),
        close=None,
        name="everyone.low",
    )
