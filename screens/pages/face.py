"""The live picture in a ring, beside it what to do as a drawing; the way without a face on the same page, as large."""

from screens.viewmodels import FacePage

from .page import Binding, Page


class FaceView(Page):
    """Draws `FacePage`."""

    kv = "face.kv"

    def show(self, view: FacePage, binding: Binding) -> None:
        """Bind to `view`."""
        words, ids = binding.words, self.ids
        self.night(view, words(view.heading), view.sentence, words, view.tone)
        ring = ids.ring
        ring.animated, ring.tone, ring.progress = binding.animated, view.tone.value, view.progress
        ring.watch(binding.preview if view.preview else None, binding.preview_size)
        ids.count.say = words(view.count) if view.count is not None else ""
        ids.figure.show(view.figure, view.seconds, ids.count.say, animated=binding.animated)
        ids.note.say = words.sentence("face.note")
        ids.actions.show(view.actions, words, binding.emit)

    def leave(self) -> None:
        """Wipe the picture; nothing moves unseen."""
        self.ids.ring.watch(None, (0, 0))
        self.ids.ring.progress = 0.0
        self.ids.figure.rest()
