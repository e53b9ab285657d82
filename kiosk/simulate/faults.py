"""What goes wrong, and for how long: the emulators' menus, as the program meets them behind its drivers."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Final

from .devices import Trouble
from .world import World

EVERY_S: Final = 42.0  # one fault in so many virtual seconds, on average
LASTS_S: Final = 12.0
MAINS_AWAY_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that can go wrong. `begin` and `end` change the world or the devices."""

    name: str
    begin: Callable[[World, Trouble, Random], Callable[[], None]]
    lasts_s: float = LASTS_S  # on average


def _set(part: str, value: str, lasts_s: float = LASTS_S) -> Fault:
    def begin(_world: World, trouble: Trouble, _rng: Random) -> Callable[[], None]:
        setattr(trouble, part, value)
        return lambda: setattr(trouble, part, "")

    return Fault(f"{part} {value}", begin, lasts_s)


def _box(flag: str) -> Fault:
    def begin(world: World, _trouble: Trouble, rng: Random) -> Callable[[], None]:
        box = rng.choice(list(world.boxes.values()))
        setattr(box, flag, True)
        return lambda: setattr(box, flag, False)

    return Fault(f"compartment {flag}", begin)


def _forced(world: World, _trouble: Trouble, rng: Random) -> Callable[[], None]:
    box = rng.choice(list(world.boxes.values()))
    box.swing()

    def shut() -> None:
        box.open = False

    return shut


def _clock(_world: World, trouble: Trouble, rng: Random) -> Callable[[], None]:
    trouble.clock = timedelta(seconds=rng.randrange(1, 7200))

    def right() -> None:
        trouble.clock = timedelta()

    return right


MENU: Final = (
    _set("board", "silent"), _set("board", "gone"), _set("board", "lost_unlock"), _set("board", "unanswered"),
    _box("jammed"), _box("late"), _box("blind"), _box("unread"), _box("ajar"), _box("bouncing"), _box("flickering"),
    _box("unseen"),
    Fault("door forced", _forced),
    _set("printer", "paper_out"), _set("printer", "silent"), _set("printer", "no_ack"), _set("printer", "error"),
    _set("printer", "slow"), _set("scanner", "gone"), _set("scanner", "spoilt"),
    _set("codes", "gone"), _set("codes", "half"),
    _set("reader", "unreadable"), _set("reader", "lifted"), _set("reader", "expired"),
    _set("face", "no_match"), _set("face", "uncertain"), _set("face", "camera_gone"), _set("face", "no_model"),
    _set("face", "not_live"), _set("face", "challenge_failed"), _set("identity", "dies"),
    _set("sms", "silent"), _set("sms", "no_network"), _set("sms", "refused"),
    _set("power", "on_battery"), _set("power", "low", MAINS_AWAY_S), _set("power", "silent"),
    _set("broker", "gone"), _set("broker", "stalled"), _set("disk", "full"), _set("disk", "nearly_full"),
    Fault("clock set back", _clock),
)  # fmt: skip


class Nature:
    """Breaks and mends, one thing after another. `count`: how often something broke."""

    def __init__(self, world: World, trouble: Trouble, rng: Random, *, devices: bool) -> None:
        self._world = world
        self._trouble = trouble
        self._rng = rng
        self._devices = devices
        self._mend: list[Callable[[], None]] = []
        self.count = 0

    async def run(self) -> None:
        """Until cancelled."""
        while self._devices:
            await asyncio.sleep(self._rng.expovariate(1 / EVERY_S))
            fault = self._rng.choice(MENU)
            self.count += 1
            self._mend.append(fault.begin(self._world, self._trouble, self._rng))
            await asyncio.sleep(self._rng.expovariate(1 / fault.lasts_s))
            self.mend()

    def mend(self) -> None:
        """All is well."""
        for end in self._mend:
            end()
        self._mend.clear()
