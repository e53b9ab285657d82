"""Where a case stands: how to ask, the cases of a person, one case with its steps and its light."""

from collections.abc import Iterator
from typing import Final

from kiosk.session import custodystate as cs
from kiosk.session.progress import NUMBER_DIGITS, case_number
from kiosk.session.progressfacts import CaseProgress, Light, StepDone
from locker.events import ResultKind
from screens import intents as ask
from screens import viewmodels as vm
from screens.viewmodels import Action, PickRow, Text, Tone, text

from .promising import day_of, is_late
from .view import View, back

TONES: Final = {
    Light.NONE: Tone.PLAIN, Light.GREEN: Tone.GOOD, Light.YELLOW: Tone.CAUTION, Light.RED: Tone.BAD,
    Light.DONE: Tone.GOOD,
}  # fmt: skip
MINUTE: Final = 16  # characters of an ISO time down to the minute


def progress_pages(view: View, stage: cs.AskingHow | cs.ByNumber | cs.Overview) -> vm.ViewModel:
    """The page for this stage."""
    match stage:
        case cs.AskingHow():
            return _ways(view)
        case cs.ByNumber(found=found) if found is not None:
            return _case(view, found, may_add=False)
        case cs.ByNumber():
            return _number(view, stage)
        case cs.Overview():
            one = stage.one
            return _cases(view, stage) if one is None else _case(view, one, may_add=one.may_add)


def _ways(view: View) -> vm.ViewModel:
    card = Action(ask.ByCard(), text("progress.by_card"), enabled=view.session.facts.can_read_cards)
    choices = (
        vm.Choice(card, text("progress.by_card_note"), "card"),
        vm.Choice(
            Action(ask.ByReceipt(), text("progress.by_number")), text("progress.by_number_note"), "papers"
        ),
    )
    return vm.ChoicePage(
        view.chrome(), text("progress.heading"), text("progress.note"), Tone.PLAIN, choices, (back(),),
        "progress.ways",
    )  # fmt: skip


def _number(view: View, stage: cs.ByNumber) -> vm.ViewModel:
    whole = len(stage.digits) == NUMBER_DIGITS and not stage.checking and not stage.refused
    shown = case_number(stage.digits) if len(stage.digits) > len("YYMMDD") else stage.digits
    strange = stage.unknown or stage.refused
    note = "progress.too_many" if stage.refused else "progress.unknown" if strange else "progress.number_note"
    return vm.KeypadPage(
        view.chrome(), text("progress.number"), text(note, hotline=view.house.hotline), shown,
        Tone.CAUTION if strange else Tone.PLAIN,
        (Action(ask.Proceed(), text("progress.look"), primary=True, enabled=whole), back()), "progress.number",
    )  # fmt: skip


def _cases(view: View, stage: cs.Overview) -> vm.ViewModel:
    rows = tuple(
        PickRow(
            f"case.{case.case_id}", ask.Choose(case.case_id), _title(view, case), _standing(case),
            TONES[case.light],
        )
        for case in stage.cases
    )  # fmt: skip
    return vm.PickPage(
        view.chrome(), text("progress.yours", count=len(rows)), text("progress.yours_note"), Tone.PLAIN, rows,
        (back(),), "progress.cases",
    )  # fmt: skip


def _case(view: View, case: CaseProgress, *, may_add: bool) -> vm.ViewModel:
    actions = [back()]
    if may_add:
        can = view.session.facts.can_take(case.item_code)
        actions.append(Action(ask.AddPapers(), text("progress.add"), primary=True, enabled=can))
    tone = Tone.CAUTION if case.doubtful else TONES[case.light]
    sentence = text("progress.about", item=_title(view, case), case=case.case_id)
    return vm.PickPage(
        view.chrome(), text("progress.doubtful") if case.doubtful else _standing(case), sentence, tone,
        (*_missing(view, case, may_add=may_add), *_steps(case)), tuple(actions), "progress.case",
    )  # fmt: skip


def _missing(view: View, case: CaseProgress, *, may_add: bool) -> Iterator[PickRow]:
    """What the citizen has to do: above the steps."""
    if ResultKind.TO_COMPLETE in case.waiting:
        yield PickRow(
            "missing.complete", None, text("progress.to_complete"), text("progress.fetch_it"), Tone.CAUTION
        )
    elif case.waiting:
        yield PickRow("missing.fetch", None, text("progress.waits"), text("progress.fetch_it"), Tone.CAUTION)
    if case.missing:
        promised = " · ".join(view.house.papers(case.item_code, case.missing))
        told = text("promise.until", papers=promised, day=day_of(case.until))
        yield PickRow(
            "missing.promised", None, text("promise.label"), told,
            Tone.BAD if is_late(view, case.until) else Tone.CAUTION,
        )  # fmt: skip
    elif may_add:
        later = [paper.title for paper in view.house.item(case.item_code).papers if paper.later]
        if later:
            names = text("progress.later_papers", papers=" · ".join(later))
            yield PickRow("missing.later", None, text("progress.later"), names, Tone.CAUTION)


def _steps(case: CaseProgress) -> Iterator[PickRow]:
    for number, done in enumerate(case.steps):
        yield PickRow(
            f"step.{number}", None, text(f"progress.step.{done.step.value}"), _when(case, done),
            Tone.GOOD if done.at else Tone.PLAIN,
        )  # fmt: skip


def _when(case: CaseProgress, done: StepDone) -> Text | str:
    if done.at:
        return done.at[:MINUTE].replace("T", " ")
    if done.step.value == "ready" and case.due:
        return text("progress.until", day=case.due)
    return text("progress.ahead")


def _title(view: View, case: CaseProgress) -> str:
    return view.house.title(case.item_code) or case.case_id


def _standing(case: CaseProgress) -> Text:
    """The light in words."""
    match case.light:
        case Light.GREEN | Light.YELLOW if case.days_left == 0:
            return text("progress.light.last_day")
        case Light.GREEN | Light.YELLOW:
            return text(f"progress.light.{case.light.value}", days=case.days_left)
        case Light.RED:
            return text("progress.light.red", days=max(1, -case.days_left))
        case Light.DONE if case.waiting:
            return text("progress.light.ready")
        case Light.DONE:
            return text("progress.light.done")
        case _:
            return text("progress.light.none")
