"""Where a case stands, as its citizen is told: steps with their times, the time limit, what comes next. No person."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Light(StrEnum):
    """How a case stands to its time limit."""

    NONE = "none"  # no limit runs: nothing lies here yet, or the office waits for the citizen
    GREEN = "green"
    YELLOW = "yellow"  # near its end
    RED = "red"  # past it
    DONE = "done"  # the result is there


class CaseStep(StrEnum):
    """One step on the way of a case."""

    RECEIVED = "received"
    COLLECTED = "collected"  # staff have the papers
    TO_COMPLETE = "to_complete"  # papers came back to be completed
    ADDED = "added"  # further papers came
    READY = "ready"
    FETCHED = "fetched"
    TAKEN_BACK = "taken_back"  # staff took out what waited for the citizen


@dataclass(frozen=True, slots=True)
class StepDone:
    """A step that was taken; `at` empty: it is still ahead."""

    step: CaseStep
    at: str = ""  # ISO 8601, local


class CityWord(StrEnum):
    """What the city's approval system says of a case, as citizens are told it; its own sentences are not."""

    RECEIVED = "received"
    UNDER_REVIEW = "under_review"
    FORWARDED = "forwarded"
    WAITING = "waiting_for_applicant"
    RESULT_READY = "result_ready"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    NEWS = "news"  # a step that this program has no word for


DECIDED: Final = (CityWord.GRANTED, CityWord.REFUSED, CityWord.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Heard:
    """One word of it. `at`: when by its clock, ISO 8601, local; `papers`: how many it asks for."""

    word: CityWord
    at: str
    papers: int = 0


class CertificateHope(StrEnum):
    """What is known of the certificate that a case ends with."""

    NONE = "none"  # it ends with none, or was not granted so far
    READY = "ready"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class CaseProgress:
    """One case. `due`: last day of its time limit; `days_left`: working days up to that day, below 0 past it.

    `may_add`: papers may be added now; `doubtful`: a person has to look first what lies here; `waiting`: the kinds of
    what the citizen may fetch; `missing`: papers that were promised until the ISO date `until` and have not come.
    `heard`: the city's last words, oldest first.
    """

    case_id: str
    item_code: str  # empty: not in the catalogue any more
    light: Light
    steps: tuple[StepDone, ...]
    due: str = ""  # ISO date
    days_left: int = 0
    may_add: bool = False
    doubtful: bool = False
    waiting: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    until: str = ""
    certificate: CertificateHope = CertificateHope.NONE
    heard: tuple[Heard, ...] = ()

    @property
    def is_taken_back(self) -> bool:
        """Whether staff have what waited for the citizen, and nothing came of it since."""
        done = [one.step for one in self.steps if one.at]
        return done[-1:] == [CaseStep.TAKEN_BACK]

    @property
    def decided(self) -> CityWord | None:
        """What the city decided, where nothing was said since."""
        newest = self.heard[-1].word if self.heard else None
        return newest if newest in DECIDED else None
