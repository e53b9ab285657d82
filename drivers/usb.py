"""Devices on USB bulk endpoints, by libusb: `usb://VVVV:PPPP`, with `?port=1-2.3` or `?serial=…` where two are alike.

`port` is the place where the device is plugged in (bus, then the hubs' ports), as Linux names it below
/sys/bus/usb/devices.
"""

import contextlib
import errno
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

import usb.core
import usb.util

from .ports import PacketPort

WRITE_TIMEOUT_MS: Final = 2000
READ_BYTES: Final = 512  # whole packets at full speed (64) and at high speed (512), so that none overflows

_URL: Final = re.compile(r"usb://([0-9A-Fa-f]{4}):([0-9A-Fa-f]{4})(?:\?(.*))?")


@dataclass(frozen=True, slots=True)
class UsbAddress:
    """Which device: vendor and product, and one of place and serial number where two are alike."""

    vendor: int
    product: int
    port: str = ""
    serial: str = ""

    @classmethod
    def parse(cls, url: str) -> "UsbAddress":
        """`usb://0400:c35a?port=1-2.3`. Raises `ValueError` with what is allowed."""
        found = _URL.fullmatch(url)
        more = dict(parse_qsl(found[3] or "", keep_blank_values=True)) if found else {}
        if found is None or not set(more) <= {"port", "serial"}:
            raise ValueError(
                f"{url}: a USB device is usb://VVVV:PPPP (vendor and product as lsusb shows them), with ?port=1-2.3"
                " or ?serial=… where two are alike"
            )
        return cls(int(found[1], 16), int(found[2], 16), **more)

    def find(self, backend: Any = None) -> Any:
        """The one device (`usb.core.Device`). Raises `OSError` where there is none, or more than one, or no libusb."""
        try:
            devices = list(
                usb.core.find(find_all=True, idVendor=self.vendor, idProduct=self.product, backend=backend)
            )
        except usb.core.NoBackendError as error:
            raise OSError(errno.ENOSYS, "libusb is missing: apt-get install libusb-1.0-0") from error
        fitting = [device for device in devices if self._fits(device)]
        if len(fitting) == 1:
            return fitting[0]
        there = ", ".join(place(device) for device in devices) or "none"
        raise OSError(
            errno.ENODEV,
            f"{len(fitting)} devices fit, expected one (of this vendor and product at ports: {there});"
            " check the cable, or add ?port=… to the url",
        )

    def _fits(self, device: Any) -> bool:
        if self.port and place(device) != self.port:
            return False
        return not self.serial or device.serial_number == self.serial


def place(device: Any) -> str:
    """Where a device is plugged in, as Linux names it: `1-2.3`."""
    return f"{device.bus}-{'.'.join(str(number) for number in device.port_numbers or (0,))}"


class BulkInterface:
    """One claimed interface of a device with its bulk endpoints each way, lowest address first."""

    def __init__(self, device: Any, interface: Any) -> None:
        self._device = device
        self._number = interface.bInterfaceNumber
        self.outputs, self.inputs = _bulk_endpoints(interface)
        self._claim()

    def _claim(self) -> None:
        with contextlib.suppress(NotImplementedError):  # systems without kernel drivers to take it from
            if self._device.is_kernel_driver_active(self._number):
                self._device.detach_kernel_driver(self._number)  # usblp takes every printer
        usb.util.claim_interface(self._device, self._number)

    def write(self, output: Any, data: bytes) -> None:
        """All of `data` to one endpoint; a stalled endpoint is cleared and asked once more. Raises `OSError`."""
        try:
            written = output.write(data, WRITE_TIMEOUT_MS)
        except usb.core.USBError as error:
            if error.errno != errno.EPIPE:
                raise
            output.clear_halt()
            written = output.write(data, WRITE_TIMEOUT_MS)
        if written != len(data):
            raise OSError(errno.EIO, f"the device took {written} of {len(data)} bytes")

    def read(self, source: Any, timeout_s: float) -> bytes:
        """The next packets of one endpoint; none in time, of length zero, or after a stall: none. Raises `OSError`."""
        try:
            return bytes(source.read(READ_BYTES, max(1, round(timeout_s * 1000))))
        except usb.core.USBTimeoutError:
            return b""
        except usb.core.USBError as error:
            if error.errno != errno.EPIPE:
                raise
            source.clear_halt()
            return b""

    def close(self) -> None:
        """Release the interface and the device, whether or not it is still there."""
        usb.util.dispose_resources(self._device)


class BulkPort(PacketPort):
    """A stream of bytes each way over the first pair of bulk endpoints."""

    def __init__(self, interface: BulkInterface) -> None:
        super().__init__()
        self._interface = interface

    def _send(self, data: bytes) -> None:
        self._interface.write(self._interface.outputs[0], data)

    def _receive(self, timeout_s: float) -> bytes:
        return self._interface.read(self._interface.inputs[0], timeout_s)

    def close(self) -> None:
        """Give the device back."""
        self._interface.close()


def open_interface(url: str, *, interface_class: int | None = None, backend: Any = None) -> BulkInterface:
    """Claim the first interface (of that class) that has bulk endpoints both ways.

    Raises `OSError` when the device is not there, is somebody else's or has no such interface, `ValueError` for a
    url that is none. `backend`: one of pyusb's kind; libusb where none is given.
    """
    device = UsbAddress.parse(url).find(backend)
    for interface in _configuration(device):
        first = interface.bAlternateSetting == 0
        if first and interface_class in (None, interface.bInterfaceClass) and all(_bulk_endpoints(interface)):
            return BulkInterface(device, interface)
    usb.util.dispose_resources(device)
    kind = "" if interface_class is None else f" of class {interface_class:02X}"
    raise OSError(errno.ENXIO, f"no interface{kind} with bulk endpoints both ways; is it this device?")


def open_bulk(url: str, *, interface_class: int | None = None, backend: Any = None) -> BulkPort:
    """A port over one pair of bulk endpoints. Raises as `open_interface`."""
    return BulkPort(open_interface(url, interface_class=interface_class, backend=backend))


def _configuration(device: Any) -> Iterator[Any]:
    try:
        configuration = device.get_active_configuration()
    except usb.core.USBError:  # not configured yet; setting it anew would reset the device
        device.set_configuration()
        configuration = device.get_active_configuration()
    return iter(configuration)


def _bulk_endpoints(interface: Any) -> tuple[list[Any], list[Any]]:
    """Out, in."""
    ends = sorted(interface, key=lambda end: end.bEndpointAddress & 0x0F)
    bulk = [end for end in ends if usb.util.endpoint_type(end.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK]
    ways = (usb.util.ENDPOINT_OUT, usb.util.ENDPOINT_IN)
    outputs, inputs = (
        [end for end in bulk if usb.util.endpoint_direction(end.bEndpointAddress) == way] for way in ways
    )
    return outputs, inputs
