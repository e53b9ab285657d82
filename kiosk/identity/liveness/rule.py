"""From all that is known of liveness to one outcome, by a rule that can be read aloud.

In the words of ISO/IEC 30107-3: two or three presentation attack detection mechanisms (passive, challenge and response,
infrared) work on one presentation, and all must agree that it is bona fide. That the same face was there from the first
picture to the last is no part of the rule but its ground: where another face appears, all evidence begins anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .challenge import Standing
from .contract import LivenessOutcome, PassiveVerdict

MIN_LOOKS = 5
AGREES = 0.7
DISAGREES = 0.3


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one presentation showed. `infrared`: None where no second camera is configured."""

    passive: PassiveVerdict
    challenge: Standing
    infrared: PassiveVerdict | None = None


def conclude(evidence: Evidence) -> LivenessOutcome:
    """Any mechanism that says "spoof" is believed; then the challenge; then every mechanism has to say "live"."""
    said = {evidence.passive, evidence.infrared} - {None}
    if PassiveVerdict.SPOOF in said:
        return LivenessOutcome.SPOOF
    if evidence.challenge is not Standing.PERFORMED:
        return LivenessOutcome.CHALLENGE_FAILED
    return LivenessOutcome.LIVE if said == {PassiveVerdict.LIVE} else LivenessOutcome.UNCERTAIN


def infrared_verdict(looks: Sequence[bool]) -> PassiveVerdict:
    """`looks`: for each pair of pictures, does the infrared one show a face of flesh where the other shows a face?"""
    if len(looks) < MIN_LOOKS:
        return PassiveVerdict.UNCERTAIN
    share = sum(looks) / len(looks)
    if share <= DISAGREES:
        return PassiveVerdict.SPOOF
    return PassiveVerdict.LIVE if share >= AGREES else PassiveVerdict.UNCERTAIN
