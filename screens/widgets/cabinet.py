"""The picture of this very cabinet, drawn from the compartments' places; the one to use is the lamp."""

from collections.abc import Sequence
from typing import Any, Final

from kivy.animation import Animation
from kivy.clock import Clock
from kivy.core.text import Label as TextMeasure
from kivy.graphics import Color, Mesh, Rectangle, SmoothLine
from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty
from kivy.uix.widget import Widget

from screens import theme
from screens.fonts import everyday_path
from screens.viewmodels import CellLook, CellView
from screens.widgets.rounded import Rounded

_FRAME_PX: Final = 26
_BETWEEN_PX: Final = 20
_MARKED_FROM_PX: Final = 56  # a lower compartment has no room for the mark of what is held
_ASPECT_MAX: Final = 0.62  # a compartment's height to its width: a locker's, not a tile's
_GROUND: Final = {
    CellLook.FREE: theme.CELL_CLOSED, CellLook.HELD: theme.CELL_HELD, CellLook.OPEN: theme.CELL_CLOSED,
    CellLook.OUT: theme.CELL_OUT, CellLook.UNKNOWN: theme.CELL_HELD, CellLook.TO_USE: theme.LAMP,
    CellLook.TO_USE_OPEN: theme.LAMP, CellLook.TO_CHOOSE: theme.ON_CELL,
}  # fmt: skip
_TO_USE: Final = frozenset({CellLook.TO_USE, CellLook.TO_USE_OPEN})
_LIGHT: Final = _TO_USE | {CellLook.TO_CHOOSE}
Box = tuple[float, float, float, float]


class Cabinet(Widget):
    """Draws `cells`; `swing` 0..1 is how far the open door has swung. `boxes`: where each one was drawn, by name."""

    cells = ObjectProperty(())
    boxes: Any = ObjectProperty({})
    swing = NumericProperty(1.0)
    animated = BooleanProperty(True)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._redraw = Clock.create_trigger(self._draw, -1)
        self._numbers: dict[tuple[str, int], Texture] = {}
        self._leaves: list[tuple[Box, Mesh, Rounded]] = []  # open doors, their handles: they swing in place
        for name in ("pos", "size", "cells"):
            self.fbind(name, self._redraw)
        self.fbind("swing", self._swung)

    def show(self, cells: Sequence[CellView]) -> None:
        """Draw `cells`; a door that has just opened swings."""
        opened = self._open(cells) - self._open(self.cells)
        self.cells = tuple(cells)
        Animation.cancel_all(self, "swing")
        if opened and self.animated:
            self.swing = 0.0
            Animation(swing=1.0, d=theme.DOOR_SWING_S, s=theme.FRAME_S, t="out_cubic").start(self)
        else:
            self.swing = 1.0

    @staticmethod
    def _open(cells: Sequence[CellView]) -> set[str]:
        return {cell.name for cell in cells if cell.look in {CellLook.OPEN, CellLook.TO_USE_OPEN}}

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        self._leaves.clear()
        if not self.cells or self.width < 100 or self.height < 100:
            return
        rows = max(cell.row + cell.rows for cell in self.cells)
        columns = max(cell.column + cell.columns for cell in self.cells)
        unit_w = (self.width - 2 * _FRAME_PX + _BETWEEN_PX) / columns
        unit_h = (self.height - 2 * _FRAME_PX + _BETWEEN_PX) / rows
        unit_h = min(unit_h, (unit_w * _ASPECT_MAX) * max(1.0, 3.2 * columns / rows / 2))
        height = rows * unit_h - _BETWEEN_PX + 2 * _FRAME_PX
        bottom = self.center_y - height / 2
        boxes: dict[str, Box] = {}
        with self.canvas:
            Color(*theme.CABINET)
            Rounded(pos=(self.x, bottom), size=(self.width, height), radius=[32])
            for cell in sorted(self.cells, key=lambda cell: cell.look in _TO_USE):
                left = self.x + _FRAME_PX + cell.column * unit_w
                top = bottom + height - _FRAME_PX - cell.row * unit_h
                cell_h = cell.rows * unit_h - _BETWEEN_PX
                boxes[cell.name] = (left, top - cell_h, cell.columns * unit_w - _BETWEEN_PX, cell_h)
                self._cell(cell, boxes[cell.name])
        self.boxes = boxes

    def _cell(self, cell: CellView, box: Box) -> None:
        x, y, width, height = box
        if cell.look in _TO_USE:
            Color(*theme.ON_CELL)
            Rounded(pos=(x - 9, y - 9), size=(width + 18, height + 18), radius=[22])
        Color(*_GROUND[cell.look])
        Rounded(pos=(x, y), size=(width, height), radius=[16])
        self._marks(cell, box)
        if cell.look in {CellLook.OPEN, CellLook.TO_USE_OPEN}:
            self._door(cell.look, box)

    def _marks(self, cell: CellView, box: Box) -> None:
        x, y, width, height = box
        to_use = cell.look in _TO_USE
        ink = theme.ON_LAMP if cell.look in _LIGHT else theme.ON_CELL
        size = int(min(76 if to_use else 46, height * 0.6, width * 0.3))
        texture = self._number(cell.name, size)
        lift = height * 0.06 if cell.look is CellLook.HELD and height > _MARKED_FROM_PX else 0
        Color(*ink)
        pos = (round(x + (width - texture.width) / 2), round(y + (height - texture.height) / 2 + lift))
        Rectangle(texture=texture, pos=pos, size=texture.size)
        if cell.look is CellLook.HELD and height > _MARKED_FROM_PX:
            Rounded(pos=(x + width * 0.32, y + height * 0.13), size=(width * 0.36, 5), radius=[2])
        elif cell.look is CellLook.OUT:
            SmoothLine(points=[x + 16, y + 16, x + width - 16, y + height - 16], width=2.5, cap="round")
        elif cell.look is CellLook.UNKNOWN:
            SmoothLine(
                rounded_rectangle=(x + 3, y + 3, width - 6, height - 6, 14),
                width=2,
                dash_length=8,
                dash_offset=6,
            )

    def _door(self, look: CellLook, box: Box) -> None:
        """The open door: a leaf that leans out of the cabinet to the right."""
        Color(*(theme.LAMP_DOOR if look is CellLook.TO_USE_OPEN else theme.CELL_HELD))
        leaf = Mesh(indices=[0, 1, 2, 3], mode="triangle_fan")
        Color(*theme.ON_LAMP[:3], 0.55)
        self._leaves.append((box, leaf, Rounded(radius=[3])))
        self._hang(*self._leaves[-1])

    def _swung(self, *_: object) -> None:
        for leaf in self._leaves:
            self._hang(*leaf)

    def _hang(self, box: Box, leaf: Mesh, handle: Rounded) -> None:
        """Put a leaf and its handle where `swing` says."""
        x, y, width, height = box
        reach = min(58.0, width * 0.26) * self.swing
        right = x + width + 6
        rise = height * 0.13 * self.swing
        leaf.vertices = [right, y - 4, 0, 0, right + reach, y - 4 - rise * 0.6, 0, 0,
                         right + reach, y + height + 4 + rise, 0, 0, right, y + height + 4, 0, 0]  # fmt: skip
        handle.pos = (right + reach * 0.68, y + height / 2 - 18)
        handle.size = (max(3.0, reach * 0.1), 36)

    def _number(self, name: str, size: int) -> Texture:
        texture = self._numbers.get((name, size))
        if texture is None:
            label = TextMeasure(
                text=name, font_name=str(everyday_path("bold")), font_size=size, color=(1, 1, 1, 1)
            )
            label.refresh()
            texture = self._numbers[name, size] = label.texture
        return texture
