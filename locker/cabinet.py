"""The cabinet as installed: its compartments, where they are, which lock each one has."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final, TypeVar

T = TypeVar("T")

REACH_BOTTOM_MM: Final = 380  # EN 301 549: what a person in a wheelchair reaches
REACH_TOP_MM: Final = 1220


class Size(StrEnum):
    """Inner size of a compartment."""

    S = "S"
    M = "M"
    L = "L"

    def fits(self, needed: "Size") -> bool:
        """True when what needs `needed` goes into this size."""
        return self.order >= needed.order

    @property
    def order(self) -> int:
        """0 for the smallest."""
        return _ORDER[self]


_ORDER: Final = {size: order for order, size in enumerate(Size)}


@dataclass(frozen=True, slots=True)
class Cell:
    """One compartment. `board` is the board's name in the configuration, `channel` counts from 1.

    `row`, `column`, `width`, `height` are grid units of the cabinet's front, top left is (0, 0);
    `bottom_mm`, `top_mm` is the height of the opening above the floor.
    """

    name: str
    size: Size
    board: str
    channel: int
    row: int
    column: int
    width: int = 1
    height: int = 1
    bottom_mm: int = 0
    top_mm: int = 0

    @property
    def within_reach(self) -> bool:
        """True when the whole opening lies between 380 and 1,220 mm."""
        return self.bottom_mm >= REACH_BOTTOM_MM and self.top_mm <= REACH_TOP_MM

    def squares(self) -> frozenset[tuple[int, int]]:
        """Grid squares (row, column) that the front covers."""
        rows = range(self.row, self.row + self.height)
        columns = range(self.column, self.column + self.width)
        return frozenset((row, column) for row in rows for column in columns)


@dataclass(frozen=True)
class Cabinet:
    """All compartments. Raises `ValueError` with every contradiction in the layout."""

    cells: tuple[Cell, ...]

    def __post_init__(self) -> None:
        found = list(_contradictions(self.cells))
        if found:
            raise ValueError("; ".join(found))

    @cached_property
    def by_name(self) -> Mapping[str, Cell]:
        """Compartments by name."""
        return {cell.name: cell for cell in self.cells}

    @cached_property
    def by_lock(self) -> Mapping[tuple[str, int], Cell]:
        """Compartments by (board, channel)."""
        return {(cell.board, cell.channel): cell for cell in self.cells}

    @cached_property
    def boards(self) -> tuple[str, ...]:
        """Names of the boards in use, sorted."""
        return tuple(sorted({cell.board for cell in self.cells}))


def _contradictions(cells: tuple[Cell, ...]) -> list[str]:
    found = [f"compartment {name} is there twice" for name in _twice([cell.name for cell in cells])]
    for board, channel in _twice([(cell.board, cell.channel) for cell in cells]):
        found.append(f"channel {channel} of board {board} belongs to two compartments")
    for row, column in _twice([square for cell in cells for square in cell.squares()]):
        found.append(f"two compartments cover row {row}, column {column}")
    found += [
        f"compartment {cell.name}: top is below bottom" for cell in cells if cell.top_mm < cell.bottom_mm
    ]
    return found


def _twice(values: list[T]) -> list[T]:
    return [value for value, count in Counter(values).items() if count > 1]
