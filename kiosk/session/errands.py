"""What the citizen came for, and how it goes on once it is settled who they are."""

from . import effects as do
from . import state as st
from .leaving import Step


def identified(visit: st.Visit, *effects: do.Effect) -> Step:
    """Who they are is settled, `effects` tell how; now to what they came for."""
    return st.EnteringPhone(visit), effects
