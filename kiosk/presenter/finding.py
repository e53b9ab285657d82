"""The pages on which an item is found: often asked for, by theme, by letters."""

from collections.abc import Mapping, Sequence
from typing import Final

from kiosk.session import state as st
from kiosk.session.findingstate import Look
from screens import intents as ask
from screens import viewmodels as vm
from screens.viewmodels import Action, Text, text

from .house import ItemText
from .view import View, back

ROWS: Final = {False: 7, True: 4}  # in normal and in large size, so that nothing has to be slid
ROWS_OFTEN: Final = {False: 6, True: 3}  # the other ways stand above
ROWS_FOUND: Final = {False: 4, True: 2}  # the letters stand below
LESS_IN_LOW: Final = {False: 2, True: 1}  # in low mode, where the list is shorter
KINDS: Final = ("life_event", "theme")


def finding_pages(view: View, stage: st.ChoosingItem) -> vm.ViewModel:
    """The page for this way of looking."""
    match stage.by:
        case Look.OFTEN:
            return _often(view, stage)
        case Look.THEMES:
            return _themes(view)
        case Look.THEME:
            return _theme(view, stage)
        case Look.SEARCH:
            return _search(view, stage)


def _often(view: View, stage: st.ChoosingItem) -> vm.ItemsPage:
    items = [item for item in view.house.offered(view.now.date()) if item.often]
    shown, turns = _page(items, stage.page, _rows(view, ROWS_OFTEN))
    ways = (
        Action(ask.ShowSearch(), text("items.search")),
        Action(ask.ShowThemes(), text("items.themes")),
    )
    return vm.ItemsPage(
        view.chrome(1), text("items.heading"), text("items.often"), shown, (back(), *turns), ways
    )


def _themes(view: View) -> vm.ThemesPage:
    items = view.house.offered(view.now.date())
    counts = {theme.code: sum(theme.code in item.themes for item in items) for theme in view.house.themes}
    groups = tuple(
        (
            text(f"themes.{kind}"),
            tuple(
                vm.ThemeTile(theme.code, theme.title, counts[theme.code])
                for theme in view.house.themes
                if theme.kind == kind and counts[theme.code]
            ),
        )
        for kind in KINDS
    )
    actions = (back(), Action(ask.ShowSearch(), text("items.search")))
    return vm.ThemesPage(view.chrome(1), text("themes.heading"), groups, actions)


def _theme(view: View, stage: st.ChoosingItem) -> vm.ItemsPage:
    title = next((theme.title for theme in view.house.themes if theme.code == stage.theme), "")
    items = [item for item in view.house.offered(view.now.date()) if stage.theme in item.themes]
    shown, turns = _page(items, stage.page, _rows(view, ROWS))
    sentence = text("themes.count", count=len(items))
    return vm.ItemsPage(view.chrome(1), title, sentence, shown, (back(), *turns), name="items.theme")


def _search(view: View, stage: st.ChoosingItem) -> vm.SearchPage:
    offered = {item.code: item for item in view.house.offered(view.now.date())}
    found = [offered[code] for code in view.house.find(stage.typed) if code in offered]
    shown, turns = _page(found, stage.page, _rows(view, ROWS_FOUND))
    hint: Text | None = None
    if not stage.typed:
        hint = text("search.hint")
    elif not found:
        hint = text("search.nothing", hotline=view.house.hotline)
    return vm.SearchPage(
        view.chrome(1), text("search.heading"), stage.typed.upper(), shown, hint, (back(), *turns)
    )


def _rows(view: View, rows: Mapping[bool, int]) -> int:
    large = view.session.large
    return rows[large] - (LESS_IN_LOW[large] if view.session.look.low else 0)


def _page(
    items: Sequence[ItemText], asked: int, rows: int
) -> tuple[tuple[vm.ItemRow, ...], tuple[Action, ...]]:
    """The rows of one page, the last where there are fewer pages than `asked`, and the controls that turn to the pages
    beside the one that is seen."""
    last = max(0, (len(items) - 1) // rows)
    page = min(asked, last)
    shown = tuple(vm.ItemRow(i.code, i.title, i.note) for i in items[page * rows : (page + 1) * rows])
    if not last:
        return shown, ()
    turns = (
        Action(ask.Turn(page - 1 - asked), text("list.earlier"), enabled=page > 0),
        Action(ask.Turn(page + 1 - asked), text("list.more"), enabled=page < last),
    )
    return shown, turns
