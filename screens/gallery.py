"""Draws the sample pages: `python -m screens.gallery OUT [--lang zh_CN|en] [--large] [NAME…]`.

`--book` draws them small in both languages, those that ask who it is in large print too, some in low mode, an index:
`docs/screens` is made by it.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from screens.languages import LANGUAGES
from screens.samples import Samples
from screens.theme import Scheme
from screens.viewmodels import ViewModel
from screens.window import prepare

BOOK_LANGUAGES: Final = {LANGUAGES[0]: "", "en": "en/"}  # where a language's pictures lie
LARGE_FOLDER: Final = "large/"  # in the first language
LOW_FOLDER: Final = "low/"  # the same
IN_LOW: Final = frozenset(
    {"home", "guide", "form.text", "compartment.nothing_seen", "staff.list"}
)  # for an idea of it
_IN_LARGE: Final = frozenset({"consent", "guardian", "face", "identity", "code"})  # first words of the names
_SHOWN_PX: Final = 270
_HEAD: Final = """\
# Every page

Drawn from the samples in `screens/samples.py` with `python -m screens.gallery docs/screens --book`; persons and
numbers are invented. Each page in Chinese, then in English, those that ask who it is in large print too, some in low
mode; the name is the view model's.
"""


def in_large(name: str) -> bool:
    """Does the book show this page in large print too?"""
    return name.partition(".")[0] in _IN_LARGE


def index(names: Sequence[str]) -> str:
    """The Markdown page that shows the pictures `names` in every language."""
    parts = [_HEAD]
    for name in names:
        folders = dict(BOOK_LANGUAGES)
        if in_large(name):
            folders["large"] = LARGE_FOLDER
        if name in IN_LOW:
            folders["low"] = LOW_FOLDER
        shown = " ".join(
            f'<img src="{folder}{name}.png" width="{_SHOWN_PX}" alt="{name}, {which}">'
            for which, folder in folders.items()
        )
        parts.append(f"## {name}\n\n{shown}\n")
    return "\n".join(parts)


def main(arguments: list[str] | None = None) -> int:
    """Draw the samples; 0 when every picture is written."""
    parser = argparse.ArgumentParser(prog="python -m screens.gallery", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("names", nargs="*", help="pages to draw; all where none is named")
    parser.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0])
    parser.add_argument("--scheme", type=Scheme, choices=tuple(Scheme), default=Scheme.NIGHT)
    parser.add_argument("--large", action="store_true", help="large text")
    parser.add_argument("--low", action="store_true", help="what is touched within reach from a wheelchair")
    parser.add_argument("--book", action="store_true", help="540 x 960, few colours, all languages, an index")
    options = parser.parse_args(arguments)
    folders = BOOK_LANGUAGES if options.book else {options.lang: ""}
    for folder in folders.values():
        (options.out / folder).mkdir(parents=True, exist_ok=True)
    pictures = [
        (view, options.out / folder / f"{view.name}.png")
        for lang, folder in folders.items()
        for view in Samples(lang, large=options.large, scheme=options.scheme, low=options.low).every()
        if not options.names or view.name in options.names
    ]
    if options.book:
        variants = [*_large(options.out), *_low(options.out)]
        pictures += [one for one in variants if not options.names or one[0].name in options.names]
    with tempfile.TemporaryDirectory() as home:
        prepare(Path(home), offscreen=True)
        from screens.portrait import Photographer

        photographer = Photographer(pictures, small=options.book)
        photographer.run()
    if options.book:
        every = [view.name for view in Samples(LANGUAGES[0]).every()]
        (options.out / "README.md").write_text(index(every), encoding="utf-8")
    return 0 if photographer.drawn == len(pictures) else 1


def _large(out: Path) -> list[tuple[ViewModel, Path]]:
    (out / LARGE_FOLDER).mkdir(exist_ok=True)
    views = Samples(LANGUAGES[0], large=True).every()
    return [(view, out / LARGE_FOLDER / f"{view.name}.png") for view in views if in_large(view.name)]


def _low(out: Path) -> list[tuple[ViewModel, Path]]:
    (out / LOW_FOLDER).mkdir(exist_ok=True)
    views = Samples(LANGUAGES[0], low=True).every()
    return [(view, out / LOW_FOLDER / f"{view.name}.png") for view in views if view.name in IN_LOW]


if __name__ == "__main__":
    sys.exit(main())
