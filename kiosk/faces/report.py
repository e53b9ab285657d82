"""An evaluation as one HTML page: tables, score distributions, DET curves, by group, liveness. It holds no picture."""

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kiosk.filing import store
from kiosk.identity.liveness.contract import PassiveThresholds

from . import plots
from .attacks import AttackRates, Presentation, attack_rates
from .evaluate import Evaluation
from .rates import Rate

NAME: Final = "face-report.html"
CSS: Final = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1d2733; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; } h2 { font-size: 1.25rem; margin-top: 2.2rem; } h3 { font-size: 1rem; margin-bottom: .2rem; }
table { border-collapse: collapse; margin: .6rem 0; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #d9dee3; text-align: left; vertical-align: top; }
small { color: #5a6675; } svg { max-width: 100%; height: auto; }
"""
HEAD: Final = ("what", "people", "pairs: same / different", "TAR at threshold", "FAR at threshold",
               "TAR at FAR 1e-2", "TAR at FAR 1e-3", "EER")  # fmt: skip
CAUTIONS: Final = (
    "Intervals are of 95 %: of TAR, FAR, EER by drawing people anew (bootstrap), of counts exact (Clopper, Pearson).",
    "Rates hold for the people and pictures that were measured. Ageing, masks, make-up, other cameras and the photos "
    "of real chips are in them only if they were in the pictures.",
    "The ID sides webp1k, jpeg1k and jpeg50 imitate a chip photo by free codecs; the chip's own codec is closed.",
)
LIVENESS_CAUTION: Final = (
    "The passive part alone, by ISO/IEC 30107-3: APCER is the share of attacks of a species that were taken for a "
    "living person, BPCER the share of living people who were not; who is uncertain does not pass. "
    "Few clips support no claim of a level."
)


@dataclass(frozen=True, slots=True)
class Report:
    """`evaluations` by name, in their order; `presentations` of clips, if any were given."""

    evaluations: Mapping[str, Evaluation]
    presentations: Sequence[Presentation]
    passive: PassiveThresholds | None


def write(report: Report, folder: Path) -> Path:
    """The page in `folder`, which is made. Raises `OSError`."""
    path = folder / NAME
    store(path, page(report).encode())
    return path


def page(report: Report) -> str:
    """The page. Needs what `plots.require` asks for."""
    parts = ["<h1>Face check: what was measured</h1>"]
    if report.evaluations:
        parts += [
            _table(HEAD, [_row(name, one) for name, one in report.evaluations.items()]),
            *_curves(report),
        ]
        parts += [f"<p><small>{html.escape(line)}</small></p>" for line in CAUTIONS]
    if report.presentations and report.passive is not None:
        parts += _liveness(report.presentations, report.passive)
    body = "\n".join(parts)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Face check: what was measured</title><style>{CSS}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def _curves(report: Report) -> Iterable[str]:
    told = report.evaluations
    yield "<h2>DET curve</h2>" + plots.det_curve(told)
    yield "<h2>By group</h2>"
    yield plots.by_group({name: one.rates.tar for name, one in told.items()}, "TAR at the threshold")
    yield plots.by_group(
        {name: one.rates.far for name, one in told.items()}, "FAR at the threshold", logarithmic=True
    )
    yield "<h2>Scores</h2>"
    for name, one in told.items():
        yield f"<h3>{html.escape(name)}</h3>" + plots.distribution(one)
    accuracies = [(name, one.rates.accuracy) for name, one in told.items() if one.rates.accuracy is not None]
    if accuracies:
        rows = [
            (name, fold.name, f"{fold.threshold:.3f}", _percent(fold.right))
            for name, accuracy in accuracies
            for fold in accuracy.folds
        ] + [(name, "all", "", _percent(accuracy.right)) for name, accuracy in accuracies]
        yield "<h2>Accuracy over folds</h2>" + _table(
            ("what", "fold", "threshold of the others", "right"), rows
        )


def _row(name: str, told: Evaluation) -> tuple[str, ...]:
    rates, thresholds = told.rates, told.thresholds
    refused = f", {len(told.refused)} not enrolled" if told.refused else ""
    where = f"{name}\n{told.engine} {thresholds.models}, threshold {thresholds.accept_from:g}{refused}"
    pairs = f"{len(told.scores.genuine)} / {len(told.scores.impostor)}"
    at_far = [_percent(one.tar) for one in rates.at_far]
    return (
        where,
        str(told.people),
        pairs,
        _percent(rates.tar),
        _percent(rates.far),
        *at_far,
        _percent(rates.eer),
    )


def _liveness(presentations: Sequence[Presentation], passive: PassiveThresholds) -> Iterable[str]:
    rates = attack_rates(presentations)
    yield "<h2>Liveness</h2>" + _table(("rate", "share", "count"), _attack_rows(rates))
    yield plots.liveness_scores(presentations, passive.spoof_below, passive.live_from)
    yield f"<p>{rates.uncertain} of {len(presentations)} clips were uncertain.</p>"
    yield f"<p><small>{html.escape(LIVENESS_CAUTION)}</small></p>"


def _attack_rows(rates: AttackRates) -> list[tuple[str, ...]]:
    named = [(f"APCER, {species}", rate) for species, rate in rates.apcer.items()]
    if rates.bpcer.total:
        named.append(("BPCER", rates.bpcer))
    return [(name, _percent(rate), f"{rate.hits} of {rate.total}") for name, rate in named]


def _percent(rate: Rate) -> str:
    if rate.value is None or rate.low is None or rate.high is None:
        return "too few pairs"
    return f"{100 * rate.value:.3g} %\n{100 * rate.low:.3g} to {100 * rate.high:.3g}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A second line of a cell is small."""
    top = "".join(f"<th>{html.escape(cell)}</th>" for cell in head)
    lines = ("".join(f"<td>{_cell(cell)}</td>" for cell in row) for row in rows)
    return f"<table><tr>{top}</tr>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def _cell(text: str) -> str:
    first, _, rest = text.partition("\n")
    return html.escape(first) + (f"<br><small>{html.escape(rest)}</small>" if rest else "")
