"""The port: what an approval system is to the kiosk. Frozen types; errors in three kinds.

```
ApprovalError
├── TryLater       not now: the line, a busy or failing system, an answer that is none
├── SubmissionNotTaken   for good, with the system's own words
└── OurMistake     asked wrongly: address, certificate, token, or a request that the system cannot read
```
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Protocol

LONGEST_PAUSE_S: Final = 3600.0  # that a system may ask for


class ApprovalError(Exception):
    """No answer that counts. The text names the system and what to do; never a person, a case or a token."""


class TryLater(ApprovalError):
    """The same may be asked again. `after_s`: the system asks for so long a pause; 0 where it says nothing."""

    def __init__(self, text: str, after_s: float = 0.0) -> None:
        super().__init__(text)
        self.after_s = after_s


class SubmissionNotTaken(ApprovalError):
    """The system refuses this submission for good. `code`: its short name for why; `words`: its sentence, sealed."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(f"the approval system refuses a submission for good: {code}")
        self.code = code
        self.words = words


class OurMistake(ApprovalError):
    """Asking again is of no use before somebody changes something here. `everywhere`: not for this request alone."""

    def __init__(self, text: str, *, everywhere: bool) -> None:
        super().__init__(text)
        self.everywhere = everywhere


class Kind(StrEnum):
    """What a submission is: the first papers of a case, or further ones."""

    APPLICATION = "application"
    SUPPLEMENT = "supplement"


class Verdict(StrEnum):
    """What was decided."""

    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ResultForm(StrEnum):
    """How the result comes."""

    PAPER = "paper"
    ELECTRONIC = "electronic"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Applicant:
    """Whose case it is: what an approval needs, and no telephone number."""

    name: str = field(repr=False)
    id_number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Agent:
    """Who handed in for the applicant, and is who `Proof.identity` is of. `relation`: what the applicant is to them.

    `letter`: the applicant's card was not there; a letter of authorisation came, on paper or among the pages. Of a
    `helper`, who is signed in at the kiosk, name and number are empty.
    """

    name: str = field(repr=False)
    id_number: str = field(repr=False)
    relation: str  # parent | child | spouse | ward | company | other | helper
    letter: bool


@dataclass(frozen=True, slots=True)
class Material:
    """A paper as the catalogue asked for it that day.

    `number`: from 1; `sha256`: of the catalogue's words for it (docs/approval.md), so that both sides mean the same
    list: the paper itself lies in the compartment.
    """

    number: int
    name: str
    kind: str  # original | copy | form
    count: int
    needed: bool
    sha256: str


@dataclass(frozen=True, slots=True)
class Proof:
    """How the papers are known to lie in the compartment, and the journal's record of it.

    `cell`: empty where nothing but scanned pages came in; `evidence`: `SENSOR`, `CLAIMED`, `DOOR` or
    `SCANNED`; `identity`: how it is known who (`verified`, `card_only` and others);
    `sequence`, `sha256`: number and hash of the fact in the kiosk's journal, which its signed head confirms.
    """

    cell: str
    evidence: str
    identity: str
    held_at: datetime
    sequence: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Promise:
    """Papers accepted as following later (容缺受理). `missing`: numbers as in `Material`; `until`: the last day.

    The applicant signed it on the screen; the signature stays with the kiosk.
    """

    missing: tuple[int, ...]
    until: date


@dataclass(frozen=True, slots=True)
class Submission:
    """What goes out for one deposit, or for a case of scanned pages alone.

    `applicant` is missing where their data was erased; `answers`: of the form; `promise`: of an application alone, for
    what a supplement brings the kiosk knows by the citizen's word only.
    """

    message_id: str  # the idempotency key
    kiosk_id: str
    case_id: str
    kind: Kind
    item_code: str
    department: str
    applicant: Applicant | None
    answers: Mapping[str, str] = field(repr=False, hash=False)
    materials: tuple[Material, ...]
    proof: Proof
    agent: Agent | None = None
    promise: Promise | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """A paper that is asked for. `number`: as in `Material`, 0 for one that was not on the list."""

    number: int
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Step:
    """How far a case is. `step`: a short name, such as `under_review`; `words`: what the system says of it."""

    case_id: str
    message: str
    step: str
    said_at: datetime
    missing: tuple[Missing, ...] = ()
    words: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of a case, and how the result comes."""

    case_id: str
    message: str
    verdict: Verdict
    result: ResultForm
    said_at: datetime
    words: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A submission was taken. `number`: what the system calls the case; `decision`: where it decides at once."""

    number: str
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one case stands: its steps, oldest first, and the decision once there is one."""

    case_id: str
    number: str
    steps: tuple[Step, ...] = ()
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class News:
    """What was said since a cursor, oldest first; the newest cursor; whether there is more at once."""

    told: tuple[Step | Decision, ...]
    cursor: str
    more: bool = False


class ApprovalSystem(Protocol):
    """Takes submissions, says how cases get on. All methods may raise `TryLater` and `OurMistake`."""

    async def submit(self, submission: Submission) -> Accepted:
        """Hand in. The same `message_id` again changes nothing and has the same answer.

        Raises `SubmissionNotTaken`.
        """

    async def standing(self, case_id: str) -> Standing | None:
        """Where a case stands; None for one that the system does not know."""

    async def news(self, after: str) -> News:
        """Progress and decisions since the cursor of an earlier answer; empty: since the beginning."""

    async def close(self) -> None:
        """Let go of what is open."""
