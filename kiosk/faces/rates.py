"""Error rates of a comparison in the words of ISO/IEC 19795-1, and the exact interval of a count."""

from dataclasses import dataclass, field
from math import lgamma, log, log1p
from typing import Final

import numpy as np
from numpy.typing import NDArray

LEVEL: Final = 0.95  # of every interval
BISECTIONS: Final = 50
Numbers = NDArray[np.int32]
Values = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its interval. `hits` of `total`; None where there is nothing to divide by."""

    value: float | None
    low: float | None
    high: float | None
    hits: int
    total: int


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Likenesses of compared pairs of one person, shape (G,), and of two, shape (I,), with the numbers of the people.

    `impostor_people` has the shape (I, 2). People are numbered from 0 to `people` - 1.
    """

    genuine: Values = field(repr=False)
    genuine_people: Numbers = field(repr=False)
    impostor: Values = field(repr=False)
    impostor_people: Numbers = field(repr=False)
    people: int


def exact(hits: int, total: int) -> Rate:
    """A share of independent things with the interval of Clopper and Pearson (1934)."""
    if total == 0:
        return Rate(None, None, None, 0, 0)
    tail = (1 - LEVEL) / 2
    low = 0.0 if hits == 0 else 1 - _crossing(total - hits, total, tail)
    high = 1.0 if hits == total else _crossing(hits, total, tail)
    return Rate(hits / total, low, high, hits, total)


def _crossing(hits: int, total: int, tail: float) -> float:
    """The share with which at most so many hits have a chance of `tail`."""
    k = np.arange(hits + 1)
    ways = np.array(
        [lgamma(total + 1) - lgamma(one + 1) - lgamma(total - one + 1) for one in range(hits + 1)]
    )
    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        share = (low + high) / 2
        chance = float(np.exp(ways + k * log(share) + (total - k) * log1p(-share)).sum())
        low, high = (share, high) if chance > tail else (low, share)
    return (low + high) / 2


def threshold_at(impostor: Values, far: float) -> float | None:
    """The lowest threshold that accepts at most a share `far`; None for fewer than 1 / `far` impostor pairs."""
    allowed = int(far * len(impostor) * (1 + 1e-9))  # 0.001 of 1,000 is 1, whatever the last bit says
    if allowed < 1:
        return None
    highest_refused = len(impostor) - 1 - allowed
    if highest_refused < 0:
        return -np.inf
    return float(np.nextafter(np.partition(impostor, highest_refused)[highest_refused], np.float32(np.inf)))


def det(scores: Scores, points: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """False accept and false reject rates along rising thresholds, for a DET curve. Neither kind of pairs is empty.

    Thresholds lie where either rate moves: at quantiles of both kinds of scores.
    """
    genuine, impostor = np.sort(scores.genuine), np.sort(scores.impostor)
    tail = np.geomspace(1 / len(impostor), 1, points)
    thresholds = np.unique(
        np.concatenate([np.quantile(genuine, np.linspace(0, 1, points)), np.quantile(impostor, 1 - tail)])
    ).astype(np.float32)
    accepted = 1 - np.searchsorted(impostor, thresholds) / len(impostor)
    rejected = np.searchsorted(genuine, thresholds) / len(genuine)
    return accepted, rejected
