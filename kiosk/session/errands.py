"""What the citizen came for, and how it goes on once it is settled who they are."""

from . import custodystate as cs
from . import effects as do
from . import state as st
from .facts import Identity
from .leaving import Step


def identified(visit: st.Visit, *effects: do.Effect) -> Step:
    """Who they are is settled, `effects` tell how; next, what the journal has of them."""
    assert visit.card is not None
    if visit.errand is st.Errand.PROGRESS:
        return cs.LookingUp(visit), (*effects, do.FindProgress(visit.card.number))
    proven = visit.identity is not Identity.CARD_ONLY  # a card alone may be anybody's
    recall = proven and visit.errand is st.Errand.DEPOSIT
    return cs.LookingUp(visit), (*effects, do.FindCases(visit.card.number, recall))
