"""Results for citizens: which case, what, how large; the door; the list of those that wait."""

from datetime import datetime
from typing import Final, assert_never

from kiosk.session import staffstate as ss
from kiosk.session.facts import ResultFact
from kiosk.session.staff import results
from kiosk.session.staffstate import ResultStep
from locker.events import ResultKind
from screens import intents as ask
from screens import viewmodels as vm
from screens.viewmodels import Action, Line, Text, Tone, text

from .cabinet import compartment_page
from .view import View, back

TYPED: Final = {ResultStep.NUMBER: "number", ResultStep.ID_NUMBER: "id_number", ResultStep.PHONE: "phone"}


def result_pages(
    view: View, stage: ss.PreparingResult | ss.PlacingResult | ss.ResultPlaced | ss.ResultsList
) -> vm.ViewModel:
    """The page of a stage."""
    match stage:
        case ss.PreparingResult():
            return _typing(view, stage) if stage.asking in TYPED else _picking(view, stage)
        case ss.PlacingResult():
            return _placing(view, stage)
        case ss.ResultPlaced():
            return _placed(view, stage)
        case ss.ResultsList():
            chosen = next((one for one in view.session.facts.results if one.cell == stage.chosen), None)
            return _waiting(view) if chosen is None else _one(view, stage, chosen)
        case _:
            assert_never(stage)


def _moment(view: View, at: str) -> str:
    return datetime.fromisoformat(at).astimezone(view.now.tzinfo).strftime("%m-%d %H:%M")


# before the door -----------------------------------------------------------------------------------------------------


def _picking(view: View, stage: ss.PreparingResult) -> vm.ViewModel:
    sentence, tone = text(f"staff.result.{stage.asking}_note"), Tone.PLAIN
    empty: Text | None = None
    if stage.reserving:
        sentence = text("staff.recording_note")
    elif stage.refused:
        sentence, tone = text(f"staff.result.refused.{stage.refused}"), Tone.BAD
    match stage.asking:
        case ResultStep.CASE:
            rows = _cases(view, stage)
        case ResultStep.KIND:
            if stage.draft.item_code:
                item = view.house.title(stage.draft.item_code)
                sentence = text("staff.result.for_case", case=stage.draft.case_id, item=item)
            rows = [
                vm.PickRow(f"kind.{kind}", ask.Choose(kind), text(f"staff.result.kind.{kind}"))
                for kind in ResultKind
            ]
        case _:
            rows = [
                vm.PickRow(
                    f"size.{size}", ask.Choose(size), text(f"staff.result.size.{size}"),
                    text("staff.result.free", count=count), enabled=bool(count) and not stage.reserving,
                )
                for size, count in view.session.facts.free
            ]  # fmt: skip
    if stage.asking is ResultStep.CASE and stage.cases is None:
        empty = text("staff.looking_up")
    actions = () if stage.reserving else (back(),)
    heading = text(f"staff.result.{stage.asking}")
    return vm.PickPage(
        view.chrome(staff=True), heading, sentence, tone, tuple(rows), actions, f"staff.result.{stage.asking}", empty
    )  # fmt: skip


def _cases(view: View, stage: ss.PreparingResult) -> list[vm.PickRow]:
    other = vm.PickRow(
        "case.other", ask.Choose(results.OTHER_CASE), text("staff.result.other"),
        text("staff.result.other_note"),
    )  # fmt: skip
    known = [
        vm.PickRow(
            f"case.{case.case_id}", ask.Choose(case.case_id), case.case_id,
            text("staff.result.case_of", item=view.house.title(case.item_code), at=_moment(view, case.since)),
        )
        for case in stage.cases or ()
    ]  # fmt: skip
    return [other, *known]


def _typing(view: View, stage: ss.PreparingResult) -> vm.ViewModel:
    what = TYPED[stage.asking]
    note, tone = text(f"staff.result.{what}_note"), Tone.PLAIN
    if stage.refused == "known":
        note, tone = text("staff.result.refused.known"), Tone.BAD
    elif stage.invalid:
        note, tone = text(f"staff.result.{what}_invalid"), Tone.BAD
    proceed = Action(ask.Proceed(), text("action.next"), primary=True, enabled=bool(stage.digits))
    return vm.KeypadPage(
        view.chrome(staff=True), text(f"staff.result.{what}"), note, stage.digits, tone, (proceed, back()),
        f"staff.result.{what}", letter=stage.asking is ResultStep.ID_NUMBER,
    )  # fmt: skip


# at the door ---------------------------------------------------------------------------------------------------------


def _placing(view: View, stage: ss.PlacingResult) -> vm.ViewModel:
    chrome, cell = view.chrome(staff=True), stage.cell
    again = Action(ask.OpenAgain(), text("compartment.open_again"))
    give_up = Action(ask.GiveUp(), text("staff.result.give_up"))
    if stage.failed:
        return compartment_page(view, chrome, cell, "staff.failed", actions=(again, give_up), tone=Tone.BAD)
    if stage.open:
        key = "staff.close_it" if stage.long_open else "staff.result.put_in"
        return compartment_page(view, chrome, cell, key, "staff.result.put_in", opened=True, tone=Tone.GOOD)
    if stage.recording:
        return compartment_page(view, chrome, cell, "staff.recording")
    if not stage.shut_item:
        return compartment_page(view, chrome, cell, "compartment.opening", "staff.opening")
    inside = Action(ask.PapersInside(), text("staff.result.inside"))
    return compartment_page(
        view, chrome, cell, "staff.result.nothing_seen", actions=(again, inside, give_up), tone=Tone.CAUTION,
        sensor="sensor.closed_empty",
    )  # fmt: skip


def _placed(view: View, stage: ss.ResultPlaced) -> vm.ViewModel:
    lines = [Line(text("staff.result.number"), stage.case_id)]
    if stage.until:
        lines.append(Line(text("staff.result.until"), _moment(view, stage.until)))
    note = text("staff.result.told" if stage.until else "staff.result.not_told")
    actions = (
        Action(ask.Proceed(), text("staff.result.another"), primary=True),
        Action(ask.Back(), text("staff.back_to_list")),
    )
    tone = Tone.GOOD if stage.until else Tone.CAUTION
    return vm.NoticePage(
        view.chrome(staff=True), text("staff.result.placed", cell=stage.cell), note, tone, "check", tuple(lines),
        actions, "staff.result.placed",
    )  # fmt: skip


# what waits ----------------------------------------------------------------------------------------------------------


def _state(view: View, result: ResultFact) -> tuple[Text, Tone]:
    if result.disputed:
        return text("staff.mark.disputed"), Tone.BAD
    if result.overdue:
        return text("staff.waiting.overdue", since=_moment(view, result.since)), Tone.BAD
    if not result.expires:
        return text("staff.waiting.no_code"), Tone.CAUTION
    return text("staff.waiting.until", until=_moment(view, result.expires)), Tone.GOOD


def _waiting(view: View) -> vm.ViewModel:
    facts = view.session.facts
    rows = []
    for result in sorted(facts.results, key=lambda one: (not one.overdue, one.since)):
        state, tone = _state(view, result)
        title = text("staff.waiting.of", cell=result.cell, case=result.case_id)
        rows.append(vm.PickRow(f"result.{result.cell}", ask.Choose(result.cell), title, state, tone))
    late = len(results.overdue(facts))
    actions: tuple[Action, ...] = (back(),)
    if late:
        actions += (Action(ask.CollectTicked(), text("staff.waiting.recall_all", count=late), primary=True),)
    sentence = text("staff.waiting_note", count=len(rows), late=late)
    return vm.PickPage(
        view.chrome(staff=True), text("staff.waiting"), sentence, Tone.CAUTION if late else Tone.PLAIN, tuple(rows),
        actions, "staff.waiting", text("staff.waiting.none"),
    )  # fmt: skip


def _one(view: View, stage: ss.ResultsList, result: ResultFact) -> vm.ViewModel:
    state, tone = _state(view, result)
    note = state
    if stage.renewing:
        note, tone = text("staff.recording_note"), Tone.PLAIN
    elif stage.renewed == "refused":
        note, tone = text("staff.waiting.not_renewed"), Tone.BAD
    elif stage.renewed:
        note, tone = text("staff.waiting.renewed", until=_moment(view, stage.renewed)), Tone.GOOD
    lines = (
        Line(text("staff.result.number"), result.case_id),
        Line(text("staff.waiting.what"), text(f"staff.result.kind.{result.kind}")),
        Line(text("staff.waiting.since"), _moment(view, result.since)),
    )
    free = not stage.renewing
    actions = (
        Action(ask.TryAgain(), text("staff.waiting.renew"), enabled=free),
        Action(ask.ResolveCell(result.cell), text("staff.waiting.recall"), enabled=free),
        back(),
    )
    return vm.NoticePage(
        view.chrome(staff=True), text("staff.waiting.one", cell=result.cell), note, tone, "door", lines, actions,
        "staff.waiting.one",
    )  # fmt: skip
