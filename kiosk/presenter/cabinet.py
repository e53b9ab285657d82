"""The compartment, the receipt, and how a visit ends."""

from typing import Final, assert_never

from kiosk.session import custodystate as cs
from kiosk.session import state as st
from kiosk.session.placing import NOTHING_SEEN_BEFORE_CLAIM
from locker.events import Evidence
from screens import intents as ask
from screens import viewmodels as vm
from screens.viewmodels import Action, CellLook, Line, Tone, text

from .view import STEPS, View

WAIT_FOR_STAFF: Final = frozenset({"no_compartment", "too_large"})  # when staff come next is what helps


def cabinet_pages(view: View,
    stage: st.Reserving | cs.NoReach | st.Opening | st.OpenFailed | st.PuttingIn | st.NothingSeen | cs.Sealing
    | st.Holding | st.Receipt | st.TakingCard | st.Farewell | st.Trouble | st.DoorLeftOpen,
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
        case st.Reserving(visit, _, failed_cell, too_small):
            chrome = view.visit_chrome(5, visit)
            if too_small:
                return compartment_page(view, chrome, "", "compartment.larger")
            if failed_cell:
                return compartment_page(view, chrome, failed_cell, "compartment.failed_twice", tone=Tone.BAD)
            key = "compartment.another" if visit.held else "compartment.reserving"
            return compartment_page(view, chrome, "", key)
        case cs.NoReach(visit):
            return _no_reach(view, visit)
        case st.Opening(visit, place):
            return compartment_page(view, view.visit_chrome(5, visit), place.cell, "compartment.opening")
        case st.OpenFailed(visit, place, other_open):
            actions = (
                Action(ask.TryAgain(), text("compartment.try_again"), primary=True),
                Action(ask.GiveUp(), text("compartment.give_up")),
            )
            key = "compartment.other_open" if other_open else "compartment.failed_once"
            return compartment_page(
                view, view.visit_chrome(5, visit), place.cell, key, actions=actions, tone=Tone.CAUTION
            )
        case st.PuttingIn():
            return _putting_in(view, stage)
        case st.NothingSeen(visit, place):
            return _nothing_seen(view, visit, place)
        case cs.Sealing(visit, place):
            return _sealing(view, visit, place)
        case st.Holding(visit, place):
            return compartment_page(view, view.visit_chrome(5, visit), place.cell, "compartment.closed_seen")


def _no_reach(view: View, visit: st.Visit) -> vm.ViewModel:
    actions = (
        Action(ask.Proceed(), text("reach.take_other"), primary=True),
        Action(ask.GiveUp(), text("compartment.give_up")),
    )
    lines = (
        Line(text("home.collect_label"), view.house.collect),
        Line(text("notice.hotline"), view.house.hotline),
    )
    return vm.NoticePage(
        view.visit_chrome(5, visit), text("reach.none"), text("reach.none_note"), Tone.CAUTION, "door", lines, actions,
        "compartment.no_reach",
    )  # fmt: skip


def _putting_in(view: View, stage: st.PuttingIn) -> vm.ViewModel:
    key, name, tone = "compartment.open", "", Tone.GOOD
    if stage.too_large:
        key, tone = "compartment.take", Tone.CAUTION
    elif stage.long_open:
        key, tone = "compartment.close_it", Tone.CAUTION
    too_large = Action(ask.DoesNotFit(), text("compartment.does_not_fit"))
    return compartment_page(
        view, view.visit_chrome(5, stage.visit), stage.place.cell, key, name, opened=True, tone=tone,
        actions=() if stage.too_large else (too_large,),
    )  # fmt: skip


def _sealing(view: View, visit: st.Visit, place: st.Place) -> vm.ViewModel:
    """The one page between the shut door and the deposit that counts."""
    done = Action(ask.Proceed(), text("sealing.done"), primary=True)
    more = Action(
        ask.AnotherEnvelope(), text("sealing.more"), enabled=view.session.facts.can_take(visit.item_code)
    )
    again = () if place.reopened else (Action(ask.OpenAgain(), text("sealing.open_again")),)
    seen = "sensor.closed_item" if place.inside is Evidence.SENSOR else "sensor.closed"
    return compartment_page(
        view, view.visit_chrome(5, visit), place.cell, "sealing.last" if place.reopened else "sealing.ask",
        "compartment.sealing", tone=Tone.GOOD, sensor=seen, actions=(done, more, *again),
    )  # fmt: skip


def _nothing_seen(view: View, visit: st.Visit, place: st.Place) -> vm.ViewModel:
    actions = [Action(ask.OpenAgain(), text("compartment.open_again"), primary=True)]
    if place.seen_nothing >= NOTHING_SEEN_BEFORE_CLAIM:
        actions.append(Action(ask.PapersInside(), text("compartment.papers_inside")))
    actions.append(Action(ask.DoesNotFit(), text("compartment.does_not_fit")))
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
    if not stage.visit.held:
        return _filed(view, stage, printed)
    cells = [held.cell for held in stage.visit.held]
    lines = [
        Line(text("receipt.collect"), view.house.collect),
        Line(text("notice.hotline"), view.house.hotline),
    ]
    if stage.trouble:  # the envelope after these could not be taken
        lines.insert(0, Line(text("receipt.not_taken"), text(f"notice.{stage.trouble}")))
    actions = (Action(ask.Proceed(), text("receipt.next"), primary=True, enabled=bool(stage.outcome)),)
    tone = {"printing": Tone.PLAIN, "take": Tone.GOOD}.get(printed, Tone.CAUTION)
    heading = text("receipt.held", cell=cells[0])
    if len(cells) > 1:
        heading = text("receipt.held_several", count=len(cells))
    return vm.ReceiptPage(
        view.visit_chrome(6, stage.visit), heading, text(f"receipt.{printed}"), stage.place.case_id,
        " · ".join(cells),
        _code(view, stage), tuple(lines), Tone.CAUTION if stage.trouble else tone, actions,
        f"receipt.{printed}",
    )  # fmt: skip


def _filed(view: View, stage: st.Receipt, printed: str) -> vm.ReceiptPage:
    """No compartment: the pages are kept, the papers stay with their owner."""
    heading = text("receipt.added" if stage.visit.errand is st.Errand.SUPPLEMENT else "receipt.filed")
    lines = [Line(text("notice.hotline"), view.house.hotline)]
    if stage.decision is not None:
        decided = text(f"decided.{stage.decision.outcome.value}")
        lines.insert(0, Line(text("receipt.decided"), decided))
    actions = (Action(ask.Proceed(), text("receipt.next"), primary=True, enabled=bool(stage.outcome)),)
    tone = {"printing": Tone.PLAIN, "take": Tone.GOOD}.get(printed, Tone.CAUTION)
    return vm.ReceiptPage(
        view.visit_chrome(6, stage.visit), heading, text(f"receipt.{printed}"), stage.place.case_id,
        str(stage.visit.scanned_pages), _code(view, stage), tuple(lines), tone, actions,
        f"receipt.{printed}", text("receipt.pages"),
    )  # fmt: skip


def _code(view: View, stage: st.Receipt) -> str:
    """That of the paper, and the journal's head, which the paper has in words."""
    return f"{view.house.receipt_code(stage.place.case_id)} {stage.anchor}"


def _notice(view: View, stage: st.TakingCard | st.Farewell | st.Trouble) -> vm.ViewModel:
    actions: tuple[Action, ...] = ()
    match stage:
        case st.TakingCard(long=long):
            kind, tone, picture = ("take_card_long" if long else "take_card"), Tone.CAUTION, "card"
        case st.Farewell(deposited, fetched):
            kind = "done" if deposited else "fetched" if fetched else "goodbye"
            tone, picture = Tone.GOOD, "moon"
            actions = (Action(ask.Proceed(), text("action.home")),)
            if view.session.policy.rating and (deposited or fetched):
                actions = (Action(ask.StartRating(), text("rating.start")), *actions)
        case st.Trouble(trouble):
            kind, tone, picture = trouble, Tone.BAD, "warning"
            if trouble == "not_mine":  # what they did was right
                tone, picture = Tone.GOOD, "check"
            actions = (Action(ask.Proceed(), text("action.next"), primary=True),)
        case _:
            assert_never(stage)
    chrome = view.chrome(STEPS) if isinstance(stage, st.TakingCard) and stage.deposited else view.chrome()
    note = text(f"notice.{kind}_note")
    hotline = (Line(text("notice.hotline"), view.house.hotline),)
    lines: tuple[Line, ...] = hotline if tone is Tone.BAD or kind == "take_card_long" else ()
    if kind in WAIT_FOR_STAFF:
        lines = (Line(text("home.collect_label"), view.house.collect), *hotline)
    return vm.NoticePage(
        chrome, text(f"notice.{kind}"), note, tone, picture, lines, actions, f"notice.{kind}"
    )
