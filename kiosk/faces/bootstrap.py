"""Intervals by drawing people anew, because the pairs of one person depend on each other.

A person who was drawn twice counts twice in each pair of his own; a pair of two people counts as often as the product
says. The interval lies between the percentiles of the replicates (Efron 1979). Where all pairs or none are accepted,
drawing anew says nothing: then the exact interval over the people, or the pairs of people, stands instead.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .rates import LEVEL, Rate, Scores, Values, exact, threshold_at

REPLICATES: Final = 1000
SEED: Final = 1935  # an evaluation that is run again says the same
TAIL: Final = 5.0  # replicates look among so many times the impostors that the rate itself is about
TAIL_AT_LEAST: Final = 1000
DENSE: Final = 40_000_000  # cells of a table of everyone against everyone: 6,300 people
Weights = NDArray[np.float32]


class Bootstrap:
    """The rates of one set of scores with their intervals."""

    def __init__(self, scores: Scores, *, replicates: int = REPLICATES) -> None:
        self._people = scores.people
        order = np.argsort(scores.genuine)
        self._genuine, self._genuine_people = scores.genuine[order], scores.genuine_people[order]
        order = np.argsort(-scores.impostor)
        self._impostor, self._impostor_people = scores.impostor[order], scores.impostor_people[order]
        self._drawn = _drawn(scores.people, replicates)
        own = np.bincount(self._genuine_people, minlength=scores.people).astype(np.float32)
        self._genuine_totals = self._drawn @ own
        one, other = self._impostor_people.astype(np.int64).T
        self._impostor_totals = _pairs_drawn(self._drawn, one * scores.people + other, scores.people)
        self._unlike = len(np.unique(np.minimum(one, other) * scores.people + np.maximum(one, other)))

    def tar(self, threshold: float, *, below: float = np.inf) -> Rate:
        """True accept rate from `threshold` on; with `below`, the share between the two."""
        first, end = np.searchsorted(self._genuine, np.array([threshold, below], np.float32))
        accepted = self._genuine_people[first:end]
        counts = np.bincount(accepted, minlength=self._people).astype(np.float32)
        shares = _shares(self._drawn @ counts, self._genuine_totals)
        return _rate(len(accepted), len(self._genuine), shares, len(np.unique(self._genuine_people)))

    def far(self, threshold: float, *, below: float = np.inf) -> Rate:
        """False accept rate from `threshold` on; with `below`, the share between the two."""
        edges = -np.array([below, threshold], np.float32)
        first, end = np.searchsorted(-self._impostor, edges, side="right")
        counts = np.array([weights[first:].sum() for weights in self._weights(end)], np.float32)
        shares = _shares(counts, self._impostor_totals)
        return _rate(int(end - first), len(self._impostor), shares, self._unlike)

    def tar_at(self, far: float) -> tuple[float | None, Rate]:
        """Threshold and true accept rate at a false accept rate; the threshold is found anew in every replicate."""
        threshold = threshold_at(self._impostor, far)
        if threshold is None or not len(self._genuine):
            return None, Rate(None, None, None, 0, len(self._genuine))
        tail = self._tail(far)
        accepted_from = np.searchsorted(self._genuine, self._impostor[:tail], side="right")
        shares = []
        for weights, drawn, total in zip(
            self._weights(tail), self._drawn, self._impostor_totals, strict=True
        ):
            refused = min(int(np.searchsorted(np.cumsum(weights), far * total, side="right")), tail - 1)
            own = drawn[self._genuine_people]
            shares.append(own[accepted_from[refused] :].sum() / own.sum() if own.any() else np.nan)
        hits = len(self._genuine) - int(np.searchsorted(self._genuine, np.float32(threshold)))
        people = len(np.unique(self._genuine_people))
        return threshold, _rate(hits, len(self._genuine), np.array(shares), people)

    def eer(self) -> tuple[float | None, Rate]:
        """Threshold and error rate where false accepts and false rejects are equally frequent."""
        ones = np.ones(self._people, np.float32)
        if not len(self._genuine) or not len(self._impostor):
            return None, Rate(None, None, None, 0, 0)
        every = np.ones(len(self._impostor), np.float32)
        at, value = self._equal(every, ones, float(len(self._impostor)))
        if value == 0.0:  # drawing anew says nothing here either
            people = len(np.unique(self._genuine_people))
            return float(self._impostor[at]), Rate(0.0, 0.0, exact(0, min(people, self._unlike)).high, 0, 0)
        tail = self._tail(value)
        replicates = zip(self._weights(tail), self._drawn, self._impostor_totals, strict=True)
        shares = np.array([self._equal(*one)[1] for one in replicates])
        low, high = _interval(shares)
        return float(self._impostor[at]), Rate(value, low, high, 0, 0)

    def _equal(self, weights: Weights, drawn: Weights, total: float) -> tuple[int, float]:
        """Index of the impostor score just above which both rates are closest, and their mean there."""
        own = drawn[self._genuine_people]
        if total == 0 or not own.any():
            return 0, np.nan
        below = np.concatenate([[0.0], np.cumsum(own, dtype=np.float64)])
        scores = self._impostor[: len(weights)]
        rejected = below[np.searchsorted(self._genuine, scores, side="right")] / below[-1]
        accepted = (np.cumsum(weights, dtype=np.float64) - weights) / total
        at = int(np.argmin(np.abs(accepted - rejected)))
        return at, float(accepted[at] + rejected[at]) / 2

    def _tail(self, share: float) -> int:
        return min(len(self._impostor), max(TAIL_AT_LEAST, int(TAIL * share * len(self._impostor))))

    def _weights(self, tail: int) -> Iterator[Weights]:
        """For each replicate, how often each of the `tail` highest impostor pairs was drawn."""
        one, other = self._impostor_people[:tail].T
        for drawn in self._drawn:
            yield drawn[one] * drawn[other]


def _drawn(people: int, replicates: int) -> Weights:
    """How often each person was drawn, shape (replicates, people)."""
    random = np.random.default_rng(SEED)
    counts = random.multinomial(people, np.full(people, 1 / people), size=replicates)
    return counts.astype(np.float32)


def _pairs_drawn(drawn: Weights, keys: NDArray[np.int64], people: int) -> Values:
    """How many impostor pairs each replicate has; a key is one person's number times `people`, plus the other's."""
    if people**2 <= DENSE:
        table = np.bincount(keys, minlength=people**2).reshape(people, people).astype(np.float32)
        return np.asarray(((drawn @ table) * drawn).sum(axis=1), np.float32)
    found, counts = np.unique(keys, return_counts=True)  # a list of pairs of very many people
    one, other = np.divmod(found, people)
    return np.array([(counts * weights[one] * weights[other]).sum() for weights in drawn], np.float32)


def _shares(hits: Values, totals: Values) -> Values:
    return np.divide(hits, totals, out=np.full(len(totals), np.nan, np.float32), where=totals > 0)


def _rate(hits: int, total: int, shares: Values, independent: int) -> Rate:
    if total == 0 or hits in (0, total):
        whole = exact(independent if hits else 0, independent if total else 0)
        return Rate(whole.value, whole.low, whole.high, hits, total)
    low, high = _interval(shares)
    return Rate(hits / total, low, high, hits, total)


def _interval(shares: Values) -> tuple[float, float]:
    edge = 50 * (1 - LEVEL)
    low, high = np.nanpercentile(shares, [edge, 100 - edge])
    return float(low), float(high)
