"""Technicians: the cabinet, to choose an empty compartment by touching its door."""

from collections.abc import Sequence
from typing import Final

from kivy.uix.floatlayout import FloatLayout

from screens.intents import OpenEmpty
from screens.viewmodels import CellLook, CellsPage, CellView
from screens.widgets.cabinet import Cabinet
from screens.widgets.controls import Emit, Touchable

from .page import Binding, Page

INSET_PX: Final = 2  # between two doors there is a little more than what is drawn


class Doors(FloatLayout):
    """The picture of the cabinet; over each door that may be chosen lies a control."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._cabinet = Cabinet(animated=False, pos_hint={"x": 0, "y": 0})
        self._pool: list[Touchable] = []
        self._shown: list[tuple[Touchable, str]] = []
        self.add_widget(self._cabinet)
        self._cabinet.fbind("boxes", self._place)

    def show(self, cells: Sequence[CellView], emit: Emit) -> None:
        """Draw `cells`; those to choose can be touched."""
        names = [cell.name for cell in cells if cell.look is CellLook.TO_CHOOSE]
        while len(self._pool) < len(names):
            self._pool.append(Touchable(size_hint=(None, None)))
        self._shown = list(zip(self._pool, names, strict=False))
        self.clear_widgets(self._pool)
        for control, name in self._shown:
            control.key, control.intent, control.emit = f"cell.{name}", OpenEmpty(name), emit
            self.add_widget(control)
        self._cabinet.show(cells)
        self._place()

    def _place(self, *_: object) -> None:
        for control, name in self._shown:
            if (box := self._cabinet.boxes.get(name)) is not None:
                x, y, width, height = box
                control.pos = (x + INSET_PX, y + INSET_PX)
                control.size = (width - 2 * INSET_PX, height - 2 * INSET_PX)


class CellsView(Page):
    """Draws `CellsPage`."""

    kv = "cells.kv"

    def show(self, view: CellsPage, binding: Binding) -> None:
        """Bind to `view`."""
        words = binding.words
        self.night(view, words(view.heading), view.sentence, words)
        self.ids.doors.show(view.cells, binding.emit)
        self.ids.actions.show(view.actions, words, binding.emit)
