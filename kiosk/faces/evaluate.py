"""An evaluation: the vectors of every picture of a plan, the scores of its pairs, and the rates with intervals."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from kiosk.identity.calibration import Calibration
from kiosk.identity.matching import Embedding, FaceMatcher

from .bootstrap import Bootstrap
from .comparisons import Plan
from .engines import EngineChoice
from .folds import Accuracy, accuracy
from .idside import IdSide
from .rates import Rate, Scores, Values
from .vectors import Vector, vectors, wanted

FARS: Final = (1e-2, 1e-3)
Progress = Callable[[int, int], None]  # pictures done, of how many
Key = tuple[Path, IdSide]


@dataclass(frozen=True, slots=True)
class Refused:
    """A picture that could not be enrolled."""

    path: Path
    side: IdSide
    why: str


@dataclass(frozen=True, slots=True)
class AtFar:
    """The true accept rate where the false accept rate is `far`. None: too few impostor pairs to say."""

    far: float
    threshold: float | None
    tar: Rate


@dataclass(frozen=True, slots=True)
class Rates:
    """`uncertain_*`: shares between the two thresholds, never a match. `eer` is no count."""

    tar: Rate
    far: Rate
    uncertain_same: Rate
    uncertain_different: Rate
    at_far: tuple[AtFar, ...]
    eer: Rate
    eer_threshold: float | None
    accuracy: Accuracy | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came out. `pictures`: enrolments tried, a picture as both sides twice. Seconds of all of it."""

    engine: str
    thresholds: Calibration
    id_side: IdSide
    live: int
    people: int
    short: int
    pictures: int
    refused: tuple[Refused, ...]
    not_compared: int
    scores: Scores = field(repr=False)
    rates: Rates
    seconds: float


def evaluate(plan: Plan, engine: EngineChoice, id_side: IdSide, live: int, progress: Progress) -> Evaluation:
    """Compare all that the plan says. Raises `NoFile` and `kiosk.models.ModelsError`."""
    began_s = time.monotonic()
    with engine.opened() as matcher:
        found = _vectors(plan, engine, id_side, progress)
        scores = _scores(matcher, plan, found, id_side)
        thresholds, name = matcher.thresholds, matcher.engine
    same = plan.id_people[plan.pairs[:, 0]] == plan.template_people[plan.pairs[:, 1]]
    compared = ~np.isnan(scores)
    sorted_out = _sorted_out(plan, scores, same, compared)
    right = (
        accuracy(scores[compared], same[compared], [plan.folds[at] for at in np.flatnonzero(compared)])
        if plan.folds
        else None
    )
    return Evaluation(
        name, thresholds, id_side, live, plan.people, plan.short, len(found),
        tuple(Refused(one.path, one.side, one.why) for one in found.values() if one.embedding is None),
        int((~compared).sum()), sorted_out, _rates(sorted_out, thresholds, right), time.monotonic() - began_s,
    )  # fmt: skip


def _vectors(plan: Plan, engine: EngineChoice, id_side: IdSide, progress: Progress) -> dict[Key, Vector]:
    alive = dict.fromkeys(path for template in plan.templates for path in template)
    tasks = wanted(
        [*((path, id_side) for path in plan.id_pictures), *((path, IdSide.NONE) for path in alive)]
    )
    total = sum(len(task.sides) for task in tasks)
    found: dict[Key, Vector] = {}
    for vector in vectors(tasks, engine):
        found[vector.path, vector.side] = vector
        progress(len(found), total)
    return found


def _scores(matcher: FaceMatcher, plan: Plan, found: Mapping[Key, Vector], id_side: IdSide) -> Values:
    """One score a pair, not a number where a side could not be enrolled."""
    templates = [
        _mean(matcher, [found[path, IdSide.NONE].embedding for path in group]) for group in plan.templates
    ]
    scores = np.full(len(plan.pairs), np.nan, np.float32)
    order = np.argsort(plan.pairs[:, 0], kind="stable")
    ids, starts = np.unique(plan.pairs[order, 0], return_index=True)
    for number, mine in zip(ids, np.split(order, starts[1:]), strict=True):
        reference = found[plan.id_pictures[number], id_side].embedding
        others = [(at, one) for at in mine if (one := templates[plan.pairs[at, 1]]) is not None]
        if reference is not None and others:
            scores[[at for at, _ in others]] = matcher.scores([reference], [one for _, one in others])[0]
    return scores


def _mean(matcher: FaceMatcher, embeddings: Sequence[Embedding | None]) -> Embedding | None:
    """A template is as its kiosk would take it: whole or not at all."""
    whole = [one for one in embeddings if one is not None]
    return matcher.mean(whole) if len(whole) == len(embeddings) else None


def _sorted_out(plan: Plan, scores: Values, same: "np.ndarray", compared: "np.ndarray") -> Scores:
    people = np.stack([plan.id_people[plan.pairs[:, 0]], plan.template_people[plan.pairs[:, 1]]], axis=1)
    genuine, impostor = compared & same, compared & ~same
    return Scores(scores[genuine], people[genuine, 0], scores[impostor], people[impostor], plan.people)


def _rates(scores: Scores, thresholds: Calibration, right: Accuracy | None) -> Rates:
    drawn = Bootstrap(scores)
    at_far = tuple(AtFar(far, *drawn.tar_at(far)) for far in FARS)
    threshold, eer = drawn.eer()
    low, high = thresholds.reject_below, thresholds.accept_from
    return Rates(
        drawn.tar(high), drawn.far(high), drawn.tar(low, below=high), drawn.far(low, below=high),
        at_far, eer, threshold, right,
    )  # fmt: skip
