"""The ID card: place it here, it is being read, or what was wrong with it."""

from screens.viewmodels import CardPage

from .page import Binding, Page


class CardView(Page):
    """Draws `CardPage`."""

    kv = "card.kv"

    def show(self, view: CardPage, binding: Binding) -> None:
        """Bind to `view`."""
        self.night(view, binding.words(view.heading), view.sentence, binding.words, view.tone)
        picture = self.ids.picture
        picture.tone = view.tone.value
        picture.move(moving=binding.animated and view.reading)
        self.ids.actions.show(view.actions, binding.words, binding.emit)

    def leave(self) -> None:
        """Nothing moves unseen."""
        self.ids.picture.move(moving=False)
