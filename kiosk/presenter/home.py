"""The first page."""

from typing import Final

from kiosk.session.facts import Facts, Part
from screens import intents as ask
from screens import viewmodels as vm
from screens.viewmodels import Action, Text, text

from .quiet import quiet_line
from .view import View

OFTEN_SHOWN: Final = 3  # fewer where problems take the room
OFTEN_IN_LARGE: Final = 1
NIGHT_BEGINS_HOUR: Final = 18
NIGHT_ENDS_HOUR: Final = 9


def home_page(view: View) -> vm.ViewModel:
    """The first page."""
    facts = view.session.facts
    heading = "home.heading_ready" if facts.can_deposit else "home.heading_closed"
    if facts.can_deposit and facts.failing:
        heading = "home.heading_limited"
    free = dict(facts.free)
    night = view.now.hour >= NIGHT_BEGINS_HOUR or view.now.hour < NIGHT_ENDS_HOUR
    more = not view.session.large  # large words leave room for what one needs to know
    quiet = view.session.quiet
    lines = (
        text("home.free", small=free.get("S", 0), medium=free.get("M", 0), large=free.get("L", 0)),
        *((text("home.tonight", count=facts.tonight),) if facts.tonight and night and more else ()),
        text("home.collect", when=view.house.collect),
        *((quiet_line(quiet, view.now),) if quiet is not None and more else ()),
    )
    problems = _problems(facts)
    deposit = Action(ask.StartDeposit(), text("home.deposit"), primary=True, enabled=facts.can_deposit)
    if problems and not more:
        lines = ()
    closing = Part.POWER in facts.failing
    most = OFTEN_SHOWN - (quiet is not None) if more else OFTEN_IN_LARGE
    shown = 0 if closing else max(0, most - len(problems))
    often = tuple(
        vm.ItemRow(i.code, i.title, i.note) for i in view.house.offered(view.now.date()) if i.often
    )[:shown]
    guide = Action(ask.ShowItems(), text("home.guide"), enabled=not closing)
    fetch = Action(ask.StartFetch(), text("home.fetch"), enabled=facts.can_fetch)
    when_quiet = Action(ask.ShowQuiet(), text("home.quiet"), enabled=not closing)
    progress = Action(ask.ShowProgress(), text("home.progress"), enabled=not closing)
    return vm.HomePage(
        view.chrome(),
        text(heading),
        lines,
        deposit,
        (fetch, progress, guide, when_quiet),
        often,
        problems,
        facts.staff_lamp,
    )


def _problems(facts: Facts) -> tuple[Text, ...]:
    if Part.POWER in facts.failing:
        return (text("home.problem.power"),)  # nothing else matters now
    problems = [text(f"home.problem.{part.value}") for part in Part if part in facts.failing]
    if not any(count for _, count in facts.free) and Part.BOARD not in facts.failing:
        problems.append(text("home.problem.full"))
    return tuple(problems)
