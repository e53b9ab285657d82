"""A HID card reader without USB: what hidraw would hand over, from an emulator's pty, in reports of 64 bytes.

The reports are built here from the protocol page's bytes, not by the driver.
"""

import os
import select
import socket
import termios
import threading
import tty
from pathlib import Path

REPORT_BYTES = 64
CARRIED = 64 - 3 - 2 - 3 - 2  # head, LEN, RESULT and two more, SUM


def report_of(part: bytes, *, result: int = 0) -> bytes:
    """One input report that carries a part of a frame."""
    size = len(part) + 3
    counted = bytes((size % 256, size // 256, result, 0, 0)) + part
    total = sum(counted)
    return (b"\xaa\0\0" + counted + bytes((total % 256, total // 256 % 256))).ljust(REPORT_BYTES, b"\0")


class HidTwin:
    """A device file's far side; `plug` gives the near side's descriptor. Faults: `damaged` reports to come."""

    def __init__(self, pty: Path) -> None:
        self._pty = pty
        self._threads: list[threading.Thread] = []
        self.requests: list[bytes] = []
        self.damaged = 0
        self.refused = 0

    def plug(self) -> int:
        """What opening the device file gives. Raises `OSError` while the emulator's cable is out."""
        wire = os.open(self._pty, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(wire, termios.TCSANOW)
        near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        thread = threading.Thread(target=self._carry, args=(wire, far), daemon=True)
        thread.start()
        self._threads.append(thread)
        return near.detach()

    def join(self) -> None:
        """Wait for the far side's end, once the near side was closed."""
        for thread in self._threads:
            thread.join(5.0)
            assert not thread.is_alive()

    def _carry(self, wire: int, far: socket.socket) -> None:
        with far:
            try:
                while True:
                    readable, _, _ = select.select([wire, far.fileno()], [], [], 0.05)
                    if not self._pty.exists():
                        break
                    if far.fileno() in readable and not self._to_device(wire, far.recv(256)):
                        break
                    if wire in readable:
                        self._to_host(os.read(wire, CARRIED), far)
            except OSError:
                pass  # the cable was pulled: the host's read ends
            finally:
                os.close(wire)

    def _to_device(self, wire: int, written: bytes) -> bool:
        if not written:
            return False
        assert len(written) == REPORT_BYTES + 1, "hidraw takes the report's number and the report"
        assert written[0] == 0, "this reader's reports have no number"
        report = written[1:]
        self.requests.append(report)
        assert report[:3] == b"\x88\0\0"
        size = report[3] + 256 * report[4]
        counted, total = report[3 : 5 + size], report[5 + size] + 256 * report[6 + size]
        assert sum(counted) == total
        assert set(report[7 + size :]) <= {0}
        assert report[5] == 0xB1
        os.write(wire, report[6 : 5 + size])
        return True

    def _to_host(self, part: bytes, far: socket.socket) -> None:
        report = bytearray(report_of(part, result=1 if self.refused else 0))
        if self.damaged:
            self.damaged -= 1
            report[9] ^= 0x01
        if self.refused:
            self.refused -= 1
        far.send(bytes(report))
