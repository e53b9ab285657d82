"""Staff card reader by PC/SC: the number of any contactless card that lies on it."""

import asyncio
from typing import Final

from drivers.contracts.staffcard import CardUid
from drivers.errors import CardLifted, DeviceRefused
from drivers.pcsc import GET_UID, PcscTerminal, Terminal, answer_of
from drivers.registry import StaffCardPcscConfig

GONE_LOOKS: Final = 2  # a card at the edge of the field comes and goes


class PcscCardReader:
    """`drivers.contracts.staffcard.StaffCardReader`. Looks every `poll_s` seconds."""

    def __init__(self, terminal: Terminal, *, poll_s: float) -> None:
        self._terminal = terminal
        self._poll_s = poll_s
        self._lying: CardUid | None = None
        self._missed = 0

    async def connect(self) -> None:
        """See that the reader is there."""
        self._note(await asyncio.to_thread(self._look), tell=False)

    async def presented(self, *, timeout_s: float) -> CardUid | None:
        """The next card; one that stays is told of once."""
        deadline = asyncio.get_running_loop().time() + timeout_s
        while True:
            fresh = self._note(await asyncio.to_thread(self._look), tell=True)
            if fresh is not None or asyncio.get_running_loop().time() >= deadline:
                return fresh
            await asyncio.sleep(self._poll_s)

    async def close(self) -> None:
        """Nothing is held between two looks."""

    def _note(self, seen: CardUid | None, *, tell: bool) -> CardUid | None:
        self._missed = 0 if seen is not None else self._missed + 1
        if seen is None:
            self._lying = None if self._missed >= GONE_LOOKS else self._lying
            return None
        if not tell or seen == self._lying:
            return None
        self._lying = seen
        return seen

    def _look(self) -> CardUid | None:
        """The card's number; None for no card, one that was lifted at once, or one that does not tell its number."""
        try:
            if self._terminal.connect() is None:
                return None
            try:
                return CardUid(answer_of(self._terminal, GET_UID, "for its number"))
            finally:
                self._terminal.disconnect()
        except (CardLifted, DeviceRefused, ValueError):
            return None


def create(config: StaffCardPcscConfig) -> PcscCardReader:
    """A reader from its settings. Raises `ImportError` without pyscard."""
    return PcscCardReader(PcscTerminal(config.reader), poll_s=config.poll_s)
