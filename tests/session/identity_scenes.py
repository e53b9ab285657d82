"""What can be touched and can happen while it is found out who somebody is, beside what `scenes.py` has."""

from dataclasses import replace
from typing import Final

from kiosk.session import events as ev
from kiosk.session.facts import WITHOUT_FACE, CardFacts, FaceProof
from screens import intents as ask

PROOF: Final = FaceProof(0.61, 0.49, "mobilefacenets", "0a1b2c3d4e5f", "live", ("turn_left", "blink"))
TOUCHES: Final[tuple[ev.Event, ...]] = (
    ask.OtherMovements(), *(ask.Choose(way.value) for way in WITHOUT_FACE),
)  # fmt: skip
TOLD: Final[tuple[ev.Event, ...]] = (
    ev.FaceAsked("turn_left", 1, 2, 6.0), ev.FaceAsked("blink", 2, 2, 6.0), ev.FaceHint("hold_still", 0.6),
    *(ev.FaceAnswer(outcome, PROOF) for outcome in ("not_live", "challenge_failed", "poor_quality")),
    ev.FaceAnswer("blocked"), *(ev.FaceStale(why) for why in ev.Stale),
    ev.CodeSent("12"), *(ev.CodeNotSent(why) for why in ("no_phone", "failed", "too_many")),
    ev.CodeAnswer(right=True), ev.CodeAnswer(right=False, why="wrong", left=2, wait_s=15),
    ev.CodeAnswer(right=False, why="wrong", left=4),
    *(ev.CodeAnswer(right=False, why=why) for why in ("wait", "gone")),
    *(ev.DeskAnswer(outcome) for outcome in ("allowed", "refused", "no_answer")),
)  # fmt: skip


def child(card: CardFacts) -> ev.CardTaken:
    """The same card, of somebody below the age at which one consents oneself."""
    return ev.CardTaken(replace(card, child=True))
