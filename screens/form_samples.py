"""Examples of the pages of a form: written, typed, chosen, all answers, and what the rules decide."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from screens import intents as ask
from screens.languages import SIMPLIFIED, TRADITIONAL
from screens.traditional import in_traditional
from screens.viewmodels import (
    Action,
    CandidateView,
    Chrome,
    KeypadPage,
    PickPage,
    PickRow,
    Tone,
    ViewModel,
    WritePage,
    text,
)

_CONTENT: Final[dict[str, dict[str, Any]]] = {
    "zh_CN": {
        "place": "经营场所地址", "typed": "临淄区人民路12号", "letters": "jianshe",
        "words": ("建设", "见", "间", "建"),
        "code": "统一社会信用代码", "day": "劳动合同签订日期", "id": "监护人身份证号码", "kind": "就业方式",
        "choices": ("受雇于单位", "灵活就业", "自主创业"), "again": "91370305MA3C",
        "trade": "店铺名称", "shop": "好再来小吃店", "reasons": ("须年满80周岁", "须为本地户籍"),
        "grants": "从次月起发放高龄津贴",
    },
    "en": {
        "place": "Address of the premises", "typed": "12 Renmin Road", "letters": "", "words": (),
        "code": "Unified social credit code",
        "day": "Date of the labour contract", "id": "ID number of the guardian", "kind": "Kind of employment",
        "choices": ("Employed by an organisation", "Flexible employment", "Self-employed"), "again": "91370305MA3C",
        "trade": "Name of the shop", "shop": "Come Again Snacks",
        "reasons": ("The person has to be 80 or over", "The person has to be registered here"),
        "grants": "The allowance is paid from next month",
    },
}  # fmt: skip
_CONTENT[TRADITIONAL] = in_traditional(_CONTENT[SIMPLIFIED])
_BACK: Final = Action(ask.Back(), text("action.back"))
_NEXT: Final = Action(ask.Proceed(), text("form.next"), primary=True)
_SIGNS: Final = ("-", "#", "号", "楼", "室")


def form_samples(chrome: Chrome) -> Iterator[ViewModel]:
    """The pages in the language of `chrome`."""
    said, third = _CONTENT[chrome.lang], replace(chrome, step=3, steps=6)
    yield from _written(third, said)
    asked = text("form.question", number=2, total=3)
    keypad = KeypadPage(
        third,
        text("form.field", label=said["day"]),
        asked,
        "2026-11-2",
        Tone.PLAIN,
        (_BACK, _NEXT),
        "form.date",
    )
    yield keypad
    wrong = text("form.invalid.id_number", least=1, most=18)
    yield replace(
        keypad, heading=text("form.field", label=said["id"]), sentence=wrong, shown="110105194912310021", tone=Tone.BAD,
        name="form.id_number", letter=True,
    )  # fmt: skip
    rows = tuple(PickRow(f"answer.{at}", ask.Choose(str(at)), one) for at, one in enumerate(said["choices"]))
    yield PickPage(
        third, text("form.field", label=said["kind"]), asked, Tone.PLAIN, rows, (_BACK,), "form.choice"
    )
    yield from _looked_at(replace(chrome, step=4, steps=6), said)


def _written(third: Chrome, said: dict[str, Any]) -> Iterator[ViewModel]:
    begins = text("form.question", number=1, total=3)
    turns = (
        Action(ask.Turn(-1), text("form.fewer_words"), enabled=False),
        Action(ask.Turn(1), text("form.more_words")),
    )
    words = tuple(CandidateView(word, len(said["letters"])) for word in said["words"])
    keys = "pinyin" if words else "small"
    switch = Action(ask.SwitchKeys(), text(f"form.keys.{keys}"))
    write = WritePage(
        third, text("form.field", label=said["place"]), begins, Tone.PLAIN, said["typed"], said["letters"],
        words[:2] if third.large else words, turns if words else (), switch, False, _SIGNS, (_BACK, _NEXT),
    )  # fmt: skip
    yield write
    skip = Action(ask.Skip(), text("form.skip"))
    yield replace(
        write, heading=text("form.field", label=said["code"]),
        sentence=text("form.invalid_exact.code", least=18, most=18),
        tone=Tone.BAD, typed=said["again"], letters="", candidates=(), turns=(), capitals=True, signs=(),
        switch=Action(ask.SwitchKeys(), text("form.keys.capital")), actions=(_BACK, skip, _NEXT), name="form.code",
    )  # fmt: skip


def _looked_at(fourth: Chrome, said: dict[str, Any]) -> Iterator[ViewModel]:
    told = ((said["trade"], said["shop"]), (said["place"], said["typed"]), (said["kind"], said["choices"][2]))
    rows = [
        PickRow(f"answer.{at}", ask.ChangeAnswer(str(at)), text("form.field", label=label), value)
        for at, (label, value) in enumerate(told)
    ]
    rows[1] = replace(rows[1], note=text("form.from_earlier", value=said["typed"]))
    phone = PickRow("answer.phone", ask.ChangeAnswer("phone"), text("confirm.phone"), "131 3131 3131")
    done = Action(ask.Proceed(), text("form.reviewed"), primary=True)
    yield PickPage(
        fourth,
        text("form.review"),
        text("form.review_note"),
        Tone.PLAIN,
        (*rows, phone),
        (done,),
        "form.review",
    )
    along = Action(ask.GiveUp(), text("decided.take_along"))
    met, not_met = text("decided.met"), text("decided.notMet")
    first, second = (
        PickRow(f"rule.{at}", None, reason, met, Tone.GOOD) for at, reason in enumerate(said["reasons"])
    )
    refused = replace(first, note=not_met, lamp=Tone.CAUTION)
    unclear = replace(second, note=text("decided.unknown"), lamp=Tone.CAUTION)
    grants = PickRow("rule.grants", None, said["grants"], text("decided.grants"), Tone.GOOD)
    for outcome, tone, rows_of in (
        ("granted", Tone.GOOD, (grants, first, second)), ("refused", Tone.CAUTION, (refused, second)),
        ("person", Tone.PLAIN, (first, unclear)),
    ):  # fmt: skip
        go_on = Action(ask.Proceed(), text(f"decided.{outcome}_go_on"), primary=True)
        heading, note = text(f"decided.{outcome}"), text(f"decided.{outcome}_note")
        yield PickPage(fourth, heading, note, tone, rows_of, (go_on, along), f"decided.{outcome}")
