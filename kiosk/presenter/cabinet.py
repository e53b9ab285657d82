"""The compartment, the receipt, and how a visit ends."""

from typing import assert_never

from kiosk.session import state as st
from kiosk.session.deposit import NOTHING_SEEN_BEFORE_CLAIM
from screens import intents as ask
from screens import viewmodels as vm
from screens.viewmodels import Action, CellLook, Line, Tone, text

from .view import STEPS, View


def cabinet_pages(view: View,
    stage: st.Reserving | st.Opening | st.OpenFailed | st.PuttingIn | st.NothingSeen | st.Holding | st.Receipt
    | st.TakingCard | st.Farewell | st.Trouble | st.DoorLeftOpen,
) -> vm.ViewModel:  # fmt: skip
    """From the reservation to the farewell."""
    match stage:
        case st.Receipt():
            return _receipt(view, stage)
        case st.TakingCard() | st.Farewell() | st.Trouble():
            return _notice(view, stage)
        case st.DoorLeftOpen(cell, _, at_start):
            key = "notice.interrupted" if at_start else "compartment.close_it"
            name = "notice.interrupted" if at_start else "compartment.left_open"
            return compartment_page(view, view.chrome(), cell, key, name, opened=True, tone=Tone.CAUTION)
        case st.Reserving(visit, _, failed_cell):
            chrome = view.visit_chrome(5, visit)
            if failed_cell:
                return compartment_page(view, chrome, failed_cell, "compartment.failed_twice", tone=Tone.BAD)
            return compartment_page(view, chrome, "", "compartment.reserving")
        case st.Opening(visit, place):
            return compartment_page(view, view.visit_chrome(5, visit), place.cell, "compartment.opening")
        case st.OpenFailed(visit, place):
            actions = (
                Action(ask.TryAgain(), text("compartment.try_again"), primary=True),
                Action(ask.GiveUp(), text("compartment.give_up")),
            )
            return compartment_page(
        view,
                view.visit_chrome(5, visit), place.cell, "compartment.failed_once", actions=actions,
                tone=Tone.CAUTION,
            )  # fmt: skip
        case st.PuttingIn(visit, place, long_open):
            key = "compartment.close_it" if long_open else "compartment.open"
            tone = Tone.CAUTION if long_open else Tone.GOOD
            return compartment_page(
                view, view.visit_chrome(5, visit), place.cell, key, opened=True, tone=tone
            )
        case st.NothingSeen(visit, place):
            return _nothing_seen(view, visit, place)
        case st.Holding(visit, place):
            return compartment_page(view, view.visit_chrome(5, visit), place.cell, "compartment.closed_seen")


def _nothing_seen(view: View, visit: st.Visit, place: st.Place) -> vm.ViewModel:
    actions = [Action(ask.OpenAgain(), text("compartment.open_again"), primary=True)]
    if place.seen_nothing >= NOTHING_SEEN_BEFORE_CLAIM:
        actions.append(Action(ask.PapersInside(), text("compartment.papers_inside")))
    actions.append(Action(ask.GiveUp(), text("compartment.give_up")))
    return compartment_page(
        view,
        view.visit_chrome(5, visit), place.cell, "compartment.nothing_seen", actions=tuple(actions),
        tone=Tone.CAUTION, sensor="sensor.closed_empty",
    )  # fmt: skip


def compartment_page(
    view: View, chrome: vm.Chrome, cell: str, key: str, name: str = "", *, opened: bool = False,
    tone: Tone = Tone.PLAIN, sensor: str = "", actions: tuple[Action, ...] = (),
) -> vm.ViewModel:  # fmt: skip
    """One compartment in the picture of this cabinet; `key` names heading and note."""
    look = CellLook.TO_USE_OPEN if opened else CellLook.TO_USE
    cells = tuple(
        vm.CellView(c.name, c.row, c.column, c.rows, c.columns, look if c.name == cell else c.look)
        for c in view.session.facts.cells
    )
    sensor = sensor or ("sensor.open" if opened else "sensor.closed")
    heading = text(key, cell=cell) if cell else text(key)
    return vm.CompartmentPage(
        chrome, heading, text(f"{key}_note"), cells, cell, text(sensor), tone, actions, name or key
    )


def _receipt(view: View, stage: st.Receipt) -> vm.ViewModel:
    printed = {"": "printing", "printed": "take", "notPrinted": "no_paper"}.get(stage.outcome, "unknown")
    lines = (
        Line(text("receipt.collect"), view.house.collect),
        Line(text("notice.hotline"), view.house.hotline),
    )
    actions = (Action(ask.Proceed(), text("receipt.next"), primary=True, enabled=bool(stage.outcome)),)
    tone = {"printing": Tone.PLAIN, "take": Tone.GOOD}.get(printed, Tone.CAUTION)
    return vm.ReceiptPage(
        view.visit_chrome(6, stage.visit), text("receipt.held", cell=stage.place.cell), text(f"receipt.{printed}"),
        stage.place.case_id, stage.place.cell, f"{stage.place.case_id} {stage.anchor}", lines, tone, actions,
        f"receipt.{printed}",
    )  # fmt: skip


def _notice(view: View, stage: st.TakingCard | st.Farewell | st.Trouble) -> vm.ViewModel:
    actions: tuple[Action, ...] = ()
    match stage:
        case st.TakingCard(long=long):
            kind, tone, picture = ("take_card_long" if long else "take_card"), Tone.CAUTION, "card"
        case st.Farewell(deposited):
            kind, tone, picture = ("done" if deposited else "goodbye"), Tone.GOOD, "moon"
            actions = (Action(ask.Proceed(), text("action.home")),)
        case st.Trouble(trouble):
            kind, tone, picture = trouble, Tone.BAD, "warning"
            actions = (Action(ask.Proceed(), text("action.next"), primary=True),)
        case _:
            assert_never(stage)
    chrome = view.chrome(STEPS) if isinstance(stage, st.TakingCard) and stage.deposited else view.chrome()
    note = text(f"notice.{kind}_note")
    hotline = (Line(text("notice.hotline"), view.house.hotline),)
    lines = hotline if tone is Tone.BAD or kind == "take_card_long" else ()
    return vm.NoticePage(
        chrome, text(f"notice.{kind}"), note, tone, picture, lines, actions, f"notice.{kind}"
    )
