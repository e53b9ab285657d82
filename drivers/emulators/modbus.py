"""Modbus RTU boards with relays and digital inputs on one line, locks at some of them.

`python -m drivers.emulators.modbus --pty LINK --control SOCKET [--channels 8] [--outputs 8] [--inputs 16] [--board 1 …]
[--no-flash]`. Relay n opens lock n; input n is closed while door n is shut, input CHANNELS + n while something lies
behind it. What is left of relays and inputs is free: lamps, buzzers, contacts. Acts and faults of the cabinet as in
`locks.py`; `input.set` with `input` and `on` works a contact at a free input.
"""

import argparse
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from .base import Answer, run
from .locks import LockEmulator, lock_arguments

RELAYS, INPUTS, ONE_RELAY, MANY_RELAYS = 0x01, 0x02, 0x05, 0x0F
NO_FUNCTION, NO_ADDRESS, NO_VALUE, BROKEN = 0x01, 0x02, 0x03, 0x04
ALL, ALL_TURNED, FLASH_ON, FLASH_OFF = 0x00FF, 0x01FF, 0x0200, 0x0400
ON, OFF, TURNED = 0xFF00, 0x0000, 0x5500
SHORT_BYTES: Final = 8
FLASH_UNIT_S: Final = 0.1
ANSWER_DELAY_S: Final = 0.005


@dataclass(slots=True)
class Relay:
    """`since_s`: when it was switched on; `longest_s`: how long it has been on at a stretch, at most."""

    on: bool = False
    turns_at_s: float | None = None
    since_s: float = 0.0
    longest_s: float = 0.0


class Refused(Exception):
    """The board says no, with this code."""


class ModbusEmulator(LockEmulator):
    """The boards of one line: `boards` are their unit numbers."""

    BAUDRATE: ClassVar[int] = 9600
    FAULTS: ClassVar[Mapping[str, str]] = {
        **LockEmulator.FAULTS,
        **LockEmulator.SENSOR_FAULTS,
        "refuses": "every request is answered with refusal 04, device failure",
    }

    def __init__(self, options: argparse.Namespace) -> None:
        super().__init__(options.board or [1], options.channels, travel_s=options.travel_ms / 1000)
        self._relays = {board: {n: Relay() for n in range(1, options.outputs + 1)} for board in self.boards}
        self._contacts = {board: dict.fromkeys(range(1, options.inputs + 1), False) for board in self.boards}
        self._flashes: bool = options.flash

    # the line --------------------------------------------------------------------------------------------

    def request_length(self, heard: bytes) -> int | None:
        """By the function; writing many relays says how many bytes follow."""
        if len(heard) < 2:
            return None
        if heard[1] == MANY_RELAYS:
            length = SHORT_BYTES + 1 + (heard[6] if len(heard) > 6 else 0)
        elif heard[1] in range(0x01, 0x07):
            length = SHORT_BYTES
        else:
            return 0
        if len(heard) < length:
            return None
        return length if _crc(heard[: length - 2]) == heard[length - 2 : length] else 0

    def request(self, request: bytes) -> None:
        """Do what a unit of this line is told."""
        unit, function, *rest = request[:-2]
        if unit in self.boards:
            self._answer(unit, function, rest)

    def _answer(self, unit: int, function: int, rest: list[int]) -> None:
        try:
            if "refuses" in self.faults:
                raise Refused(BROKEN)
            body = bytes((function, *self._done(unit, function, rest)))
        except Refused as refusal:
            body = bytes((function + 0x80, refusal.args[0]))
        frame = bytes((self.spoken(unit),)) + body
        self.reply(frame + _crc(frame), delay_s=ANSWER_DELAY_S)

    def _done(self, unit: int, function: int, rest: list[int]) -> Sequence[int]:
        """What follows unit and function in the answer."""
        first, count = rest[0] << 8 | rest[1], rest[2] << 8 | rest[3]
        match function:
            case 0x01:
                return _packed(self._part([relay.on for relay in self._relays[unit].values()], first, count))
            case 0x02:
                self.polled()
                return _packed(self._part(self._inputs(unit), first, count))
            case 0x05:
                self._command(unit, first, count)
                return rest
            case 0x0F:
                self._part(list(self._relays[unit]), first, count)
                if rest[4] != (count + 7) // 8:
                    raise Refused(NO_VALUE)
                for place in range(count):
                    on = bool(rest[5 + place // 8] >> place % 8 & 1)
                    self._switch(unit, first + place + 1, on=on)
                return rest[:4]
            case _:
                raise Refused(NO_FUNCTION)

    def _part(self, what: list[Any], first: int, count: int) -> list[Any]:
        if not count:
            raise Refused(NO_VALUE)
        if first + count > len(what):
            raise Refused(NO_ADDRESS)
        return what[first : first + count]

    def _command(self, unit: int, address: int, value: int) -> None:
        relays = self._relays[unit]
        if address in (ALL, ALL_TURNED):
            for number in relays:
                self._turn(unit, number, TURNED if address == ALL_TURNED else value)
        elif address + 1 in relays:
            self._turn(unit, address + 1, value)
        else:
            base, number = address & 0xFF00, (address & 0x00FF) + 1
            if number not in relays or base not in (FLASH_ON, FLASH_OFF) or not self._flashes:
                raise Refused(NO_ADDRESS)
            if not 1 <= value <= 0x7FFF:
                raise Refused(NO_VALUE)
            self._switch(unit, number, on=base == FLASH_ON)
            relays[number].turns_at_s = time.monotonic() + value * FLASH_UNIT_S

    def _turn(self, unit: int, number: int, value: int) -> None:
        states = {ON: True, OFF: False, TURNED: not self._relays[unit][number].on}
        if value not in states:
            raise Refused(NO_VALUE)
        self._switch(unit, number, on=states[value])

    # relays and inputs -----------------------------------------------------------------------------------

    def _switch(self, unit: int, number: int, *, on: bool) -> None:
        relay, now_s = self._relays[unit][number], time.monotonic()
        if on:
            relay.since_s = relay.since_s if relay.on else now_s
            self.pull_lock(unit, number)
        elif relay.on:
            relay.longest_s = max(relay.longest_s, now_s - relay.since_s)
        relay.on, relay.turns_at_s = on, None

    def _inputs(self, unit: int) -> list[bool]:
        told = dict(self._contacts[unit])
        for channel in self.boards[unit]:
            told[channel] = self.hook(unit, channel)
            if channel + len(self.boards[unit]) in told:
                told[channel + len(self.boards[unit])] = self.seen(unit, channel)
        return list(told.values())

    def tick(self, now_s: float) -> None:
        """End what flashes."""
        super().tick(now_s)
        for unit, relays in self._relays.items():
            for number, relay in relays.items():
                if relay.turns_at_s is not None and relay.turns_at_s <= now_s:
                    self._switch(unit, number, on=not relay.on)

    def power_lost(self) -> None:
        """Every relay falls off too."""
        super().power_lost()
        for unit, relays in self._relays.items():
            for number in relays:
                self._switch(unit, number, on=False)

    def act(self, do: str, call: Mapping[str, Any]) -> Answer:
        """A person's hand, at a compartment or at a contact."""
        if do != "input.set":
            return super().act(do, call)
        unit, number = int(call.get("board", next(iter(self.boards)))), int(call["input"])
        taken = 2 * len(self.boards.get(unit, ()))
        if number not in self._contacts.get(unit, ()) or number <= taken:
            raise ValueError(f"no free input {number}; locks take 1 to {taken}")
        self._contacts[unit][number] = bool(call["on"])
        return {}

    def state(self) -> Answer:
        """Doors and items as every lock board, and under `outputs` the relays of each board."""
        outputs = {
            str(unit): {
                str(number): {"on": relay.on, "longest_s": relay.longest_s}
                for number, relay in relays.items()
            }
            for unit, relays in self._relays.items()
        }
        return {**super().state(), "outputs": outputs}


def _packed(bits: Sequence[bool]) -> list[int]:
    """How many bytes follow, and the bits, lowest first."""
    packed = [
        sum(bit << place for place, bit in enumerate(bits[start : start + 8]))
        for start in range(0, len(bits), 8)
    ]
    return [len(packed), *packed]


def _crc(data: bytes | bytearray) -> bytes:
    """CRC-16/MODBUS, low byte first."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return bytes((crc & 0xFF, crc >> 8))


def main() -> None:
    """Command line."""
    parser = lock_arguments(
        "Modbus RTU boards with relays and inputs.", numbers=range(1, 248), channels=range(33)
    )
    parser.set_defaults(channels=8)
    parser.add_argument("--outputs", type=int, default=8, help="relays of each board")
    parser.add_argument("--inputs", type=int, default=16, help="digital inputs of each board")
    parser.add_argument("--no-flash", dest="flash", action="store_false", help="refuse to time a pulse")
    options = parser.parse_args()
    if options.channels > min(options.inputs, options.outputs):
        parser.error("every lock needs a relay and an input")
    run(ModbusEmulator(options), options)


if __name__ == "__main__":
    main()
