"""A scanned page, drawn whole; where there is none, the dark pad with the outline of a sheet and its four corners."""

from typing import Final

from kivy.animation import Animation
from kivy.clock import Clock
from kivy.graphics import Color, Rectangle, SmoothLine
from kivy.graphics.texture import Texture
from kivy.properties import NumericProperty, StringProperty
from kivy.uix.widget import Widget

from screens import theme
from screens.scanviews import Picture
from screens.widgets.rounded import Rounded

_A4: Final = 210 / 297
_CORNER: Final = 0.16  # of the sheet's shorter side
_LEAST_PX: Final = 80


class PaperPicture(Widget):
    """The page in as much room as there is. The picture lives in one texture, wiped at the end."""

    tone = StringProperty("plain")
    light = NumericProperty(-1.0)  # 0..1: where the light stands, from the top; below 0: none

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._texture: Texture | None = None
        self._picture: Picture | None = None
        self._motion: Animation | None = None
        self._redraw = Clock.create_trigger(self._draw, -1)
        for name in ("pos", "size", "tone", "light"):
            self.fbind(name, self._redraw)

    @property
    def drawn(self) -> bool:
        """Whether a page stands here."""
        return self._picture is not None

    def show(self, picture: Picture | None, *, tone: str, waiting: bool, animated: bool) -> None:
        """Draw `picture`, or the pad; while one is taken a light goes over it."""
        self.tone = tone
        if picture is not self._picture:
            self.wipe()
            self._picture = picture
            if picture is not None:
                self._texture = Texture.create(size=(picture.width, picture.height), colorfmt="rgb")
                self._texture.blit_buffer(picture.rgb, colorfmt="rgb", bufferfmt="ubyte")
                self._texture.flip_vertical()
        self._shine(waiting=waiting, animated=animated)
        self._redraw()

    def wipe(self) -> None:
        """Nothing of a person stays in the texture."""
        if self._texture is not None:
            width, height = self._texture.size
            self._texture.blit_buffer(bytes(width * height * 3), colorfmt="rgb", bufferfmt="ubyte")
        self._texture, self._picture = None, None
        self._shine(waiting=False, animated=False)
        self._redraw()

    def _shine(self, *, waiting: bool, animated: bool) -> None:
        if self._motion is not None and not (waiting and animated):
            self._motion.cancel(self)
            self._motion = None
        if not waiting:
            self.light = -1.0
        elif not animated:
            self.light = 0.5
        elif self._motion is None:
            self.light = 0.0
            self._motion = Animation(light=1.0, d=theme.LIGHT_S, s=theme.FRAME_S) + Animation(
                light=0.0, d=0.0
            )
            self._motion.repeat = True
            self._motion.start(self)

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        if min(self.width, self.height) < _LEAST_PX:
            return
        with self.canvas:
            Color(*theme.NIGHT_LIFTED)
            Rounded(pos=self.pos, size=self.size, radius=[theme.RADIUS_CONTROL])
            x, y, width, height = self._place()
            if self._texture is not None:
                Color(*theme.UNTINTED)
                Rectangle(pos=(x, y), size=(width, height), texture=self._texture)
            else:
                self._outline(x, y, width, height)
            if self.light >= 0:
                Color(*theme.LAMP)
                Rounded(pos=(x - 12, y + (1 - self.light) * height - 4), size=(width + 24, 8), radius=[4])

    def _place(self) -> tuple[float, float, float, float]:
        """Where the sheet stands, in its own proportions."""
        aspect = _A4 if self._texture is None else self._texture.width / self._texture.height
        room_x, room_y = self.width - 48, self.height - 48
        height = min(room_y, room_x / aspect)
        width = height * aspect
        return self.center_x - width / 2, self.center_y - height / 2, width, height

    def _outline(self, x: float, y: float, width: float, height: float) -> None:
        """Four corners: all of them have to be seen."""
        Color(*(theme.CAUTION_NIGHT if self.tone == "caution" else theme.LAMP))
        arm = _CORNER * min(width, height)
        for left, across in ((x, arm), (x + width, -arm)):
            for bottom, up in ((y, arm), (y + height, -arm)):
                points = (left + across, bottom, left, bottom, left, bottom + up)
                SmoothLine(points=points, width=4, cap="round", joint="round")
