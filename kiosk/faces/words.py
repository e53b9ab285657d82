"""What was measured, as an object of JSON and as lines for people."""

import math
from collections.abc import Mapping
from statistics import median
from typing import Any, Final

from kiosk import tomltext

from .alive import Looked
from .compare import Compared
from .evaluate import Evaluation, Rates
from .rates import Rate, threshold_at

Plain = dict[str, Any]
NAME_COLUMNS: Final = 34
CALIBRATED: Final = (1e-2, 1e-3, 1e-4)


def compared_object(told: Compared) -> Plain:
    """Outcome, score (null: nothing could be compared), threshold, engine, ms; and what was wrong with a picture."""
    return {
        "outcome": told.outcome,
        "score": _rounded(told.score),
        "threshold": told.threshold,
        "engine": told.engine,
        "models": told.models,
        "ms": told.ms,
        "pictures": [
            {"path": str(one.path), "outcome": one.outcome or "usable", "why": one.why}
            for one in told.pictures
        ],
    }


def compared_lines(told: Compared) -> list[str]:
    """The outcome first, then each picture that could not be used."""
    score = "no score" if told.score is None else f"score {told.score:.3f}"
    head = f"{told.outcome}  {score}, threshold {told.threshold:g}, {told.engine}, {told.ms} ms"
    return [head, *(f"  {one.path}: {one.outcome}, {one.why}" for one in told.pictures if one.outcome)]


def looked_object(told: Looked) -> Plain:
    """Counts of pictures, scores from 0 (spoof) to 1 (live), the verdict of the passive part, the challenge."""
    asked = told.challenge
    return {
        "path": str(told.path),
        "engine": told.engine,
        "frames": told.frames,
        "faces": told.faces,
        "scores": [_rounded(score) for score in told.scores],
        "verdict": told.verdict,
        "live_after_s": _rounded(told.live_after_s),
        "challenge": None if asked is None else {
            "steps": list(asked.steps), "done": asked.done, "performed": asked.performed,
            "failure": asked.failure, "from_s": _rounded(asked.from_s),
        },
        "why": told.why,
    }  # fmt: skip


def looked_line(told: Looked) -> str:
    """The verdict first."""
    seen = f"{told.faces} of {told.frames} pictures show a face"
    if told.scores:
        seen += f", {len(told.scores)} scores, median {median(told.scores):.2f}"
    if (asked := told.challenge) is not None:
        done = f"{asked.done} of {len(asked.steps)} steps, {asked.failure}"
        seen += (
            f"; challenge performed from {asked.from_s:g} s on"
            if asked.performed
            else f"; challenge not performed: {done}"
        )
    return f"{told.verdict:9} {told.path}: {told.why or seen}"


def evaluation_object(told: Evaluation) -> Plain:
    """Counts, failures to enrol, rates with intervals. Shares between 0 and 1."""
    rates = told.rates
    return {
        "engine": told.engine,
        "models": told.thresholds.models,
        "threshold": told.thresholds.accept_from,
        "reject_below": told.thresholds.reject_below,
        "id_side": told.id_side,
        "live": told.live,
        "people": told.people,
        "people_with_too_few_pictures": told.short,
        "pictures": told.pictures,
        "failures_to_enrol": {
            "count": len(told.refused),
            "pictures": [{"path": str(one.path), "side": one.side, "why": one.why} for one in told.refused],
        },
        "pairs": {
            "same": len(told.scores.genuine),
            "different": len(told.scores.impostor),
            "not_compared": told.not_compared,
        },
        "tar": _rate(rates.tar),
        "far": _rate(rates.far),
        "uncertain": {"same": _rate(rates.uncertain_same), "different": _rate(rates.uncertain_different)},
        "tar_at_far": {
            _power(one.far): {**_rate(one.tar), "threshold": _rounded(one.threshold)} for one in rates.at_far
        },
        "eer": {**_share(rates.eer), "threshold": _rounded(rates.eer_threshold)},
        "accuracy": _accuracy(rates),
        "seconds": round(told.seconds, 1),
    }


def evaluation_lines(told: Evaluation) -> list[str]:
    """The same as a table, shares in percent with their intervals of 95 %."""
    rates, thresholds = told.rates, told.thresholds
    high, low = thresholds.accept_from, thresholds.reject_below
    at_far = [
        _line(
            f"TAR at FAR {_power(one.far)}",
            one.tar,
            "" if one.threshold is None else f"from {one.threshold:.3f}",
        )
        for one in rates.at_far
    ]
    at = "" if rates.eer_threshold is None else f"at {rates.eer_threshold:.3f}"
    lines = [
        f"{told.engine} (models {thresholds.models}); ID side {told.id_side}, live pictures averaged: {told.live}",
        f"{told.people} people, {told.pictures} pictures enrolled, {len(told.refused)} failures to enrol",
        f"{len(told.scores.genuine)} pairs of one person, {len(told.scores.impostor)} of two;"
        f" {told.not_compared} could not be compared",
        _line(f"TAR at the threshold {high:g}", rates.tar),
        _line(f"FAR at the threshold {high:g}", rates.far),
        _line(f"uncertain, {low:g} to {high:g}: same", rates.uncertain_same),
        _line(f"uncertain, {low:g} to {high:g}: different", rates.uncertain_different),
        *at_far,
        _line("EER", rates.eer, at),
    ]  # fmt: skip
    if told.short:
        lines.insert(2, f"{told.short} people have too few pictures for a pair with themselves")
    if rates.accuracy is not None:
        lines += [
            _line(f"accuracy, fold {one.name}", one.right, f"from {one.threshold:.3f}")
            for one in rates.accuracy.folds
        ]
        lines.append(_line("accuracy, all folds", rates.accuracy.right))
    return lines + [f"  not enrolled: {one.path} as {one.side}: {one.why}" for one in told.refused]


def calibration_lines(told: Evaluation, pinned: Mapping[str, str]) -> list[str]:
    """The engine's table of thresholds on the people of this evaluation, rounded up, as `[face] calibration` reads it.

    `pinned`: the engine's files and their hashes.
    """
    bound = {"version": told.thresholds.version or None, "files": [*pinned], "sha256": [*pinned.values()]}
    lines = [f"# {len(told.scores.impostor)} pairs of two people; ID side {told.id_side}, {told.live} live",
             f"[calibration.{told.engine}]", *tomltext.pairs(bound)]  # fmt: skip
    for far in CALIBRATED:
        key, threshold = f"far_{_power(far).replace('-', '')}", threshold_at(told.scores.impostor, far)
        lines.append(
            f"# {key}: needs at least {round(1 / far)} pairs of two people"
            if threshold is None
            else f"{key} = {math.ceil(threshold * 1000) / 1000:.3f}"
        )
    return lines


def _accuracy(rates: Rates) -> Plain | None:
    if rates.accuracy is None:
        return None
    folds = [
        {"fold": one.name, "threshold": _rounded(one.threshold), **_rate(one.right)}
        for one in rates.accuracy.folds
    ]
    return {**_rate(rates.accuracy.right), "folds": folds}


def _rate(rate: Rate) -> Plain:
    return {**_share(rate), "count": rate.hits, "of": rate.total}


def _share(rate: Rate) -> Plain:
    return {"value": _rounded(rate.value), "low": _rounded(rate.low), "high": _rounded(rate.high)}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 6)


def _line(name: str, rate: Rate, more: str = "") -> str:
    if rate.value is None or rate.low is None or rate.high is None:
        return f"{name:{NAME_COLUMNS}} too few pairs to say"
    count = f"{rate.hits} of {rate.total}" if rate.total else ""
    rest = ", ".join(part for part in (count, more) if part)
    span = f"({100 * rate.low:.3g} to {100 * rate.high:.3g})"
    return f"{name:{NAME_COLUMNS}} {100 * rate.value:6.3g} %  {span:16} {rest}".rstrip()


def _power(far: float) -> str:
    return f"{far:.0e}".replace("e-0", "e-")
