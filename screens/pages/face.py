"""The live picture in a ring with what to do; the way without a face stands on the same page, as large."""

from screens.viewmodels import FacePage

from .page import Binding, Page


class FaceView(Page):
    """Draws `FacePage`."""

    kv = "face.kv"

    def show(self, view: FacePage, binding: Binding) -> None:
        """Bind to `view`."""
        words = binding.words
        self.night(view, words(view.heading), view.sentence, words, view.tone)
        ring = self.ids.ring
        ring.animated, ring.tone, ring.progress = binding.animated, view.tone.value, view.progress
        ring.watch(binding.preview if view.preview else None, binding.preview_size)
        self.ids.note.say = words.sentence("face.note")
        self.ids.actions.show(view.actions, words, binding.emit)

    def leave(self) -> None:
        """Wipe the picture."""
        self.ids.ring.watch(None, (0, 0))
        self.ids.ring.progress = 0.0
