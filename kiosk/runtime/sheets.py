"""Prints the one-time notice of an item."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from drivers.contracts.paper import Paper
from drivers.contracts.printer import PrintOutcome
from kiosk.guidesheet import render
from kiosk.presenter.guide import sheet_of
from kiosk.presenter.house import House
from kiosk.session import events as ev


@dataclass(frozen=True, slots=True)
class SheetDesk:
    """The printer's side of the notice; `print_job` None: no printer is fitted. `post` takes the outcome."""

    houses: Mapping[str, House]
    place: Callable[[str], str]
    print_job: Callable[[Callable[[Paper], bytes]], Awaitable[PrintOutcome]] | None
    now: Callable[[], datetime]
    post: Callable[[ev.Event], None]

    async def print(self, item_code: str, lang: str) -> None:
        """Print it; what became of it is posted as `SheetPrinted`."""
        outcome = PrintOutcome.NOT_PRINTED
        if self.print_job is not None:
            house = self.houses[lang]
            sheet = sheet_of(house, house.item(item_code), lang, self.now().date())
            place = self.place(lang)
            outcome = await self.print_job(lambda paper: render(sheet, paper, house.name, place))
        self.post(ev.SheetPrinted(item_code, outcome.value))
