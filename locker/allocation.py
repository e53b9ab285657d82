"""Which compartment a new deposit gets. Pure."""

from collections.abc import Iterable, Mapping

from drivers.contracts.board import ChannelReading, DoorState, ItemState

from .cabinet import Cell, Size
from .compartment import Compartment


def choose(
    cells: Iterable[Cell],
    compartments: Mapping[str, Compartment],
    readings: Mapping[str, ChannelReading],
    *,
    size: Size,
    larger_than: Size | None = None,
    within_reach: bool = False,
) -> Cell | None:
    """The smallest that fits, the least used of those, then by name; `None` when there is none.

    `larger_than`: what turned out too small. `within_reach`: only openings between 380 and 1,220 mm. A compartment
    without a state or a reading is not given.
    """
    fitting = [
        cell
        for cell in cells
        if cell.size.fits(size)
        and (larger_than is None or cell.size.order > larger_than.order)
        and (cell.within_reach or not within_reach)
        and is_available(compartments.get(cell.name), readings.get(cell.name))
    ]
    return min(
        fitting, key=lambda cell: (cell.size.order, compartments[cell.name].uses, cell.name), default=None
    )


def free_by_size(
    cells: Iterable[Cell], compartments: Mapping[str, Compartment], readings: Mapping[str, ChannelReading]
) -> dict[Size, int]:
    """How many of each size can be given now."""
    counts = dict.fromkeys(Size, 0)
    for cell in cells:
        counts[cell.size] += is_available(compartments.get(cell.name), readings.get(cell.name))
    return counts


def is_available(compartment: Compartment | None, reading: ChannelReading | None) -> bool:
    """True when journal and sensors both say: in service, empty, not reserved, shut, nothing inside."""
    return (
        compartment is not None
        and reading is not None
        and compartment.is_free
        and reading.door is DoorState.CLOSED
        and reading.item is not ItemState.PRESENT
    )
