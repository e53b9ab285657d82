"""Where a case stands: how to ask, the cases of a person, one case with its steps and its light."""

from collections.abc import Iterator
from typing import Final

from kiosk.session import custodystate as cs
from kiosk.session.progress import NUMBER_DIGITS, case_number
from kiosk.session.progressfacts import CaseProgress, CertificateHope, CityWord, Light, StepDone
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
TONES_HEARD: Final = {
    CityWord.GRANTED: Tone.GOOD, CityWord.REFUSED: Tone.BAD, CityWord.WITHDRAWN: Tone.CAUTION,
    CityWord.WAITING: Tone.CAUTION, CityWord.RESULT_READY: Tone.GOOD,
}  # fmt: skip
MINUTE: Final = 16  # characters of an ISO time down to the minute


def progress_pages(view: View, stage: cs.AskingHow | cs.ByNumber | cs.Overview) -> vm.ViewModel:
    """The page for this stage."""
    match stage:
        case cs.AskingHow():
            return _ways(view, stage)
        case cs.ByNumber(found=found) if found is not None:
            return _case(view, found, offered=False)
        case cs.ByNumber():
            return _number(view, stage)
        case cs.Overview():
            one = stage.one
            return _cases(view, stage) if one is None else _case(view, one, offered=True)


def _ways(view: View, stage: cs.AskingHow) -> vm.ViewModel:
    card = Action(ask.ByCard(), text("progress.by_card"), enabled=view.session.facts.can_read_cards)
    choices = (
        vm.Choice(card, text("progress.by_card_note"), "card"),
        vm.Choice(
            Action(ask.ByReceipt(), text("progress.by_number")), text("progress.by_number_note"), "papers"
        ),
    )
    return vm.ChoicePage(
        view.chrome(), text("progress.heading"), _how(view, "progress.note", strange=stage.strange),
        Tone.CAUTION if stage.strange else Tone.PLAIN, choices, (back(),), "progress.ways",
    )  # fmt: skip


def _how(view: View, plain: str, *, strange: bool) -> Text:
    """The note `plain`, which says more where a receipt's code can be held to a scanner."""
    if strange:
        return text("progress.strange_code")
    return text(f"{plain}_or_code" if view.session.facts.reads_codes else plain)


def _number(view: View, stage: cs.ByNumber) -> vm.ViewModel:
    whole = len(stage.digits) == NUMBER_DIGITS and not stage.checking and not stage.refused
    shown = case_number(stage.digits) if len(stage.digits) > len("YYMMDD") else stage.digits
    strange = stage.unknown or stage.refused or stage.strange
    note = _how(view, "progress.number_note", strange=stage.strange)
    if stage.refused or stage.unknown:
        told = "progress.too_many" if stage.refused else "progress.unknown"
        note = text(told, hotline=view.house.hotline)
    return vm.KeypadPage(
        view.chrome(), text("progress.number"), note, shown,
        Tone.CAUTION if strange else Tone.PLAIN,
        (Action(ask.Proceed(), text("progress.look"), primary=True, enabled=whole), back()), "progress.number",
    )  # fmt: skip


def _cases(view: View, stage: cs.Overview) -> vm.ViewModel:
    rows = tuple(
        PickRow(
            f"case.{case.case_id}", ask.Choose(case.case_id), _title(view, case), _standing(case),
            _tone(case),
        )
        for case in stage.cases
    )  # fmt: skip
    return vm.PickPage(
        view.chrome(), text("progress.yours", count=len(rows)), text("progress.yours_note"), Tone.PLAIN, rows,
        (back(),), "progress.cases",
    )  # fmt: skip


def _case(view: View, case: CaseProgress, *, offered: bool) -> vm.ViewModel:
    """`offered`: by the card, so that what the person may do is there too."""
    actions = [back()]
    certificate = offered and case.certificate is CertificateHope.READY
    if certificate:
        actions.append(Action(ask.GetCertificate(), text("certificate.get"), primary=True))
    if offered and case.may_add:
        can = view.session.can_begin(case.item_code)
        actions.append(Action(ask.AddPapers(), text("progress.add"), primary=not certificate, enabled=can))
    tone = Tone.CAUTION if case.doubtful else _tone(case)
    sentence = text("progress.about", item=_title(view, case), case=case.case_id)
    return vm.PickPage(
        view.chrome(), text("progress.doubtful") if case.doubtful else _standing(case), sentence, tone,
        (*_missing(view, case, may_add=offered and case.may_add), *_heard(case), *_steps(case)), tuple(actions),
        "progress.case",
    )  # fmt: skip


def _missing(view: View, case: CaseProgress, *, may_add: bool) -> Iterator[PickRow]:
    """What the citizen has to do: above the steps."""
    if ResultKind.TO_COMPLETE in case.waiting:
        yield PickRow(
            "missing.complete", None, text("progress.to_complete"), text("progress.fetch_it"), Tone.CAUTION
        )
    elif case.is_taken_back:
        what, why = text("progress.taken_back"), text("progress.taken_back_note")
        yield PickRow("missing.taken_back", None, what, why, Tone.CAUTION)
    elif case.waiting:
        yield PickRow("missing.fetch", None, text("progress.waits"), text("progress.fetch_it"), Tone.CAUTION)
    if case.certificate is not CertificateHope.NONE:
        told = text(f"certificate.case.{case.certificate.value}")
        yield PickRow(
            "missing.certificate", None, text("certificate.label"), told,
            Tone.GOOD if case.certificate is CertificateHope.READY else Tone.BAD,
        )  # fmt: skip
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


def _heard(case: CaseProgress) -> Iterator[PickRow]:
    """What the city said, the newest first."""
    for number, one in enumerate(reversed(case.heard)):
        told = text(f"progress.city.{one.word.value}")
        if one.papers:
            told = text("progress.city.papers", count=one.papers)
        tone = TONES_HEARD.get(one.word, Tone.PLAIN)
        yield PickRow(f"heard.{number}", None, told, text("progress.city.at", when=_minute(one.at)), tone)


def _tone(case: CaseProgress) -> Tone:
    if case.decided is None or case.light is Light.DONE:
        return Tone.CAUTION if case.is_taken_back else TONES[case.light]
    return TONES_HEARD[case.decided]


def _steps(case: CaseProgress) -> Iterator[PickRow]:
    for number, done in enumerate(case.steps):
        yield PickRow(
            f"step.{number}", None, text(f"progress.step.{done.step.value}"), _when(case, done),
            Tone.GOOD if done.at else Tone.PLAIN,
        )  # fmt: skip


def _when(case: CaseProgress, done: StepDone) -> Text | str:
    if done.at:
        return _minute(done.at)
    if done.step.value == "ready" and case.due:
        return text("progress.until", day=case.due)
    return text("progress.ahead")


def _minute(at: str) -> str:
    return at[:MINUTE].replace("T", " ")


def _title(view: View, case: CaseProgress) -> str:
    return view.house.title(case.item_code) or case.case_id


def _standing(case: CaseProgress) -> Text:
    """The light in words; what the city decided stands before a time limit that is over by that."""
    if case.decided is not None and case.light is not Light.DONE:
        return text(f"progress.city.{case.decided.value}")
    if case.is_taken_back:
        return text("progress.step.taken_back")
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
