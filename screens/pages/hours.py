"""When it is quiet: visitors above, free compartments below, hour by hour."""

from screens.viewmodels import HoursPage

from .page import Binding, Page


class HoursView(Page):
    """Draws `HoursPage`."""

    kv = "hours.kv"

    def show(self, view: HoursPage, binding: Binding) -> None:
        """Bind to `view`."""
        words, ids = binding.words, self.ids
        self.night(view, words(view.heading), view.sentence, words)
        ids.visitors_label.say, ids.free_label.say = words(view.visitors), words(view.free)
        ids.note.say = words(view.note)
        now = next((hour for hour, bar in enumerate(view.bars) if bar.now), -1)
        ids.visitors.values = tuple(bar.visitors / view.most if view.most else 0.0 for bar in view.bars)
        ids.visitors.marked = frozenset(hour for hour, bar in enumerate(view.bars) if bar.busy)
        ids.free.values = tuple(bar.free / view.cells for bar in view.bars)
        ids.visitors.now = ids.free.now = now
        ids.actions.show(view.actions, words, binding.emit)
