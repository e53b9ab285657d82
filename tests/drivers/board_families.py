"""Every family of lock boards as its emulator plays it: what the suite of all boards runs on.

A family joins by one row here, or several when its boards differ in what they answer.
"""

import contextlib
import importlib
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from drivers.boardtables import BoardConfig
from drivers.contracts.board import LockBoard
from drivers.emulators.control import Control
from drivers.emulators.locks import LockEmulator
from drivers.link import Link
from drivers.registry import DriverKind, create, parse
from tests.drivers.board_contract import World
from tests.drivers.emulated import restore

PATIENT_S = 5.0  # a slow answer is waited for, also on a loaded machine
HASTY_S = 0.1


@dataclass(frozen=True, slots=True)
class Family:
    """A driver with `settings` against `python -m drivers.emulators.EMULATOR OPTIONS`."""

    driver: str
    emulator: str
    options: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    sees_items: bool = False
    says_unasked: bool = False  # that a door has moved
    asks_twice: bool = False  # a change is believed when two answers agree

    def __str__(self) -> str:
        return " ".join((self.driver, *self.options))

    @property
    def menu(self) -> set[str]:
        """The faults that the emulator can show."""
        module = importlib.import_module(f"drivers.emulators.{self.emulator}")
        kinds = [item for item in vars(module).values() if isinstance(item, type)]
        return {
            fault
            for kind in kinds
            if issubclass(kind, LockEmulator) and kind.__module__ == module.__name__
            for fault in kind.FAULTS
        }


# quicker than real ones, as tests are many
WKLY = ("--channels", "12", "--open-ms", "50", "--query-all-ms", "10")
FAMILIES = (
    Family("kerong_cu16", "kerong", sees_items=True),
    Family("kerong_cu16", "kerong", ("--ack-unlock",), sees_items=True),
    Family("kerong_cu48", "cu48"),
    Family(
        "kerong_cu48",
        "cu48",
        ("--dialect", "0x60", "--lock-byte", "1", "--board", "5", "--channels", "24", "--state-bytes", "3"),
        {"dialect": "0x60", "lock_byte": 1, "board": 5, "channels": 24, "state_bytes": 3},
    ),
    Family(
        "kerong_cu48",
        "cu48",
        ("--dialect", "0x80", "--board", "2", "--ack-unlock"),
        {"dialect": "0x80", "board": 2},
    ),
    Family("lock_8a80", "lock_8a80"),
    Family(
        "lock_8a80",
        "lock_8a80",
        ("--ack-open", "--unasked", "81", "--shut-is-one", "--low-byte", "first", "--channels", "8"),
        {"closed_is_one": True, "low_byte": "first", "channels": 8},
        says_unasked=True,
    ),
    Family(
        "lock_8a80",
        "lock_8a80",
        ("--unasked", "82", "--channels", "50", "--state-bytes", "7"),
        {"channels": 50, "state_bytes": 7},
        says_unasked=True,
    ),
    Family("wkly", "wkly", (*WKLY, "--events"), {"settle_s": 0.06}, says_unasked=True),
    Family("wkly", "wkly", (*WKLY, "--mute-open", "--status-byte"), {"settle_s": 0.06}),
    Family("winnsen", "winnsen", asks_twice=True),
    Family("modbus_relay", "modbus", settings={"item_inputs": range(9, 17)}, sees_items=True),
)
DRIVERS = tuple({family.driver: family for family in reversed(FAMILIES)}.values())  # the first of each


@dataclass(frozen=True, slots=True)
class Bench:
    """An emulated line that runs, and what a driver calls it."""

    family: Family
    url: str
    control: Control

    def world(self, *, url: str = "") -> World:
        """The board as the suite of all boards wants it; `url`: another way to the same line."""
        patient, hasty = {"timeout_s": PATIENT_S}, {"timeout_s": HASTY_S, "attempts": 1}
        link = self.link(url=url)
        return World(
            self.board(link, **patient),
            hasty=self.board(link, **hasty),
            close_door=self._hand("door.close"),
            put_item=self._hand("item.put"),
            take_item=self._hand("item.take"),
            set_silent=lambda silent: self._do("fault", name="mute", on=silent),
            sees_items=self.family.sees_items,
        )

    def link(self, *, url: str = "") -> Link:
        """The line, unopened."""
        config = self._config({})
        return Link(url or self.url, baudrate=config.baudrate, name="test", echo=config.echo)

    def board(self, link: Link, **settings: object) -> LockBoard:
        """The board on this line, with these settings besides the family's."""
        config = self._config(settings)
        return cast(LockBoard, create(DriverKind.BOARD, config, profile="emulated", link=link))

    def reset(self) -> None:
        """All as it was before the test."""
        restore(self.control)

    def _config(self, settings: Mapping[str, object]) -> BoardConfig:
        table = {"driver": self.family.driver, "url": self.url, **self.family.settings, **settings}
        return cast(BoardConfig, parse(DriverKind.BOARD, table))

    def _hand(self, act: str) -> Callable[[int], None]:
        return lambda channel: self._do(act, channel=channel)

    def _do(self, act: str, **values: object) -> None:
        self.control.do(act, **values)


@contextlib.contextmanager
def running(family: Family, folder: Path, *, tcp: bool = False) -> Iterator[Bench]:
    """The family's emulator as a process of its own; ended at the end."""
    socket = folder / "control"
    port = ("--tcp", "0") if tcp else ("--pty", str(folder / "pty"))
    command = [sys.executable, "-m", f"drivers.emulators.{family.emulator}", *port, "--control", str(socket)]
    with subprocess.Popen(
        [*command, "--travel-ms", "20", *family.options], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().split()[1]
            with contextlib.closing(Control(socket)) as control:
                yield Bench(family, url, control)
        finally:
            process.kill()
