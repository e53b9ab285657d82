"""Examples of the pages on which a visit is rated."""

from collections.abc import Iterator

from screens import intents as ask
from screens.viewmodels import Action, Chrome, PickPage, PickRow, Tone, ViewModel, text

_REASONS = ("fast", "clear", "easy", "no_trips", "any_time")


def rating_samples(chrome: Chrome) -> Iterator[ViewModel]:
    """The five steps; the reasons for one."""
    steps = tuple(
        PickRow(f"rating.{stars}", ask.Rate(stars), text(f"rating.step.{stars}"), text(f"rating.stars.{stars}"))
        for stars in range(5, 0, -1)
    )  # fmt: skip
    skip = Action(ask.Proceed(), text("rating.skip"))
    yield PickPage(chrome, text("rating.heading"), text("rating.note"), Tone.PLAIN, steps, (skip,), "rating")
    reasons = tuple(
        PickRow(
            f"reason.{name}", ask.Choose(name), text(f"rating.reason.{name}"),
            text("rating.ticked") if at < 2 else "", Tone.GOOD if at < 2 else Tone.PLAIN,
        )
        for at, name in enumerate(_REASONS)
    )  # fmt: skip
    send = Action(ask.Proceed(), text("rating.send"), primary=True)
    yield PickPage(
        chrome, text("rating.step.4"), text("rating.why"), Tone.PLAIN, reasons,
        (Action(ask.Back(), text("action.back")), send), "rating.reasons",
    )  # fmt: skip
