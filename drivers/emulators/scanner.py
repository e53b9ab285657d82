"""A code scanner on a serial line, and what is held before it.

`python -m drivers.emulators.scanner --pty LINK --control SOCKET [--aim] [--line-end cr|lf|crlf] [--encoding NAME]`.
Act: `scan` with `text` and, for `--aim`, `symbology` (a name of the contract, `qr` when not given).
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from .base import Answer, Emulator, arguments, run

ENDS: Final = {"cr": b"\r", "lf": b"\n", "crlf": b"\r\n"}
AIM: Final = {
    "aztec": "]z0", "codabar": "]F0", "code39": "]A0", "code93": "]G0", "code128": "]C0", "dataMatrix": "]d1",
    "eanUpc": "]E0", "itf": "]I0", "pdf417": "]L0", "qr": "]Q1",
}  # fmt: skip


class ScannerEmulator(Emulator):
    """It speaks when a code is held before it, and hears nothing."""

    BAUDRATE: ClassVar[int] = 9600
    FAULTS: ClassVar[Mapping[str, str]] = {**Emulator.FAULTS, "no_end": "leaves out the line end"}

    def __init__(self, *, aim: bool = False, line_end: str = "cr", encoding: str = "utf-8") -> None:
        super().__init__()
        self._aim = aim
        self._end = ENDS[line_end]
        self._encoding = encoding
        self._scans = 0

    def received(self, data: bytes) -> None:
        """A scanner in this mode takes no commands."""

    def state(self) -> Answer:
        """How often something was scanned."""
        return {"scans": self._scans}

    def act(self, do: str, call: Mapping[str, Any]) -> Answer:
        """Hold a code before the scanner."""
        if do != "scan":
            raise ValueError(f"unknown act {do!r}; there is: scan")
        symbology = str(call.get("symbology", "qr"))
        if symbology not in AIM:
            raise ValueError(f"no symbology {symbology!r}; there is: {', '.join(AIM)}")
        text = (AIM[symbology] if self._aim else "") + str(call["text"])
        self._scans += 1
        self.reply(text.encode(self._encoding) + (b"" if "no_end" in self.faults else self._end))
        return self.state()


def main() -> None:
    """Command line."""
    parser = arguments("Emulated code scanner on a serial line")
    parser.add_argument("--aim", action="store_true", help="an AIM symbology identifier before each code")
    parser.add_argument("--line-end", choices=sorted(ENDS), default="cr")
    parser.add_argument("--encoding", choices=("utf-8", "gb18030"), default="utf-8")
    options = parser.parse_args()
    run(ScannerEmulator(aim=options.aim, line_end=options.line_end, encoding=options.encoding), options)


if __name__ == "__main__":
    main()
