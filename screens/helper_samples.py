"""Examples of a helper's pages: the desk between two persons, the next person's card, the end with its list."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from screens import intents as ask
from screens.viewmodels import (
    Action,
    CardPage,
    Chrome,
    Line,
    NoticePage,
    PickPage,
    PickRow,
    Tone,
    ViewModel,
    text,
)

_CASES = (("261122-0007", "A-03"), ("261122-0008", "A-05, A-06"), ("261122-0009", ""))


def helper_samples(chrome: Chrome, visit: Chrome, titles: Sequence[str], hotline: str) -> Iterator[ViewModel]:
    """The pages in the language of `chrome`. `visit`: the frame of a visit; `titles`: of three items."""
    yield from _desk(chrome, hotline)
    letter, back = (
        Action(ask.WithLetter(), text("agency.without_card")),
        Action(ask.Back(), text("action.back")),
    )
    yield CardPage(
        visit, text("agency.lay"), text("agency.lay_note"), Tone.PLAIN, reading=False, actions=(letter, back),
        name="helper.lay",
    )  # fmt: skip
    again = Action(ask.TryAgain(), text("action.again"), primary=True)
    yield CardPage(
        visit, text("card.unreadable"), text("card.unreadable_note"), Tone.CAUTION, reading=False,
        actions=(again, letter, back), name="helper.card.unreadable",
    )  # fmt: skip
    yield from _done(chrome, titles)


def _desk(chrome: Chrome, hotline: str) -> Iterator[ViewModel]:
    def lines(count: int) -> tuple[Line, ...]:
        so_far = text("helper.count", count=count)
        return Line(text("helper.number"), "2001"), Line(text("helper.so_far"), so_far)

    following = Action(ask.StartDeposit(), text("helper.next"), primary=True)
    leave = Action(ask.SignOut(), text("staff.sign_out"))
    first = NoticePage(
        chrome, text("helper.desk"), text("helper.desk_note", hotline=hotline), Tone.PLAIN, "card", lines(0),
        (following, leave), "helper.desk",
    )  # fmt: skip
    yield first
    finish = Action(ask.Proceed(), text("helper.finish"))
    yield replace(first, lines=lines(3), actions=(following, finish), name="helper.desk.several")
    note = text("helper.not_now", hotline=hotline)
    yield replace(
        first, sentence=note, tone=Tone.CAUTION, actions=(replace(following, enabled=False), leave),
        name="helper.desk.not_now",
    )  # fmt: skip


def _done(chrome: Chrome, titles: Sequence[str]) -> Iterator[ViewModel]:
    rows = tuple(
        PickRow(
            f"case.{case}", None,
            text("helper.case_in", case=case, cell=cell) if cell else text("helper.case", case=case), title,
        )
        for (case, cell), title in zip(_CASES, titles, strict=True)
    )  # fmt: skip
    leave = Action(ask.Proceed(), text("staff.sign_out"), primary=True)
    done = PickPage(
        chrome, text("helper.done", count=len(rows)), text("helper.list.printed"), Tone.GOOD, rows, (leave,),
        "helper.done",
    )  # fmt: skip
    yield replace(done, sentence=text("helper.list.printing"), name="helper.printing")
    yield done
    again = Action(ask.TryAgain(), text("helper.print_again"))
    yield replace(
        done, sentence=text("helper.list.notPrinted"), tone=Tone.CAUTION, actions=(leave, again),
        name="helper.done.not_printed",
    )  # fmt: skip
