"""The pictures of one presentation that are compared: each embedded once, the best few chosen in the end."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from .matching import Embedding

APART_DEG: Final = 15.0  # pictures so far apart in pose count as quite different ...
APART_SIZE: Final = 0.25  # ... or of faces whose sizes differ by this share
DIFFERENCE_COUNTS: Final = 0.5  # as much as goodness 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """What is kept of one picture. `goodness` 0 to 1; `size`: breadth of the face as a share of the picture."""

    embedding: Embedding = field(repr=False)
    taken_at_s: float
    goodness: float
    yaw_deg: float
    size: float


def best(pictures: Sequence[Picture], least: int, most: int, spread_s: float) -> list[Picture]:
    """The best `least` to `most` pictures that were taken over at least `spread_s`; empty while there are none such.

    The first is the best; each other one is good and unlike those before it, since pictures of one moment are nearly
    one picture. One that is less than half as good as the best would spoil the mean.
    """
    if len(pictures) < least:
        return []
    ranked = sorted(pictures, key=lambda picture: -picture.goodness)
    chosen = [ranked.pop(0)]
    while ranked and len(chosen) < most:
        fit = [one for one in ranked if one.goodness >= chosen[0].goodness / 2 or len(chosen) < least]
        if not fit:
            break
        late = [one for one in fit if _spread([*chosen, one]) >= spread_s]
        pool = late if late and _spread(chosen) < spread_s else fit
        chosen.append(max(pool, key=lambda one: one.goodness + DIFFERENCE_COUNTS * _unlike(one, chosen)))
        ranked.remove(chosen[-1])
    return chosen if _spread(chosen) >= spread_s else []


def _spread(pictures: Sequence[Picture]) -> float:
    times = [picture.taken_at_s for picture in pictures]
    return max(times) - min(times)


def _unlike(one: Picture, others: Sequence[Picture]) -> float:
    """0 to 1: how unlike the most similar of the others."""
    return min(
        min(1.0, abs(one.yaw_deg - other.yaw_deg) / APART_DEG + abs(one.size / other.size - 1) / APART_SIZE)
        for other in others
    )
