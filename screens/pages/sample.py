"""What a paper of the check list looks like, as large as the page allows."""

from screens.viewmodels import SamplePage

from .page import Binding, Page


class SampleView(Page):
    """Draws `SamplePage`."""

    kv = "sample.kv"

    def show(self, view: SamplePage, binding: Binding) -> None:
        """Bind to `view`."""
        self.night(view, view.heading, view.sentence, binding.words)
        self.ids.picture.source = view.picture
        self.ids.actions.show(view.actions, binding.words, binding.emit)

    def leave(self) -> None:
        """The texture is not kept."""
        self.ids.picture.source = ""
