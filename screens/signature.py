"""A signature as it was drawn on the glass: strokes of points, how large it may be, when it is one. No Kivy."""

import hashlib
from dataclasses import dataclass, field
from itertools import pairwise
from math import hypot
from typing import Final

UNITS: Final = 1000  # of the pad's width and of its height
PAD_SHAPE: Final = 2.2  # how many times as wide as high a pad is, and the signature on paper
MOST_STROKES: Final = 64
MOST_POINTS: Final = 2000  # of all strokes together
MOST_MS: Final = 120_000
LEAST_POINTS: Final = 12
LEAST_LENGTH: Final = 400  # in units of the width, the way of the finger: less is a dot or a slip

Point = tuple[int, int, int]
"""Right and up from the pad's lower left corner in thousandths of it, and milliseconds since the first touch."""
Stroke = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """What one finger drew, in its order."""

    strokes: tuple[Stroke, ...] = field(default=(), repr=False)

    @property
    def points(self) -> int:
        """How many points it has."""
        return sum(len(stroke) for stroke in self.strokes)

    @property
    def length(self) -> float:
        """The finger's way on the glass, in thousandths of the pad's width."""
        return sum(
            hypot(after[0] - before[0], (after[1] - before[1]) / PAD_SHAPE)
            for stroke in self.strokes
            for before, after in pairwise(stroke)
        )

    @property
    def is_enough(self) -> bool:
        """Whether somebody wrote, and did not only touch the pad."""
        return self.points >= LEAST_POINTS and self.length >= LEAST_LENGTH

    def with_stroke(self, stroke: Stroke) -> "Signature":
        """With one more stroke; the same where it does not fit on the pad, or nothing more does."""
        room = len(self.strokes) < MOST_STROKES and self.points + len(stroke) <= MOST_POINTS
        return Signature((*self.strokes, stroke)) if stroke and room and is_drawn(stroke) else self

    @property
    def written(self) -> tuple[str, ...]:
        """A text for each stroke, its points as `x,y,ms` with spaces between: as the record keeps it."""
        return tuple(" ".join(f"{x},{y},{ms}" for x, y, ms in stroke) for stroke in self.strokes)

    def digest(self, about: str) -> str:
        """SHA-256 over what was signed and how, in hexadecimal: neither can be changed without the other."""
        return hashlib.sha256("\n".join((about, *self.written)).encode()).hexdigest()


def is_drawn(stroke: Stroke) -> bool:
    """Whether every point lies on the pad and comes after the one before."""
    inside = all(0 <= x <= UNITS and 0 <= y <= UNITS and 0 <= ms <= MOST_MS for x, y, ms in stroke)
    return inside and all(before[2] <= after[2] for before, after in pairwise(stroke))
