"""All compartments as the journal has them: an event is recorded first and changes the state after that."""

import asyncio
import logging
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from types import MappingProxyType

from .cabinet import Cabinet
from .compartment import Compartment, step
from .events import CompartmentEvent, Event, UnexpectedInCompartment
from .ports import CustodyLog, Fact, NotRecorded

logger = logging.getLogger(__name__)


def complete(cabinet: Cabinet, restored: Iterable[Compartment]) -> list[Compartment]:
    """What the journal knows, and a fresh state for each compartment that it has never heard of."""
    known = {compartment.cell: compartment for compartment in restored}
    fresh = [Compartment(cell.name) for cell in cabinet.cells if cell.name not in known]
    return [*known.values(), *fresh]


class Ledger:
    """The one way in for facts of custody; is a `CustodyLog` itself."""

    def __init__(self, log: CustodyLog, compartments: Iterable[Compartment]) -> None:
        self._log = log
        self._compartments = {compartment.cell: compartment for compartment in compartments}
        self._order = asyncio.Lock()
        self._surprises: list[Event] = []

    @property
    def compartments(self) -> Mapping[str, Compartment]:
        """A live view, by cell."""
        return MappingProxyType(self._compartments)

    async def record(self, *events: Event, along: Sequence[Fact] = ()) -> None:
        """Make the events durable, then apply them. Raises `NotRecorded`; then nothing was applied.

        `along`: facts of somebody else's that are true with them, durable in the same moment or not at all.
        """
        async with self._order:
            await self._log.record(*events, along=along)
            self._surprises += self.apply(*events)
            await self._record_surprises()

    async def follow(self, made_durable: Awaitable[None], events: Sequence[CompartmentEvent]) -> None:
        """Apply what `made_durable` records together with others; that no state expects it is nothing to record.

        Raises what `made_durable` raises; then nothing was applied.
        """
        async with self._order:
            await made_durable
            self.apply(*events)

    def apply(self, *events: Event) -> tuple[UnexpectedInCompartment, ...]:
        """Apply events that are durable already; answers what the states did not allow, to be recorded too."""
        unexpected = []
        for event in events:
            if isinstance(event, UnexpectedInCompartment):
                continue
            surprise = self._apply(event)
            if surprise is not None:
                logger.warning("%s: %s was not expected", surprise.cell, surprise.event)
                unexpected.append(surprise)
        return tuple(unexpected)

    async def _record_surprises(self) -> None:
        if not self._surprises:
            return
        try:
            await self._log.record(*self._surprises)
        except (
            NotRecorded
        ):  # the events themselves are durable: their surprise is recorded with the next ones
            logger.exception("%d unexpected events wait for the journal", len(self._surprises))
            return
        self._surprises.clear()

    def _apply(self, event: CompartmentEvent) -> UnexpectedInCompartment | None:
        before = self._compartments[event.cell]
        after = step(before, event)
        self._compartments[event.cell] = after.state
        if after.unexpected is None:
            return None
        return UnexpectedInCompartment(
            event.cell, type(event).__name__, before.status.value, before.content.value
        )
