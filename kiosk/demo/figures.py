"""What a measurement is: values, their median and 95th percentile, and the limit beside which they stand."""

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

NOT_MEASURED: Final = "not measured"
COLUMNS: Final = ("what", "n", "median", "p95", "target", "floor")


@dataclass(frozen=True, slots=True)
class Figure:
    """One row. `values` in `unit`; `target` is the most that the median may be, `floor` what physics allows."""

    name: str
    unit: str
    values: tuple[float, ...]
    target: float | None = None
    floor: str = ""
    note: str = ""

    @property
    def median(self) -> float:
        """Half of the values are below."""
        return statistics.median(self.values)

    @property
    def p95(self) -> float:
        """95 of 100 values are at most this (nearest rank)."""
        return sorted(self.values)[max(0, math.ceil(0.95 * len(self.values)) - 1)]

    @property
    def met(self) -> bool | None:
        """Whether the median keeps the target; None where there is none or nothing was measured."""
        return None if self.target is None or not self.values else self.median <= self.target

    def plain(self) -> dict[str, Any]:
        """For JSON: the values too."""
        found: dict[str, Any] = {"name": self.name, "unit": self.unit, "n": len(self.values)}
        if self.values:
            found |= {"median": round(self.median, 3), "p95": round(self.p95, 3)}
        found |= {"target": self.target, "met": self.met, "floor": self.floor, "note": self.note}
        return found | {"values": [round(value, 3) for value in self.values]}


def figure(
    name: str,
    unit: str,
    values: Iterable[float],
    target: float | None = None,
    floor: str = "",
    note: str = "",
) -> Figure:
    """A figure from any run of values; what could not be measured is `nan` and left out."""
    measured = tuple(value for value in values if not math.isnan(value))
    return Figure(name, unit, measured, target, floor, note)


def table(figures: Sequence[Figure]) -> str:
    """The figures as lines of text, notes below each."""
    rows = [COLUMNS, *(_cells(one) for one in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    lines = []
    for row, one in zip(rows, (None, *figures), strict=True):
        right = [cell.rjust(width) for cell, width in zip(row[1:5], widths[1:5], strict=True)]
        lines.append("  ".join((row[0].ljust(widths[0]), *right, row[5])).rstrip())
        if one is not None and one.note:
            lines.append(f"    {one.note}")
    return "\n".join(lines)


def _cells(one: Figure) -> tuple[str, ...]:
    if not one.values:
        return (one.name, "0", NOT_MEASURED, "", _target(one), one.floor)
    median, p95 = (f"{_number(value)} {one.unit}" for value in (one.median, one.p95))
    return (one.name, str(len(one.values)), median, p95, _target(one), one.floor)


def _target(one: Figure) -> str:
    if one.target is None:
        return ""
    mark = {True: "", False: " !", None: ""}[one.met]
    return f"<= {one.target:g}{mark}"


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
