"""Staff card reader on a serial line that sends a line for each card."""

from drivers.contracts.staffcard import CardUid
from drivers.errors import LinkTimeout
from drivers.link import Link, OnLink
from drivers.registry import StaffCardSerialConfig

from .lines import LineFormat, parser_for


class SerialCardReader(OnLink):
    """`drivers.contracts.staffcard.StaffCardReader`. The reader never answers: silence is no fault."""

    def __init__(self, link: Link, form: LineFormat) -> None:
        super().__init__(link)
        self._parser = parser_for(form)

    async def connect(self) -> None:
        """Open the line."""
        await self._link.open()

    async def presented(self, *, timeout_s: float) -> CardUid | None:
        """The next card; readers send one line a card, however long it stays."""
        await self._link.open()
        try:
            return await self._link.receive(self._parser, timeout_s=timeout_s)
        except LinkTimeout:
            return None

    async def close(self) -> None:
        """Release the line."""
        await self._link.close()


def create(config: StaffCardSerialConfig) -> SerialCardReader:
    """A reader from its settings, unconnected."""
    link = Link(config.url, baudrate=config.baudrate, name="staff-card-reader")
    return SerialCardReader(link, LineFormat(config.line))
