"""The serial lines of a kiosk: one `Link` a port, for all devices on it, whatever family they are of."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from .boardtables import BoardConfig
from .contracts.board import LockBoard
from .link import Link
from .registry import DriverKind, Profile, RefusedInProduction, create, problems
from .tables import BusConfig


@dataclass(frozen=True, slots=True)
class _Line:
    link: Link
    owner: str
    config: BusConfig


class Buses:
    """Lines by port, each opened by the first device that needs it and closed with the first that is closed."""

    def __init__(self) -> None:
        self._lines: dict[str, _Line] = {}
        self._numbers: dict[tuple[str, str, int], str] = {}

    def line(self, owner: str, config: BusConfig) -> Link:
        """The line that a device named `owner` talks on, unopened.

        Raises `ValueError` when another device of the same port wants another speed, says otherwise whether the line
        echoes, or has the same driver and number.
        """
        port = _port(config.url)
        line = self._lines.get(port)
        if line is None:
            link = Link(
                config.url, baudrate=config.baudrate, name=f"bus-{owner}", echo=config.echo, traced=True
            )
            line = self._lines[port] = _Line(link, owner, config)
        if config.baudrate != line.config.baudrate:
            raise ValueError(
                f"{line.owner} and {owner} share {config.url}, one with baudrate {line.config.baudrate}, the other with"
                f" {config.baudrate}; give both the same, or each a line of its own"
            )
        if config.echo != line.config.echo:
            raise ValueError(
                f"{line.owner} and {owner} share {config.url}, and only one has echo = true; it is the line that"
                " echoes, so give both the same"
            )
        other = self._numbers.setdefault((port, config.driver, config.board), owner)
        if other != owner:
            raise ValueError(
                f"{other} and {owner} are both number {config.board} on {config.url};"
                " set another number on one of the boards"
            )
        line.link.rest_s = max(line.link.rest_s, config.SILENCE_BITS / config.baudrate)
        return line.link


def create_boards(
    configs: Mapping[str, BoardConfig], *, profile: Profile, buses: Buses
) -> dict[str, LockBoard]:
    """All lock boards by name, unconnected. Raises `RefusedInProduction` with all reasons, or as `Buses.line`."""
    refused = [
        f"{name}: {problem}"
        for name, config in configs.items()
        for problem in problems(DriverKind.BOARD, config, profile=profile)
    ]
    if refused:
        raise RefusedInProduction("; ".join(refused))
    return {
        name: create(DriverKind.BOARD, config, profile=profile, link=buses.line(name, config))
        for name, config in configs.items()
    }


def _port(url: str) -> str:
    """The same for all names of one port that is there (`/dev/ttyUSB0`, `/dev/serial/by-path/…`)."""
    return os.path.realpath(url) if url.startswith("/") else url
