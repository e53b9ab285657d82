"""Emulated smart cards in a virtual PC/SC reader: the card's side of vpcd (vsmartcard), so that pcscd can use them.

`python -m drivers.emulators.smartcard [--vpcd HOST:PORT] --control SOCKET`. Acts: `card.place` (`kind`: `uid` with
`uid`, `passport`, `passport_jpeg2000`, `silent`: a card that tells no number), `card.lift`. A card in the field is a
connection to vpcd; each message is two bytes of length, big-endian, and so many bytes: one byte is a control (00 off,
01 on, 02 reset, 04 asks for the answer to reset), more are a command APDU.
"""

import socket
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from .base import Answer, Emulator, arguments, run
from .chip import NO_FILE, OK, UNKNOWN, Chip

VPCD: Final = "127.0.0.1:35963"
ATR_MIFARE_1K: Final = bytes.fromhex("3B8F8001804F0CA000000306030001000000006A")
ATR_PASSPORT: Final = bytes.fromhex("3B888001000000000000000009")
CONTROL_ANSWER_TO_RESET: Final = 4
KINDS: Final = ("uid", "silent", "passport", "passport_jpeg2000")


class VpcdLine:
    """A connection to vpcd while a card is in the field. Without a card there is none."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._socket: socket.socket | None = None

    @property
    def url(self) -> str:
        """Where vpcd listens."""
        return f"{self._address[0]}:{self._address[1]}"

    def plug(self) -> None:
        """Nothing to do: a card makes the connection."""

    def unplug(self) -> None:
        """The card leaves the field."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def insert(self) -> None:
        """A card enters the field. Raises `ValueError` where no vpcd listens."""
        try:
            self._socket = socket.create_connection(self._address, timeout=5.0)
        except OSError as error:
            raise ValueError(f"no vpcd at {self.url}: {error}") from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setblocking(False)

    def filenos(self) -> list[int]:
        """For `select`."""
        return [] if self._socket is None else [self._socket.fileno()]

    def read(self) -> bytes:
        """What has come so far; notices a reader that left."""
        if self._socket is None:
            return b""
        try:
            data = self._socket.recv(4096)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:
            self.unplug()
        return data

    def speed(self) -> int | None:
        """None: a socket has none."""
        return None

    def write(self, data: bytes) -> None:
        """Send to the reader."""
        if self._socket is not None:
            try:
                self._socket.sendall(data)
            except OSError:
                self.unplug()


class SmartCard(Emulator):
    """One reader's field, empty at first."""

    BAUDRATE = 1_060_000  # 106 kbit/s are the air's; the socket is what is paced here
    FAULTS: ClassVar[Mapping[str, str]] = {
        "mute": "the card never answers",
        "late": Emulator.FAULTS["late"],
        "lift_mid_read": "the card leaves at the fifth protected command",
        "forged": "the chip's answers carry a wrong MAC",
    }

    def __init__(self, slot: VpcdLine) -> None:
        super().__init__()
        self._slot = slot
        self._kind = ""
        self._uid = b""
        self._chip: Chip | None = None
        self._input = bytearray()
        self._commands: list[str] = []

    def received(self, data: bytes) -> None:
        """Answer every whole message."""
        self._input += data
        while len(self._input) >= 2 and len(self._input) >= 2 + (
            size := int.from_bytes(self._input[:2], "big")
        ):
            message = bytes(self._input[2 : 2 + size])
            del self._input[: 2 + size]
            if len(message) == 1:
                self._control_message(message[0])
            elif message:
                self._command(message)

    def _control_message(self, control: int) -> None:
        if control == CONTROL_ANSWER_TO_RESET:
            self._say(ATR_PASSPORT if self._chip is not None else ATR_MIFARE_1K)
        elif self._chip is not None:
            self._chip.reset()

    def _command(self, command: bytes) -> None:
        self._commands.append(command.hex())
        protected = sum(1 for one in self._commands if one.startswith("0c"))
        if "lift_mid_read" in self.faults and protected >= 5:
            self.faults.discard("lift_mid_read")
            self._lift()
            return
        self._say(self._answer(command))

    def _answer(self, command: bytes) -> bytes:
        if self._chip is not None:
            self._chip.forge = "forged" in self.faults
            return self._chip.answer(command)
        if command[:2] == b"\xff\xca":
            return self._uid + OK if self._kind == "uid" else b"\x6a\x81"
        return NO_FILE if command[1] == 0xA4 else UNKNOWN

    def _say(self, message: bytes) -> None:
        self.reply(len(message).to_bytes(2, "big") + message)

    def act(self, do: str, call: Mapping[str, Any]) -> Answer:
        """People's hands."""
        match do:
            case "card.place":
                self._place(str(call.get("kind", "uid")), str(call.get("uid", "04A1B2C3D4E580")))
            case "card.lift":
                if not self._kind:
                    raise ValueError("no card lies on the reader")
                self._lift()
            case _:
                raise ValueError("known are card.place, card.lift")
        return {}

    def _place(self, kind: str, uid: str) -> None:
        if kind not in KINDS:
            raise ValueError(f"no card of kind {kind!r}; there are {', '.join(KINDS)}")
        if self._kind:
            raise ValueError("a card lies there; lift it first")
        self._slot.insert()
        self._kind, self._uid = kind, bytes.fromhex(uid)
        self._commands.clear()
        if kind.startswith("passport"):
            self._chip = Chip(form="jpeg2000" if kind.endswith("2000") else "jpeg")

    def _lift(self) -> None:
        self.unplug()
        self._input.clear()
        self._kind, self._chip = "", None

    def state(self) -> Answer:
        """Which card lies there, and the commands that it was given, in hexadecimal."""
        return {"kind": self._kind, "commands": list(self._commands)}


def main() -> None:
    """Run one field until ended."""
    parser = arguments("Emulated smart cards for vpcd.")
    parser.add_argument("--vpcd", default=VPCD, help=f"where vpcd listens (default {VPCD})")
    options = parser.parse_args()
    host, _, port = options.vpcd.rpartition(":")
    slot = VpcdLine(host, int(port))
    run(SmartCard(slot), options, slot)


if __name__ == "__main__":
    main()
