"""What a kiosk consists of, from its settings alone: names, drivers, places, and what is lost with each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from drivers.registry import DriverKind, parse
from drivers.tables import DriverConfig
from kiosk.session.facts import Part
from kiosk.settings import DeviceSettings, Settings

_PLACES: Final = ("url", "source", "device", "host", "base_url", "library")
_NO_CAPABILITY: Final = frozenset({"driver", "port", "board", "baudrate", *_PLACES})
_KEPT_BACK: Final = (
    "secret",
    "key",
    "token",
    "password",
    "file",
    "timeout",
)  # not shown to whoever stands there


@dataclass(frozen=True, slots=True)
class Item:
    """One device or part. `part`: what the kiosk loses with it; None: nothing that a citizen would notice.

    `kind` and `table` are None for what has no driver: broker, journal, face models.
    """

    name: str
    driver: str
    where: str
    part: Part | None
    capabilities: tuple[str, ...] = ()
    kind: DriverKind | None = None
    table: DeviceSettings | None = None


def inventory(settings: Settings) -> tuple[Item, ...]:
    """Everything, in the order in which the kiosk needs it."""
    return tuple(_items(settings))


def _items(settings: Settings) -> Iterator[Item]:
    fitted = settings.devices
    yield _device("reader", DriverKind.READER, fitted.reader, Part.READER)
    for board in fitted.boards:
        yield _device(f"board {board.name}", DriverKind.BOARD, board, Part.BOARD)
    for board in fitted.item_boards:
        yield _device(f"item board {board.name}", DriverKind.ITEM_BOARD, board, None)
    yield Item("journal", "sqlite", str(settings.paths.state_dir), Part.DISK)
    for name, lens in (("camera", fitted.camera), ("infrared", fitted.infrared)):
        if lens is not None:
            yield _device(name, DriverKind.CAMERA, lens, Part.CAMERA)
    if settings.face.engine != "none":
        place = str(settings.paths.models_dir or "beside the program")
        yield Item("face models", settings.face.engine, place, Part.CAMERA)
    for name, kind, table, part in (
        ("printer", DriverKind.PRINTER, fitted.printer, Part.PRINTER),
        ("sms", DriverKind.SMS, fitted.sms, Part.MODEM),
        ("ups", DriverKind.POWER, fitted.ups, None),
        ("staff_card", DriverKind.STAFF_CARD, fitted.staff_card, None),
        ("signals", DriverKind.SIGNALS, fitted.signals, None),
        ("scanner", DriverKind.CODES, fitted.scanner, None),
    ):
        if table is not None:
            yield _device(name, kind, table, part)
    for desk in fitted.document_cameras:
        yield _device(f"document camera {desk.name}", DriverKind.DOCUMENT, desk, None)
    if settings.mqtt is not None:
        yield Item("mqtt", "mqtt5", f"{settings.mqtt.host}:{settings.mqtt.port}", Part.NETWORK)
    if settings.approval is not None:
        yield Item("approval", "https", urlsplit(settings.approval.url).netloc, None)


def _device(name: str, kind: DriverKind, table: DeviceSettings, part: Part | None) -> Item:
    config = parse(kind, table.table())
    return Item(name, config.driver, place_of(config), part, capabilities_of(config), kind, table)


def capabilities_of(config: DriverConfig) -> tuple[str, ...]:
    """What a device is set up to do, from its settings: no address, no deadline, no secret."""
    told = config.model_dump(mode="json")
    return tuple(
        f"{key} {str(value).lower() if isinstance(value, bool) else value}"
        for key, value in told.items()
        if key not in _NO_CAPABILITY
        and isinstance(value, str | int | float)
        and not any(word in key for word in _KEPT_BACK)
    )


def place_of(config: DriverConfig) -> str:
    """Where a device is: its port, source or address; with the board's number where several share a line."""
    told = config.model_dump(mode="json")
    place = next((str(told[key]) for key in _PLACES if told.get(key)), "")
    if isinstance(port := told.get("port"), int):
        place = f"{place}:{port}"
    return f"{place} #{told['board']}" if "board" in told else place
