"""Technicians: one device, what its line does, its tests, and what the last one showed."""

from typing import Final

from kivy.properties import NumericProperty, StringProperty

from screens.viewmodels import DevicePage, Plot
from screens.widgets.controls import FactRow
from screens.widgets.layout import pooled, stretch
from screens.widgets.sides import BoxLayout
from screens.words import Words

from .page import Binding, Page

STAGE_LEAST_PX: Final = 400  # for a live picture or what a card says; without them facts come first
PLOT_LEAST_PX: Final = 110


class PlotBox(BoxLayout):
    """A counter's name, its value now, and how it ran."""

    label = StringProperty("")
    value = StringProperty("")
    factor = NumericProperty(1.0)

    def show(self, plot: Plot, words: Words) -> None:
        """Bind to `plot`."""
        self.label, self.value = words(plot.label), words(plot.value)
        self.ids.graph.points = plot.points


class DeviceView(Page):
    """Draws `DevicePage`: between facts and tests stands the live picture, what a card says, plots or a drawing."""

    kv = "device.kv"
    stage_least = NumericProperty(0)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._facts: list[FactRow] = []
        self._plots: list[PlotBox] = []

    def show(self, view: DevicePage, binding: Binding) -> None:
        """Bind to `view`."""
        words, ids = binding.words, self.ids
        self.night(view, words(view.heading), view.state, words, view.tone)
        ids.detail.say = view.detail
        ids.check.say = words(view.check) if view.check is not None else ""
        facts = pooled(ids.facts.content, self._facts, len(view.lines), FactRow)
        for fact, line in zip(facts, view.lines, strict=True):
            fact.dense = True
            fact.label, fact.value = words(line.label), words(line.value)
        self._show_stage(view, binding)
        ids.result.say = words(view.result) if view.result is not None else ""
        ids.result.tone = view.result_tone.value
        ids.actions.show(view.actions, words, binding.emit)

    def _show_stage(self, view: DevicePage, binding: Binding) -> None:
        """One thing at a time: the live picture, how the line runs, or a drawing; what a test showed stands below."""
        ids, large = self.ids, view.chrome.large
        ids.live.watch(binding.preview if view.preview else None, binding.preview_size)
        ids.shown.say = binding.words(view.shown)
        looked_at = view.preview or bool(view.shown)
        plots = () if looked_at or large else view.plots
        boxes = pooled(ids.plots, self._plots, len(plots), PlotBox)
        for box, plot in zip(boxes, plots, strict=True):
            box.show(plot, binding.words)
        ids.drawing.picture = "" if view.preview or plots else view.picture
        parts = [ids.drawing, ids.plots, ids.live]
        parts.insert(0, parts.pop(2 if view.preview else 1 if plots else 0))
        stretch(*parts)
        self.stage_least = STAGE_LEAST_PX if looked_at else len(plots) * PLOT_LEAST_PX

    def leave(self) -> None:
        """Wipe the picture and what a card said."""
        self.ids.live.watch(None, (0, 0))
        self.ids.shown.say = ""
        self.ids.facts.offset = 0
