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

from .compare import Outcome, compare
from .comparisons import ListInvalid, of_pairs, of_people
from .engines import chosen
from .evaluate import evaluate
from .idside import IdSide
from .pictures import NoFile
from .words import (
    Plain,
    calibration_lines,
    compared_lines,
    compared_object,
    evaluation_lines,
    evaluation_object,
)

ENGINES: Final = ("mobilefacenets", "dlib", "external")
IMPOSSIBLE: Final = (NoFile, ListInvalid, ModelsError, SettingsError, OSError)


def main(arguments: Sequence[str]) -> int:
    """One verb. 0: done, and a match where one was asked for; 1: no match; 2: a call that cannot be answered."""
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
    return parser


def _verb(
    verbs: Any, name: str, work: Callable[[argparse.Namespace], int], text: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=text, description=text)
    parser.set_defaults(work=work)
    parser.add_argument("--engine", choices=ENGINES, help=f"{ENGINES[0]}, or what the site's file says")
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
    _tell(compared_object(told) if given.json else compared_lines(told))
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
        _tell(calibration_lines(told))
    else:
        _tell(evaluation_object(told) if given.json else evaluation_lines(told))
    return 0


def _tell(told: Plain | list[str]) -> None:
    print(json.dumps(told, ensure_ascii=False, indent=1) if isinstance(told, dict) else "\n".join(told))


@contextmanager
def _bar(unit: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error, where that is a terminal."""
    with tqdm(unit=f" {unit}", disable=None, leave=False) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield progress
