"""What the citizen came for, and how it goes on once it is settled who they are."""

from . import custodystate as cs
from . import effects as do
from . import state as st
from .agencystate import ChoosingRelation
from .facts import Identity
from .leaving import Step


def identified(visit: st.Visit, *effects: do.Effect) -> Step:
    """Who they are is settled, `effects` tell how; next, what the journal has of them.

    Of an agent nothing is looked up, and nothing of the person they come for: whose matter it is comes next.
    """
    assert visit.card is not None
    if visit.agency is not None:
        return ChoosingRelation(visit), effects
    if visit.errand is st.Errand.CERTIFICATE:
        wanted = do.IssueCertificate(visit.case_id, visit.card.number)
        return st.Issuing(visit), (*effects, wanted)
    if visit.errand is st.Errand.PROGRESS:
        return cs.LookingUp(visit), (*effects, do.FindProgress(visit.card.number))
    proven = visit.identity is not Identity.CARD_ONLY  # a card alone may be anybody's
    recall = proven and visit.errand is st.Errand.DEPOSIT
    to_fetch = visit.errand is st.Errand.FETCH
    return cs.LookingUp(visit), (*effects, do.FindCases(visit.card.number, recall, to_fetch))
