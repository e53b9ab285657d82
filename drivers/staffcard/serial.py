"""Staff card reader on a serial line that sends a line for each card."""

from drivers.contracts.report import LineReport
from drivers.contracts.staffcard import CardUid
from drivers.errors import LinkTimeout
from drivers.link import Link
from drivers.registry import StaffCardSerialConfig

from .lines import LineFormat, parser_for


class SerialCardReader:
    """`drivers.contracts.staffcard.StaffCardReader`. The reader never answers: silence is no fault."""

    def __init__(self, link: Link, form: LineFormat) -> None:
        self._link = link
        self._parser = parser_for(form)

    @property
    def line(self) -> LineReport:
        """The line's counters now."""
        return self._link.report

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
