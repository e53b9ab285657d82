"""A filled rectangle with round corners that costs little where a processor draws the picture."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import numpy as np
from kivy.factory import Factory
from kivy.graphics import BorderImage
from kivy.graphics.texture import Texture

from screens.corners import opacity

_SHARPEST: Final = (0,)
_made: Final[list[Texture]] = []
_filter = "linear"


def fit(scale: float) -> None:
    """How many px of the display one px is: where it is one, the nearest is the right one, and is found sooner."""
    global _filter  # noqa: PLW0603 - the display's, as the colours are
    _filter = "nearest" if scale == 1 else "linear"
    for texture in _made:
        texture.mag_filter = texture.min_filter = _filter


class Rounded(BorderImage):
    """`pos`, `size` and `radius` in px: one for all corners, or top left, top right, bottom right, bottom left.

    Drawn as nine upright rectangles, of which four show the picture of a round corner. Kivy's own is a fan of slivers
    from its centre with a soft line around it: 51 of them were half of what the guide's page cost.
    """

    def __init__(
        self,
        pos: Sequence[float] = (0, 0),
        size: Sequence[float] = (0, 0),
        radius: Sequence[float] = _SHARPEST,
        **kwargs: Any,
    ) -> None:
        self._pos: tuple[float, ...] = (0, 0)
        self._size: tuple[float, ...] = (0, 0)
        self._radius = tuple(radius)
        super().__init__(**kwargs)  # places it where Kivy's do without being told
        self._pos, self._size = tuple(pos), tuple(size)
        self._place()

    @property
    def radius(self) -> tuple[float, ...]:
        """As it was asked for; drawn at most half as large as the smaller side."""
        return self._radius

    @radius.setter
    def radius(self, value: Sequence[float]) -> None:
        self._radius = tuple(value)
        self._place()

    @property
    def pos(self) -> tuple[float, ...]:
        """The lower left corner, as it was asked for; drawn from whole px to whole px."""
        return self._pos

    @pos.setter
    def pos(self, value: Sequence[float]) -> None:
        self._pos = tuple(value)
        self._place()

    @property
    def size(self) -> tuple[float, ...]:
        """Width and height, as they were asked for."""
        return self._size

    @size.setter
    def size(self, value: Sequence[float]) -> None:
        self._size = tuple(value)
        self._place()

    def _place(self) -> None:
        first = [round(at) for at in self._pos]
        size = [
            max(0, round(at + long) - start)
            for at, long, start in zip(self._pos, self._size, first, strict=True)
        ]
        most = min(size) / 2
        wished = self._radius * 4 if len(self._radius) == 1 else self._radius
        corners = tuple(int(min(one, most)) for one in wished)
        edge = max(1, *corners)
        BorderImage.pos.__set__(self, first)
        BorderImage.size.__set__(self, size)
        self.texture = _picture(corners)
        self.border, self.display_border = (edge,) * 4, (min(edge, most),) * 4


@cache
def _picture(corners: tuple[int, ...]) -> Texture:
    opaque = opacity(corners)
    pixels = np.full((*opaque.shape, 4), 255, np.uint8)
    pixels[..., 3] = opaque[::-1]  # OpenGL's first row is the lowest
    texture = Texture.create(size=opaque.shape[::-1], colorfmt="rgba")
    texture.blit_buffer(pixels.tobytes(), colorfmt="rgba", bufferfmt="ubyte")
    texture.mag_filter = texture.min_filter = _filter
    _made.append(texture)
    return texture


Factory.register("Rounded", cls=Rounded)
