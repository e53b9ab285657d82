"""What a readiness report says: every device, every test of it whether run or not, the verdict. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from drivers.contracts.report import DeviceReport
from kiosk.journal.anchor import Anchor


class Outcome(StrEnum):
    """What became of one test."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "notRun"


@dataclass(frozen=True, slots=True)
class Trial:
    """One test of one device. `detail`: what was seen or who judged; nothing of a person."""

    device: str
    test: str
    outcome: Outcome = Outcome.NOT_RUN
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Which kiosk the report is of."""

    kiosk_id: str
    name_zh: str
    name_en: str
    place_zh: str
    place_en: str


@dataclass(frozen=True, slots=True)
class Readiness:
    """One report. `first`: names of what to mend, the worst first; `anchor`: the journal's head before it.

    `fit`: a citizen can hand something in, and no test of what that needs failed. `staff_no`: who ran it; empty: the
    command line without a name. `versions`: of nightdesk, Python, the system.
    """

    number: str
    at: datetime
    place: Place
    staff_no: str
    devices: tuple[DeviceReport, ...]
    trials: tuple[Trial, ...]
    fit: bool
    first: tuple[str, ...]
    versions: tuple[tuple[str, str], ...]
    anchor: Anchor
    public_key: bytes

    @property
    def working(self) -> int:
        """How many devices do their work."""
        return sum(device.works for device in self.devices)

    def count(self, outcome: Outcome) -> int:
        """How many tests came to this."""
        return sum(trial.outcome is outcome for trial in self.trials)


def trials(
    tests: Mapping[str, Sequence[str]], results: Iterable[tuple[str, str, str, str]]
) -> tuple[Trial, ...]:
    """Every test of every device, in the order of `tests` (device -> its tests), with its last result.

    `results`: device, test, `passed` or `failed`, detail. A result of a test that is not listed comes last.
    """
    last = {
        (device, test): Trial(device, test, Outcome(outcome), detail)
        for device, test, outcome, detail in results
    }
    listed = [(device, test) for device, names in tests.items() for test in names]
    return tuple(last.get(key, Trial(*key)) for key in dict.fromkeys((*listed, *last)))


def judged(*, serves: bool, needed: frozenset[str], tried: Iterable[Trial]) -> bool:
    """The verdict. `serves`: what is needed works; `needed`: the devices that nobody can hand anything in without."""
    return serves and not any(one.outcome is Outcome.FAILED and one.device in needed for one in tried)
