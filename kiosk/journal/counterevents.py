"""Facts of the counter: problems that were reported, calls that were asked for, ratings. Nothing of a person."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProblemReported:
    """Somebody at the screen reported a problem; with it goes the machine as it was then.

    `problem`: what they touched; `page`: what stood before them; `devices`: each with its XFS4IoT state (`printer
    online`); `head`: the journal's head before this; `texted`: technicians, or staff on call for a person, are told by
    text message, which they are so many times an hour at most.
    """

    report: str
    problem: str
    page: str
    version: str
    devices: tuple[str, ...]
    head: str
    texted: bool


@dataclass(frozen=True, slots=True)
class CallRequested:
    """Somebody asked to be called back. Their telephone number stands in the sealed message to staff only."""

    call: str
    page: str


@dataclass(frozen=True, slots=True)
class ServiceRated:
    """What somebody thought of a visit: 1 to 5 `stars`, the reasons they ticked, and what they had come for."""

    stars: int
    reasons: tuple[str, ...]
    matter: str


@dataclass(frozen=True, slots=True)
class CaseNumbersTried:
    """Case numbers that no case has were typed too often; `limit`: of the `session` or of the kiosk's last `minute`."""

    limit: str


@dataclass(frozen=True, slots=True)
class ParcelDisowned:
    """Whose card and code opened a compartment says that what lay in it is not theirs.

    `item`: what the item sensor sees behind the shut door (`present`, `notPresent`, `unknown`).
    """

    case_id: str
    cell: str
    item: str
