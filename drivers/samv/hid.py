"""SAM_V in HID reports of 64 bytes, as Miaxis readers wrap it (docs/protocols/sam-v.md).

request   88 | 00 00   | LENlo LENhi | B1           | whole SAM_V frame   | SUMlo SUMhi | zeros
answer    AA | SRN SRN | LENlo LENhi | RESULT x x   | part of the frame   | SUMlo SUMhi | …

LEN counts from the byte after it to the frame's end, SUM adds LEN and what it counts. An answer's frame goes on over
as many reports as it needs, each with head and sum. Source: one driver of a reader on the market.
"""

from functools import partial
from pathlib import Path
from typing import Final

from drivers.hidraw import SYSFS, HidRaw, open_hidraw
from drivers.link import Link
from drivers.ports import PacketPort
from drivers.registry import SamVHidConfig

from .reader import SamVReader

REPORT_BYTES: Final = 64
REQUEST_START: Final = bytes.fromhex("88 00 00")
REQUEST_KIND: Final = b"\xb1"
ANSWER_START: Final = 0xAA
COUNTED_AT: Final = 3  # LEN; what comes before is not summed
AFTER_LEN: Final = COUNTED_AT + 2
ANSWER_HEAD_BYTES: Final = 3  # RESULT and two that no source explains
SUM_BYTES: Final = 2
MOST_FRAME_BYTES: Final = REPORT_BYTES - AFTER_LEN - len(REQUEST_KIND) - SUM_BYTES


def wrap(frame: bytes) -> bytes:
    """One output report. Raises `ValueError` for a frame that does not fit."""
    if len(frame) > MOST_FRAME_BYTES:
        raise ValueError(f"a request of {len(frame)} bytes; a report takes {MOST_FRAME_BYTES}")
    counted = REQUEST_KIND + frame
    summed = len(counted).to_bytes(2, "little") + counted
    return (REQUEST_START + summed + _sum(summed)).ljust(REPORT_BYTES, b"\0")


def unwrap(report: bytes) -> bytes:
    """The part of a frame in one input report; none when the report is damaged or tells of an error."""
    end = AFTER_LEN + int.from_bytes(report[COUNTED_AT:AFTER_LEN], "little")
    start = AFTER_LEN + ANSWER_HEAD_BYTES
    if report[:1] != bytes((ANSWER_START,)) or not start <= end <= len(report) - SUM_BYTES:
        return b""
    damaged = report[end : end + SUM_BYTES] != _sum(report[COUNTED_AT:end])
    return b"" if damaged or report[AFTER_LEN] else report[start:end]


def _sum(summed: bytes) -> bytes:
    return (sum(summed) & 0xFFFF).to_bytes(SUM_BYTES, "little")


class HidPort(PacketPort):
    """A `Port` over reports."""

    def __init__(self, device: HidRaw) -> None:
        super().__init__()
        self._device = device

    def _send(self, data: bytes) -> None:
        self._device.write(wrap(data))

    def _receive(self, timeout_s: float) -> bytes:
        return unwrap(self._device.read(timeout_s))

    def close(self) -> None:
        """Give the device back."""
        self._device.close()


def open_reader(url: str, *, sysfs: Path = SYSFS) -> HidPort:
    """The reader's port. Raises as `drivers.hidraw.open_hidraw`."""
    return HidPort(open_hidraw(url, report_bytes=REPORT_BYTES, sysfs=sysfs))


def create(config: SamVHidConfig) -> SamVReader:
    """A reader from its settings, unconnected."""
    link = Link(config.url, name="id-reader", open_port=partial(open_reader, config.url))
    return SamVReader(link, answer_timeout_s=config.answer_timeout_s, read_timeout_s=config.read_timeout_s)
