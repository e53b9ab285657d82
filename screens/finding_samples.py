"""Examples of the pages on which an item is found and its guide is read."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from screens import intents as ask
from screens.languages import SIMPLIFIED, TRADITIONAL
from screens.traditional import in_traditional
from screens.viewmodels import (
    Action,
    Chrome,
    GuidePage,
    ItemRow,
    ItemsPage,
    Line,
    PaperRow,
    PickPage,
    PickRow,
    SamplePage,
    SearchPage,
    SheetPage,
    ThemesPage,
    ThemeTile,
    Tone,
    ViewModel,
    text,
)

_CONTENT: Final[dict[str, dict[str, Any]]] = {
    "zh_CN": {
        "item": "残疾人两项补贴申请", "sample": (1, "id-card-copy.png"), "theme": "开店创业",
        "papers": (("残疾人两项补贴申请表", "form"), ("身份证", "copy"), ("残疾人证", "copy"),
                   ("家庭经济状况核对授权书", "original"), ("低保证明", "copy")),
        "facts": (
            ("who", "困难残疾人和重度残疾人，可由监护人或者所在村（居）委会代办"),
            ("conditions", "持有残疾人证\n本地户籍"),
            ("fee", "不收费"), ("time_limit", "10 个工作日"), ("legal_limit", "30 个工作日"), ("office", "民政局"),
            ("result", "按月发放至本人银行卡"),
            ("law", "《国务院关于全面建立困难残疾人生活补贴和重度残疾人护理补贴制度的意见》"),
        ),
        "events": ("开店创业", "孩子出生", "搬到本地", "买房租房", "找工作和失业", "生病就医", "退休养老", "亲人去世"),
        "subjects": ("经营许可", "就业创业", "社保医保", "扶困助残", "户籍证件", "住房房产", "城市和道路",
                     "证明和查询"),
        "sheet": "残疾人两项补贴申请\n请准备（共 5 样）\n1.残疾人两项补贴申请表（填好并签名的表）\n"
                 "2.身份证（复印件）\n3.残疾人证（复印件）\n4.家庭经济状况核对授权书（原件）\n"
                 "5.低保证明（复印件 · 有才带）\n"
                 "费用：不收费\n办理时限：10 个工作日\n咨询电话 12345",
    },
    "en": {
        "item": "Change of a company's register entry", "theme": "Opening a shop",
        "sample": (3, "business-licence.png"),
        "papers": (("Application form for the change", "form"), ("Resolution of the shareholders", "original"),
                   ("Amended articles of the company, signed by its representative", "original"),
                   ("Business licence, original and duplicate", "original"),
                   ("Proof of the right to use the premises", "copy")),
        "facts": (
            ("who", "Companies whose name, address or legal representative changed; anyone with a letter may hand in"),
            ("conditions", "The shareholders agreed\nAll taxes are paid"), ("fee", "Free of charge"),
            ("time_limit", "1 working day"), ("legal_limit", "3 working days"), ("office", "Market regulation bureau"),
            ("result", "New business licence"),
            ("law", "Regulations on the Registration of Market Entities, Article 24"),
        ),
        "events": ("Opening a shop", "A child is born", "Moving here", "Buying or renting a home",
                   "Finding or losing work", "Falling ill", "Growing old", "A death in the family"),
        "subjects": ("Business licences", "Work and training", "Social insurance",
                     "Hardship and disability", "Household and ID papers", "Housing and property", "City and roads",
                     "Proofs and enquiries"),
        "sheet": "Change of a company's register entry\nPlease bring (5)\n1. Application form (filled in and signed)\n"
                 "2. Resolution of the shareholders (original)\n3. Amended articles (original)\n4. Business licence "
                 "(original, 2 of them)\n5. Proof of the right to use the premises (copy, may follow later)\nFee: Free "
                 "of charge\nTime needed: 1 working day\nCall 12345",
    },
}  # fmt: skip
_CONTENT[TRADITIONAL] = in_traditional(_CONTENT[SIMPLIFIED])
_BACK: Final = Action(ask.Back(), text("action.back"))
_PICTURES: Final = Path(__file__).resolve().parents[1] / "config" / "services" / "pictures"
_SEARCH: Final = Action(ask.ShowSearch(), text("items.search"))


def finding_samples(chrome: Chrome, rows: tuple[ItemRow, ...]) -> Iterator[ViewModel]:
    """The list, themes, search and guide in the language of `chrome`; of `rows` as many as a page holds."""
    step, said = replace(chrome, step=1, steps=6), _CONTENT[chrome.lang]
    earlier, more = (
        Action(ask.Turn(-1), text("list.earlier"), enabled=False),
        Action(ask.Turn(1), text("list.more")),
    )
    ways = (_SEARCH, Action(ask.ShowThemes(), text("items.themes")))
    often, of_theme, found = (3, 4, 2) if chrome.large else (6, 7, 4)
    yield ItemsPage(
        step, text("items.heading"), text("items.often"), rows[:often], (_BACK, earlier, more), ways
    )
    yield ThemesPage(
        step, text("themes.heading"),
        tuple(
            (text(f"themes.{kind}"), tuple(ThemeTile(f"{kind}-{at}", title, 2 + at) for at, title in enumerate(titles)))
            for kind, titles in (("life_event", said["events"]), ("theme", said["subjects"]))
        ),
        (_BACK, _SEARCH),
    )  # fmt: skip
    counted = text("themes.count", count=11)
    yield ItemsPage(step, said["theme"], counted, rows[:of_theme], (_BACK, earlier, more), name="items.theme")
    search = SearchPage(step, text("search.heading"), "GT", rows[:found], None, (_BACK, earlier, more))
    yield search
    unknown = replace(search, typed="GTXQ", items=(), hint=text("search.nothing", hotline=chrome.hotline))
    yield replace(unknown, actions=(_BACK,), name="items.search.nothing")
    yield replace(unknown, typed="", hint=text("search.hint"), actions=(_BACK,), name="items.search.empty")
    yield from _guide(step, said)


def _guide(step: Chrome, said: dict[str, Any]) -> Iterator[ViewModel]:
    notes = [text(f"paper.{kind}") for _, kind in said["papers"]]
    notes[3] = text("paper.several", kind=notes[3], count=2)
    notes[4] = text("paper.may_follow", what=notes[4])
    shown, picture = said["sample"]
    look = Action(ask.ShowSample(shown), text("guide.sample"))
    papers = tuple(
        PaperRow(at, title, note, at < 3, look if at == shown else None)
        for at, ((title, _), note) in enumerate(zip(said["papers"], notes, strict=True))
    )
    facts = tuple(Line(text(f"guide.{key}"), value) for key, value in said["facts"])
    sheet = Action(ask.ShowSheet(), text("guide.sheet"))
    actions = (
        Action(ask.StartIncomplete(), text("guide.start_anyway"), primary=True),
        _BACK,
        sheet,
        Action(ask.ForAnother(), text("guide.for_another")),
    )
    everything = Action(ask.BringAll(len(papers)), text("guide.have_all"))
    yield GuidePage(step, said["item"], text("guide.check"), everything, papers, facts, actions)
    yield SamplePage(
        step, papers[shown].title, text("guide.sample_note"), str(_PICTURES / picture),
        (Action(ask.Back(), text("guide.sample_back"), primary=True),),
    )  # fmt: skip
    whose = Line(text("guide.agency"), text("guide.agency_note"))
    myself = Action(ask.ForAnother(), text("guide.for_myself"))
    yield GuidePage(
        step, said["item"], text("guide.agency_on"), everything, papers, (whose, *facts), (*actions[:-1], myself),
        "guide.agency",
    )  # fmt: skip
    rows = (PickRow("missing.0", None, papers[3].title, papers[3].note, Tone.CAUTION),)
    go_on = Action(ask.Proceed(), text("missing.have_all"), primary=True)
    yield PickPage(
        step, text("missing.heading", count=1), text("missing.note"), Tone.CAUTION, rows, (go_on, _BACK, sheet),
        "guide.missing",
    )  # fmt: skip
    ready = SheetPage(
        step, text("sheet.heading"), said["item"], text("sheet.ready"), Tone.PLAIN, said["sheet"],
        (Action(ask.PrintSheet(), text("sheet.print"), primary=True), _BACK),
    )  # fmt: skip
    yield ready
    yield replace(
        ready, state=text("sheet.printed"), tone=Tone.GOOD, actions=(_BACK,), name="guide.sheet.printed"
    )
