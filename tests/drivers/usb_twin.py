"""A USB device for pyusb without USB: a backend whose bulk transfers reach an emulator's pty.

Layouts are descriptors; a `Layout` says which endpoints carry what. Like a host controller it hands over whole packets,
ends a transfer at a short one, times out, stalls, and says ENODEV when the cable is pulled.
"""

import array
import errno
import os
import select
import termios
import tty
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import usb.backend
import usb.core

BULK = 2
INTERRUPT = 3
PACKET_BYTES = 64


@dataclass(frozen=True)
class Layout:
    """Endpoint addresses in the descriptor's order. `split`: first pair carries 7 bytes of head, second the body."""

    endpoints: tuple[int, ...]
    split: bool = False
    interface_class: int = 0xFF
    vendor: int = 0x0400
    product: int = 0xC35A


@dataclass
class UsbTwin(usb.backend.IBackend):
    """Devices that share the pty at `pty` as their line; they are plugged in while that file is there."""

    pty: Path
    layout: Layout
    serials: tuple[str, ...] = ("A1",)  # one device each, at ports 1-2.3, 1-2.4, …
    configured: bool = True
    kernel_driver: bool = False
    stalled: set[int] = field(default_factory=set)
    empty_packets: int = 0  # packets of length zero before the next data
    transfers: list[tuple[int, int]] = field(default_factory=list)  # endpoint, bytes
    claimed: list[int] = field(default_factory=list)
    _fd: int = -1
    _inbox: dict[int, deque[bytes]] = field(default_factory=dict)
    _unsplit: bytearray = field(default_factory=bytearray)

    # descriptors -------------------------------------------------------------------------------------------------

    def enumerate_devices(self) -> list[int]:
        return list(range(len(self.serials))) if self.pty.exists() else []

    def get_parent(self, dev: int) -> None:
        return None

    def get_device_descriptor(self, dev: int) -> SimpleNamespace:
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x0200, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0,
            bMaxPacketSize0=64, idVendor=self.layout.vendor, idProduct=self.layout.product, bcdDevice=0x0100,
            iManufacturer=0, iProduct=0, iSerialNumber=3, bNumConfigurations=1, address=7, bus=1, port_number=3,
            port_numbers=(2, 3 + dev), speed=2,
        )  # fmt: skip

    def get_configuration_descriptor(self, dev: int, config: int) -> SimpleNamespace:
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=32, bNumInterfaces=1, bConfigurationValue=1, iConfiguration=0,
            bmAttributes=0x80, bMaxPower=250, extra_descriptors=[],
        )  # fmt: skip

    def get_interface_descriptor(self, dev: int, intf: int, alt: int, config: int) -> SimpleNamespace:
        if intf or alt:
            raise IndexError
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0,
            bNumEndpoints=len(self.layout.endpoints), bInterfaceClass=self.layout.interface_class,
            bInterfaceSubClass=0, bInterfaceProtocol=0, iInterface=0, extra_descriptors=[],
        )  # fmt: skip

    def get_endpoint_descriptor(self, dev: int, ep: int, intf: int, alt: int, config: int) -> SimpleNamespace:
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=self.layout.endpoints[ep], bmAttributes=BULK,
            wMaxPacketSize=PACKET_BYTES, bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=[],
        )  # fmt: skip

    # the handle --------------------------------------------------------------------------------------------------

    def open_device(self, dev: int) -> int:
        return dev

    def ctrl_transfer(
        self, handle: int, request_type: int, request: int, value: int, index: int, data: Any, timeout: int
    ) -> int:
        """Standard requests for a string: languages, serial number."""
        assert (request_type, request, value >> 8) == (0x80, 6, 3)
        text = b"\x09\x04" if value & 0xFF == 0 else self.serials[handle].encode("utf-16-le")
        descriptor = bytes((len(text) + 2, 3)) + text
        data[: len(descriptor)] = array.array("B", descriptor)
        return len(descriptor)

    def close_device(self, handle: int) -> None:
        self._unplug()

    def get_configuration(self, handle: int) -> int:
        return 1 if self.configured else 0

    def set_configuration(self, handle: int, value: int) -> None:
        self.configured = True

    def is_kernel_driver_active(self, handle: int, interface: int) -> bool:
        return self.kernel_driver

    def detach_kernel_driver(self, handle: int, interface: int) -> None:
        self.kernel_driver = False

    def claim_interface(self, handle: int, interface: int) -> None:
        if self.kernel_driver:
            raise usb.core.USBError("Resource busy", errno=errno.EBUSY)
        self.claimed.append(interface)

    def release_interface(self, handle: int, interface: int) -> None:
        self.claimed.remove(interface)

    def clear_halt(self, handle: int, endpoint: int) -> None:
        self.stalled.discard(endpoint)

    # transfers ---------------------------------------------------------------------------------------------------

    def bulk_write(self, handle: int, endpoint: int, interface: int, data: Any, timeout: int) -> int:
        self._ready(endpoint)
        self._unsplit.clear()  # a new request ends an answer that stayed unfinished
        self._wire(lambda: os.write(self._fd, data.tobytes()))
        self.transfers.append((endpoint, len(data)))
        return len(data)

    def bulk_read(
        self, handle: int, endpoint: int, interface: int, buffer: "array.array[int]", timeout: int
    ) -> int:
        assert len(buffer) % PACKET_BYTES == 0, "a buffer that is no multiple of the packet size can overflow"
        self._ready(endpoint)
        box = self._inbox.setdefault(endpoint, deque())
        if not box:
            self._wire(lambda: self._take_in(timeout / 1000))
        if not box:
            raise usb.core.USBTimeoutError("Operation timed out", errno=errno.ETIMEDOUT)
        if self.empty_packets:
            self.empty_packets -= 1
            return 0
        found = b""
        while box and len(found) < len(buffer):
            packet = box.popleft()
            found += packet
            if len(packet) < PACKET_BYTES:
                break  # a short packet ends the transfer
        buffer[: len(found)] = array.array("B", found)
        self.transfers.append((endpoint, len(found)))
        return len(found)

    def _ready(self, endpoint: int) -> None:
        if endpoint in self.stalled:
            raise usb.core.USBError("Pipe error", errno=errno.EPIPE)

    def _wire(self, work: Any) -> None:
        try:
            if not self.pty.exists():
                raise OSError
            if self._fd < 0:
                self._fd = os.open(self.pty, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
                tty.setraw(self._fd, termios.TCSANOW)
            work()
        except OSError:
            self._unplug()
            raise usb.core.USBError(
                "No such device (it may have been disconnected)", errno=errno.ENODEV
            ) from None

    def _take_in(self, timeout_s: float) -> None:
        """What the device says, in packets, at the endpoint that its layout sends it through."""
        while select.select([self._fd], [], [], timeout_s)[0]:
            data = os.read(self._fd, 4096)
            if not data:
                raise OSError
            timeout_s = 0.0
            if self.layout.split:
                self._split(data)
            else:
                self._put(self._inputs[0], data)

    @property
    def _inputs(self) -> list[int]:
        return [endpoint for endpoint in self.layout.endpoints if endpoint & 0x80]

    def _split(self, data: bytes) -> None:
        self._unsplit += data
        while len(self._unsplit) >= 7:
            size = 7 + self._unsplit[5] * 256 + self._unsplit[6]
            if len(self._unsplit) < size:
                return
            self._put(self._inputs[0], bytes(self._unsplit[:7]))
            self._put(self._inputs[1], bytes(self._unsplit[7:size]))
            del self._unsplit[:size]

    def _put(self, endpoint: int, data: bytes) -> None:
        box = self._inbox.setdefault(endpoint, deque())
        box.extend(data[at : at + PACKET_BYTES] for at in range(0, len(data), PACKET_BYTES))

    def _unplug(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
        self._fd = -1
        self._inbox.clear()
        self._unsplit.clear()
