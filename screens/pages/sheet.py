"""The one-time notice: a QR code that carries its whole text, as large as the page allows; a control to print it."""

from screens.viewmodels import SheetPage

from .page import Binding, Page


class SheetView(Page):
    """Draws `SheetPage`."""

    kv = "sheet.kv"

    def show(self, view: SheetPage, binding: Binding) -> None:
        """Bind to `view`."""
        words = binding.words
        self.night(view, words(view.heading), words(view.sentence), words)
        self.ids.qr.content = view.qr
        self.ids.state.say, self.ids.state.tone = words(view.state), view.tone.value
        self.ids.actions.show(view.actions, words, binding.emit)

    def leave(self) -> None:
        """The texture is not kept."""
        self.ids.qr.content = ""
