"""What the reports of all devices mean: fit for service or not, and in which order to mend what is not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from drivers.contracts.report import DeviceReport
from kiosk.session.facts import NEEDED

from .inventory import Item
from .supervisor import Subject, reports


async def diagnosis(subjects: Sequence[Subject], names: Sequence[str]) -> dict[str, Any]:
    """What both ways tell. Raises `ValueError` for a name that is not among the subjects."""
    known = [subject.item.name for subject in subjects]
    strange = [name for name in names if not any(_means(name, one) for one in known)]
    if strange:
        raise ValueError(f"no device {strange[0]!r} is configured; there is: {', '.join(known)}")
    wanted = [one for one in subjects if not names or any(_means(name, one.item.name) for name in names)]
    found = await reports(wanted)
    verdict = judge([one.item for one in wanted], found)
    return {"devices": [plain(one) for one in found], "fit": verdict.fit, "first": list(verdict.first)}


def _means(asked: str, name: str) -> bool:
    """`board` means every board, `board main` and `main` the one."""
    return asked == name or asked in name.split(" ", 1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`fit`: a citizen can hand something in. `first`: names of what to mend, what costs most at the head."""

    fit: bool
    first: tuple[str, ...]


def judge(items: Iterable[Item], found: Sequence[DeviceReport]) -> Verdict:
    """Whether the kiosk is fit for service, and in which order to mend what is not. Pure.

    Of lock boards one is enough to serve; all else that is needed must work.
    """
    part_of = {item.name: item.part for item in items}
    needed = {one.name: part for one in found if (part := part_of[one.name]) in NEEDED}
    working = {part for one in found if one.works and (part := needed.get(one.name)) is not None}
    faulty = [one for one in found if not one.works or one.health.action is not None]
    faulty.sort(key=lambda one: (one.name not in needed, one.works))
    return Verdict(working == set(needed.values()), tuple(one.name for one in faulty))


def plain(one: DeviceReport) -> Mapping[str, Any]:
    """A report as JSON carries it."""
    told = asdict(one)
    told["health"] = {
        "status": one.health.status.value,
        "detail": one.health.detail,
        "action": None if one.health.action is None else one.health.action.value,
    }
    return told
