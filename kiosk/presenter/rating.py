"""What the visit was like: five steps in words and stars, then reasons to tick."""

from kiosk.session import state as st
from kiosk.session.rating import REASONS
from screens import intents as ask
from screens import viewmodels as vm
from screens.viewmodels import Action, PickRow, Tone, text

from .view import View, back


def rating_page(view: View, stage: st.Rating) -> vm.ViewModel:
    """The steps, or the reasons for the one that was touched."""
    if not stage.stars:
        rows = tuple(
            PickRow(f"rating.{stars}", ask.Rate(stars), text(f"rating.step.{stars}"), text(f"rating.stars.{stars}"))
            for stars in sorted(REASONS, reverse=True)
        )  # fmt: skip
        skip = Action(ask.Proceed(), text("rating.skip"))
        return vm.PickPage(
            view.chrome(), text("rating.heading"), text("rating.note"), Tone.PLAIN, rows, (skip,), "rating"
        )
    reasons = tuple(
        PickRow(
            f"reason.{reason}", ask.Choose(reason), text(f"rating.reason.{reason}"),
            text("rating.ticked") if reason in stage.reasons else "",
            Tone.GOOD if reason in stage.reasons else Tone.PLAIN,
        )
        for reason in REASONS[stage.stars]
    )  # fmt: skip
    send = Action(ask.Proceed(), text("rating.send"), primary=True)
    return vm.PickPage(
        view.chrome(), text(f"rating.step.{stage.stars}"), text("rating.why"), Tone.PLAIN, reasons, (back(), send),
        "rating.reasons",
    )  # fmt: skip
