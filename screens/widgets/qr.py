"""A QR code drawn as a texture without smoothing: dark on white, with its quiet zone."""

import segno
from kivy.clock import Clock
from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.properties import NumericProperty, StringProperty
from kivy.uix.widget import Widget

from screens import theme
from screens.widgets.rounded import Rounded

_QUIET_MODULES = 4


class QrCode(Widget):
    """Draws `content` as large as whole pixels per module allow."""

    content = StringProperty("")
    factor = NumericProperty(1.0)  # the page's text size

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._texture: Texture | None = None
        self._redraw = Clock.create_trigger(self._draw, -1)
        self.fbind("content", self._encode)
        for name in ("pos", "size"):
            self.fbind(name, self._redraw)

    def _encode(self, *_: object) -> None:
        self._texture = None
        if self.content:
            rows = [
                bytes(row)
                for row in segno.make_qr(self.content, error="m").matrix_iter(border=_QUIET_MODULES)
            ]
            pixels = b"".join(
                b"\x14\x20\x2e" if module else b"\xff\xff\xff" for row in reversed(rows) for module in row
            )
            self._texture = Texture.create(size=(len(rows), len(rows)), colorfmt="rgb")
            self._texture.mag_filter = self._texture.min_filter = "nearest"
            self._texture.blit_buffer(pixels, colorfmt="rgb", bufferfmt="ubyte")
        self._redraw()

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        if self._texture is None:
            return
        side = min(self.width, self.height)
        scale = max(1, int((side - 16) // self._texture.width))
        drawn = scale * self._texture.width
        x, y = round(self.center_x - drawn / 2), round(self.center_y - drawn / 2)
        with self.canvas:
            Color(*theme.BORDER)
            Rounded(pos=(x - 8, y - 8), size=(drawn + 16, drawn + 16), radius=[20])
            Color(*theme.UNTINTED)
            Rounded(pos=(x - 5, y - 5), size=(drawn + 10, drawn + 10), radius=[17])
            Color(*theme.UNTINTED)
            Rectangle(pos=(x, y), size=(drawn, drawn), texture=self._texture)
