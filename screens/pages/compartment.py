"""The picture of the cabinet with the compartment to use, and what its sensor says."""

from screens.viewmodels import CompartmentPage

from .page import Binding, Page


class CompartmentView(Page):
    """Draws `CompartmentPage`."""

    kv = "compartment.kv"

    def show(self, view: CompartmentPage, binding: Binding) -> None:
        """Bind to `view`."""
        words = binding.words
        self.night(view, words(view.heading), view.sentence, words)
        self.ids.cabinet.animated = binding.animated
        self.ids.cabinet.show(view.cells)
        self.ids.sensor.say, self.ids.sensor.tone = words(view.sensor), view.sensor_tone.value
        self.ids.actions.show(view.actions, words, binding.emit)
