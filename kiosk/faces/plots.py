"""Plots of an evaluation as SVG, by matplotlib, which only the report needs."""

import importlib.util
import io
from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import Any, Final

import numpy as np

from .attacks import Presentation
from .evaluate import Evaluation
from .rates import Rate, det

BINS: Final = 80
DET_POINTS: Final = 400
DET_TICKS: Final = (1e-4, 1e-3, 1e-2, 5e-2, 0.2, 0.4)
INK, SAME, OTHER, MARK = "#1d2733", "#1b7a5a", "#b4472e", "#5a6675"
STYLE: Final[Any] = {  # matplotlib names its keys one by one
    "figure.dpi": 96, "font.size": 10, "axes.edgecolor": MARK, "axes.labelcolor": INK, "text.color": INK,
    "axes.spines.top": False, "axes.spines.right": False, "svg.hashsalt": "nightdesk", "axes.grid": True,
    "grid.color": "#e3e7eb", "axes.axisbelow": True,
}  # fmt: skip


class NoPlots(RuntimeError):
    """matplotlib is not installed. The text says what to do."""


def require() -> None:
    """Raises `NoPlots` where plots cannot be drawn: before an hour of computing, not after it."""
    if importlib.util.find_spec("matplotlib") is None:
        raise NoPlots("the report needs matplotlib; install it with: pip install 'nightdesk[report]'")


def distribution(told: Evaluation) -> str:
    """How the scores of one person and of two are spread, with both thresholds."""
    figure, axes = _figure(7.0, 2.6)
    lowest = float(min(told.scores.impostor.min(initial=0), told.scores.genuine.min(initial=0)))
    edges = np.linspace(lowest, 1.0, BINS)
    for scores, colour, name in (
        (told.scores.impostor, OTHER, "two people"),
        (told.scores.genuine, SAME, "one person"),
    ):
        if len(scores):
            axes.hist(
                scores, edges, density=True, color=colour, alpha=0.65, label=f"{name}, {len(scores)} pairs"
            )
    axes.set_ylim(top=1.2 * axes.get_ylim()[1])
    low, high = told.thresholds.reject_below, told.thresholds.accept_from
    for threshold, side, words in (
        (low, "right", f"another person\nbelow {low:g} "),
        (high, "left", f" the same\n from {high:g}"),
    ):
        axes.axvline(threshold, color=INK, linewidth=1)
        axes.text(threshold, axes.get_ylim()[1], words, va="top", ha=side, fontsize=8)
    axes.set_xlabel("score")
    axes.set_ylabel("density")
    axes.legend(loc="upper left", frameon=False)
    return _svg(figure)


def det_curve(told: Mapping[str, Evaluation]) -> str:
    """False rejects against false accepts on normal deviate scales; nearer to the lower left is better."""
    figure, axes = _figure(7.0, 5.0)
    drawn = False
    for name, one in told.items():
        if not len(one.scores.genuine) or not len(one.scores.impostor):
            continue
        false_accepts, false_rejects = det(one.scores, DET_POINTS)
        shown = (false_accepts > 0) & (false_accepts < 1) & (false_rejects > 0) & (false_rejects < 1)
        if shown.any():
            axes.plot(
                _deviates(false_accepts[shown]),
                _deviates(false_rejects[shown]),
                label=name,
                drawstyle="steps",
            )
            drawn = True
    ticks, labels = _deviates(np.array(DET_TICKS)), [f"{100 * share:g} %" for share in DET_TICKS]
    axes.set_xticks(ticks, labels)
    axes.set_yticks(ticks, labels)
    axes.set_xlim(ticks[0], ticks[-1])
    axes.set_ylim(ticks[0], ticks[-1])
    axes.set_xlabel("false accept rate")
    axes.set_ylabel("false reject rate")
    if drawn:
        axes.legend(loc="upper right", fontsize=8, frameon=False)
    return _svg(figure)


def by_group(rates: Mapping[str, Rate], label: str, *, logarithmic: bool = False) -> str:
    """A rate of every group with its interval."""
    known = {name: one for name, one in rates.items() if one.value is not None}
    figure, axes = _figure(7.0, 0.9 + 0.34 * len(rates))
    for row, one in enumerate(reversed(known.values())):
        assert one.value is not None
        assert one.low is not None
        assert one.high is not None
        axes.plot([100 * one.low, 100 * one.high], [row, row], color=MARK, linewidth=3, solid_capstyle="butt")
        axes.plot([100 * one.value], [row], "o", color=INK)
        axes.annotate(f"{100 * one.value:.3g}", (100 * one.value, row), xytext=(0, 6),
                      textcoords="offset points", ha="center", fontsize=8)  # fmt: skip
    axes.set_yticks(range(len(known)), list(reversed(known)))
    axes.set_ylim(-0.6, len(known) - 0.2)
    axes.set_xlabel(f"{label}, %")
    if logarithmic:
        axes.set_xscale("symlog", linthresh=0.01)
        axes.set_xlim(left=0)
        axes.xaxis.set_major_formatter("{x:g}")
    return _svg(figure)


def liveness_scores(presentations: Sequence[Presentation], spoof_below: float, live_from: float) -> str:
    """Every score of every clip, a row each."""
    figure, axes = _figure(7.0, 1.0 + 0.3 * len(presentations))
    for row, one in enumerate(reversed(presentations)):
        scores = np.array(one.looked.scores)
        axes.plot(scores, np.full(len(scores), row), "|", color=OTHER if one.species else SAME, alpha=0.5)
    names = [f"{one.species or 'living'}: {one.looked.path.name}" for one in reversed(presentations)]
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.set_xlim(-0.02, 1.02)
    axes.set_xlabel("score, 0 spoof to 1 live")
    for threshold in (spoof_below, live_from):
        axes.axvline(threshold, color=INK, linewidth=1)
    return _svg(figure)


def _figure(width_in: float, height_in: float) -> tuple[Any, Any]:
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(STYLE):
        figure = Figure((width_in, height_in), layout="constrained")
        return figure, figure.subplots()


def _svg(figure: Any) -> str:
    from matplotlib import rc_context

    out = io.StringIO()
    with rc_context({"svg.hashsalt": "nightdesk"}):
        figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue().partition("<svg")[1] + out.getvalue().partition("<svg")[2]


def _deviates(shares: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    normal = NormalDist()
    return np.array([normal.inv_cdf(float(share)) for share in shares])
