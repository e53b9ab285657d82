"""`nightdesk face`: compare pictures, evaluate an engine on many, look for life in clips, report all of it."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from tqdm import tqdm

from kiosk.models import ModelsError
from kiosk.settings import SettingsError

from .alive import ChallengeInvalid, look, steps_of
from .compare import Outcome, compare
from .comparisons import ListInvalid, of_pairs, of_people
from .engines import chosen, eyes
from .evaluate import evaluate
from .idside import IdSide
from .pictures import NoFile, readable
from .words import (
    Plain,
    calibration_lines,
    compared_lines,
    compared_object,
    evaluation_lines,
    evaluation_object,
    looked_line,
    looked_object,
)

MATCHERS: Final = ("mobilefacenets", "dlib", "external")
DETECTORS: Final = ("fr_liveness", "minifasnet", "external")  # of presentation attacks
IMPOSSIBLE: Final = (NoFile, ListInvalid, ChallengeInvalid, ModelsError, SettingsError, OSError)


def main(arguments: Sequence[str]) -> int:
    """One verb. 0: measured, and a match, or alive, where that was asked; 1: not; 2: a call that cannot be answered."""
    given = _parser().parse_args(arguments)
    work: Callable[[argparse.Namespace], int] = given.work
    try:
        return work(given)
    except IMPOSSIBLE as error:
        print(f"face {given.name}: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="nightdesk face", description="measure the face check on files")
    verbs = parser.add_subparsers(required=True, metavar="VERB", dest="name")
    one = _verb(verbs, "compare", _compare, "is the person of the live pictures the one of the ID picture?")
    one.add_argument("id_picture", type=Path, metavar="ID_PICTURE")
    one.add_argument("live", type=Path, nargs="+", metavar="LIVE_PICTURE", help="several are averaged")
    many = _verb(verbs, "evaluate", _evaluate, "error rates over many pictures, with intervals")
    which = many.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "--pairs", type=Path, metavar="FILE.csv", help="columns a (ID side), b, same; fold if any"
    )
    which.add_argument("--people", type=Path, metavar="FILE", help="a name a line: everyone against everyone")
    many.add_argument("--images", type=Path, required=True, metavar="DIR", help="NAME_0001.jpg, or NAME/…")
    many.add_argument("--id-side", type=IdSide, choices=tuple(IdSide), default=IdSide.NONE,
                      help="what is done to the ID picture; 1k: as a chip would hold it")  # fmt: skip
    many.add_argument("--live", type=_count, default=1, metavar="N", help="live pictures averaged (1)")
    many.add_argument(
        "--calibration", action="store_true", help="print the engine's thresholds as TOML instead"
    )
    alive = _verb(
        verbs, "liveness", _liveness, "does a living person stand there? pictures and clips", DETECTORS
    )
    alive.add_argument("paths", type=Path, nargs="+", metavar="PATH")
    alive.add_argument(
        "--challenge", metavar="STEPS", help="turn_left,blink: does the clip perform it, in order?"
    )
    return parser


def _verb(
    verbs: Any,
    name: str,
    work: Callable[[argparse.Namespace], int],
    text: str,
    engines: Sequence[str] = MATCHERS,
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=text, description=text)
    parser.set_defaults(work=work)
    parser.add_argument("--engine", choices=engines, help=f"{engines[0]}, or what the site's file says")
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="a site's file: engine, its strictness, models"
    )
    parser.add_argument("--json", action="store_true")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number of pictures; at least 1")
    return int(text)


def _compare(given: argparse.Namespace) -> int:
    with chosen(given.engine, given.config).opened() as matcher:
        told = compare(matcher, given.id_picture, given.live)
    _tell(compared_object(told) if given.json else compared_lines(told), as_json=given.json)
    return 0 if told.outcome is Outcome.MATCH else 1


def _evaluate(given: argparse.Namespace) -> int:
    if given.pairs is not None and given.live > 1:
        raise ListInvalid("--live averages a person's pictures, and --pairs names one; use --people")
    if given.pairs is not None:
        plan = of_pairs(given.pairs, given.images)
    else:
        ordered = given.id_side is not IdSide.NONE
        plan = of_people(given.people, given.images, live=given.live, ordered=ordered)
    with _bar("pictures") as progress:
        told = evaluate(plan, chosen(given.engine, given.config), given.id_side, given.live, progress)
    if given.calibration:
        _tell(calibration_lines(told), as_json=False)
    else:
        _tell(evaluation_object(told) if given.json else evaluation_lines(told), as_json=given.json)
    return 0


def _liveness(given: argparse.Namespace) -> int:
    steps = steps_of(given.challenge) if given.challenge else ()
    paths = [readable(path) for path in given.paths]
    with eyes(given.engine, given.config, challenged=bool(steps)) as watching, _bar("files") as progress:
        told = []
        for number, path in enumerate(paths, 1):
            told.append(look(watching, path, steps))
            progress(number, len(paths))
    _tell([looked_object(one) if given.json else looked_line(one) for one in told], as_json=given.json)
    return 0 if all(one.passed for one in told) else 1


def _tell(told: Plain | Sequence[Plain | str], *, as_json: bool) -> None:
    print(json.dumps(told, ensure_ascii=False, indent=1) if as_json else "\n".join(map(str, told)))


@contextmanager
def _bar(unit: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error, where that is a terminal."""
    with tqdm(unit=f" {unit}", disable=None, leave=False) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield progress
