"""The deposit is held: its number, its compartment, and the QR code that doubles or replaces the paper."""

from screens.viewmodels import ReceiptPage
from screens.widgets.controls import FactRow
from screens.widgets.layout import pooled

from .page import Binding, Page


class ReceiptView(Page):
    """Draws `ReceiptPage`."""

    kv = "receipt.kv"

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._facts: list[FactRow] = []

    def show(self, view: ReceiptPage, binding: Binding) -> None:
        """Bind to `view`."""
        words = binding.words
        self.night(view, words(view.heading), "", words)
        self.ids.state.say, self.ids.state.tone = words(view.sentence), view.tone.value
        self.ids.case_label.say = words.sentence("receipt.case")
        self.ids.case.say = view.case_number
        self.ids.place_label.say = words.sentence("receipt.compartment")
        self.ids.place.say = view.compartment
        self.ids.qr.content = view.qr
        rows = pooled(self.ids.facts, self._facts, len(view.lines), FactRow)
        for row, line in zip(rows, view.lines, strict=True):
            row.label, row.value = words(line.label), words(line.value)
        self.ids.actions.show(view.actions, words, binding.emit)

    def leave(self) -> None:
        """Nothing of a person stays in the widgets."""
        self.ids.qr.content = self.ids.case.say = ""
        for row in self._facts:
            row.value = ""
