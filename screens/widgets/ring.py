"""The ring round the live picture fills as the check goes on. The picture lives in one texture, wiped at the end."""

from collections.abc import Callable
from typing import Any, Final

from kivy.animation import Animation
from kivy.clock import Clock, ClockEvent
from kivy.graphics import (
    Color,
    Ellipse,
    Rectangle,
    SmoothEllipse,
    SmoothLine,
    StencilPop,
    StencilPush,
    StencilUnUse,
    StencilUse,
)
from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.widget import Widget

from screens import theme
from screens.widgets.rounded import Rounded

_RING_PX: Final = 18
_PREVIEW_PER_S: Final = 15


class PreviewRing(Widget):
    """Shows RGB frames (top row first, mirrored already) in a ring; a silhouette where there is none."""

    progress = NumericProperty(0.0)
    drawn_progress = NumericProperty(0.0)
    tone = StringProperty("plain")
    animated = BooleanProperty(True)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._preview: Callable[[], Any] | None = None
        self._preview_size = (640, 480)
        self._texture: Texture | None = None
        self._ticking: ClockEvent | None = None
        self._seen = False
        self._redraw = Clock.create_trigger(self._draw, -1)
        self._arc: SmoothLine | None = (
            None  # grows in place: drawn anew it would cost a texture for each shape
        )
        for name in ("pos", "size", "tone"):
            self.fbind(name, self._redraw)
        self.fbind("drawn_progress", self._bend)
        self.fbind("progress", self._fill)

    @property
    def live(self) -> bool:
        """Whether a frame stands in the ring."""
        return self._seen

    def watch(self, preview: Callable[[], Any] | None, size: tuple[int, int]) -> None:
        """Show what `preview` gives, or the silhouette; None also wipes the picture that stands in the texture."""
        if preview is None:
            self._stop()
        elif self._ticking is None:
            self._preview, self._preview_size = preview, size
            self._ticking = Clock.schedule_interval(self._tick, 1 / _PREVIEW_PER_S)
            self._tick(0)
            self._redraw()

    def _stop(self) -> None:
        if self._ticking is not None:
            self._ticking.cancel()
        if self._texture is not None:
            width, height = self._texture.size
            self._texture.blit_buffer(bytes(width * height * 3), colorfmt="rgb", bufferfmt="ubyte")
        self._ticking, self._preview, self._seen = None, None, False
        self._redraw()

    def _tick(self, _: float) -> None:
        frame = self._preview() if self._preview is not None else None
        width, height = self._preview_size
        if frame is None or len(frame) != width * height * 3:
            return
        if self._texture is None or self._texture.size != (width, height):
            self._texture = Texture.create(size=(width, height), colorfmt="rgb")
        self._texture.blit_buffer(frame, colorfmt="rgb", bufferfmt="ubyte")
        if not self._seen:
            self._seen = True
            self._redraw()
        self.canvas.ask_update()

    def _fill(self, *_: object) -> None:
        Animation.cancel_all(self, "drawn_progress")
        if self.animated and self.progress > self.drawn_progress:
            Animation(drawn_progress=self.progress, d=theme.RING_FILL_S, s=theme.FRAME_S, t="out_quad").start(
                self
            )
        else:
            self.drawn_progress = self.progress

    def _bend(self, *_: object) -> None:
        if self._arc is None or not self.drawn_progress:
            self._redraw()
        else:
            self._arc.circle = self._circle()

    def _circle(self) -> tuple[float, ...]:
        """Centre, radius, and the angles between which the check has gone on."""
        radius = (min(self.width, self.height) - _RING_PX) / 2
        return (self.center_x, self.center_y, radius, 0, 360 * min(1.0, self.drawn_progress))

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        self._arc = None
        size = min(self.width, self.height)
        if size < 100:
            return
        x, y = self.center_x - size / 2, self.center_y - size / 2
        with self.canvas:
            self._disc(x + _RING_PX, y + _RING_PX, size - 2 * _RING_PX)
            Color(*(theme.BAD_NIGHT if self.tone == "bad" else theme.LAMP))
            SmoothLine(circle=self._circle()[:3], width=_RING_PX / 2)
            if self.drawn_progress > 0:
                Color(*theme.GOOD_NIGHT)
                self._arc = SmoothLine(circle=self._circle(), width=_RING_PX / 2 + 0.5)

    def _disc(self, x: float, y: float, size: float) -> None:
        Color(*theme.NIGHT_LIFTED)
        SmoothEllipse(pos=(x, y), size=(size, size))
        if self._seen and self._texture is not None:
            Color(*theme.UNTINTED)
            Ellipse(pos=(x + 4, y + 4), size=(size - 8, size - 8), texture=self._square())
        else:
            self._silhouette(x, y, size)

    def _square(self) -> Texture:
        """The middle square of the picture, top row up."""
        assert self._texture is not None
        width, height = self._texture.size
        side = min(width, height)
        part = self._texture.get_region((width - side) // 2, (height - side) // 2, side, side)
        part.flip_vertical()
        return part

    def _silhouette(self, x: float, y: float, size: float) -> None:
        StencilPush()
        Ellipse(pos=(x, y), size=(size, size))
        StencilUse()
        Color(*theme.CELL_CLOSED)
        head = size * 0.36
        SmoothEllipse(pos=(x + (size - head) / 2, y + size * 0.42), size=(head, head * 1.08))
        Rounded(pos=(x + size * 0.17, y - size * 0.2), size=(size * 0.66, size * 0.55), radius=[size * 0.25])
        StencilUnUse()
        Ellipse(pos=(x, y), size=(size, size))
        StencilPop()


class PreviewPane(PreviewRing):
    """The same picture whole, as a square, for who judges the camera and not a face."""

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        size = min(self.width, self.height)
        if size < 100 or self._ticking is None:
            return
        x, y = self.center_x - size / 2, self.center_y - size / 2
        with self.canvas:
            Color(*theme.NIGHT_LIFTED)
            Rounded(pos=(x, y), size=(size, size), radius=[16])
            if self._seen and self._texture is not None:
                Color(*theme.UNTINTED)
                Rectangle(pos=(x + 4, y + 4), size=(size - 8, size - 8), texture=self._square())
            else:
                self._silhouette(x, y, size)
