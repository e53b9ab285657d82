"""A helper's desk (帮办代办): the next person, or the end with a list on paper. No door, no list of what lies here.

What stands between two visits to the desk is in `kiosk.session.helping`.
"""

from dataclasses import replace

from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import staffeffects as act
from kiosk.session import staffevents as told
from kiosk.session import staffstate as ss
from kiosk.session import state as st
from kiosk.session.leaving import Step
from screens import intents as ask


def step(stage: ss.HelperDesk | ss.HelperDone, event: ev.Event, session: st.Session) -> Step | None:
    """The next stage with its effects, or None when the event means nothing here. Who leaves does so in `flow`."""
    match stage, event:
        case ss.HelperDesk(), ask.StartDeposit() if session.facts.can_deposit:
            return st.ChoosingItem(), ()
        case ss.HelperDesk(round), ask.Proceed() if round.cases:
            return ss.HelperDone(round), owed(stage)
        case ss.HelperDone(), told.ListPrinted(outcome) if not stage.printed:
            return replace(stage, printed=outcome), ()
        case ss.HelperDone(), ev.RecordingFailed() if not stage.printed:
            return replace(stage, printed="unknown"), (do.Sound("attention"),)
        case ss.HelperDone(round), ask.TryAgain() if stage.printed not in ("", "printed"):
            return ss.HelperDone(round), (act.PrintList(round),)
        case _:
            return None


def owed(stage: ss.HelperDesk) -> tuple[act.StaffEffect, ...]:
    """The list of what was handed in: whoever leaves the desk finds it in the printer."""
    return (act.PrintList(stage.round),) if stage.round.cases else ()
