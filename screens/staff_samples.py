"""A realistic example of every page of the staff, for the gallery and the tests. Persons and numbers are invented."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from screens import intents as ask
from screens.languages import SIMPLIFIED, TRADITIONAL
from screens.promise_samples import LATER_PAPERS
from screens.record_samples import record_samples
from screens.traditional import in_traditional
from screens.viewmodels import (
    Action,
    CaseRow,
    CellLook,
    CellsPage,
    CellView,
    Chrome,
    CompartmentPage,
    KeypadPage,
    Line,
    NoticePage,
    PickPage,
    PickRow,
    StaffListPage,
    Text,
    Tone,
    ViewModel,
    text,
)

Cells = Callable[[CellLook], tuple[CellView, ...]]

BACK: Final = Action(ask.Back(), text("action.back"))
NEXT: Final = Action(ask.Proceed(), text("action.next"), primary=True)
OFFICES: Final = {
    "zh_CN": ("市场监督管理局", "民政局", "公安局"),
    "en": ("Market Supervision", "Civil Affairs", "Public Security"),
}
OFFICES[TRADITIONAL] = in_traditional(OFFICES[SIMPLIFIED])


def staff_samples(
    chrome: Chrome, cells: Cells, titles: Sequence[str], machine: Mapping[str, Any]
) -> Iterator[ViewModel]:
    """All of them, in the order of a morning. `titles` of items; `machine`: what `free`, `held`, `fine` say."""
    yield from _signing(chrome)
    listed = _list(chrome, cells, titles, machine)
    yield listed
    free = tuple(replace(cell, look=CellLook.FREE) for cell in listed.cells)
    none_ticked = text("staff.collect_ticked", count=0)
    nothing = tuple(
        replace(action, label=none_ticked, enabled=False) if action.primary else action
        for action in listed.actions
    )
    yield replace(listed, rows=(), actions=nothing, cells=free, name="staff.list.empty")
    yield from _picks(chrome)
    yield _promises(chrome, titles)
    yield from _doors(chrome, cells)
    yield from _ends(chrome)
    yield from _results(chrome, cells, titles)
    yield from _audit(chrome, cells)
    yield from record_samples(
        chrome, tuple(replace(cell, look=CellLook.TO_CHOOSE) for cell in cells(CellLook.HELD))
    )


def _signing(chrome: Chrome) -> Iterator[ViewModel]:
    actions = (BACK, NEXT)
    yield KeypadPage(
        chrome, text("staff.number"), text("staff.number_note"), "10", Tone.PLAIN, actions, "staff.number"
    )
    pin = KeypadPage(
        chrome, text("staff.pin"), text("staff.pin_note"), "• • • •", Tone.PLAIN, actions, "staff.pin"
    )
    yield pin
    yield replace(pin, sentence=text("staff.wrong"), shown="", tone=Tone.BAD, name="staff.wrong")
    yield replace(pin, sentence=text("staff.wait", seconds=15), shown="", tone=Tone.BAD, name="staff.wait")
    what = text("staff.second_note", what=text("staff.order.any"))
    second = replace(pin, heading=text("staff.second"), sentence=what, shown="10", name="staff.second")
    yield second
    yield replace(
        second, sentence=text("staff.second.same"), tone=Tone.BAD, shown="", name="staff.second.same"
    )


def _promises(chrome: Chrome, titles: Sequence[str]) -> PickPage:
    """What citizens promised to bring, the nearest day first."""
    said = (("0002", "missing_late", "11-20", Tone.BAD), ("0003", "missing", "11-27", Tone.CAUTION))
    rows = [
        PickRow(
            f"promise.{number}", None, text("staff.promise_of", item=titles[0], case=f"261122-{number}"),
            text(f"staff.{key}", papers=LATER_PAPERS[chrome.lang][at], day=day), tone,
        )
        for at, (number, key, day, tone) in enumerate(said)
    ]  # fmt: skip
    return _page(chrome, "staff.promises", rows)


def _list(chrome: Chrome, cells: Cells, titles: Sequence[str], machine: Mapping[str, Any]) -> StaffListPage:
    offices = OFFICES[chrome.lang]

    def row(
        number: int, cell: str, office: int, due: Text, lamp: Tone, *marks: str | Text, ticked: bool = False
    ) -> CaseRow:
        case_id = f"261122-{number:04d}"
        return CaseRow(
            case_id, cell, titles[number % len(titles)], "11-22 22:47",
            tuple(text(f"staff.mark.{mark}") if isinstance(mark, str) else mark for mark in marks),
            Action(ask.CollectCase(case_id, cell), text("staff.collect")), offices[office], due, lamp,
            ask.Tick(cell), ticked,
        )  # fmt: skip

    rows = (
        CaseRow(
            "261122-0004", "A-08", titles[0], "11-22 21:03", (text("staff.mark.disputed"),),
            Action(ask.ResolveCell("A-08"), text("staff.resolve")), offices[0],
        ),
        row(7, "A-03", 0, text("staff.due.over", day="11-20", days=2), Tone.BAD, ticked=True),
        row(6, "A-05", 1, text("staff.due.near", day="11-23"), Tone.CAUTION, "card_only", ticked=True),
        row(5, "A-10", 2, text("staff.due.in_time", day="11-27"), Tone.GOOD, "claimed"),
        row(
            3, "A-09", 0, text("staff.due.in_time", day="11-27"), Tone.GOOD,
            text("staff.missing", papers=LATER_PAPERS[chrome.lang][0], day="11-27"),
        ),
        row(2, "A-12", 1, text("staff.due.in_time", day="11-30"), Tone.GOOD),
        row(1, "A-14", 0, text("staff.due.in_time", day="12-01"), Tone.GOOD, "code_sms"),
    )  # fmt: skip
    actions = (
        Action(ask.Choose("department"), text("staff.department_of", name=text("staff.department.own"))),
        Action(ask.Choose("sorting"), text("staff.sorted.urgency")),
        Action(ask.ShowMenu(), text("staff.more")),
        Action(ask.SignOut(), text("staff.sign_out")),
        Action(ask.Choose("*"), text("staff.show_all", count=6)),
        Action(ask.CollectTicked(), text("staff.collect_ticked", count=2), primary=True),
    )
    lines = tuple(
        Line(text(f"staff.machine.{name}"), str(machine[said]))
        for name, said in (("free", "free"), ("held", "held"), ("devices", "fine"))
    )
    return StaffListPage(chrome, text("staff.list"), lines, rows, actions, cells=cells(CellLook.HELD))


def _pick(key: str, title: Text | str, note: Text | str = "", lamp: Tone = Tone.PLAIN) -> PickRow:
    return PickRow(key, ask.Choose(key), title, note, lamp)


def _page(chrome: Chrome, key: str, rows: Sequence[PickRow], *actions: Action, **values: Any) -> PickPage:
    heading, note = text(key, **values), text(f"{key}_note", **values)
    return PickPage(chrome, heading, note, Tone.PLAIN, tuple(rows), actions or (BACK,), key)


def _picks(chrome: Chrome) -> Iterator[ViewModel]:
    duties = ("put_in", "waiting", "promises", "open_any", "key", "audit", "slips", "history")
    menu = [
        _pick(f"menu.{duty}", text(f"staff.menu.{duty}"), text(f"staff.menu.{duty}_note", count=3))
        for duty in duties
    ]
    menu[1] = replace(menu[1], note=text("staff.menu.overdue_note", count=1), lamp=Tone.CAUTION)
    menu[2] = replace(menu[2], note=text("staff.menu.promises_late", count=2, late=1), lamp=Tone.CAUTION)
    yield _page(chrome, "staff.menu", menu)
    offices = [_pick("department.*", text("staff.department.all"))]
    offices += [
        _pick(f"department.{n}", name, text("staff.department.count", count=4 - n))
        for n, name in enumerate(OFFICES[chrome.lang], start=1)
    ]
    yield _page(chrome, "staff.department", offices)
    reasons = ("DOOR_FREED", "MENDED", "LOOKED_INSIDE", "FALSE_ALARM", "MECHANICAL_KEY")
    yield _page(
        chrome,
        "staff.reason",
        [_pick(f"reason.{one}", text(f"staff.reason.{one}")) for one in reasons],
        cell="A-08",
    )
    slips = [
        _pick(
            f"slip.H-261122-0{n}",
            f"H-261122-0{n}",
            text("staff.slip_of", at="11-22 08:31", who="1001", count=5),
        )
        for n in (3, 2, 1)
    ]
    yield _page(chrome, "staff.slips", slips)
    empty = text("staff.slips.none")
    yield replace(_page(chrome, "staff.slips", ()), empty=empty, name="staff.slips.none")


def _doors(chrome: Chrome, cells: Cells) -> Iterator[ViewModel]:
    inside = (
        Action(ask.FoundNothing(), text("staff.found_nothing")), Action(ask.FoundElse(), text("staff.found_else")),
        Action(ask.LeftInside(), text("staff.left_inside")),
    )  # fmt: skip
    again = Action(ask.OpenAgain(), text("compartment.open_again"))
    second_of_five = replace(chrome, step=2, steps=5, subject="2 / 5")

    def door(
        key: str,
        look: CellLook,
        sensor: str,
        tone: Tone,
        *actions: Action,
        frame: Chrome = second_of_five,
    ) -> CompartmentPage:
        return CompartmentPage(
            frame, text(key, cell="A-03"), text(f"{key}_note"), cells(look), "A-03", text(f"sensor.{sensor}"), tone,
            actions, key,
        )  # fmt: skip

    yield door("staff.take", CellLook.TO_USE_OPEN, "open", Tone.GOOD, *inside)
    said = (replace(inside[0], label=text("staff.chosen", what=inside[0].label)), *inside[1:])
    yield door("staff.said", CellLook.TO_USE_OPEN, "open", Tone.GOOD, *said)
    yield door("staff.still_seen", CellLook.TO_USE, "closed_item", Tone.CAUTION, again, inside[2], inside[1])
    papers = Action(ask.FoundPapers(), text("staff.found_papers"))
    yield door(
        "staff.resolve_question",
        CellLook.TO_USE,
        "closed_unseen",
        Tone.PLAIN,
        papers,
        *inside,
        again,
        frame=chrome,
    )
    skip = Action(ask.Back(), text("staff.skip"))
    yield door("staff.failed", CellLook.TO_USE, "closed", Tone.BAD, again, skip)
    yield door("staff.not_recorded", CellLook.TO_USE, "closed", Tone.BAD, again, skip)
    yield door("staff.recording", CellLook.TO_USE, "closed", Tone.PLAIN, frame=chrome)
    choose = tuple(replace(cell, look=CellLook.TO_CHOOSE) for cell in cells(CellLook.HELD))
    yield CellsPage(
        chrome, text("staff.cells.any"), text("staff.cells.any_note"), choose, (BACK,), "staff.cells"
    )


def _ends(chrome: Chrome) -> Iterator[ViewModel]:
    number = Line(text("staff.slip.number"), "H-261122-03")
    done = NoticePage(
        chrome, text("staff.collected", cell="A-03"), text("staff.slip.printed", number="H-261122-03"), Tone.GOOD,
        "check", (number,), (NEXT,), "staff.collected",
    )  # fmt: skip
    yield done
    counts = (
        Line(text("staff.count.taken"), "3"), Line(text("staff.count.nothing"), "1"),
        Line(text("staff.count.left"), "1"), number,
    )  # fmt: skip
    again = Action(ask.TryAgain(), text("staff.slip.again"))
    yield replace(
        done, heading=text("staff.collected_several", count=3, all=5), lines=counts, actions=(NEXT, again),
        sentence=text("staff.slip.notPrinted"), tone=Tone.CAUTION, name="staff.collected.several",
    )  # fmt: skip
    look = Action(ask.Proceed(), text("staff.key.look"), primary=True)
    home = Action(ask.Back(), text("staff.back_to_list"))
    yield NoticePage(
        chrome, text("staff.key", cell="A-03"), text("staff.key_note"), Tone.CAUTION, "door", (), (look, home),
        "staff.key",
    )  # fmt: skip


def _results(chrome: Chrome, cells: Cells, titles: Sequence[str]) -> Iterator[ViewModel]:
    cases = [_pick("case.other", text("staff.result.other"), text("staff.result.other_note"))]
    cases += [
        _pick(f"case.{number}", number, text("staff.result.case_of", item=title, at="11-20 08:31"))
        for number, title in zip(("261119-0003", "261118-0011", "261117-0002"), titles, strict=False)
    ]
    yield _page(chrome, "staff.result.case", cases)
    typed = KeypadPage(
        chrome, text("staff.result.id_number"), text("staff.result.id_number_note"), "370305194912", Tone.PLAIN,
        (NEXT, BACK), "staff.result.id_number", letter=True,
    )  # fmt: skip
    yield typed
    wrong = text("staff.result.id_number_invalid")
    yield replace(typed, sentence=wrong, tone=Tone.BAD, shown="", name="staff.result.id_number.invalid")
    kinds = [_pick(f"kind.{kind}", text(f"staff.result.kind.{kind}")) for kind in ("result", "to_complete")]
    yield _page(chrome, "staff.result.kind", kinds)
    sizes = [
        _pick(f"size.{size}", text(f"staff.result.size.{size}"), text("staff.result.free", count=count))
        for size, count in (("S", 6), ("M", 4), ("L", 0))
    ]
    yield _page(chrome, "staff.result.size", [*sizes[:2], replace(sizes[2], enabled=False)])
    yield CompartmentPage(
        chrome, text("staff.result.put_in", cell="A-03"), text("staff.result.put_in_note"), cells(CellLook.TO_USE_OPEN),
        "A-03", text("sensor.open"), Tone.GOOD, (), "staff.result.put_in",
    )  # fmt: skip
    lines = (
        Line(text("staff.result.number"), "261119-0003"),
        Line(text("staff.result.until"), "11-29 22:47"),
    )
    placed = (
        Action(ask.Proceed(), text("staff.result.another"), primary=True),
        Action(ask.Back(), text("staff.back_to_list")),
    )
    yield NoticePage(
        chrome, text("staff.result.placed", cell="A-03"), text("staff.result.told"), Tone.GOOD, "check", lines, placed,
        "staff.result.placed",
    )  # fmt: skip
    yield from _waiting(chrome)


def _waiting(chrome: Chrome) -> Iterator[ViewModel]:
    states = (
        ("A-05", "261110-0002", text("staff.waiting.overdue", since="11-10 09:12"), Tone.BAD),
        ("A-09", "261118-0011", text("staff.waiting.no_code"), Tone.CAUTION),
        ("A-03", "261119-0003", text("staff.waiting.until", until="11-29 22:47"), Tone.GOOD),
    )
    rows = [
        _pick(f"result.{cell}", text("staff.waiting.of", cell=cell, case=case), state, tone)
        for cell, case, state, tone in states
    ]
    recall = Action(ask.CollectTicked(), text("staff.waiting.recall_all", count=1), primary=True)
    yield _page(chrome, "staff.waiting", rows, BACK, recall, count=3, late=1)
    lines = (
        Line(text("staff.result.number"), "261110-0002"),
        Line(text("staff.waiting.what"), text("staff.result.kind.result")),
        Line(text("staff.waiting.since"), "11-10 09:12"),
    )  # fmt: skip
    actions = (
        Action(ask.TryAgain(), text("staff.waiting.renew")),
        Action(ask.ResolveCell("A-05"), text("staff.waiting.recall")),
        BACK,
    )  # fmt: skip
    yield NoticePage(
        chrome, text("staff.waiting.one", cell="A-05"), text("staff.waiting.overdue", since="11-10 09:12"), Tone.BAD,
        "door", lines, actions, "staff.waiting.one",
    )  # fmt: skip


def _audit(chrome: Chrome, cells: Cells) -> Iterator[ViewModel]:
    scopes = [
        _pick("audit.all", text("staff.audit.all", count=16), text("staff.audit.all_two")),
        _pick(
            "audit.only_empty", text("staff.audit.only_empty", count=12), text("staff.audit.only_empty_note")
        ),
    ]
    yield _page(chrome, "staff.audit", scopes)
    at = replace(chrome, step=7, steps=16, subject="7 / 16")
    answers = (
        Action(ask.LeftInside(), text("staff.left_inside_there")),
        Action(ask.FoundNothing(), text("staff.found_nothing")), Action(ask.FoundElse(), text("staff.found_else")),
    )  # fmt: skip
    yield CompartmentPage(
        at, text("staff.look", cell="A-03"), text("staff.look_note"), cells(CellLook.TO_USE_OPEN), "A-03",
        text("sensor.open"), Tone.GOOD, answers, "staff.look",
    )  # fmt: skip
    differs = text(
        "staff.audit.differs",
        recorded=text("staff.audit.recorded.held"),
        found=text("staff.audit.found.nothing"),
    )
    row = PickRow("audit.A-05", None, "A-05", differs, Tone.BAD)
    actions = (
        Action(ask.Proceed(), text("staff.audit.sign"), primary=True),
        Action(ask.SignOut(), text("staff.audit.give_up")),
    )
    summary = PickPage(
        chrome, text("staff.audit.summary", number="A-261122-01"), text("staff.audit.counted", all=16, different=1),
        Tone.CAUTION, (row,), actions, "staff.audit.summary",
    )  # fmt: skip
    yield summary
    yield replace(
        summary, rows=(), sentence=text("staff.audit.counted", all=16, different=0), tone=Tone.GOOD,
        empty=text("staff.audit.agrees"), name="staff.audit.summary.agrees",
    )  # fmt: skip
    line = Line(text("staff.audit.number"), "A-261122-01")
    yield NoticePage(
        chrome, text("staff.audit.signed"), text("staff.audit.filed.printed"), Tone.GOOD, "check", (line,), (NEXT,),
        "staff.audit.done",
    )  # fmt: skip
