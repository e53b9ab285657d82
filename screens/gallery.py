"""Draws the sample pages: `python -m screens.gallery OUT [--lang zh_CN|en] [--large] [--half] [NAME…]`."""

import argparse
import sys
import tempfile
from pathlib import Path

from screens.samples import Samples
from screens.window import prepare
from screens.words import LANGUAGES


def main(arguments: list[str] | None = None) -> int:
    """Draw the samples; 0 when every picture is written."""
    parser = argparse.ArgumentParser(prog="python -m screens.gallery", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("names", nargs="*", help="pages to draw; all where none is named")
    parser.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0])
    parser.add_argument("--large", action="store_true", help="large text")
    parser.add_argument("--half", action="store_true", help="540 x 960, few colours: for documents")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        prepare(Path(home), offscreen=True)
        from screens.portrait import Photographer

        views = [
            view
            for view in Samples(options.lang, large=options.large).every()
            if not options.names or view.name in options.names
        ]
        photographer = Photographer(views, options.out, half=options.half)
        photographer.run()
    return 0 if photographer.drawn == len(views) else 1


if __name__ == "__main__":
    sys.exit(main())
