"""A scanner on a serial line (or USB in its serial mode) as a `CodeScanner`."""

from ..contracts.codes import Code
from ..errors import LinkTimeout
from ..link import Link
from ..registry import SerialScannerConfig
from .lines import LineParser


class SerialScanner:
    """One scanner."""

    def __init__(self, config: SerialScannerConfig) -> None:
        self._config = config
        self._link = Link(config.url, baudrate=config.baudrate, name="scanner")

    async def connect(self) -> None:
        """Open the line. A scanner says nothing unasked: whether one is there shows with the first code."""
        await self._link.open()

    async def scan(self, *, timeout_s: float) -> Code | None:
        """The first code read from now on, None when there is none in time. Raises `LinkClosed`."""
        await self._link.send(b"")  # forget what was scanned before
        parser = LineParser(aim_prefix=self._config.aim_prefix, encoding=self._config.encoding)
        try:
            return await self._link.receive(parser, timeout_s=timeout_s)
        except LinkTimeout:
            return None

    async def close(self) -> None:
        """Release the line."""
        await self._link.close()


def create(config: SerialScannerConfig) -> SerialScanner:
    """The driver table's factory."""
    return SerialScanner(config)
