"""The one table of drivers: kind and name -> config model and the factory that builds it.

A factory's module is imported when a configuration names it, never before. With the composition root this is the
only place that knows which drivers exist. What plays hardware refuses the production profile.
"""

import importlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter

from .boardtables import (
    KerongCu16Config,
    KerongCu48Config,
    Lock8a80Config,
    ModbusInputsConfig,
    ModbusRelayConfig,
    ModbusSignalsConfig,
    WinnsenConfig,
    WklyConfig,
)
from .tables import DriverConfig, PositiveSeconds, SerialConfig, written

Profile = Literal["production", "emulated"]

PRODUCTION: Final[Profile] = "production"


class DriverKind(StrEnum):
    """A device class, as the configuration's tables name it."""

    BOARD = "board"
    ITEM_BOARD = "item_board"
    READER = "reader"
    PRINTER = "printer"
    SMS = "sms"
    CAMERA = "camera"
    PHOTO = "photo"
    POWER = "power"
    CODES = "codes"
    DOCUMENT = "document"
    SIGNALS = "signals"
    STAFF_CARD = "staff_card"
    PASSPORT = "passport"


class SamVTimes(DriverConfig):
    """What every resident ID card reader with a SAM_V module is told: deadlines of a short answer, of a reading."""

    answer_timeout_s: PositiveSeconds = 1.0
    read_timeout_s: PositiveSeconds = 5.0


class SamVSerialConfig(SamVTimes, SerialConfig):
    """Resident ID card reader on a serial line."""

    driver: Literal["sam_v_serial"] = "sam_v_serial"
    baudrate: Annotated[int, Field(ge=1200, le=921600)] = 115200


class SamVUsbConfig(SamVTimes):
    """Resident ID card reader on USB bulk endpoints; `url` as `drivers.usb` has it."""

    driver: Literal["sam_v_usb"] = "sam_v_usb"
    url: Annotated[str, written("usb://.*", "usb://VVVV:PPPP, vendor and product")] = "usb://0400:C35A"


class SamVHidConfig(SamVTimes):
    """Resident ID card reader that speaks in HID reports; `url` as `drivers.hidraw` has it."""

    driver: Literal["sam_v_hid"] = "sam_v_hid"
    url: Annotated[str, written("(hid://|/dev/).*", "hid://VVVV:PPPP or /dev/hidraw…")] = "hid://10C4:0007"


class EscposConfig(DriverConfig):
    """What all receipt printers that speak ESC/POS share. `columns_dots`: 384 at 58 mm paper, 576 (or 512) at 80 mm.

    `print_ack`: the printer confirms a job by GS r; without it no receipt counts as printed.
    """

    answer_timeout_s: PositiveSeconds = 0.5
    print_timeout_s: PositiveSeconds = 15.0
    print_ack: bool = True
    columns_dots: Literal[384, 512, 576] = 576
    codepage: Literal["gb18030", "raster"] = "gb18030"


class EscposSerialConfig(EscposConfig, SerialConfig):
    """ESC/POS over a serial line, or a serial port that USB or a serial server makes.

    `flow_control`: how the printer says that its buffer is full; as it is wired and set.
    """

    driver: Literal["escpos_serial"] = "escpos_serial"
    baudrate: Annotated[int, Field(ge=1200, le=921600)] = 115200
    flow_control: Literal["none", "rtscts", "xonxoff"] = "none"


class EscposNetworkConfig(EscposConfig):
    """ESC/POS over raw TCP. The printer serves one connection at a time, and the kiosk keeps it."""

    driver: Literal["escpos_network"] = "escpos_network"
    host: Annotated[str, written("[A-Za-z0-9.-]{1,253}", "a name or address of a host, no port")]
    port: Annotated[int, Field(ge=1, le=65535)] = 9100


class EscposUsbConfig(EscposConfig):
    """ESC/POS over USB's printer class, without a serial port; `usb://VVVV:PPPP` as in `drivers/usb.py`."""

    driver: Literal["escpos_usb"] = "escpos_usb"
    url: Annotated[str, written("usb://.*", "usb://VVVV:PPPP, vendor and product")]


class GsmModemConfig(SerialConfig):
    """GSM modem with AT commands, PDU mode."""

    driver: Literal["gsm_modem"] = "gsm_modem"
    baudrate: Annotated[int, Field(ge=1200, le=921600)] = 115200
    answer_timeout_s: PositiveSeconds = 5.0
    send_timeout_s: PositiveSeconds = 35.0


def _https(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("an address looks like https://host:port/path")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ValueError("telephone numbers leave this machine encrypted only: https://…")
    return url.rstrip("/")


HttpsAddress = Annotated[str, AfterValidator(_https)]
ProviderId = Annotated[str, written("[A-Za-z0-9_.-]{1,128}", "letters, digits and _ . -")]
Name = Annotated[str, Field(min_length=1, max_length=100)]


class SmsTemplate(BaseModel):
    """A template that the provider has approved, and which of our values fill its variables, in their order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: ProviderId
    parameters: tuple[Annotated[str, written("[a-z]{1,20}", "1 to 20 small letters")], ...] = ()


class SmsProviderConfig(DriverConfig):
    """What all providers of text messages share. The account's secret stands in a file of its own.

    `templates` by the key of the text (`deposit.held.staff`); `templates_en` where the English text has its own.
    """

    secret_file: Path
    templates: dict[str, SmsTemplate] = Field(default_factory=dict)
    templates_en: dict[str, SmsTemplate] = Field(default_factory=dict)
    ca_file: Path | None = None
    connect_timeout_s: PositiveSeconds = 5.0
    answer_timeout_s: PositiveSeconds = 10.0


class AliyunSmsConfig(SmsProviderConfig):
    """Aliyun SMS. Another `base_url` is for an emulator."""

    driver: Literal["aliyun_sms"] = "aliyun_sms"
    access_key_id: ProviderId
    sign_name: Name
    templates: Annotated[dict[str, SmsTemplate], Field(min_length=1)]
    base_url: HttpsAddress = "https://dysmsapi.aliyuncs.com"


class TencentSmsConfig(SmsProviderConfig):
    """Tencent Cloud SMS. Another `base_url` is for an emulator."""

    driver: Literal["tencent_sms"] = "tencent_sms"
    secret_id: ProviderId
    sdk_app_id: ProviderId
    sign_name: Name
    region: ProviderId = "ap-guangzhou"
    templates: Annotated[dict[str, SmsTemplate], Field(min_length=1)]
    base_url: HttpsAddress = "https://sms.tencentcloudapi.com"


class MasSmsConfig(SmsProviderConfig):
    """China Mobile 云MAS; its address is in the contract. Without templates the words themselves are sent."""

    driver: Literal["mas_sms"] = "mas_sms"
    base_url: HttpsAddress
    ec_name: Name
    ap_id: Name
    sign: Name
    add_serial: Annotated[str, written("[0-9]{0,20}", "up to 20 digits")] = ""


class VideoConfig(DriverConfig):
    """What all cameras have; `source` is a device path (`/dev/video0`), or a file or URL that plays the camera.

    `focus`: the lens's place in the driver's units; without it the camera focuses by itself.
    """

    source: Annotated[str, Field(min_length=1)]
    width: Annotated[int, Field(ge=160, le=8192)]
    height: Annotated[int, Field(ge=120, le=8192)]
    fps: Annotated[int, Field(ge=1, le=120)]
    timeout_s: PositiveSeconds
    focus: Annotated[int, Field(ge=0, le=4095)] | None = None


class OpencvCameraConfig(VideoConfig):
    """Camera by OpenCV."""

    driver: Literal["opencv"] = "opencv"
    width: Annotated[int, Field(ge=160, le=8192)] = 1280
    height: Annotated[int, Field(ge=120, le=8192)] = 720
    fps: Annotated[int, Field(ge=1, le=120)] = 30
    timeout_s: PositiveSeconds = 2.0


class OpencvDocumentConfig(VideoConfig):
    """One lens of a document camera by OpenCV. `desk_width_mm`: how much desk it sees across, 0: not measured."""

    driver: Literal["opencv_document"] = "opencv_document"
    width: Annotated[int, Field(ge=160, le=8192)] = 3264
    height: Annotated[int, Field(ge=120, le=8192)] = 2448
    fps: Annotated[int, Field(ge=1, le=120)] = 10
    timeout_s: PositiveSeconds = 5.0
    settle_frames: Annotated[int, Field(ge=2, le=60)] = 8
    view_deg: Annotated[float, Field(ge=10, le=150)] = 60.0
    desk_width_mm: Annotated[float, Field(ge=0, le=2000)] = 0.0
    light_least: Annotated[float, Field(ge=0, le=255)] = 90.0
    blur_most_px: Annotated[float, Field(gt=0, le=50)] = 3.0


class VendorLibraryConfig(DriverConfig):
    """Photo decoder: the vendor's shared library, run in a process of its own."""

    driver: Literal["vendor_library"] = "vendor_library"
    library: Annotated[str, Field(min_length=1)]
    abi: Literal["unpack", "Unpack", "WltToBmp"] = "unpack"
    code: int = 0
    timeout_s: PositiveSeconds = 3.0


class NutConfig(DriverConfig):
    """UPS behind Network UPS Tools' `upsd`. Below the limits the battery counts as low even if the UPS bears more."""

    driver: Literal["nut"] = "nut"
    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65_535)] = 3493
    ups: Annotated[str, written("[A-Za-z0-9._-]{1,64}", "1 to 64 letters, digits and . _ -")] = "ups"
    timeout_s: PositiveSeconds = 3.0
    low_charge_percent: Annotated[int, Field(ge=0, le=100)] = 30
    low_runtime_s: Annotated[int, Field(ge=0, le=86_400)] = 300


class StaffCardSerialConfig(SerialConfig):
    """Reader of staff cards that sends a line for each card; `line`: how it writes the card's number."""

    driver: Literal["staff_card_serial"] = "staff_card_serial"
    baudrate: Annotated[int, Field(ge=1200, le=921600)] = 9600
    line: Literal["hex", "hex_reversed", "decimal"] = "hex"


class StaffCardPcscConfig(DriverConfig):
    """Reader of staff cards with PC/SC; `reader`: part of its name, empty for the only one."""

    driver: Literal["staff_card_pcsc"] = "staff_card_pcsc"
    reader: Annotated[str, Field(max_length=200)] = ""
    poll_s: PositiveSeconds = 0.25


class SerialScannerConfig(SerialConfig):
    """Code scanner on a serial line. `aim_prefix`: set up to send each code's AIM identifier before it."""

    driver: Literal["serial_scanner"] = "serial_scanner"
    baudrate: Annotated[int, Field(ge=1200, le=921600)] = 9600
    aim_prefix: bool = False
    encoding: Literal["utf-8", "gb18030"] = "utf-8"


class KeyboardWedgeConfig(DriverConfig):
    """Code scanner that plays a keyboard: US layout, Enter after each code."""

    driver: Literal["keyboard_wedge"] = "keyboard_wedge"
    device: Annotated[str, Field(min_length=1)]


class PassportPcscConfig(DriverConfig):
    """Reader of passports' chips with PC/SC; `reader`: part of its name, empty for the only one."""

    driver: Literal["passport_pcsc"] = "passport_pcsc"
    reader: Annotated[str, Field(max_length=200)] = ""


class EmulatedCardConfig(DriverConfig):
    """Photo decoder of the emulated cards' stand-in codec."""

    driver: Literal["emulated_card"] = "emulated_card"


ReaderConfig = Annotated[SamVSerialConfig | SamVUsbConfig | SamVHidConfig, Field(discriminator="driver")]
PrinterConfig = Annotated[
    EscposSerialConfig | EscposNetworkConfig | EscposUsbConfig, Field(discriminator="driver")
]
SmsConfig = Annotated[
    GsmModemConfig | AliyunSmsConfig | TencentSmsConfig | MasSmsConfig, Field(discriminator="driver")
]
CameraConfig = OpencvCameraConfig
StaffCardConfig = Annotated[StaffCardSerialConfig | StaffCardPcscConfig, Field(discriminator="driver")]
PhotoConfig = Annotated[VendorLibraryConfig | EmulatedCardConfig, Field(discriminator="driver")]


@dataclass(frozen=True, slots=True)
class Driver:
    """One row of the table. `factory` is `"module:function"`; the function takes the config first."""

    kind: DriverKind
    config: type[DriverConfig]
    factory: str
    emulator_only: bool = False

    @property
    def name(self) -> str:
        """The name that a configuration's `driver` key gives."""
        name: str = get_args(self.config.model_fields["driver"].annotation)[0]
        return name


DRIVERS: Final = (
    Driver(DriverKind.BOARD, KerongCu16Config, "drivers.kerong.board:create"),
    Driver(DriverKind.BOARD, KerongCu48Config, "drivers.kerong_cu48.board:create"),
    Driver(DriverKind.BOARD, Lock8a80Config, "drivers.lock_8a80.board:create"),
    Driver(DriverKind.BOARD, WklyConfig, "drivers.wkly.board:create"),
    Driver(DriverKind.BOARD, WinnsenConfig, "drivers.winnsen.board:create"),
    Driver(DriverKind.BOARD, ModbusRelayConfig, "drivers.modbus.board:create"),
    Driver(DriverKind.ITEM_BOARD, ModbusInputsConfig, "drivers.modbus.items:create"),
    Driver(DriverKind.SIGNALS, ModbusSignalsConfig, "drivers.modbus.signals:create"),
    Driver(DriverKind.READER, SamVSerialConfig, "drivers.samv.reader:create"),
    Driver(DriverKind.READER, SamVUsbConfig, "drivers.samv.usb:create"),
    Driver(DriverKind.READER, SamVHidConfig, "drivers.samv.hid:create"),
    Driver(DriverKind.PRINTER, EscposSerialConfig, "drivers.escpos.printer:create"),
    Driver(DriverKind.PRINTER, EscposNetworkConfig, "drivers.escpos.printer:create_network"),
    Driver(DriverKind.PRINTER, EscposUsbConfig, "drivers.escpos.printer:create_usb"),
    Driver(DriverKind.SMS, GsmModemConfig, "drivers.gsm.modem:create"),
    Driver(DriverKind.SMS, AliyunSmsConfig, "drivers.smshttp.aliyun:create"),
    Driver(DriverKind.SMS, TencentSmsConfig, "drivers.smshttp.tencent:create"),
    Driver(DriverKind.SMS, MasSmsConfig, "drivers.smshttp.mas:create"),
    Driver(DriverKind.CAMERA, OpencvCameraConfig, "drivers.camera.opencv:create"),
    Driver(DriverKind.PHOTO, VendorLibraryConfig, "kiosk.identity.photo:create_vendor"),
    Driver(DriverKind.PHOTO, EmulatedCardConfig, "kiosk.identity.photo:create_standin", emulator_only=True),
    Driver(DriverKind.POWER, NutConfig, "drivers.nut.ups:create"),
    Driver(DriverKind.CODES, SerialScannerConfig, "drivers.codes.scanner:create"),
    Driver(DriverKind.CODES, KeyboardWedgeConfig, "drivers.codes.wedge:create"),
    Driver(DriverKind.DOCUMENT, OpencvDocumentConfig, "drivers.camera.document:create"),
    Driver(DriverKind.STAFF_CARD, StaffCardSerialConfig, "drivers.staffcard.serial:create"),
    Driver(DriverKind.STAFF_CARD, StaffCardPcscConfig, "drivers.staffcard.pcsc:create"),
    Driver(DriverKind.PASSPORT, PassportPcscConfig, "drivers.passport.reader:create"),
)


class RefusedInProduction(ValueError):
    """A configuration names something that plays hardware, and the profile is production."""


def names(kind: DriverKind) -> tuple[str, ...]:
    """Names of all drivers of one kind."""
    return tuple(driver.name for driver in DRIVERS if driver.kind is kind)


def find(kind: DriverKind, name: str) -> Driver:
    """The table's row. Raises `ValueError` that lists what there is."""
    for driver in DRIVERS:
        if driver.kind is kind and driver.name == name:
            return driver
    raise ValueError(f"no {kind} driver {name!r}; there is: {', '.join(names(kind))}")


def parse(kind: DriverKind, untrusted_table: Mapping[str, object]) -> DriverConfig:
    """One driver's table as its config model. Raises `ValueError` (pydantic's is one) with key and reason."""
    driver = find(kind, str(untrusted_table.get("driver", "")))
    return TypeAdapter(driver.config).validate_python(dict(untrusted_table))


def problems(kind: DriverKind, config: DriverConfig, *, profile: Profile) -> tuple[str, ...]:
    """Why this configuration may not run in this profile; empty when it may. Each starts with the key at fault."""
    if profile != PRODUCTION:
        return ()
    found = []
    if find(kind, config.driver).emulator_only:
        found.append(f"driver: {config.driver!r} plays hardware and is refused in production")
    if isinstance(config, SerialConfig | SamVHidConfig) and _is_pty(config.url):
        found.append(f"url: {config.url} is a pseudo-terminal, so an emulator; refused in production")
    if isinstance(config, VideoConfig) and not _is_device(config.source):
        found.append(f"source: {config.source} is no camera device (/dev/…); refused in production")
    if isinstance(config, KeyboardWedgeConfig) and not _is_device(config.device):
        found.append(f"device: {config.device} is no input device (/dev/input/…); refused in production")
    if isinstance(config, AliyunSmsConfig | TencentSmsConfig) and config.base_url != _default(
        config, "base_url"
    ):
        found.append("base_url: is for an emulator; leave it out in production")
    return tuple(found)


def create(kind: DriverKind, config: DriverConfig, *, profile: Profile, **parts: Any) -> Any:
    """Import the factory and build the device, unconnected. `parts` go to the factory (a shared `link`, say).

    Raises `RefusedInProduction`, or `ImportError` when the driver's module is not installed.
    """
    refused = problems(kind, config, profile=profile)
    if refused:
        raise RefusedInProduction("; ".join(refused))
    module, _, function = find(kind, config.driver).factory.partition(":")
    return getattr(importlib.import_module(module), function)(config, **parts)


def _default(config: DriverConfig, key: str) -> object:
    default: object = type(config).model_fields[key].default
    return default


def _is_pty(url: str) -> bool:
    path = url.partition("://")[2] if "://" in url else url  # pyserial: spy://PORT, alt://PORT, hwgrep://…
    real = os.path.realpath(path.split("?")[0])
    return real.startswith("/dev/pts/") or real == "/dev/ptmx"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_device(source: str) -> bool:
    return source.startswith("/dev/") and os.path.realpath(source).startswith("/dev/")
