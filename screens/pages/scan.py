"""One paper under the document camera: where to lay it, the page that was taken, all pages to choose from."""

from kivy.properties import BooleanProperty, StringProperty

from screens.viewmodels import PageTile, ScanPage
from screens.widgets.controls import BigButton, Touchable
from screens.widgets.layout import pooled
from screens.widgets.sides import BoxLayout

from .page import Binding, Page


class PageTileButton(Touchable, BoxLayout):
    """One page by its number."""

    label = StringProperty("")
    chosen = BooleanProperty(False)

    def show(self, tile: PageTile, binding: Binding) -> None:
        """Bind to `tile`."""
        self.key, self.intent, self.emit = f"scan.page.{tile.place}", tile.intent, binding.emit
        self.label, self.chosen = str(tile.place + 1), tile.chosen


class ScanView(Page):
    """Draws `ScanPage`."""

    kv = "scan.kv"

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._tiles: list[PageTileButton] = []
        self._tools: list[BigButton] = []

    def show(self, view: ScanPage, binding: Binding) -> None:
        """Bind to `view`."""
        words, ids = binding.words, self.ids
        self.night(view, words(view.heading), view.sentence, words, view.tone)
        picture = None if view.picture is None else binding.scanned(view.picture)
        ids.paper.show(picture, tone=view.tone.value, waiting=view.waiting, animated=binding.animated)
        tiles = pooled(ids.tiles, self._tiles, len(view.tiles), PageTileButton)
        for button, tile in zip(tiles, view.tiles, strict=True):
            button.show(tile, binding)
        tools = pooled(ids.tools, self._tools, len(view.tools), BigButton)
        for tool, action in zip(tools, view.tools, strict=True):
            tool.show(action, words, binding.emit)
        ids.actions.show(view.actions, words, binding.emit)

    def leave(self) -> None:
        """The page goes out of the texture."""
        self.ids.paper.wipe()
