"""Emulated reader of staff cards on a serial line at 9600 baud: a line for each card that is held to it.

`python -m drivers.emulators.staffcard --pty LINK --control SOCKET [--line hex]`. Acts: `card.present` (`name`: one of
the people below, or `uid`: hexadecimal), `people`.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from .base import Answer, Emulator, arguments, run

CARDS: Final = {"zhang": "04A1B2C3D4E580", "li": "5F3C9A17", "stranger": "DEADBEEF"}  # fictional
START, END = b"\x02", b"\r\n\x03"


def _line(uid: bytes, form: str) -> bytes:
    match form:
        case "hex":
            return uid.hex().upper().encode() + b"\r\n"
        case "hex_reversed":
            return START + bytes(reversed(uid)).hex().upper().encode() + END
        case _:
            return b"%010d\r" % int.from_bytes(uid, "big")


class StaffCard(Emulator):
    """One reader; it says nothing by itself and answers nothing."""

    BAUDRATE = 9600
    FAULTS: ClassVar[Mapping[str, str]] = {
        **Emulator.FAULTS,
        "damaged": "a character of each line is damaged",
        "no_read": "each card is answered with NOREAD",
    }

    def __init__(self, form: str) -> None:
        super().__init__()
        self._form = form
        self._presented = 0

    def received(self, data: bytes) -> None:
        """A reader of this kind listens to nobody."""

    def act(self, do: str, call: Mapping[str, Any]) -> Answer:
        """People's hands."""
        match do:
            case "card.present":
                name = str(call.get("name", ""))
                if "uid" not in call and name not in CARDS:
                    raise ValueError(f"no card of {name!r}; there are {', '.join(CARDS)}")
                self._present(bytes.fromhex(str(call.get("uid", CARDS.get(name)))))
                return {}
            case "people":
                return {"people": dict(CARDS)}
            case _:
                raise ValueError("known are card.present, people")

    def _present(self, uid: bytes) -> None:
        self._presented += 1
        line = _line(uid, self._form)
        if "no_read" in self.faults:
            line = b"NOREAD\r\n"
        if "damaged" in self.faults:
            line = line[:3] + b"?" + line[4:]
        self.reply(line)

    def state(self) -> Answer:
        """How many cards were held to it."""
        return {"presented": self._presented}


def main() -> None:
    """Run one emulated reader until ended."""
    parser = arguments("Emulated reader of staff cards.")
    parser.add_argument("--line", choices=("hex", "hex_reversed", "decimal"), default="hex")
    options = parser.parse_args()
    run(StaffCard(options.line), options)


if __name__ == "__main__":
    main()
