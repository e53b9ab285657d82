"""When it is quiet here: the page with the plot, and the line of the first page."""

from datetime import datetime
from itertools import pairwise

from kiosk.session import state as st
from kiosk.session.quietfacts import WEEKDAYS, QuietHours
from screens import intents as ask
from screens import viewmodels as vm
from screens.viewmodels import Action, Text, Tone, text

from .view import View, back


def quiet_line(quiet: QuietHours, now: datetime) -> Text:
    """How it usually is now, and when it is busy today."""
    level = quiet.level(now.weekday(), now.hour)
    hours = quiet.busy_hours(now.weekday())
    if not hours:
        return text(f"home.quiet.{level.value}")
    return text(f"home.quiet.{level.value}_but", hours=spans(hours))


def quiet_page(view: View, stage: st.ReadingQuiet) -> vm.ViewModel:
    """One weekday by hour, or why there is nothing to show yet."""
    quiet, chrome = view.session.quiet, view.chrome()
    if quiet is None:
        days = view.session.policy.quiet_days
        return vm.NoticePage(
            chrome, text("quiet.too_few"), text("quiet.too_few_note", days=days), Tone.PLAIN, "clock", (), (back(),),
            "quiet.too_few",
        )  # fmt: skip
    weekday = (view.now.weekday() + stage.days_on) % WEEKDAYS
    hours = quiet.busy_hours(weekday)
    day = text(f"weekday.{weekday}")
    sentence = text("quiet.busy_at", hours=spans(hours)) if hours else text("quiet.never_busy")
    bars = tuple(
        vm.HourBar(
            quiet.visitors[weekday][hour], quiet.free[weekday][hour], busy=hour in hours,
            now=not stage.days_on and hour == view.now.hour,
        )
        for hour in range(len(quiet.visitors[weekday]))
    )  # fmt: skip
    heading = text("quiet.today", day=day) if not stage.days_on else text("quiet.day", day=day)
    turns = (Action(ask.Turn(-1), text("quiet.earlier")), Action(ask.Turn(1), text("quiet.later")))
    return vm.HoursPage(
        chrome, heading, sentence, bars, quiet.most, quiet.cells,
        text("quiet.visitors", most=_round(quiet.most)), text("quiet.free", cells=quiet.cells),
        text("quiet.marks" if view.session.large else "quiet.of_days", days=quiet.days), (*turns, back()),
    )  # fmt: skip


def spans(hours: tuple[int, ...]) -> str:
    """Hours as spans that a clock shows: `9-11, 15-16`. Numbers only, the same in every language."""
    if not hours:
        return ""
    ends = [hour for hour, after in pairwise(hours) if after != hour + 1] + [hours[-1]]
    begins = [hours[0]] + [after for hour, after in pairwise(hours) if after != hour + 1]
    return ", ".join(f"{begin}–{end + 1}" for begin, end in zip(begins, ends, strict=True))


def _round(most: float) -> str:
    return f"{most:.0f}" if most >= 2 else f"{most:.1f}"
