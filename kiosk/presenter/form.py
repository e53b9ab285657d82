"""The pages of a form: one question each, all answers to change, and what the item's rules decide."""

from collections.abc import Sequence
from typing import Final

from kiosk.catalogue.forms import WRITTEN, YES_NO, FieldType, FormField
from kiosk.catalogue.rules import Finding, Outcome
from kiosk.session import state as st
from kiosk.session.applicationstate import Keys
from kiosk.session.form import Form, Origin
from screens import intents as ask
from screens import viewmodels as vm
from screens.viewmodels import Action, PickRow, Text, Tone, text

from .view import View, grouped

SIGNS_OF_TEXT: Final = ("-", "#", "号", "楼", "室")  # keys beside letters and digits
SIGNS: Final = {FieldType.CODE: (), FieldType.NAME: ("·",)}  # as in 迪丽娜尔·买买提
COUNTED: Final = (FieldType.TEXT, FieldType.CODE, FieldType.DIGITS)
ROOM: Final = {False: 13, True: 9}  # signs of the candidates in one row, in normal and in large size
SEEN: Final = {False: 30, True: 20}  # half-width signs of what was typed that the field shows
LEAST_ROOM: Final = 2  # of one candidate
DAY: Final = (4, 6, 8)  # where a day's year, month and day end
TONES: Final = {Outcome.GRANTED: Tone.GOOD, Outcome.REFUSED: Tone.CAUTION, Outcome.PERSON: Tone.PLAIN}
FINDINGS: Final = {Finding.MET: Tone.GOOD, Finding.NOT_MET: Tone.CAUTION, Finding.UNKNOWN: Tone.CAUTION}


def form_pages(view: View, stage: st.Filling | st.Reviewing | st.Decided) -> vm.ViewModel:
    """A question, the list of answers, or the decision."""
    match stage:
        case st.Filling(visit=visit, name=name):
            one = visit.form.field(name)
            if one.type in WRITTEN:
                return _write(view, stage, one)
            return _keypad(view, stage, one) if one.longest else _choose(view, stage, one)
        case st.Reviewing(visit):
            return _review(view, visit)
        case st.Decided():
            return _decided(view, stage)


def shown(view: View, form: Form, name: str) -> Text | str:
    """An answer in words."""
    one, answer = form.field(name), form.answer(name)
    if answer is None or not answer.value:
        return text("form.left_out")
    if one.type is FieldType.YES_NO:
        return text(f"form.{answer.value}")
    chosen = next((choice for choice in one.choices if choice.code == answer.value), None)
    return answer.value if chosen is None else chosen.of(view.session.lang)


def heading_of(view: View, one: FormField) -> Text:
    """The name of a field, in the language of the person."""
    return text("form.field", label=one.of(view.session.lang))


def _sentence(stage: st.Filling, one: FormField) -> Text:
    if stage.invalid:
        kind = "invalid_exact" if one.least == one.most and one.type in COUNTED else "invalid"
        return text(f"form.{kind}.{one.type.value}", least=one.least, most=one.most)
    form = stage.visit.form
    asked = [field.name for field in form.asked if field == one or not _is_known_before(form, field)]
    key = "form.question_optional" if one.optional else "form.question"
    return text(key, number=asked.index(one.name) + 1, total=len(asked))


def _is_known_before(form: Form, one: FormField) -> bool:
    answer = form.answer(one.name)
    return answer is not None and answer.origin is Origin.EARLIER


def _actions(stage: st.Filling, one: FormField) -> tuple[Action, ...]:
    visit = stage.visit
    goes_back = stage.again or visit.is_typing_principal or visit.form.before(one.name) is not None
    typed = bool(stage.typed or stage.letters)
    actions = [Action(ask.Back(), text("action.back"))] if goes_back else []
    if one.optional:
        actions.append(Action(ask.Skip(), text("form.skip")))
    if one.longest:
        actions.append(Action(ask.Proceed(), text("form.next"), primary=True, enabled=typed))
    return tuple(actions)


def _choose(view: View, stage: st.Filling, one: FormField) -> vm.PickPage:
    lang = view.session.lang
    choices: list[tuple[str, Text | str]] = [(choice.code, choice.of(lang)) for choice in one.choices]
    if one.type is FieldType.YES_NO:
        choices = [(code, text(f"form.{code}")) for code in YES_NO]
    rows = tuple(PickRow(f"answer.{code}", ask.Choose(code), label) for code, label in choices)
    return vm.PickPage(
        view.visit_chrome(3, stage.visit), heading_of(view, one), _sentence(stage, one), Tone.PLAIN, rows,
        _actions(stage, one), "form.choice",
    )  # fmt: skip


def _keypad(view: View, stage: st.Filling, one: FormField) -> vm.KeypadPage:
    return vm.KeypadPage(
        view.visit_chrome(3, stage.visit), heading_of(view, one), _sentence(stage, one), _in_groups(one, stage.typed),
        Tone.BAD if stage.invalid else Tone.PLAIN, _actions(stage, one), f"form.{one.type.value}",
        letter=one.type is FieldType.ID_NUMBER,
    )  # fmt: skip


def _in_groups(one: FormField, typed: str) -> str:
    match one.type:
        case FieldType.DATE:
            parts = [typed[start:end] for start, end in zip((0, *DAY), DAY, strict=False)]
            return "-".join(part for part in parts if part)
        case FieldType.PHONE:
            return grouped(typed)
        case FieldType.DIGITS:  # a bank card's, say
            return " ".join(typed[start : start + 4] for start in range(0, len(typed), 4))
        case _:
            return typed


def _write(view: View, stage: st.Filling, one: FormField) -> vm.WritePage:
    found: Sequence[tuple[str, int]] = ()
    if stage.letters:
        found = view.house.spell(stage.letters, name=one.type is FieldType.NAME, begun=bool(stage.typed))
    rows = _rows(found, ROOM[view.session.large])
    turned = min(stage.turned, len(rows) - 1)
    turns = (
        Action(ask.Turn(turned - 1 - stage.turned), text("form.fewer_words"), enabled=turned > 0),
        Action(ask.Turn(turned + 1 - stage.turned), text("form.more_words"), enabled=turned < len(rows) - 1),
    )
    return vm.WritePage(
        view.visit_chrome(3, stage.visit), heading_of(view, one), _sentence(stage, one),
        Tone.BAD if stage.invalid else Tone.PLAIN, _end_of(stage.typed, SEEN[view.session.large]), stage.letters,
        rows[turned],
        turns if len(rows) > 1 else (), Action(ask.SwitchKeys(), text(f"form.keys.{stage.keys.value}")),
        stage.keys is Keys.CAPITAL, SIGNS.get(one.type, SIGNS_OF_TEXT), _actions(stage, one),
    )  # fmt: skip


def _end_of(typed: str, room: int) -> str:
    """As much as the field has room for, of a long one its end: there it goes on."""
    wide = 0
    for place in range(len(typed) - 1, -1, -1):
        wide += 1 if typed[place].isascii() else 2
        if wide > room:
            return f"…{typed[place + 1 :]}"
    return typed


def _rows(found: Sequence[tuple[str, int]], room: int) -> list[tuple[vm.CandidateView, ...]]:
    """As many candidates a row as it has room for."""
    rows: list[list[vm.CandidateView]] = [[]]
    left = room
    for word, used in found:
        wide = max(LEAST_ROOM, len(word) + 1)
        if wide > left and rows[-1]:
            rows.append([])
            left = room
        rows[-1].append(vm.CandidateView(word, used))
        left -= wide
    return [tuple(row) for row in rows]


def _review(view: View, visit: st.Visit) -> vm.PickPage:
    form, rows = visit.form, []
    for one in form.asked:
        note = shown(view, form, one.name)
        if _is_known_before(form, one):
            note = text("form.from_earlier", value=note)
        rows.append(PickRow(f"answer.{one.name}", ask.ChangeAnswer(one.name), heading_of(view, one), note))
    rows.append(
        PickRow("answer.phone", ask.ChangeAnswer("phone"), text("confirm.phone"), grouped(visit.phone))
    )
    done = Action(ask.Proceed(), text("form.reviewed"), primary=True)
    return vm.PickPage(
        view.visit_chrome(4, visit), text("form.review"), text("form.review_note"), Tone.PLAIN, tuple(rows), (done,),
        "form.review",
    )  # fmt: skip


def _decided(view: View, stage: st.Decided) -> vm.PickPage:
    """Every rule with what became of it: who is decided on by rules can read all of them."""
    decision, outcome, lang = stage.decision, stage.decision.outcome, view.session.lang
    rows = [
        PickRow(
            f"rule.{number}", None, verdict.rule.reason.of(lang), text(f"decided.{verdict.finding.value}"),
            FINDINGS[verdict.finding],
        )
        for number, verdict in enumerate(decision.verdicts, start=1)
    ]  # fmt: skip
    if decision.grants is not None:
        rows.insert(
            0, PickRow("rule.grants", None, decision.grants.of(lang), text("decided.grants"), Tone.GOOD)
        )
    go_on = Action(ask.Proceed(), text(f"decided.{outcome.value}_go_on"), primary=True)
    along = Action(ask.GiveUp(), text("decided.take_along"))
    return vm.PickPage(
        view.visit_chrome(4, stage.visit), text(f"decided.{outcome.value}"), text(f"decided.{outcome.value}_note"),
        TONES[outcome], tuple(rows), (go_on, along), f"decided.{outcome.value}",
    )  # fmt: skip
