"""A helper's desk: what was handed in so far, the next person, the list at the end. Numbers only, nobody's name."""

from kiosk.session import staffstate as ss
from screens import intents as ask
from screens import viewmodels as vm
from screens.viewmodels import Action, Line, PickRow, Text, Tone, text

from .view import View


def helper_pages(view: View, stage: ss.HelperDesk | ss.HelperDone) -> vm.ViewModel:
    """Between two persons, and the end."""
    return _desk(view, stage.round) if isinstance(stage, ss.HelperDesk) else _done(view, stage)


def _desk(view: View, round: ss.HelperRound) -> vm.NoticePage:
    ready = view.session.facts.can_deposit
    end = (
        Action(ask.Proceed(), text("helper.finish"))
        if round.cases
        else Action(ask.SignOut(), text("staff.sign_out"))
    )
    actions = (Action(ask.StartDeposit(), text("helper.next"), primary=True, enabled=ready), end)
    lines = (
        Line(text("helper.number"), round.staff_no),
        Line(text("helper.so_far"), text("helper.count", count=len(round.cases))),
    )
    note = text("helper.desk_note" if ready else "helper.not_now", hotline=view.house.hotline)
    return vm.NoticePage(
        view.chrome(staff=True), text("helper.desk"), note, Tone.PLAIN if ready else Tone.CAUTION, "card", lines,
        actions, "helper.desk",
    )  # fmt: skip


def _done(view: View, stage: ss.HelperDone) -> vm.PickPage:
    printed = stage.printed or "printing"
    failed = printed in ("notPrinted", "unknown")
    again = (Action(ask.TryAgain(), text("helper.print_again")),) if failed else ()
    actions = (Action(ask.Proceed(), text("staff.sign_out"), primary=True), *again)
    rows = tuple(
        PickRow(f"case.{one.case_id}", None, _where(one), _about(view, one), Tone.PLAIN)
        for one in stage.round.cases
    )
    return vm.PickPage(
        view.chrome(staff=True), text("helper.done", count=len(rows)), text(f"helper.list.{printed}"),
        Tone.CAUTION if failed else Tone.GOOD, rows, actions, "helper.done" if stage.printed else "helper.printing",
    )  # fmt: skip


def _where(one: ss.HandedIn) -> Text:
    cells = ", ".join(one.cells)
    return (
        text("helper.case_in", case=one.case_id, cell=cells)
        if cells
        else text("helper.case", case=one.case_id)
    )


def _about(view: View, one: ss.HandedIn) -> str:
    return view.house.title(one.item_code) if one.item_code else ""
