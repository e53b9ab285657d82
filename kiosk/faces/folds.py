"""Accuracy over the folds of a list of pairs, as Labeled Faces in the Wild asks for it (Huang et al. 2007)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .rates import Rate, Values, exact


@dataclass(frozen=True, slots=True)
class Fold:
    """One fold, judged with the threshold that is best on all others."""

    name: str
    threshold: float
    right: Rate


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Each fold, and all of them together."""

    folds: tuple[Fold, ...]
    right: Rate


def accuracy(scores: Values, same: NDArray[np.bool_], folds: Sequence[str]) -> Accuracy:
    """Shares of pairs that were judged right. At least two folds."""
    names = np.array(folds)
    found = []
    for name in dict.fromkeys(folds):
        inside = names == name
        threshold = best_threshold(scores[~inside], same[~inside])
        right = (scores[inside] >= threshold) == same[inside]
        found.append(Fold(name, threshold, exact(int(right.sum()), len(right))))
    hits = sum(fold.right.hits for fold in found)
    return Accuracy(tuple(found), exact(hits, len(scores)))


def best_threshold(scores: Values, same: NDArray[np.bool_]) -> float:
    """The threshold with the fewest errors: in the middle of the gap, of equally good ones the middle one."""
    order = np.argsort(scores)
    ranked, truth = scores[order].astype(np.float64), same[order]
    # with the threshold below the k-th score: people refused below, strangers accepted above
    errors = np.concatenate([[0], np.cumsum(truth)]) + np.concatenate([[0], np.cumsum(~truth[::-1])])[::-1]
    best = np.flatnonzero(errors == errors.min())
    at = int(best[len(best) // 2])
    edges = np.concatenate([[ranked[0] - 1], ranked, [ranked[-1] + 1]])
    return float(edges[at] + edges[at + 1]) / 2
