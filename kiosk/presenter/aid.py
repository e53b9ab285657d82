"""The pages of help: whom to call, a problem to report, a call back."""

from kiosk.session.aid import can_call
from kiosk.session.aidstate import Problem, Spot
from screens import intents as ask
from screens import viewmodels as vm
from screens.viewmodels import Action, Line, PickRow, Tone, text

from .view import View, back, grouped


def help_pages(view: View) -> vm.ViewModel:
    """The page of help that stands."""
    aid, hotline = view.session.aid, view.house.hotline
    match aid.spot:
        case Spot.MENU:
            return _menu(view)
        case Spot.PROBLEM:
            rows = tuple(
                PickRow(f"problem.{problem.value}", ask.Choose(problem.value), text(f"help.problem.{problem.value}"))
                for problem in Problem
                if problem is not Problem.PERSON  # has a control of its own beside the voice
            )  # fmt: skip
            return vm.PickPage(
                view.chrome(), text("help.problem"), text("help.problem_note"), Tone.PLAIN, rows, (back(),),
                "help.problem",
            )  # fmt: skip
        case Spot.PHONE:
            return _phone(view)
        case Spot.SENDING:
            return vm.NoticePage(
                view.chrome(), text("help.sending"), text("help.sending_note"), Tone.PLAIN, "clock", (), (),
                "help.sending", waiting=True,
            )  # fmt: skip
        case Spot.REPORTED | Spot.CALLED | Spot.FAILED:
            good = aid.spot is not Spot.FAILED
            number = (Line(text("help.number"), aid.number),) if good else ()
            said = "help.person" if aid.person and good else f"help.{aid.spot.value}"
            return vm.NoticePage(
                view.chrome(), text(said), text(f"{said}_note", hotline=hotline),
                Tone.GOOD if good else Tone.CAUTION, "check" if good else "phone",
                (*number, Line(text("notice.hotline"), hotline)),
                (Action(ask.Proceed(), text("help.go_on"), primary=True),), said,
            )  # fmt: skip


def _menu(view: View) -> vm.ViewModel:
    report = vm.Choice(Action(ask.ReportProblem(), text("help.report")), text("help.report_note"), "warning")
    choices: tuple[vm.Choice, ...] = (report,)
    if view.session.policy.call_back:
        call = Action(ask.CallMe(), text("help.call_me"), enabled=can_call(view.session))
        choices = (vm.Choice(call, text("help.call_me_note"), "phone"), report)
    return vm.ChoicePage(
        view.chrome(), text("notice.help"), text("notice.help_note", hotline=view.house.hotline), Tone.PLAIN, choices,
        (back(),), "notice.help",
    )  # fmt: skip


def _phone(view: View) -> vm.ViewModel:
    aid = view.session.aid
    note = "phone.invalid" if aid.invalid else "help.phone_note"
    return vm.KeypadPage(
        view.chrome(), text("help.phone"), text(note), grouped(aid.digits), Tone.CAUTION if aid.invalid else Tone.PLAIN,
        (Action(ask.Proceed(), text("help.call"), primary=True, enabled=bool(aid.digits)), back()), "help.phone",
    )  # fmt: skip
