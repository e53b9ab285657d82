"""When is it quiet here: the page with visitors and free compartments by hour, day by day."""

from dataclasses import replace

from screens import intents as ask

from . import events as ev
from . import state as st
from .leaving import Step, leave
from .quietfacts import WEEKDAYS


def step(stage: st.ReadingQuiet, event: ev.Event) -> Step | None:
    """The next stage with its effects, or None when the event means nothing here."""
    match event:
        case ask.Turn(by) if abs(by) == 1:
            return replace(stage, days_on=(stage.days_on + by) % WEEKDAYS), ()
        case ask.Back() | ask.Proceed():
            return leave()
        case _:
            return None
