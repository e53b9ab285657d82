"""What answers on a serial port: every family is asked a question that opens no door and prints nothing.

Who stands alone on a line is asked first, the printer before all others: it would take a lock board's question for
text. A line whose printer, modem or card reader has answered is asked nothing more, and a bus has one speed.
"""

import importlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, cast

from .errors import DeviceRefused, LinkError
from .link import Link
from .registry import DriverKind, create, parse

DIALECTS: Final = ("0x50", "0x60", "0x80")


@dataclass(frozen=True, slots=True)
class Family:
    """One driver and how to find its devices. `first`: the lowest number on a bus, None for who stands alone.

    `rates`: likely first. `variants`: settings that change the question. `most`: how many numbers there are. `ask`:
    `"module:function"` of (link, seconds) -> identity, where reading the device is not harmless or says too little.
    `slowest_s`: what its answer may take.
    """

    kind: DriverKind
    driver: str
    rates: tuple[int, ...]
    first: int | None = None
    most: int = 0
    variants: tuple[Mapping[str, Any], ...] = ({},)
    ask: str = ""
    slowest_s: float = 0.0


ALONE: Final = (
    Family(
        DriverKind.PRINTER, "escpos_serial", (115200, 9600, 19200, 38400), ask="drivers.escpos.discover:ask"
    ),
    Family(DriverKind.SMS, "gsm_modem", (115200, 9600), ask="drivers.gsm.discover:ask"),
    Family(DriverKind.READER, "sam_v_serial", (115200, 9600), ask="drivers.samv.discover:ask"),
)
ON_A_BUS: Final = (
    Family(DriverKind.BOARD, "kerong_cu16", (19200, 9600), 0, 10),
    Family(
        DriverKind.BOARD, "kerong_cu48", (19200, 9600), 0, 256,
        tuple({"dialect": name, "state_bytes": size, "channels": 8 * size} for size in (6, 3) for name in DIALECTS),
    ),
    Family(DriverKind.BOARD, "lock_8a80", (9600, 19200), 1, 32, ({}, {"state_bytes": 7, "channels": 50})),
    Family(DriverKind.BOARD, "wkly", (9600, 19200), 0, 32, slowest_s=0.35),
    Family(DriverKind.BOARD, "winnsen", (9600, 19200), 1, 255),
    Family(DriverKind.BOARD, "modbus_relay", (9600, 19200, 115200), 1, 247),
)  # fmt: skip
UNASKED: Final[Mapping[str, str]] = {
    "modbus_inputs": "answers as modbus_relay does: only the wiring tells them apart",
    "modbus_signals": "answers as modbus_relay does: only the wiring tells them apart",
    "serial_scanner": "speaks only when a code is shown",
    "staff_card_serial": "speaks only when a card is shown",
}
"""Drivers of serial lines that no question finds, and why."""


@dataclass(frozen=True, slots=True)
class Found:
    """A device that answered. `table`: its table for a configuration; `identity`: what it says of itself."""

    kind: DriverKind
    table: Mapping[str, Any]
    identity: str = ""


@dataclass(slots=True)
class PortFinding:
    """One port. `trouble`: why it could not be asked; `noise`: bytes came that are no answer of anything known."""

    url: str
    found: list[Found] = field(default_factory=list)
    trouble: str = ""
    noise: int = 0


@dataclass(frozen=True, slots=True)
class Walk:
    """How a port is asked. `numbers`: how many of a family's board numbers; `wait_s`: for an answer."""

    numbers: int = 8
    wait_s: float = 0.15
    told: Callable[[str], None] = lambda _line: None
    families: Sequence[Family] = ON_A_BUS

    async def port(self, url: str) -> PortFinding:
        """Ask everything at every speed. Never raises for a port: `trouble` says what is wrong with it."""
        finding = PortFinding(url)
        try:
            if not await self._alone(finding):
                await self._bus(finding)
        except LinkError as error:
            finding.trouble = str(error)
        return finding

    async def _alone(self, finding: PortFinding) -> bool:
        for family in ALONE:
            for rate in family.rates:
                async with self._line(finding, rate) as link:
                    config = {"driver": family.driver, "url": finding.url, "baudrate": rate}
                    if (identity := await self._ask(family, config, link)) is not None:
                        finding.found.append(Found(family.kind, config, identity))
                        return True
        return False

    async def _bus(self, finding: PortFinding) -> None:
        for rate in sorted({rate for family in self.families for rate in family.rates}):
            async with self._line(finding, rate) as link:
                for family in self.families:
                    if rate in family.rates:
                        finding.found += await self._boards(family, finding.url, rate, link)
            if finding.found:
                return

    async def _boards(self, family: Family, url: str, rate: int, link: Link) -> Sequence[Found]:
        """All boards of a family; once one has answered, the others are asked in its way alone."""
        assert family.first is not None
        found: list[Found] = []
        variants = family.variants
        for number in range(family.first, family.first + min(self.numbers, family.most)):
            for variant in variants:
                config = {"driver": family.driver, "url": url, "baudrate": rate, "board": number, **variant}
                if (identity := await self._ask(family, config, link)) is not None:
                    config |= {"echo": True} if link.counters.echoes else {}
                    found.append(Found(family.kind, config, identity))
                    variants = (variant,)
                    break
        return found

    @asynccontextmanager
    async def _line(self, finding: PortFinding, rate: int) -> AsyncIterator[Link]:
        self.told(f"{finding.url}: {rate} baud")
        link = Link(finding.url, name="discover", baudrate=rate)
        try:
            await link.open()
            yield link
        finally:
            finding.noise += link.counters.dropped_bytes
            await link.close()

    async def _ask(self, family: Family, config: Mapping[str, Any], link: Link) -> str | None:
        """What the device says it is; None where none answers."""
        try:
            if family.ask:
                module, _, function = family.ask.partition(":")
                ask = cast(
                    Callable[[Link, float], Awaitable[str]],
                    getattr(importlib.import_module(module), function),
                )
                return await ask(link, self.wait_s)
            return await self._board(family, config, link)
        except DeviceRefused as refusal:
            return str(refusal)  # who says no is there
        except LinkError:
            if not link.is_open:
                raise
            return None

    async def _board(self, family: Family, config: Mapping[str, Any], link: Link) -> str:
        settings = parse(
            family.kind, {**config, "timeout_s": max(self.wait_s, family.slowest_s), "attempts": 1}
        )
        board = create(family.kind, settings, profile="emulated", link=link)
        await board.read()
        return ""
