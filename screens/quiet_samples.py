"""Examples of the page that says when it is quiet."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from screens import intents as ask
from screens.viewmodels import Action, Chrome, HourBar, HoursPage, NoticePage, Tone, ViewModel, text

_DAY: Final = (
    0.4, 0.2, 0.1, 0.0, 0.1, 0.3, 1.2, 3.1, 6.4, 8.2, 7.1, 4.0, 2.2, 3.0, 5.1, 6.0, 5.2, 4.4, 3.6, 3.1, 2.4,
    1.9, 1.4, 0.8,
)  # fmt: skip
_FREE: Final = (9, 9, 9, 10, 10, 10, 9, 12, 14, 13, 11, 10, 10, 9, 8, 7, 6, 6, 7, 7, 8, 8, 8, 9)
_BUSY: Final = frozenset({8, 9, 10, 15})


def quiet_samples(chrome: Chrome) -> Iterator[ViewModel]:
    """A weekday with its busy hours; another day; a kiosk that is too young to say anything."""
    bars = tuple(
        HourBar(visitors, free, busy=hour in _BUSY, now=hour == 22)
        for hour, (visitors, free) in enumerate(zip(_DAY, _FREE, strict=True))
    )
    back = Action(ask.Back(), text("action.back"))
    turns = (Action(ask.Turn(-1), text("quiet.earlier")), Action(ask.Turn(1), text("quiet.later")))
    today = HoursPage(
        chrome, text("quiet.today", day=text("weekday.6")), text("quiet.busy_at", hours="8–11, 15–16"), bars, 8.2, 16,
        text("quiet.visitors", most="8"), text("quiet.free", cells=16),
        text("quiet.marks" if chrome.large else "quiet.of_days", days=56), (*turns, back),
    )  # fmt: skip
    yield today
    calm = tuple(replace(bar, visitors=bar.visitors / 3, busy=False, now=False) for bar in bars)
    yield replace(
        today, heading=text("quiet.day", day=text("weekday.0")), sentence=text("quiet.never_busy"), bars=calm,
        name="quiet.other_day",
    )  # fmt: skip
    yield NoticePage(
        chrome, text("quiet.too_few"), text("quiet.too_few_note", days=14), Tone.PLAIN, "clock", (), (back,),
        "quiet.too_few",
    )  # fmt: skip
