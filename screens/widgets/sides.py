"""Left and right. In a language that is written from the right a page stands mirrored: boxes fill from the right, what
is aligned left is aligned right. What is a picture of something real, or digits and Latin letters, does not turn.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from kivy.factory import Factory
from kivy.properties import BooleanProperty
from kivy.uix.boxlayout import BoxLayout as KivyBoxLayout

_OTHER: Final = {"left": "right", "right": "left"}
mirrored: bool = False  # what is made from now on; what was made before keeps its sides: make it again


def wear(*, mirror: bool) -> None:
    """From now on pages are made mirrored, or not."""
    global mirrored  # noqa: PLW0603 - worn by all that is made, as the colours are
    mirrored = mirror


def across(left: float, right: float, x: float, width: float = 0) -> float:
    """Where what begins at `x` and is `width` px wide begins between `left` and `right`, on a page of this side."""
    return left + right - x - width if mirrored else x


def aligned(side: str) -> str:
    """`left` or `right` on a page of this side; all else as it is."""
    return _OTHER.get(side, side) if mirrored else side


class BoxLayout(KivyBoxLayout):
    """Kivy's, which fills from the right on a mirrored page. `one_way`: it and the boxes in it never turn.

    It takes Kivy's name in `.kv` files too.
    """

    one_way = BooleanProperty(False)

    def _iterate_layout(self, sizes: Sequence[Any]) -> Iterator[tuple[int, float, float, float, float]]:
        stays = self.one_way or getattr(self.parent, "one_way", False)
        for at, x, y, width, height in super()._iterate_layout(sizes):
            yield at, x if stays else across(self.x, self.right, x, width), y, width, height


Factory.unregister("BoxLayout")  # the first of a name stays, where it is not taken away
Factory.register("BoxLayout", cls=BoxLayout)
