"""Emulated ID card reader: a SAM_V module at 115200 baud with a card that people place and lift.

`python -m drivers.emulators.samv --pty LINK --control SOCKET [--read-delay-ms 900]`. Acts: `card.place` (`person`: a
key of people.py), `card.lift`, `people`. It enforces find, select, read; after a reading the card must be lifted.
"""

import time
from collections.abc import Mapping
from enum import Enum
from functools import reduce
from typing import Any, ClassVar, Final

from .base import Answer, Emulator, arguments, run
from .people import PEOPLE, Person

START: Final = bytes((0xAA, 0xAA, 0xAA, 0x96, 0x69))
SHORT_DELAY_S: Final = 0.012
MODULE_NUMBER: Final = bytes.fromhex("05000100D1953301F1FF0700B0E0A000")
LONGEST_REQUEST: Final = 64
SHORTEST_REQUEST: Final = 2  # LEN without what it counts


class Stage(Enum):
    """How far the card on the reader has come."""

    NONE = "none"
    PLACED = "placed"
    FOUND = "found"
    SELECTED = "selected"
    READ = "read"


class SamV(Emulator):
    """One reader. `read_delay_s` stands for RF and decryption."""

    BAUDRATE = 115_200
    FAULTS: ClassVar[Mapping[str, str]] = {
        **Emulator.FAULTS,
        "unreadable": "the card is found and selected, reading answers 41",
        "lift_mid_read": "the card leaves in the middle of the next reading",
        "bad_checksum": "each answer's checksum is wrong",
        "self_test_failed": "every command answers 60",
        "slow": "a reading takes 4 s longer",
        "drowsy": "the first search after a card was placed answers 80",
        "not_authorised": "reading answers 66",
        "bad_request": "the next request arrives damaged and is answered 10",
    }

    def __init__(self, read_delay_s: float) -> None:
        super().__init__()
        self._read_delay_s = read_delay_s
        self._person = ""
        self._stage = Stage.NONE
        self._input = bytearray()
        self._searched = False
        self._reads = 0
        self._requests = 0
        self._reading_until_s: float | None = None
        self._address_reads = 0  # since the card's reading: the first one is its last part
        self._card_out_at = 0.0

    # the line ---------------------------------------------------------------------------------------------------

    def received(self, data: bytes) -> None:
        """Collect requests, answer each; what comes during a reading waits for its end."""
        self._input += data
        self._serve_all()

    def _serve_all(self) -> None:
        while self._reading_until_s is None and (request := self._next_request()) is not None:
            if len(request) > SHORTEST_REQUEST:
                self._serve(request)
            else:
                self._answer(0x11)

    def _next_request(self) -> bytes | None:
        """LEN and what follows (LEN alone where it is impossible); None when there is not enough yet."""
        at = self._input.find(START)
        if at < 0:
            del self._input[: max(0, len(self._input) - len(START) + 1)]
            return None
        del self._input[:at]
        if len(self._input) < 7:
            return None
        length = self._input[5] * 256 + self._input[6]
        end = 7 + length if 3 <= length <= LONGEST_REQUEST else 7
        if len(self._input) < end:
            return None
        request = bytes(self._input[5:end])
        del self._input[:end]
        return request

    def _serve(self, request: bytes) -> None:
        self._requests += 1
        if reduce(lambda a, b: a ^ b, request) or "bad_request" in self.faults:
            self.faults.discard("bad_request")
            self._answer(0x10)
        elif "self_test_failed" in self.faults:
            self._answer(0x60)
        else:
            self._command(request[2], request[3])

    def _command(self, command: int, parameter: int) -> None:
        match command, parameter:
            case 0x10 | 0x11, 0xFF:
                self._answer(0x90)
            case 0x12, 0xFF:
                self._answer(0x90, MODULE_NUMBER)
            case 0x20, 0x01:
                self._find()
            case 0x20, 0x02:
                self._select()
            case 0x30, 0x01:
                self._read()
            case 0x30, 0x03:
                self._read_addresses()
            case _:
                self._answer(0x21)

    def _find(self) -> None:
        if self._stage in (Stage.NONE, Stage.READ):
            self._answer(0x80)
            return
        if self._stage is Stage.PLACED and "drowsy" in self.faults and not self._searched:
            self._searched = True
            self._answer(0x80)
            return
        self._stage = Stage.FOUND
        self._answer(0x9F, bytes(4))

    def _select(self) -> None:
        if self._stage is not Stage.FOUND:
            self._answer(0x81 if self._stage is Stage.NONE else 0x24)
            return
        self._stage = Stage.SELECTED
        self._answer(0x90, bytes(8))

    def _read(self) -> None:
        if self._stage is not Stage.SELECTED:
            self._answer(0x41)
            return
        if "not_authorised" in self.faults:
            self._answer(0x66)
            return
        delay_s = self._read_delay_s + (4.0 if "slow" in self.faults else 0.0)
        if "lift_mid_read" in self.faults:
            self.faults.discard("lift_mid_read")
            self._stage, self._person = Stage.NONE, ""
            self._answer(0x41, delay_s=delay_s / 2)
        elif "unreadable" in self.faults:
            self._stage = Stage.FOUND
            self._answer(0x41, delay_s=delay_s)
        else:
            self._reading_until_s = time.monotonic() + delay_s  # the card may be lifted before

    def tick(self, now_s: float) -> None:
        """A reading under way comes to its end."""
        if self._reading_until_s is None or now_s < self._reading_until_s:
            return
        self._reading_until_s = None
        self._stage = Stage.READ
        self._reads += 1
        self._address_reads = 0
        person = self._on_reader
        text, photo = person.text_block(), person.photo_block()
        self._answer(0x90, len(text).to_bytes(2, "big") + len(photo).to_bytes(2, "big") + text + photo)
        self._serve_all()

    def _read_addresses(self) -> None:
        if self._stage not in (Stage.READ, Stage.SELECTED):
            self._answer(0x41)
            return
        self._address_reads += 1
        block = self._on_reader.address_block()
        self._answer(0x90 if block else 0x91, block)

    @property
    def _on_reader(self) -> Person:
        return PEOPLE[self._person]

    def _answer(self, status: int, data: bytes = b"", *, delay_s: float = SHORT_DELAY_S) -> None:
        body = bytes((0, 0, status)) + data
        size = len(body) + 1
        counted = bytes((size // 256, size % 256)) + body
        check = reduce(lambda a, b: a ^ b, counted)
        self.reply(START + counted + bytes((check,)), delay_s=delay_s)

    def sent(self) -> None:
        """Note when the last byte of a card was out."""
        if self._stage is Stage.READ and self._address_reads == 1:
            self._card_out_at = time.time()
            self._address_reads += 1

    # the world --------------------------------------------------------------------------------------------------

    def act(self, do: str, call: Mapping[str, Any]) -> Answer:
        """A person's hand at the reader."""
        match do:
            case "card.place":
                person = str(call["person"])
                if person not in PEOPLE:
                    raise ValueError(f"no person {person!r}; there are {', '.join(PEOPLE)}")
                if self._stage is not Stage.NONE:
                    raise ValueError("a card lies on the reader; lift it first")
                self._person, self._stage, self._searched = person, Stage.PLACED, False
            case "card.lift":
                if self._stage is Stage.NONE:
                    raise ValueError("no card lies on the reader")
                self._leave()
            case "people":
                return {"people": list(PEOPLE)}
            case _:
                raise ValueError("known are card.place, card.lift, people")
        return {}

    def _leave(self) -> None:
        """The card is gone; a reading under way fails at once."""
        self._person, self._stage = "", Stage.NONE
        if self._reading_until_s is not None:
            self._reading_until_s = None
            self._answer(0x41)
            self._serve_all()

    def unplug(self) -> None:
        """Pull the cable: what was under way is lost."""
        super().unplug()
        self._drop()
        if self._stage in (Stage.FOUND, Stage.SELECTED):
            self._stage = Stage.PLACED

    def power_lost(self) -> None:
        """What was under way is lost; a card that lies there is like one that was just placed, read before or not."""
        self._drop()
        if self._stage is not Stage.NONE:
            self._stage, self._searched = Stage.PLACED, False

    def _drop(self) -> None:
        self._input.clear()
        self._reading_until_s = None

    def state(self) -> Answer:
        """Which card lies there, how far its reading came, how many readings and requests there were; when the last
        byte of the last card read was out (Unix seconds)."""
        return {
            "person": self._person,
            "stage": self._stage.value,
            "reading": self._reading_until_s is not None,
            "reads": self._reads,
            "requests": self._requests,
            "card_out_at": self._card_out_at,
        }


def main() -> None:
    """Run one emulated reader until ended."""
    parser = arguments("Emulated ID card reader with a SAM_V module.")
    parser.add_argument("--read-delay-ms", type=float, default=900.0, help="RF and decryption")
    options = parser.parse_args()
    run(SamV(options.read_delay_ms / 1000), options)


if __name__ == "__main__":
    main()
