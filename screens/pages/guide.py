"""One item: its papers as a check list, then everything else there is to know; turned by large controls, not slid."""

from kivy.properties import BooleanProperty, StringProperty

from screens.viewmodels import GuidePage, PaperRow
from screens.widgets.controls import FactRow, Touchable
from screens.widgets.layout import pooled
from screens.widgets.sides import BoxLayout

from .page import Binding, Page


class PaperLine(Touchable, BoxLayout):
    """One paper; touching any of it ticks it, or takes the tick away."""

    title = StringProperty("")
    note = StringProperty("")
    ticked = BooleanProperty(False)


class PaperWithPicture(BoxLayout):
    """One paper, and beside it the control for its picture where there is one."""

    has_sample = BooleanProperty(False)

    def show(self, paper: PaperRow, binding: Binding) -> None:
        """Bind to `paper`."""
        line, look = self.ids.line, self.ids.sample
        line.key, line.intent, line.emit = f"paper.{paper.number}", paper.intent, binding.emit
        line.title, line.note, line.ticked = paper.title, binding.words(paper.note), paper.ticked
        self.has_sample = paper.sample is not None
        if paper.sample is None:
            look.key, look.intent = "", None
        else:
            look.show(paper.sample, binding.words, binding.emit)
            look.key = f"sample.{paper.number}"


class GuideView(Page):
    """Draws `GuidePage`."""

    kv = "guide.kv"

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._facts: list[FactRow] = []
        self._papers: list[PaperWithPicture] = []

    def show(self, view: GuidePage, binding: Binding) -> None:
        """Bind to `view`."""
        words = binding.words
        self.night(view, view.title, view.sentence, words)
        everything = self.ids.everything
        everything.key, everything.intent, everything.emit = (
            view.everything.label.key, view.everything.intent, binding.emit,
        )  # fmt: skip
        everything.title = words(view.everything.label)
        everything.ticked = all(paper.ticked for paper in view.papers)
        papers = pooled(self.ids.papers, self._papers, len(view.papers), PaperWithPicture)
        for line, paper in zip(papers, view.papers, strict=True):
            line.show(paper, binding)
        facts = pooled(self.ids.facts, self._facts, len(view.facts), FactRow)
        for row, fact in zip(facts, view.facts, strict=True):
            row.label, row.value = words(fact.label), words(fact.value)
        self.ids.turns.show(words, binding.emit)
        self.ids.actions.show(view.actions, words, binding.emit)

    def leave(self) -> None:
        """Begin at the top the next time."""
        self.ids.scroll.offset = 0
