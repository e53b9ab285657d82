"""What staff see: signing in, the list, the menu, reasons, the second person, slips; and technicians at a door."""

from dataclasses import replace
from datetime import date, datetime
from typing import Final, assert_never

from kiosk.session import staffstate as ss
from kiosk.session import state as st
from kiosk.session.facts import WITHOUT_FACE, CaseFact, Facts, Identity, Part
from kiosk.session.historystate import ChoosingHistory, ReadingHistory
from kiosk.session.staff import listing, orders
from kiosk.session.staff.listing import Duty
from kiosk.vendorpages import vendor_page
from screens import intents as ask
from screens import viewmodels as vm
from screens.viewmodels import Action, CellLook, Line, Text, Tone, text

from .cabinet import compartment_page
from .helping import helper_pages
from .promising import is_late, missing_of
from .staffdoors import audit_pages, door_pages
from .staffhistory import history_pages
from .staffresults import result_pages
from .view import View, back

PIN_DOT: Final = "•"


def staff_pages(view: View, stage: st.StaffStage) -> vm.ViewModel:
    """From the sign-in to the collected papers."""
    match stage:
        case ss.SigningIn():
            return _keypad(view.chrome(staff=True), stage, cards=view.session.policy.staff_cards)
        case ss.StaffList():
            return _staff_list(view, stage)
        case ss.PromisesList():
            return _promises(view)
        case ss.StaffMenu() | ss.ChoosingDepartment() | ss.ChoosingReason() | ss.Slips():
            return _picks(view, stage)
        case ss.ChoosingCell():
            return _any_cell(view, stage)
        case ss.Countersigning():
            return _second(view, stage)
        case ss.KeyEntered():
            return _key_entered(view, stage)
        case ss.StaffDoor() | ss.StaffDone():
            return door_pages(view, stage)
        case ss.AuditStart() | ss.AuditSummary() | ss.AuditDone():
            return audit_pages(view, stage)
        case ss.PreparingResult() | ss.PlacingResult() | ss.ResultPlaced() | ss.ResultsList():
            return result_pages(view, stage)
        case ChoosingHistory() | ReadingHistory():
            return history_pages(view, stage)
        case ss.HelperDesk() | ss.HelperDone():
            return helper_pages(view, stage)
        case _:
            assert_never(stage)


# the list ------------------------------------------------------------------------------------------------------------


def _staff_list(view: View, stage: ss.StaffList) -> vm.ViewModel:
    facts = view.session.facts
    rows = [_case_row(view, case, ticked=case.cell in stage.ticked) for case in listing.listed(stage, facts)]
    listed = {case.cell for case in facts.cases} | {result.cell for result in facts.results}
    rows += [
        vm.CaseRow("", question.cell, text(f"staff.question.{_word(question.reason)}"), "",
                   (text("staff.mark.disputed"),), _resolve(question.cell))
        for question in facts.questions
        if question.cell not in listed
    ]  # fmt: skip
    rows += [
        vm.CaseRow(result.case_id, result.cell, text("staff.question.result"), _moment(view, result.since),
                   (text("staff.mark.disputed"),), _resolve(result.cell))
        for result in facts.results
        if result.disputed
    ]  # fmt: skip
    ticked = listing.to_collect(stage, facts)
    actions = (
        Action(ask.Choose(listing.DEPARTMENT), _whose(view, stage), enabled=bool(facts.cases)),
        Action(ask.Choose(listing.SORTING), text(f"staff.sorted.{stage.sorting}")),
        Action(ask.ShowMenu(), text("staff.more")),
        Action(ask.SignOut(), text("staff.sign_out")),
        *_all_of_them(stage, facts),
        Action(
            ask.CollectTicked(), text("staff.collect_ticked", count=len(ticked)), primary=True, enabled=bool(ticked)
        ),
    )  # fmt: skip
    chrome = view.chrome(staff=True)
    return vm.StaffListPage(
        chrome, text("staff.list"), _machine(view), tuple(rows), actions, cells=facts.cells
    )


def _whose(view: View, stage: ss.StaffList) -> Text:
    """Which departments are shown: one by name, several as the person's own, or all."""
    match sorted(listing.narrowed_to(stage, view.session.facts)):
        case []:
            return text("staff.department_of", name=text("staff.department.all"))
        case [one]:
            return text("staff.department_of", name=_offices(view).get(one, one))
        case _:
            return text("staff.department_of", name=text("staff.department.own"))


def _all_of_them(stage: ss.StaffList, facts: Facts) -> tuple[Action, ...]:
    """The way to what other departments have here, with how much there is."""
    if not listing.narrowed_to(stage, facts):
        return ()
    return (Action(ask.Choose(listing.EVERY_DEPARTMENT), text("staff.show_all", count=len(facts.cases))),)


def _offices(view: View) -> dict[str, Text | str]:
    """What each department of the list is called in the person's language."""
    cases = view.session.facts.cases
    return {case.department: view.house.office(case.item_code, case.department) for case in cases}


def _machine(view: View) -> tuple[Line, ...]:
    facts = view.session.facts
    devices = [
        Line(text(f"staff.part.{part.value}"), text("staff.machine.down"))
        for part in Part
        if part in facts.failing
    ] or [Line(text("staff.machine.devices"), text("staff.machine.ok"))]
    held = len(facts.cases) + len(facts.results)
    listed = {case.case_id for case in facts.cases}
    scanned = sum(case_id not in listed for case_id, _ in facts.scans)
    return (
        Line(text("staff.machine.free"), str(sum(count for _, count in facts.free))),
        Line(text("staff.machine.held"), str(held)),
        *((Line(text("staff.scans"), text("staff.scans_value", count=scanned)),) if scanned else ()),
        *devices,
    )


def _resolve(cell: str) -> Action:
    return Action(ask.ResolveCell(cell), text("staff.resolve"))


def _word(reason: str) -> str:
    return reason.replace(" ", "_")


def _case_row(view: View, case: CaseFact, *, ticked: bool) -> vm.CaseRow:
    marks = tuple(
        text(f"staff.mark.{mark}")
        for mark, on in (
            (case.identity, case.identity in WITHOUT_FACE),
            ("claimed", case.claimed),
            ("disputed", case.disputed),
        )
        if on
    )
    if case.agency:
        who = "helper" if case.identity == Identity.HELPER else "agency"
        marks = (*marks, text(f"staff.mark.{who}_{case.agency}"))
    action = Action(ask.CollectCase(case.case_id, case.cell), text("staff.collect"))
    due, lamp = _due(view, case)
    promise = view.session.facts.promise_of(case.case_id)
    pages = view.session.facts.pages_of(case.case_id)
    if pages:
        marks = (*marks, text("staff.mark.scans", count=pages))
    if promise is not None:
        marks = (*marks, missing_of(view, promise))
        lamp = Tone.BAD if is_late(view, promise.until) else lamp
    return vm.CaseRow(
        case.case_id, case.cell, view.house.title(case.item_code), _moment(view, case.since), marks,
        _resolve(case.cell) if case.disputed else action,
        department=view.house.office(case.item_code, case.department), due=due, lamp=lamp,
        tick=None if case.disputed else ask.Tick(case.cell), ticked=ticked,
    )  # fmt: skip


def _due(view: View, case: CaseFact) -> tuple[Text | None, Tone]:
    """How near the time limit is, in words and as a lamp."""
    if not case.due:
        return None, Tone.PLAIN
    today, due = view.now.date(), date.fromisoformat(case.due)
    day = f"{due:%m-%d}"
    if today > due:
        return text("staff.due.over", day=day, days=(today - due).days), Tone.BAD
    if today >= date.fromisoformat(case.warn_from):
        return text("staff.due.near", day=day), Tone.CAUTION
    return text("staff.due.in_time", day=day), Tone.GOOD


def _moment(view: View, at: str) -> str:
    return datetime.fromisoformat(at).astimezone(view.now.tzinfo).strftime("%m-%d %H:%M")


# rows to pick --------------------------------------------------------------------------------------------------------


def _picks(
    view: View, stage: ss.StaffMenu | ss.ChoosingDepartment | ss.ChoosingReason | ss.Slips
) -> vm.ViewModel:
    match stage:
        case ss.StaffMenu():
            return _menu(view)
        case ss.ChoosingDepartment():
            offices = _offices(view)
            rows = [_pick("department.*", listing.EVERY_DEPARTMENT, text("staff.department.all"))]
            rows += [
                _pick(
                    f"department.{n}",
                    name,
                    offices.get(name, name),
                    text("staff.department.count", count=count),
                )
                for n, (name, count) in enumerate(listing.departments(view.session.facts), start=1)
            ]
            note = text("staff.department_note")
            return _pick_page(view, text("staff.department"), note, rows, (back(),), "staff.department")
        case ss.ChoosingReason(order=order):
            rows = [
                _pick(f"reason.{reason}", reason, text(f"staff.reason.{reason}"))
                for reason in orders.reasons(order)
            ]
            actions = () if isinstance(order, ss.ClearOrder) else (back(),)
            heading = text("staff.reason", cell=_cell_of(order))
            return _pick_page(view, heading, text("staff.reason_note"), rows, actions, "staff.reason")
        case ss.Slips():
            return _slips(view, stage)


def _menu(view: View) -> vm.ViewModel:
    facts = view.session.facts
    waiting = text("staff.menu.waiting_note", count=len(facts.results))
    late = sum(result.overdue for result in facts.results)
    if late:
        waiting = text("staff.menu.overdue_note", count=late)
    promises = len(facts.promises)
    broken = sum(is_late(view, promise.until) for promise in facts.promises)
    promised = text("staff.menu.promises_note", count=promises)
    if broken:
        promised = text("staff.menu.promises_late", count=promises, late=broken)
    notes: dict[Duty, Text] = {Duty.WAITING: waiting, Duty.PROMISES: promised}
    lamps = {Duty.WAITING: bool(late), Duty.PROMISES: bool(broken)}
    rows = [
        vm.PickRow(
            f"menu.{duty}", ask.Choose(duty), text(f"staff.menu.{duty}"),
            notes.get(duty, text(f"staff.menu.{duty}_note")),
            Tone.CAUTION if lamps.get(duty) else Tone.PLAIN,
        )
        for duty in Duty
    ]  # fmt: skip
    return _pick_page(view, text("staff.menu"), text("staff.menu_note"), rows, (back(),), "staff.menu")


def _promises(view: View) -> vm.ViewModel:
    rows = [
        vm.PickRow(
            f"promise.{promise.case_id}", None,
            text("staff.promise_of", item=view.house.title(promise.item_code), case=promise.case_id),
            missing_of(view, promise), Tone.BAD if is_late(view, promise.until) else Tone.CAUTION,
        )
        for promise in view.session.facts.promises
    ]  # fmt: skip
    page = _pick_page(
        view, text("staff.promises"), text("staff.promises_note"), rows, (back(),), "staff.promises"
    )
    return page if rows else replace(page, empty=text("staff.promises.none"))


def _slips(view: View, stage: ss.Slips) -> vm.ViewModel:
    rows = [
        vm.PickRow(
            f"slip.{row.number}", ask.Choose(row.number), row.number,
            text("staff.slip_of", at=_moment(view, row.at), who=row.staff_no, count=row.compartments),
            enabled=not stage.printing,
        )
        for row in stage.rows or ()
    ]  # fmt: skip
    sentence, tone = text("staff.slips_note"), Tone.PLAIN
    if stage.printing:
        sentence = text("staff.slip.printing", number=stage.printing)
    elif stage.outcome:
        sentence = text(f"staff.slip.{stage.outcome}_again")
        tone = Tone.GOOD if stage.outcome == "printed" else Tone.CAUTION
    empty = text("staff.slips.none" if stage.rows is not None else "staff.looking_up")
    page = _pick_page(view, text("staff.slips"), sentence, rows, (back(),), "staff.slips", tone)
    return page if rows else vm.PickPage(
        page.chrome, page.heading, sentence, tone, (), page.actions, page.name, empty
    )  # fmt: skip


def _pick(key: str, name: str, title: Text | str, note: Text | str = "") -> vm.PickRow:
    return vm.PickRow(key, ask.Choose(name), title, note)


def _pick_page(
    view: View, heading: Text, sentence: Text, rows: "list[vm.PickRow]", actions: tuple[Action, ...], name: str,
    tone: Tone = Tone.PLAIN,
) -> vm.PickPage:  # fmt: skip
    return vm.PickPage(view.chrome(staff=True), heading, sentence, tone, tuple(rows), actions, name)


def _any_cell(view: View, stage: ss.ChoosingCell) -> vm.ViewModel:
    kind = "key" if stage.purpose is None else "any"
    cells = tuple(
        vm.CellView(cell.name, cell.row, cell.column, cell.rows, cell.columns, CellLook.TO_CHOOSE)
        for cell in view.session.facts.cells
    )
    return vm.CellsPage(
        view.chrome(staff=True), text(f"staff.cells.{kind}"), text(f"staff.cells.{kind}_note"), cells, (back(),),
        "staff.cells",
    )  # fmt: skip


# signing -------------------------------------------------------------------------------------------------------------


def _keypad(chrome: vm.Chrome, stage: ss.SigningIn, *, cards: bool) -> vm.ViewModel:
    actions = _entry(stage.digits, checking=stage.checking)
    if not stage.asking_pin:
        if stage.strange_card:
            note, tone = text("staff.strange_card"), Tone.BAD
        else:
            note, tone = text("staff.number_or_card" if cards else "staff.number_note"), Tone.PLAIN
        return vm.KeypadPage(chrome, text("staff.number"), note, stage.digits, tone, actions, "staff.number")
    note, tone = text("staff.pin_note"), Tone.PLAIN
    if stage.wait_s:
        note, tone = text("staff.wait", seconds=stage.wait_s), Tone.BAD
    elif stage.wrong:
        note, tone = text("staff.wrong"), Tone.BAD
    return vm.KeypadPage(chrome, text("staff.pin"), note, _dots(stage.digits), tone, actions, "staff.pin")


def _second(view: View, stage: ss.Countersigning) -> vm.ViewModel:
    """Another person signs, or the same one once more below an audit."""
    own = isinstance(stage.order, ss.SignOrder)
    kind = "sign" if own else "second"
    note, tone = text(f"staff.{kind}_note", what=text(f"staff.order.{_kind(stage.order)}")), Tone.PLAIN
    if stage.problem:
        tone = Tone.BAD
        note = text(f"staff.second.{stage.problem}", seconds=stage.wait_s)
    heading = text(f"staff.{kind}_pin" if stage.asking_pin else f"staff.{kind}", number=stage.number)
    shown = _dots(stage.digits) if stage.asking_pin else stage.digits
    actions = () if stage.checking else _entry(stage.digits, checking=False)
    name = f"staff.{kind}.pin" if stage.asking_pin else f"staff.{kind}"
    return vm.KeypadPage(view.chrome(staff=True), heading, note, shown, tone, actions, name)


def _kind(order: ss.Order) -> str:
    match order:
        case ss.ClearOrder() | ss.KeyOrder():
            return "key"
        case ss.MasterOrder():
            return "any"
        case ss.AuditOrder() | ss.SignOrder():
            return "audit"
        case _:
            assert_never(order)


def _cell_of(order: ss.ClearOrder | ss.MasterOrder | ss.KeyOrder) -> str:
    return order.round.todo[0].cell if isinstance(order, ss.ClearOrder) else order.cell


def _entry(digits: str, *, checking: bool) -> tuple[Action, ...]:
    ready = bool(digits) and not checking
    return Action(ask.Proceed(), text("action.next"), primary=True, enabled=ready), back()


def _dots(digits: str) -> str:
    return " ".join(PIN_DOT * len(digits))


def _key_entered(view: View, stage: ss.KeyEntered) -> vm.ViewModel:
    actions = (
        Action(ask.Proceed(), text("staff.key.look"), primary=True, enabled=stage.recorded),
        Action(ask.Back(), text("staff.back_to_list"), enabled=stage.recorded),
    )
    note = text("staff.key_note" if stage.recorded else "staff.recording_note")
    return vm.NoticePage(
        view.chrome(staff=True), text("staff.key", cell=stage.cell), note, Tone.CAUTION, "door", (), actions,
        "staff.key",
    )  # fmt: skip


# technicians ---------------------------------------------------------------------------------------------------------


def vendor_pages(view: View, stage: st.VendorStage) -> vm.ViewModel:
    """A technician's pages; a door that is tried looks as it does to everybody."""
    chrome = view.chrome(staff=True)
    if not isinstance(stage, st.TryingDoor) or not stage.cell:
        return vendor_page(chrome, stage, view.session)
    if not stage.open:
        return compartment_page(view, chrome, stage.cell, "compartment.opening", "vendor.opening")
    key = "compartment.close_it" if stage.long_open else "vendor.door_open"
    return compartment_page(view, chrome, stage.cell, key, "vendor.door_open", opened=True, tone=Tone.GOOD)
