"""Errors of the detection of presentation attacks, in the words of ISO/IEC 30107-3.

APCER: share of the attacks of one species that are taken for a living person. BPCER: share of living people who are
not. An `uncertain` verdict lets nobody pass, so it counts with the refusals. Counts have exact intervals; there is no
single accuracy, because nobody knows how likely each species is.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from kiosk.identity.liveness.contract import PassiveVerdict

from .alive import Looked
from .rates import Rate, exact


@dataclass(frozen=True, slots=True)
class Presentation:
    """One clip and what it shows: a species of attack, or a living person when `species` is empty."""

    species: str
    looked: Looked


@dataclass(frozen=True, slots=True)
class AttackRates:
    """APCER by species, in the order in which they came, and BPCER; of those, how many were `uncertain`."""

    apcer: dict[str, Rate]
    bpcer: Rate
    uncertain: int


def attack_rates(presentations: Iterable[Presentation]) -> AttackRates:
    """Count them."""
    every = list(presentations)
    attacks: dict[str, list[PassiveVerdict]] = {}
    for one in every:
        attacks.setdefault(one.species, []).append(one.looked.verdict)
    alive = attacks.pop("", [])
    accepted = PassiveVerdict.LIVE
    return AttackRates(
        {species: exact(verdicts.count(accepted), len(verdicts)) for species, verdicts in attacks.items()},
        exact(len(alive) - alive.count(accepted), len(alive)),
        sum(one.looked.verdict is PassiveVerdict.UNCERTAIN for one in every),
    )
