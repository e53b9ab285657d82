"""Pictures of the window: pixels read back from the renderer, written as PNG."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels
from PIL import Image

from screens.app import KioskApp
from screens.contrast import Pixels
from screens.scan_samples import sample_page
from screens.viewmodels import ViewModel

SMALL_BYTES: Final = 40_000
_COLOURS: Final = (64, 32, 24)  # the most that still make a small picture
_SETTLE_FRAMES: Final = 3


def window_pixels() -> Pixels:
    """The window's pixels, drawn now: rows from the top, columns, RGB. UI thread only."""
    Window.dispatch("on_draw")
    width, height = Window.system_size
    pixels = glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE)
    return np.frombuffer(pixels, dtype=np.uint8).reshape(height, width, 4)[::-1, :, :3]


def window_picture() -> Image.Image:
    """The window, drawn now. UI thread only."""
    return Image.fromarray(np.ascontiguousarray(window_pixels()))


class Photographer:
    """Shows one view model after the other and keeps a picture of each in its file; `small`: for documents."""

    def __init__(self, pictures: Sequence[tuple[ViewModel, Path]], *, small: bool) -> None:
        self._pictures, self._small = pictures, small
        self._app = KioskApp(
            lambda _: None,
            first=pictures[0][0],
            on_ready=self._begin,
            animated=False,
            scanned=sample_page,
        )
        self.drawn = 0

    def run(self) -> None:
        """Draw all; returns when done."""
        self._app.run()

    def _begin(self) -> None:
        self._next_at = self._app.frames + _SETTLE_FRAMES
        Clock.schedule_interval(self._tick, 0)

    def _tick(self, _: float) -> bool:
        if self._app.frames < self._next_at:
            Window.canvas.ask_update()
            return True
        self._save(window_picture(), self._pictures[self.drawn][1])
        self.drawn += 1
        if self.drawn == len(self._pictures):
            self._app.stop()
            return False
        self._app.show(self._pictures[self.drawn][0])
        self._next_at = self._app.frames + _SETTLE_FRAMES
        return True

    def _save(self, picture: Image.Image, path: Path) -> None:
        if not self._small:
            picture.save(path)
            return
        half = picture.resize((540, 960), Image.Resampling.LANCZOS)
        for colours in _COLOURS:
            # the palette of widest reach, refined: red and green of small signs survive
            few = half.quantize(colours, Image.Quantize.MAXCOVERAGE, kmeans=4, dither=Image.Dither.NONE)
            few.save(path, optimize=True)
            if path.stat().st_size < SMALL_BYTES:
                return
