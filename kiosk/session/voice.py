"""The voice: on or off, how loud. It lies beside every page and changes none; a session's end makes it normal again."""

from dataclasses import replace

from screens import intents as ask
from screens.viewmodels import VOICE_STEPS

from . import effects as do
from . import events as ev
from .aidstate import Aid, Problem, Spot
from .voicestate import VoiceState

Answer = tuple[
    VoiceState, Aid | None, tuple[do.Effect, ...]
]  # `Aid`: help opens over the page, at this place


def step(voice: VoiceState, event: ev.Event, normal: int) -> Answer | None:
    """What the voice becomes; None: the event is not for it. `normal`: the site's volume."""
    match event:
        case ask.SwitchVoice():
            return replace(voice, on=not voice.on), None, ()
        case ev.HeadphonesPlugged(plugged):  # whoever pulls them out does not want to be heard in the lobby
            return replace(voice, on=plugged), None, ()
        case ask.SayAgain():
            return voice, None, (do.SayAgain(),) if voice.on else ()
        case ask.Louder(by):
            wanted = min(VOICE_STEPS, max(1, voice.volume(normal) + by))
            return replace(voice, louder=wanted - normal), None, ()
        case ask.AskSomebody():
            return voice, Aid(Spot.SENDING, person=True), (do.ReportProblem(Problem.PERSON),)
        case _:
            return None
