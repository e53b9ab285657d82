"""How a citizen's visit ends on any page: nothing of theirs stays on the screen, and nobody leaves without the card."""

from . import effects as do
from . import state as st

Step = tuple[st.Stage, tuple[do.Effect, ...]]


def leave(*effects: do.Effect) -> Step:
    """Back to the first page; the identity process forgets the person."""
    return st.Idle(), (*effects, do.EndIdentity())


def back_to_card(visit: st.Visit, *, deposited: bool = False, fetched: bool = False) -> Step:
    """Make sure that nobody leaves without the card."""
    if visit.card_present:
        taking = st.TakingCard(visit.session_id, deposited=deposited, fetched=fetched)
        return taking, (do.WatchCard(), do.Sound("attention"))
    return st.Farewell(deposited, fetched), ()


def trouble_then_card(visit: st.Visit, kind: str, *effects: do.Effect) -> Step:
    """Say what does not work, then see to the card."""
    watch: tuple[do.Effect, ...] = (do.WatchCard(),) if visit.card_present else ()
    return st.Trouble(kind, card_present=visit.card_present), (*effects, *watch, do.Sound("attention"))


def dismiss(visit: st.Visit) -> Step:
    """The visit ends before a door was opened."""
    stage, effects = back_to_card(visit) if visit.card_present else leave()
    return stage, (do.StopFace(), *effects)
