"""Technicians: squares over the whole glass; one that was touched is lit."""

from typing import Final

from screens import theme
from screens.intents import TouchSquare
from screens.viewmodels import TouchGridPage

from .page import Binding, Page

PANEL_ROWS: Final = 2


class TouchGridView(Page):
    """Draws `TouchGridPage`, without head line and foot bar."""

    kv = "touch_grid.kv"
    bare = True

    def show(self, view: TouchGridPage, binding: Binding) -> None:
        """Bind to `view`."""
        words, grid = binding.words, self.ids.grid
        grid.columns, grid.rows, grid.touched = view.columns, view.rows, view.touched
        grid.on_square = lambda number: binding.emit(TouchSquare(number))
        self.ids.sentence.say = words(view.sentence)
        self.ids.actions.show(view.actions, words, binding.emit)
        self._place_panel(view)

    def _place_panel(self, view: TouchGridPage) -> None:
        """In the lower half, until only the squares behind it are left."""
        side, low = theme.HEIGHT / view.rows, view.rows - PANEL_ROWS - 1
        behind = {
            row * view.columns + column
            for row in range(low, low + PANEL_ROWS)
            for column in range(1, view.columns - 1)
        }
        every = frozenset(range(view.columns * view.rows))
        row = 1 if every - view.touched <= behind else low
        width = theme.WIDTH / view.columns
        panel = self.ids.panel
        panel.size = (width * (view.columns - 2) - 48, side * PANEL_ROWS - 48)
        panel.pos = (width + 24, theme.HEIGHT - (row + PANEL_ROWS) * side + 24)
