"""Gives back compartments that were reserved and never opened: nobody stands there any more, or a fact was lost."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from locker.ledger import Ledger
from locker.ports import NotRecorded
from locker.reservations import Reservation, expired, watch

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class ReservationWatch:
    """Looks for ever, every `every_s`. `in_use`: the compartment of the session, empty when there is none."""

    ledger: Ledger
    in_use: Callable[[], str]
    limit_s: float
    every_s: float = 10.0
    _seen: dict[str, Reservation] = field(default_factory=dict)

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await asyncio.sleep(self.every_s)
            await self.look(asyncio.get_running_loop().time())

    async def look(self, now_s: float) -> None:
        """Once. What cannot be recorded is tried again the next time."""
        self._seen = watch(self._seen, self.ledger.compartments, now_s)
        over = expired(self._seen, now_s, self.limit_s, self.in_use())
        if not over:
            return
        try:
            await self.ledger.record(*over)
        except NotRecorded as error:
            logger.error("reservations that ran out could not be recorded: %s", error)
