"""What staff and technicians see at the compartments; their sign-in and list."""

from datetime import datetime
from typing import Final

from kiosk.session import state as st
from kiosk.session.facts import CaseFact, Part
from kiosk.vendorpages import vendor_page
from screens import intents as ask
from screens import viewmodels as vm
from screens.viewmodels import Action, Line, Tone, text

from .cabinet import compartment_page
from .view import View, back

PIN_DOT: Final = "•"


def staff_pages(view: View, stage: st.StaffStage) -> vm.ViewModel:
    """From the sign-in to the collected papers."""
    chrome = view.chrome(staff=True)
    match stage:
        case st.SigningIn():
            return _keypad(chrome, stage, cards=view.session.policy.staff_cards)
        case st.StaffList():
            return _staff_list(view, chrome)
        case st.StaffDone(_, cell, found):
            heading = text("staff.collected" if found else "staff.cleared", cell=cell)
            back = Action(ask.Proceed(), text("action.next"), primary=True)
            return vm.NoticePage(
                chrome,
                heading,
                text("staff.collected_note"),
                Tone.GOOD,
                "check",
                (),
                (back,),
                "staff.collected",
            )
        case st.StaffDoor():
            return _staff_door(view, chrome, stage)


def _staff_list(view: View, chrome: vm.Chrome) -> vm.ViewModel:
    facts = view.session.facts
    rows = [_case_row(view, case) for case in facts.cases]
    with_case = {case.cell for case in facts.cases}
    for question in facts.questions:
        if question.cell not in with_case:
            look = Action(ask.ResolveCell(question.cell), text("staff.resolve"))
            rows.append(
                vm.CaseRow("", question.cell, question.reason, "", (text("staff.mark.disputed"),), look)
            )
    devices = [
        Line(text(f"staff.part.{part.value}"), text("staff.machine.down"))
        for part in Part
        if part in facts.failing
    ] or [Line(text("staff.machine.devices"), text("staff.machine.ok"))]
    machine = (
        Line(text("staff.machine.free"), str(sum(count for _, count in facts.free))),
        Line(text("staff.machine.held"), str(len(facts.cases))),
        *devices,
    )
    out = Action(ask.SignOut(), text("staff.sign_out"))
    return vm.StaffListPage(chrome, text("staff.list"), machine, tuple(rows), (out,), cells=facts.cells)


def _case_row(view: View, case: CaseFact) -> vm.CaseRow:
    marks = [
        text(f"staff.mark.{mark}")
        for mark, on in (
            ("card_only", case.card_only),
            ("claimed", case.claimed),
            ("disputed", case.disputed),
        )
        if on
    ]
    action = Action(ask.CollectCase(case.case_id), text("staff.collect"))
    if case.disputed:
        action = Action(ask.ResolveCell(case.cell), text("staff.resolve"))
    since = datetime.fromisoformat(case.since).astimezone(view.now.tzinfo).strftime("%m-%d %H:%M")
    title = view.house.item(case.item_code).title
    return vm.CaseRow(case.case_id, case.cell, title, since, tuple(marks), action)


def _staff_door(view: View, chrome: vm.Chrome, stage: st.StaffDoor) -> vm.ViewModel:
    cell = stage.cell
    back = Action(ask.Back(), text("action.back"))
    again = Action(ask.OpenAgain(), text("compartment.open_again"))
    if stage.failed:
        return compartment_page(view, chrome, cell, "staff.failed", actions=(again, back), tone=Tone.BAD)
    if stage.open:
        key = "compartment.close_it" if stage.long_open else "compartment.take"
        return compartment_page(view, chrome, cell, key, "staff.take", opened=True, tone=Tone.GOOD)
    if not stage.shut_item:
        return compartment_page(view, chrome, cell, "compartment.opening", "staff.opening")
    if stage.claimed or stage.resolving or stage.shut_item == "unknown":
        actions = (
            Action(ask.FoundPapers(), text("staff.found_papers")),
            Action(ask.FoundNothing(), text("staff.found_nothing")),
            again,
        )
        return compartment_page(view, chrome, cell, "staff.resolve_question", actions=actions)
    if stage.shut_item == "present":
        return compartment_page(
        view,
            chrome, cell, "compartment.take_still_seen", "staff.still_seen", actions=(again, back),
            tone=Tone.CAUTION, sensor="sensor.closed_item",
        )  # fmt: skip
    return compartment_page(view, chrome, cell, "staff.recording", sensor="sensor.closed_empty")


def vendor_pages(view: View, stage: st.VendorStage) -> vm.ViewModel:
    """A technician's pages; a door that is tried looks as it does to everybody."""
    chrome = view.chrome(staff=True)
    if not isinstance(stage, st.TryingDoor) or not stage.cell:
        return vendor_page(chrome, stage, view.session)
    if not stage.open:
        return compartment_page(view, chrome, stage.cell, "compartment.opening", "vendor.opening")
    key = "compartment.close_it" if stage.long_open else "vendor.door_open"
    return compartment_page(view, chrome, stage.cell, key, "vendor.door_open", opened=True, tone=Tone.GOOD)


def _keypad(chrome: vm.Chrome, stage: st.SigningIn, *, cards: bool) -> vm.ViewModel:
    proceed = Action(
        ask.Proceed(), text("action.next"), primary=True, enabled=bool(stage.digits) and not stage.checking
    )
    actions = (proceed, back())
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
    shown = " ".join(PIN_DOT * len(stage.digits))
    return vm.KeypadPage(chrome, text("staff.pin"), note, shown, tone, actions, "staff.pin")
