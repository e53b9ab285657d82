"""The end of a visit, and what it was like: five steps, then reasons. One touch skips it, nobody is asked twice."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from screens import intents as ask

from . import effects as do
from . import events as ev
from . import state as st
from .leaving import Step, leave

PRAISE: Final = ("fast", "clear", "easy", "no_trips", "any_time")
COMPLAINTS: Final = ("slow", "unclear", "hard", "broken", "too_many_papers")
REASONS: Final[Mapping[int, tuple[str, ...]]] = {
    5: PRAISE, 4: PRAISE, 3: ("fast", "clear", "slow", "unclear", "hard"), 2: COMPLAINTS, 1: COMPLAINTS,
}  # fmt: skip


def step(stage: st.Farewell | st.Rating, event: ev.Event, session: st.Session) -> Step | None:
    """The next stage with its effects, or None when the event means nothing here."""
    match stage, event:
        case st.Farewell(deposited, fetched), ask.StartRating() if session.policy.rating and (
            deposited or fetched
        ):
            return st.Rating(deposited, fetched), ()
        case st.Farewell(), ev.LeftAlone() | ask.Proceed():
            return skipped(stage, session.policy)
        case st.Rating(stars=0), ask.Rate(stars) if stars in REASONS:
            return replace(stage, stars=stars), ()
        case st.Rating(stars=0), ask.Back() | ask.Proceed() | ev.LeftAlone():
            return _unrated(stage)
        case st.Rating(), ask.Choose(reason) if reason in REASONS.get(stage.stars, ()):
            return replace(stage, reasons=stage.reasons ^ {reason}), ()
        case st.Rating(), ask.Back():
            return st.Rating(stage.deposited, stage.fetched), ()
        case st.Rating(), ask.Proceed() | ev.LeftAlone():
            return leave(_rated(stage))
        case _:
            return None


def skipped(stage: st.Farewell, policy: st.Policy) -> Step:
    """Nobody rates it now."""
    return _unrated(stage) if policy.rating else leave()


def timed_out(stage: st.Rating) -> Step:
    """The person walked away: the stars they gave count."""
    return leave(_rated(stage)) if stage.stars else _unrated(stage)


def _unrated(stage: st.Farewell | st.Rating) -> Step:
    if not (stage.deposited or stage.fetched):
        return leave()
    return leave(do.InviteRating(_matter(stage)))


def _rated(stage: st.Rating) -> do.Record:
    reasons = tuple(sorted(stage.reasons))
    fields = (("stars", stage.stars), ("reasons", reasons), ("matter", _matter(stage)))
    return do.Record("ServiceRated", fields)


def _matter(stage: st.Farewell | st.Rating) -> str:
    return "fetch" if stage.fetched else "deposit"
