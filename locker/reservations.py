"""A compartment that is reserved and never opened is given back after a while. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from .compartment import Compartment, Content
from .events import DepositAbandoned


@dataclass(frozen=True, slots=True)
class Reservation:
    """A compartment that waits for a case's first opening, seen since `since_s` of some clock."""

    case_id: str
    since_s: float


def reserved(compartments: Mapping[str, Compartment]) -> dict[str, str]:
    """Compartments that are reserved and have not been opened for it, with their cases."""
    return {
        cell: compartment.case_id
        for cell, compartment in compartments.items()
        if compartment.case_id is not None
        and compartment.content is Content.EMPTY
        and compartment.operation is None
        and compartment.doubt is None
    }


def watch(
    seen: Mapping[str, Reservation], compartments: Mapping[str, Compartment], now_s: float
) -> dict[str, Reservation]:
    """What was seen so far, brought up to now: one that is new begins now, one that is over is forgotten."""
    return {
        cell: seen[cell] if cell in seen and seen[cell].case_id == case_id else Reservation(case_id, now_s)
        for cell, case_id in reserved(compartments).items()
    }


def expired(
    seen: Mapping[str, Reservation], now_s: float, limit_s: float, in_use: str = ""
) -> tuple[DepositAbandoned, ...]:
    """What to record. `in_use`: the compartment of whoever stands there, whose time the session keeps."""
    return tuple(
        DepositAbandoned(reservation.case_id, cell, "the reservation ran out")
        for cell, reservation in sorted(seen.items())
        if now_s - reservation.since_s >= limit_s and cell != in_use
    )
