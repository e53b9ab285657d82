"""Filling in a form: question by question, the phone number, everything once more; the answers may be changed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from kiosk.catalogue.forms import WRITTEN, FieldType, FormField
from screens import intents as ask

from . import events as ev
from . import identity
from . import state as st
from .applicationstate import Filling, Keys, Reviewing
from .facts import Identity
from .form import Origin, begun
from .leaving import Step

MOST_LETTERS: Final = 24
MOST_TURNS: Final = 40
SIGNS: Final = frozenset(" -#·号楼室")
ID_NUMBER_DIGITS: Final = 17  # and then a digit or X
_FOLLOWS: Final = {Keys.PINYIN: Keys.SMALL, Keys.SMALL: Keys.CAPITAL, Keys.CAPITAL: Keys.PINYIN}


def known(visit: st.Visit, earlier: ev.Earlier, session: st.Session) -> st.Visit:
    """The visit with the form of its item, filled with what is known of the person who stands there.

    What an earlier case says is for whoever proved to be its person: a card alone may be anybody's.
    """
    if visit.card is None or visit.errand is not st.Errand.DEPOSIT:
        return visit
    told = earlier if visit.identity is not Identity.CARD_ONLY else ev.Earlier()
    form = begun(session.policy.form(visit.item_code), visit.card, dict(told.answers))
    for answer in visit.form.answers:  # from before the person was looked at again
        if answer.origin is Origin.PERSON:
            form = form.with_answer(answer.name, answer.value)
    return replace(visit, form=form, phone=visit.phone or told.phone)


def begin(visit: st.Visit) -> Step:
    """The first question that nothing is known of, else the phone number."""
    following = visit.form.next_field
    if following is None:
        return st.EnteringPhone(visit, visit.phone), ()
    return _opened(visit, following), ()


def step(
    stage: Filling | Reviewing, event: ev.Event, onward: Callable[[st.Visit], Step] = begin
) -> Step | None:
    """The next stage with its effects, or None when the event means nothing here. `onward`: from an answer."""
    again = identity.before_the_door(stage.visit, event)
    if again is not None:
        return again
    if isinstance(stage, Reviewing):
        return _reviewing(stage, event)
    form = stage.visit.form
    one = form.field(stage.name)
    match event:
        case ask.Back() if stage.again:
            return Reviewing(stage.visit), ()
        case ask.Back() if (before := form.before(stage.name)) is not None:
            return _opened(stage.visit, before), ()
        case ask.Skip() if one.optional:
            return _answered(stage, "", onward)
        case ask.Choose(code) if not one.longest and one.accepts(code):
            return _answered(stage, code, onward)
        case ask.Proceed() if one.longest:
            value = answer_of(one, stage.typed + stage.letters)
            return (
                _answered(stage, value, onward) if one.accepts(value) else (replace(stage, invalid=True), ())
            )
        case _:
            typed = _written(stage, one, event) if one.type in WRITTEN else _digits(stage, one, event)
            return None if typed is None else (typed, ())


def answer_of(one: FormField, typed: str) -> str:
    """What was typed, as it stands in the form: a day as ISO 8601."""
    if one.type is FieldType.DATE and len(typed) == one.longest:
        return f"{typed[:4]}-{typed[4:6]}-{typed[6:]}"
    return typed.strip()


def _opened(visit: st.Visit, one: FormField, *, again: bool = False) -> Filling:
    answer = visit.form.answer(one.name)
    typed = "" if answer is None else answer.value
    if one.type is FieldType.DATE:
        typed = typed.replace("-", "")
    keys = Keys.CAPITAL if one.type is FieldType.CODE else Keys.PINYIN
    return Filling(visit, one.name, typed, keys=keys, again=again)


def _answered(stage: Filling, value: str, onward: Callable[[st.Visit], Step]) -> Step:
    told = replace(stage.visit, form=stage.visit.form.with_answer(stage.name, value))
    return (st.Confirming(told), ()) if stage.again else onward(told)


def _reviewing(stage: Reviewing, event: ev.Event) -> Step | None:
    visit = stage.visit
    match event:
        case ask.ChangeAnswer("phone"):
            return st.EnteringPhone(visit, visit.phone), ()
        case ask.ChangeAnswer(name) if name in [one.name for one in visit.form.asked]:
            return _opened(visit, visit.form.field(name), again=True), ()
        case ask.Proceed() | ask.Back():
            return st.Confirming(visit), ()
        case _:
            return None


# keys --------------------------------------------------------------------------------------------------------------


def _written(stage: Filling, one: FormField, event: ev.Event) -> Filling | None:
    match event:
        case ask.Letter(letter) if stage.keys is Keys.PINYIN:
            if len(stage.letters) >= MOST_LETTERS:
                return stage
            return replace(stage, letters=stage.letters + letter, turned=0, invalid=False)
        case ask.Letter(letter):
            return _more(stage, one, letter.upper() if stage.keys is Keys.CAPITAL else letter)
        case ask.PickWord(word, used) if 0 < used <= len(stage.letters):
            left = stage.letters[used:]
            return replace(_more(replace(stage, letters=""), one, word), letters=left)
        case ask.Digit(digit):
            return _more(stage, one, str(digit))
        case ask.Sign(sign) if sign in SIGNS and one.type is not FieldType.CODE:
            return _more(stage, one, sign)
        case ask.Turn(by) if stage.letters:
            return replace(stage, turned=min(max(0, stage.turned + by), MOST_TURNS))
        case ask.DeleteDigit() if stage.letters:
            return replace(stage, letters=stage.letters[:-1], turned=0)
        case ask.DeleteDigit():
            return replace(stage, typed=stage.typed[:-1], invalid=False)
        case ask.ClearTyped():
            return replace(stage, typed="", letters="", turned=0, invalid=False)
        case ask.SwitchKeys():
            following = _FOLLOWS[stage.keys]
            if one.type is FieldType.CODE and following is Keys.PINYIN:
                following = Keys.SMALL
            return replace(_more(stage, one, ""), keys=following)
        case _:
            return None


def _more(stage: Filling, one: FormField, signs: str) -> Filling:
    """With these signs behind what stands there; letters that no word was chosen for stay as they are."""
    typed = (stage.typed + stage.letters + signs)[: one.longest]
    return replace(stage, typed=typed, letters="", turned=0, invalid=False)


def _digits(stage: Filling, one: FormField, event: ev.Event) -> Filling | None:
    typed = stage.typed
    match event:
        case ask.Digit(digit) if len(typed) < one.longest:
            return replace(stage, typed=f"{typed}{digit}", invalid=False)
        case ask.LetterX() if one.type is FieldType.ID_NUMBER and len(typed) == ID_NUMBER_DIGITS:
            return replace(stage, typed=f"{typed}X", invalid=False)
        case ask.DeleteDigit():
            return replace(stage, typed=typed[:-1], invalid=False)
        case ask.ClearTyped():
            return replace(stage, typed="", invalid=False)
        case _:
            return None
