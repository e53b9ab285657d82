"""`nightdesk face`: compare pictures, evaluate an engine on many, look for life in clips, report all of it."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Final

import cv2
from tqdm import tqdm

from kiosk.identity.liveness.contract import PassiveThresholds
from kiosk.models import ModelsError
from kiosk.settings import SettingsError

from . import arguments, words
from .alive import ChallengeInvalid, look, steps_of
from .attacks import Presentation
from .compare import Outcome, compare
from .comparisons import ListInvalid, Source
from .engines import EngineChoice, chosen, eyes
from .evaluate import Evaluation, evaluate
from .idside import IdSide
from .pictures import NoFile, readable
from .plots import NoPlots, require
from .report import Report, write

IMPOSSIBLE: Final = (
    BrokenExecutor,
    NoFile,
    ListInvalid,
    ChallengeInvalid,
    NoPlots,
    ModelsError,
    SettingsError,
    OSError,
)


def main(given_arguments: Sequence[str]) -> int:
    """One verb. 0: measured, and a match, or alive, where that was asked; 1: not so; 2: it cannot be answered."""
    given = arguments.parse(given_arguments)
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)  # strangers' files make OpenCV talk
    try:
        return VERBS[given.verb](given)
    except IMPOSSIBLE as error:
        print(f"face {given.verb}: {error}", file=sys.stderr)
        return 2


def _compare(given: argparse.Namespace) -> int:
    with chosen(given.engine, given.config).opened() as matcher:
        told = compare(matcher, given.id_picture, given.live)
    _tell(words.compared_object(told) if given.json else words.compared_lines(told), as_json=given.json)
    return 0 if told.outcome is Outcome.MATCH else 1


def _evaluate(given: argparse.Namespace) -> int:
    source = Source(given.pairs or given.people, pairs=given.pairs is not None)
    engine = replace(chosen(given.engine, given.config), calibrating=given.calibration)
    told = _evaluated(source, given, given.id_side, given.live, engine)
    if given.calibration:
        _tell(words.calibration_lines(told, engine.pinned()), as_json=False)
    else:
        _tell(
            words.evaluation_object(told) if given.json else words.evaluation_lines(told), as_json=given.json
        )
    return 0


def _evaluated(
    source: Source, given: argparse.Namespace, side: IdSide, live: int, engine: EngineChoice
) -> Evaluation:
    plan = source.plan(given.images, live=live, ordered=side is not IdSide.NONE)
    with _bar("pictures") as progress:
        return evaluate(plan, engine, side, live, progress)


def _liveness(given: argparse.Namespace) -> int:
    steps = steps_of(given.challenge) if given.challenge is not None else ()
    paths = [readable(path) for path in given.paths]
    with eyes(given.engine, given.config, challenged=bool(steps)) as watching, _bar("files") as progress:
        told = []
        for number, path in enumerate(paths, 1):
            told.append(look(watching, path, steps))
            progress(number, len(paths))
    rows = [words.looked_object(one) if given.json else words.looked_line(one) for one in told]
    _tell(rows, as_json=given.json)
    return 0 if all(one.passed for one in told) else 1


def _report(given: argparse.Namespace) -> int:
    require()
    sources = [Source(file, pairs=True) for file in given.pairs]
    sources += [Source(file, pairs=False) for file in given.people]
    if sources and given.images is None:
        raise ListInvalid("--images: name the folder with the pictures of --pairs and --people")
    if not (sources or given.live_clip or given.attack):
        raise ListInvalid(
            "nothing to report on; give --people or --pairs with --images, or --live-clip and --attack"
        )
    evaluations = {}
    for source, side, live, engine in product(sources, given.id_side, given.live, given.engine):
        if not (source.pairs and live > 1):  # a pair has one live picture
            told = _evaluated(source, given, side, live, chosen(engine, given.config))
            evaluations[f"{source.file.stem}, {side}, {live} live, {told.engine}"] = told
    presentations, passive = _presented(given)
    path = write(Report(evaluations, presentations, passive), given.out)
    _tell({"report": str(path)} if given.json else [str(path)], as_json=given.json)
    return 0


def _presented(given: argparse.Namespace) -> tuple[list[Presentation], PassiveThresholds | None]:
    clips = [("", readable(path)) for path in given.live_clip]
    for species, *paths in given.attack:
        if not paths:
            raise ListInvalid(f"--attack {species}: name the species first, then its clips")
        clips += [(species, readable(Path(path))) for path in paths]
    if not clips:
        return [], None
    with eyes(None, given.config, challenged=False) as watching, _bar("clips") as progress:
        told = []
        for number, (species, path) in enumerate(clips, 1):
            told.append(Presentation(species, look(watching, path)))
            progress(number, len(clips))
        return told, watching.passive.thresholds


def _tell(told: words.Plain | Sequence[words.Plain | str], *, as_json: bool) -> None:
    print(json.dumps(told, ensure_ascii=False, indent=1) if as_json else "\n".join(map(str, told)))


@contextmanager
def _bar(unit: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error, where that is a terminal."""
    with tqdm(unit=f" {unit}", disable=None, leave=False) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield progress


VERBS: Final[Mapping[str, Callable[[argparse.Namespace], int]]] = {
    "compare": _compare, "evaluate": _evaluate, "liveness": _liveness, "report": _report,
}  # fmt: skip
