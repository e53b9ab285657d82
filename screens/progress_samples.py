"""Examples of the pages on which a citizen asks where a case stands."""

from collections.abc import Iterator
from dataclasses import replace

from screens import intents as ask
from screens.viewmodels import (
    Action,
    Choice,
    ChoicePage,
    Chrome,
    KeypadPage,
    NoticePage,
    PickPage,
    PickRow,
    SheetPage,
    Text,
    Tone,
    ViewModel,
    text,
)

CASE = "261122-0007"
CODE = f"ND1:{'6BF1X$QFXJ3*5' * 18}"  # as long as one in use
_BACK = Action(ask.Back(), text("action.back"))


def progress_samples(chrome: Chrome, titles: list[str]) -> Iterator[ViewModel]:
    """How to ask, the number, the list, one case by each light. `titles`: of four items."""
    choices = (
        Choice(Action(ask.ByCard(), text("progress.by_card")), text("progress.by_card_note"), "card"),
        Choice(
            Action(ask.ByReceipt(), text("progress.by_number")), text("progress.by_number_note"), "papers"
        ),
    )
    for name, note, tone in (
        ("progress.ways", text("progress.note"), Tone.PLAIN),
        ("progress.ways.code", text("progress.note_or_code"), Tone.PLAIN),
        ("progress.ways.strange", text("progress.strange_code"), Tone.CAUTION),
    ):
        yield ChoicePage(chrome, text("progress.heading"), note, tone, choices, (_BACK,), name)
    look = Action(ask.Proceed(), text("progress.look"), primary=True)
    for name, note, tone in (
        ("progress.number", text("progress.number_note"), Tone.PLAIN),
        ("progress.number.code", text("progress.number_note_or_code"), Tone.PLAIN),
        ("progress.number.strange", text("progress.strange_code"), Tone.CAUTION),
        ("progress.number.unknown", text("progress.unknown", hotline=chrome.hotline), Tone.CAUTION),
        ("progress.number.refused", text("progress.too_many", hotline=chrome.hotline), Tone.CAUTION),
    ):
        yield KeypadPage(chrome, text("progress.number"), note, CASE, tone, (look, _BACK), name)
    lights = (
        ("green", Tone.GOOD, text("progress.light.green", days=3)),
        ("yellow", Tone.CAUTION, text("progress.light.last_day")),
        ("red", Tone.BAD, text("progress.light.red", days=2)),
        ("ready", Tone.GOOD, text("progress.light.ready")),
    )
    rows = tuple(
        PickRow(f"case.26112{at}-0007", ask.Choose(f"26112{at}-0007"), title, said, tone)
        for at, (title, (_, tone, said)) in enumerate(zip(titles, lights, strict=True))
    )
    yield PickPage(
        chrome, text("progress.yours", count=len(rows)), text("progress.yours_note"), Tone.PLAIN, rows, (_BACK,),
        "progress.cases",
    )  # fmt: skip
    for title, (light, tone, said) in zip(titles, lights, strict=True):
        yield _case(chrome, title, light, tone, said)
    yield _taken_back(chrome, titles[0])
    yield from _certificates(chrome)


def _case(chrome: Chrome, title: str, light: str, tone: Tone, said: Text) -> PickPage:
    done = light == "ready"
    steps = (
        ("received", "2026-11-20 22:47"), ("collected", "2026-11-21 08:40"),
        ("ready", "2026-11-23 15:02" if done else text("progress.until", day="2026-11-25")),
        ("fetched", text("progress.ahead")),
    )  # fmt: skip
    rows = [
        PickRow(
            f"step.{at}", None, text(f"progress.step.{step}"), when,
            Tone.GOOD if at < (3 if done else 2) else Tone.PLAIN,
        )
        for at, (step, when) in enumerate(steps)
    ]  # fmt: skip
    if done:
        fetch = text("progress.waits"), text("progress.fetch_it")
        rows.insert(0, PickRow("missing.fetch", None, *fetch, Tone.CAUTION))
    if light == "ready":
        granted = text("certificate.label"), text("certificate.case.ready")
        rows.insert(0, PickRow("missing.certificate", None, *granted, Tone.GOOD))
    if light == "yellow":
        later = text("progress.later"), text("progress.later_papers", papers=title)
        rows.insert(0, PickRow("missing.later", None, *later, Tone.CAUTION))
    add = (Action(ask.AddPapers(), text("progress.add"), primary=True),)
    if done:
        add = (Action(ask.GetCertificate(), text("certificate.get"), primary=True),)
    return PickPage(
        chrome, said, text("progress.about", item=title, case=CASE), tone, tuple(rows), (_BACK, *add),
        f"progress.case.{light}",
    )  # fmt: skip


def _taken_back(chrome: Chrome, title: str) -> PickPage:
    steps: tuple[tuple[str, Text | str], ...] = (
        ("received", "2026-11-20 22:47"), ("collected", "2026-11-21 08:40"), ("ready", "2026-11-23 15:02"),
        ("taken_back", "2026-12-24 09:00"), ("fetched", text("progress.ahead")),
    )  # fmt: skip
    rows = [PickRow(
        "missing.taken_back", None, text("progress.taken_back"), text("progress.taken_back_note"), Tone.CAUTION
    )]  # fmt: skip
    for at, (step, when) in enumerate(steps):
        tone = Tone.PLAIN if step == "fetched" else Tone.GOOD
        rows.append(PickRow(f"step.{at}", None, text(f"progress.step.{step}"), when, tone))
    return PickPage(
        chrome, text("progress.step.taken_back"), text("progress.about", item=title, case=CASE), Tone.CAUTION,
        tuple(rows), (_BACK,), "progress.case.taken_back",
    )  # fmt: skip


def _certificates(chrome: Chrome) -> Iterator[ViewModel]:
    """The certificate of a case: signed, on the screen, and why there is none."""
    yield NoticePage(
        chrome, text("certificate.issuing"), text("certificate.issuing_note"), Tone.PLAIN, "clock", (), (),
        "certificate.issuing", waiting=True,
    )  # fmt: skip
    english = chrome.lang == "en"
    name = "Certificate of the register entry" if english else "不动产登记查询证明"
    about = text("certificate.about", name=name, day="2026-12-22")
    missed = text("certificate.notPrinted")
    done = Action(ask.Proceed(), text("certificate.done"), primary=True)
    again = Action(ask.PrintSheet(), text("certificate.again"))
    page = SheetPage(
        chrome, text("certificate.heading"), about, text("certificate.printed"), Tone.GOOD, CODE, (done,), "certificate"
    )  # fmt: skip
    yield page
    yield replace(page, state=missed, tone=Tone.CAUTION, actions=(done, again), name="certificate.no_paper")
