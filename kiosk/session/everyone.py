"""How the screen is shown to one person, and the sheet that has all of it. It lies over every page and changes none."""

from dataclasses import replace
from typing import Final, get_args

from screens import intents as ask
from screens.languages import LANGUAGES, next_language

from . import events as ev
from . import state as st

_LEAD_ELSEWHERE: Final = (ask.ShowHelp, ask.AskSomebody, ask.StaffEntrance, ask.StartOver)
_INTENTS: Final = get_args(ask.Intent)


def without_sheet(session: st.Session) -> st.Session:
    """The page below it."""
    return replace(session, look=replace(session.look, sheet=False))


def leaving(session: st.Session, event: ev.Event) -> st.Session:
    """The sheet closes before what leads somewhere else."""
    return without_sheet(session) if session.look.sheet and isinstance(event, _LEAD_ELSEWHERE) else session


def shown_alike(fresh: st.Session, before: st.Session) -> st.Session:
    """The fresh session, shown as it was: the same person goes on."""
    shown = replace(fresh, lang=before.lang, large=before.large, scheme=before.scheme, voice=before.voice)
    return replace(shown, look=replace(before.look, sheet=False))


def step(session: st.Session, event: ev.Event) -> st.Session | None:
    """How it is shown from now on; None: the event is not about that."""
    look = session.look
    match event:
        case ask.SwitchLanguage():
            return replace(session, lang=next_language(session.lang))
        case ask.ChooseLanguage(lang) if lang in LANGUAGES:
            return replace(session, lang=lang)
        case ask.SwitchLarge():
            return replace(session, large=not session.large)
        case ask.SwitchScheme(scheme):
            return replace(session, scheme=scheme)
        case ask.SwitchLow() if session.policy.low_px:
            return replace(session, look=replace(look, low=not look.low))
        case ask.SwitchMotion():
            return replace(session, look=replace(look, still=not session.is_still))
        case ask.ShowEveryone():
            return replace(session, look=replace(look, sheet=not look.sheet))
        case ask.Proceed() | ask.Back() | ev.AidLeft() if look.sheet:
            return without_sheet(session)
        case ask.StillHere():
            return session
        case _ if look.sheet and isinstance(event, _INTENTS):
            return session  # nothing below is touched
        case _:
            return None
