"""Devices that speak in HID reports, through Linux's hidraw: `/dev/hidraw0`, or `hid://VVVV:PPPP` to find it there.

A write is one output report behind its number (0 where reports have none), a read is one input report.
"""

import errno
import os
import re
import select
from pathlib import Path
from typing import Final

SYSFS: Final = Path("/sys/class/hidraw")

_URL: Final = re.compile(r"hid://([0-9A-Fa-f]{4}):([0-9A-Fa-f]{4})")


class HidRaw:
    """An open device. Losing it raises `OSError`."""

    def __init__(self, fd: int, report_bytes: int) -> None:
        self._fd = fd
        self._report_bytes = report_bytes

    def write(self, report: bytes) -> None:
        """Send one report of `report_bytes` bytes, without a number."""
        whole = b"\0" + report
        if os.write(self._fd, whole) != len(whole):
            raise OSError(errno.EIO, "the device did not take the whole report")

    def read(self, timeout_s: float) -> bytes:
        """The next report; none when none came in time."""
        poll = select.poll()
        poll.register(self._fd, select.POLLIN)
        if not poll.poll(timeout_s * 1000):
            return b""
        report = os.read(self._fd, self._report_bytes)
        if not report:
            raise OSError(errno.ENODEV, "the device is gone")
        return report

    def close(self) -> None:
        """Give the device back."""
        os.close(self._fd)


def open_hidraw(url: str, *, report_bytes: int, sysfs: Path = SYSFS) -> HidRaw:
    """Open `/dev/hidrawN` or the one device of `hid://VVVV:PPPP`.

    Raises `OSError` when it is not there or may not be opened, `ValueError` for a url that is neither.
    """
    return HidRaw(os.open(device_path(url, sysfs), os.O_RDWR | os.O_CLOEXEC), report_bytes)


def device_path(url: str, sysfs: Path = SYSFS) -> str:
    """The device file that `url` means. Raises as `open_hidraw`."""
    if url.startswith("/dev/"):
        return url
    found = _URL.fullmatch(url)
    if found is None:
        raise ValueError(f"{url}: a HID device is /dev/hidraw… or hid://VVVV:PPPP (vendor and product)")
    wanted = f"{int(found[1], 16):08X}:{int(found[2], 16):08X}"
    fitting = [entry.name for entry in sorted(sysfs.glob("hidraw*")) if _hid_id(entry).endswith(wanted)]
    if len(fitting) != 1:
        raise OSError(
            errno.ENODEV,
            f"{len(fitting)} HID devices fit, expected one; check the cable, or give its /dev/hidraw… as the url",
        )
    return f"/dev/{fitting[0]}"


def _hid_id(entry: Path) -> str:
    """`0003:000010C4:00000007` (bus, vendor, product), as the kernel states it; empty where it does not."""
    try:
        lines = (entry / "device" / "uevent").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line.partition("=")[2].upper() for line in lines if line.startswith("HID_ID=")), "")
