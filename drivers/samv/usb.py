"""SAM_V over USB bulk, in both layouts of endpoints that readers have (docs/protocols/sam-v.md).

Two pairs of endpoints: the first carries a frame's preamble and length, the second what the length counts. One pair:
the frame as on a serial line. Source: two independent drivers of readers on the market; the layout follows from the
descriptor.
"""

from functools import partial
from typing import Any, Final

from drivers.link import Link
from drivers.ports import DRAIN_S, MOST_STALE_PACKETS, PacketPort
from drivers.registry import SamVUsbConfig
from drivers.usb import BulkInterface, BulkPort, open_interface

from .frames import HEADER_BYTES, LONGEST_LEN
from .reader import SamVReader

SPLIT_ENDPOINTS: Final = 2


class SplitPort(PacketPort):
    """A `Port` over two pairs of bulk endpoints: heads of frames, bodies of frames."""

    def __init__(self, interface: BulkInterface) -> None:
        super().__init__()
        self._interface = interface
        self._head = b""
        self._body_left = 0

    def _send(self, data: bytes) -> None:
        head, body = self._interface.outputs[:SPLIT_ENDPOINTS]
        self._interface.write(head, data[:HEADER_BYTES])
        self._interface.write(body, data[HEADER_BYTES:])

    def _receive(self, timeout_s: float) -> bytes:
        heads, bodies = self._interface.inputs[:SPLIT_ENDPOINTS]
        if self._body_left:
            found = self._interface.read(bodies, timeout_s)
            self._body_left = max(0, self._body_left - len(found))
            return found
        found = self._interface.read(heads, timeout_s)
        self._head += found
        if len(self._head) >= HEADER_BYTES:
            length = int.from_bytes(self._head[HEADER_BYTES - 2 : HEADER_BYTES], "big")
            self._body_left = length if length <= LONGEST_LEN else 0
            self._head = b""
        return found

    def reset_input_buffer(self) -> None:
        """Forget what came late on either pair; the next packet is the head of a frame."""
        self._body_left = 0
        super().reset_input_buffer()
        for _ in range(MOST_STALE_PACKETS):
            if not self._interface.read(self._interface.inputs[1], DRAIN_S):
                break
        self._head, self._body_left = b"", 0

    def close(self) -> None:
        """Give the device back."""
        self._interface.close()


def open_reader(url: str, *, backend: Any = None) -> SplitPort | BulkPort:
    """The port of the reader's layout. Raises as `drivers.usb.open_interface`."""
    interface = open_interface(url, backend=backend)
    split = min(len(interface.outputs), len(interface.inputs)) >= SPLIT_ENDPOINTS
    return SplitPort(interface) if split else BulkPort(interface)


def create(config: SamVUsbConfig) -> SamVReader:
    """A reader from its settings, unconnected."""
    link = Link(config.url, name="id-reader", open_port=partial(open_reader, config.url))
    return SamVReader(link, answer_timeout_s=config.answer_timeout_s, read_timeout_s=config.read_timeout_s)
