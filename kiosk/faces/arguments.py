"""What `nightdesk face` can be asked."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from .idside import IdSide

MATCHERS: Final = ("mobilefacenets", "dlib", "external")
DETECTORS: Final = ("fr_liveness", "minifasnet", "external")  # of presentation attacks
SIDES: Final = tuple(IdSide)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The call, `verb` among it. Ends the program with status 2 for one that makes no sense."""
    parser = argparse.ArgumentParser(prog="nightdesk face", description="measure the face check on files")
    verbs = parser.add_subparsers(required=True, metavar="VERB", dest="verb")
    _compare(_verb(verbs, "compare", "is the person of the live pictures the one of the ID picture?"))
    _evaluate(_verb(verbs, "evaluate", "error rates over many pictures, with intervals"))
    _liveness(_verb(verbs, "liveness", "does a living person stand there? pictures and clips"))
    _report(_verb(verbs, "report", "all of it as one HTML page with plots"))
    return parser.parse_args(arguments)


def _verb(verbs: Any, name: str, text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=text, description=text)
    parser.add_argument("--config", type=Path, metavar="FILE", help="a site's file: its engine, models, FAR")
    parser.add_argument("--json", action="store_true")
    return parser


def _compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id_picture", type=Path, metavar="ID_PICTURE")
    parser.add_argument("live", type=Path, nargs="+", metavar="LIVE_PICTURE", help="several are averaged")
    _engine(parser, MATCHERS)


def _evaluate(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "--pairs", type=Path, metavar="FILE.csv", help="columns a (ID side), b, same, maybe fold"
    )
    which.add_argument("--people", type=Path, metavar="FILE", help="a name a line: everyone against everyone")
    parser.add_argument(
        "--images", type=Path, required=True, metavar="DIR", help="NAME_0001.jpg or NAME/*.jpg"
    )
    parser.add_argument(
        "--id-side", type=IdSide, choices=SIDES, default=IdSide.NONE, help="as what a card has it"
    )
    parser.add_argument("--live", type=_count, default=1, metavar="N", help="live pictures averaged (1)")
    parser.add_argument("--calibration", action="store_true", help="print thresholds as TOML instead")
    _engine(parser, MATCHERS)


def _liveness(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", type=Path, nargs="+", metavar="PATH")
    parser.add_argument(
        "--challenge", metavar="STEPS", help="turn_left,blink: are they done, in order and in time?"
    )
    _engine(parser, DETECTORS)


def _report(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--images", type=Path, metavar="DIR", help="the pictures of --pairs and --people")
    parser.add_argument("--pairs", type=Path, nargs="+", default=[], metavar="FILE.csv")
    parser.add_argument(
        "--people", type=Path, nargs="+", default=[], metavar="FILE", help="each file is a group"
    )
    parser.add_argument("--id-side", type=IdSide, choices=SIDES, nargs="+", default=[IdSide.NONE])
    parser.add_argument("--live", type=_count, nargs="+", default=[1], metavar="N")
    parser.add_argument("--engine", choices=MATCHERS, nargs="+", default=[None])
    parser.add_argument(
        "--live-clip", type=Path, nargs="+", default=[], metavar="PATH", help="of living people"
    )
    parser.add_argument("--attack", nargs="+", action="append", default=[], metavar=("SPECIES", "PATH"),
                        help="clips of one species: --attack print a.mp4 b.mp4; may be given again")  # fmt: skip


def _engine(parser: argparse.ArgumentParser, engines: Sequence[str]) -> None:
    parser.add_argument("--engine", choices=engines, help=f"{engines[0]}, or what the site's file says")


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number of pictures; at least 1")
    return int(text)
