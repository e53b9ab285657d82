"""Pictures of the window: pixels read back from the renderer, written as PNG."""

from collections.abc import Sequence
from pathlib import Path

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels
from PIL import Image

from screens.app import KioskApp
from screens.viewmodels import ViewModel

_SETTLE_FRAMES = 3


def window_picture() -> Image.Image:
    """The window's pixels, drawn now. UI thread only."""
    Window.dispatch("on_draw")
    width, height = Window.system_size
    pixels = glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE)
    return (
        Image.frombytes("RGBA", (width, height), pixels)
        .transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        .convert("RGB")
    )


class Photographer:
    """Shows one view model after the other and keeps a picture of each."""

    def __init__(self, views: Sequence[ViewModel], out: Path, *, half: bool) -> None:
        self._views, self._out, self._half = list(views), out, half
        self._app = KioskApp(lambda _: None, first=views[0], on_ready=self._begin, animated=False)
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
        view = self._views[self.drawn]
        self._save(window_picture(), self._out / f"{view.name}.png")
        self.drawn += 1
        if self.drawn == len(self._views):
            self._app.stop()
            return False
        self._app.show(self._views[self.drawn])
        self._next_at = self._app.frames + _SETTLE_FRAMES
        return True

    def _save(self, picture: Image.Image, path: Path) -> None:
        if self._half:
            small = picture.resize((540, 960), Image.Resampling.LANCZOS)
            picture = small.quantize(128, dither=Image.Dither.FLOYDSTEINBERG)
        picture.save(path, optimize=self._half)
