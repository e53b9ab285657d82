"""What the journal has of the citizen who stands there: a visit that was cut off, open cases to add papers to."""

from typing import Final

from kiosk.session import custodystate as cs
from kiosk.session.facts import OwnCase, OwnState
from screens import intents as ask
from screens import viewmodels as vm
from screens.viewmodels import Action, Line, Text, Tone, text

from .view import View

CASES_SHOWN: Final = 3  # the newest; who has more is told by staff
STAFF_COME: Final = {OwnState.HELD, OwnState.DOUBTFUL}  # something lies here that they have to open
TONES: Final = {
    OwnState.HELD: Tone.GOOD,
    OwnState.COLLECTED: Tone.GOOD,
    OwnState.RETURNED: Tone.GOOD,
    OwnState.FILED: Tone.GOOD,
}
DAY: Final = 10  # characters of an ISO date


def own_pages(view: View, stage: cs.LookingUp | cs.CutOff | cs.OwnCases) -> vm.ViewModel:
    """From who it is to what they came for."""
    chrome = view.visit_chrome(2, stage.visit)
    match stage:
        case cs.LookingUp():
            return vm.NoticePage(
                chrome, text("own.looking"), text("own.looking_note"), Tone.PLAIN, "clock", (), (), "own.looking",
                waiting=True,
            )  # fmt: skip
        case cs.CutOff(case=case):
            return _cut_off(view, chrome, case)
        case cs.OwnCases(cases=cases):
            return _own(view, chrome, cases)


def _cut_off(view: View, chrome: vm.Chrome, case: OwnCase) -> vm.ViewModel:
    lines = (
        Line(text("receipt.case"), case.case_id),
        *((Line(text("own.item"), view.house.item(case.item_code).title),) if case.item_code else ()),
        *((Line(text("receipt.collect"), view.house.collect),) if case.state in STAFF_COME else ()),
        Line(text("notice.hotline"), view.house.hotline),
    )
    go_on = Action(ask.Proceed(), text("action.next"), primary=True)
    return vm.NoticePage(
        chrome, text(f"cut_off.{case.state.value}"), text(f"cut_off.{case.state.value}_note"),
        TONES.get(case.state, Tone.CAUTION), "check" if case.state in TONES else "warning", lines, (go_on,),
        "own.cut_off",
    )  # fmt: skip


def _own(view: View, chrome: vm.Chrome, cases: tuple[OwnCase, ...]) -> vm.ViewModel:
    choices = [_add(view, case) for case in cases[:CASES_SHOWN]]
    new = vm.Choice(Action(ask.Proceed(), text("own.new")), text("own.new_note"), "door")
    return vm.ChoicePage(
        chrome, text("own.heading"), text("own.note"), Tone.PLAIN, (*choices, new), (), "own.cases"
    )


def _add(view: View, case: OwnCase) -> vm.Choice:
    add = Action(
        ask.Choose(case.case_id),
        text("own.add", case=case.case_id),
        enabled=view.session.can_begin(case.item_code),
    )
    return vm.Choice(add, _about(view, case), "papers")


def _about(view: View, case: OwnCase) -> Text:
    return text("own.about", item=view.house.item(case.item_code).title, day=case.since[:DAY])
