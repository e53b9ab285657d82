"""Measures every page: `python -m screens.survey docs/screens [NAME…]` writes `contrast.md` and `targets.md` there.

Each page is drawn in each of `LOOKS`; what a table says is read off the picture. Where pages are named only these are
measured anew, the others keep what the tables say.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from screens.languages import ENGLISH, SIMPLIFIED
from screens.samples import Samples
from screens.surveyed import CONTRAST_PAGE, TARGETS_PAGE, Look, Measured, pages_of, written
from screens.theme import Scheme
from screens.viewmodels import ViewModel
from screens.window import prepare

LOOKS: Final = (
    Look(Scheme.NIGHT, SIMPLIFIED),
    Look(Scheme.LIGHT, ENGLISH, large=True),
    Look(Scheme.CONTRAST, SIMPLIFIED, large=True, low=True),
)  # each page in each scheme; between them two languages, two sizes and low mode
_SETTLE_FRAMES: Final = 2
Done = Callable[[str, Look, Measured], None]


class Surveyor:
    """Shows one page after the other and measures each; `done` takes what was found."""

    def __init__(self, views: Sequence[tuple[Look, ViewModel]], done: Done) -> None:
        from screens.app import KioskApp  # Kivy's settings have to stand first

        self._views, self._done, self._at = views, done, 0
        self._app = KioskApp(lambda _: None, first=views[0][1], on_ready=self._begin, animated=False)

    def run(self) -> None:
        """Measure all; returns when done."""
        self._app.run()

    def _begin(self) -> None:
        from kivy.clock import Clock

        self._next_at = self._app.frames + _SETTLE_FRAMES
        Clock.schedule_interval(self._tick, 0)

    def _tick(self, _: float) -> bool:
        from kivy.core.window import Window

        from screens.measure import measured

        if self._app.frames < self._next_at:
            Window.canvas.ask_update()
            return True
        look, view = self._views[self._at]
        assert self._app.shell is not None
        self._done(view.name, look, measured(self._app.shell))
        self._at += 1
        if self._at == len(self._views):
            self._app.stop()
            return False
        self._app.show(self._views[self._at][1])
        self._next_at = self._app.frames + _SETTLE_FRAMES
        return True


def views_of(look: Look) -> list[ViewModel]:
    """Every sample page in this look."""
    return list(Samples(look.lang, large=look.large, scheme=look.scheme, low=look.low).every())


def main(arguments: list[str] | None = None) -> int:
    """Write the tables; 0 when no value in them is under its limit."""
    parser = argparse.ArgumentParser(prog="python -m screens.survey", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("names", nargs="*", help="pages to measure; all where none is named")
    options = parser.parse_args(arguments)
    found = pages_of(options.out, LOOKS) if options.names else {}
    views = [
        (look, view)
        for look in LOOKS  # a scheme's pages one after the other: to change the colours makes every page anew
        for view in views_of(look)
        if not options.names or view.name in options.names
    ]

    def keep(name: str, look: Look, one: Measured) -> None:
        found[name, look] = one

    with tempfile.TemporaryDirectory() as home:
        prepare(Path(home), offscreen=True)
        Surveyor(views, keep).run()
    names = [view.name for view in views_of(LOOKS[0])]
    contrast, targets = written(names, LOOKS, found)
    (options.out / CONTRAST_PAGE).write_text(contrast, encoding="utf-8")
    (options.out / TARGETS_PAGE).write_text(targets, encoding="utf-8")
    low = [name for (name, look), one in found.items() if not one.keeps(look)]
    print("\n".join(f"{name}: under a limit" for name in sorted(set(low))))
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
