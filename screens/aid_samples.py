"""Examples of the pages of help."""

from collections.abc import Iterator

from screens import intents as ask
from screens.viewmodels import (
    Action,
    Choice,
    ChoicePage,
    Chrome,
    KeypadPage,
    Line,
    NoticePage,
    PickPage,
    PickRow,
    Tone,
    ViewModel,
    text,
)

_BACK = Action(ask.Back(), text("action.back"))
_PROBLEMS = ("screen", "card", "door", "paper", "words", "other")


def aid_samples(chrome: Chrome) -> Iterator[ViewModel]:
    """Whom to call, what does not work, which number, what came of it."""
    hotline = chrome.hotline
    choices = (
        Choice(Action(ask.CallMe(), text("help.call_me")), text("help.call_me_note"), "phone"),
        Choice(Action(ask.ReportProblem(), text("help.report")), text("help.report_note"), "warning"),
    )
    yield ChoicePage(
        chrome, text("notice.help"), text("notice.help_note", hotline=hotline), Tone.PLAIN, choices, (_BACK,),
        "notice.help",
    )  # fmt: skip
    rows = tuple(
        PickRow(f"problem.{name}", ask.Choose(name), text(f"help.problem.{name}")) for name in _PROBLEMS
    )
    yield PickPage(
        chrome, text("help.problem"), text("help.problem_note"), Tone.PLAIN, rows, (_BACK,), "help.problem"
    )
    call = Action(ask.Proceed(), text("help.call"), primary=True)
    yield KeypadPage(
        chrome, text("help.phone"), text("help.phone_note"), "138 0013 8000", Tone.PLAIN, (call, _BACK), "help.phone"
    )  # fmt: skip
    yield NoticePage(
        chrome, text("help.sending"), text("help.sending_note"), Tone.PLAIN, "clock", (), (), "help.sending",
        waiting=True,
    )  # fmt: skip
    go_on = (Action(ask.Proceed(), text("help.go_on"), primary=True),)
    for name, number in (
        ("reported", "P-261122-01"), ("person", "P-261122-02"), ("called", "C-261122-01"), ("failed", ""),
    ):  # fmt: skip
        numbered = (Line(text("help.number"), number),) if number else ()
        yield NoticePage(
            chrome, text(f"help.{name}"), text(f"help.{name}_note", hotline=hotline),
            Tone.GOOD if number else Tone.CAUTION, "check" if number else "phone",
            (*numbered, Line(text("notice.hotline"), hotline)), go_on, f"help.{name}",
        )  # fmt: skip
