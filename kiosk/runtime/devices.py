"""Builds the configured devices through the driver table. Nothing is opened here."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from drivers.boardtables import BoardConfig
from drivers.buses import Buses, create_boards
from drivers.contracts.board import LockBoard
from drivers.contracts.codes import CodeScanner
from drivers.contracts.document import DocumentCamera
from drivers.contracts.items import ItemBoard
from drivers.contracts.power import PowerSupply
from drivers.contracts.printer import ReceiptPrinter
from drivers.contracts.signals import SignalBoard
from drivers.contracts.sms import SmsChannel
from drivers.contracts.staffcard import StaffCardReader
from drivers.registry import DriverKind, create, find, parse
from drivers.tables import BusConfig, DriverConfig
from drivers.with_items import BoardWithItems, ItemSensor, ItemWatch
from kiosk.facesettings import LivenessSettings
from kiosk.identity.config import (
    DriverSpec,
    ExternalEngine,
    FaceLimits,
    IdentityConfig,
    LivenessEngine,
    LivenessLimits,
)
from kiosk.notify.settings import MqttSettings, TlsFiles
from kiosk.settings import BoardSettings, DeviceSettings, Settings


@dataclass(frozen=True, slots=True)
class Locks:
    """What moves and watches the doors, by the names that the settings give. Item sensors are read with the doors.

    `signals`: contacts and lamps, which may be wired to a board on the same line.
    """

    boards: Mapping[str, LockBoard]
    items: Mapping[str, ItemWatch]
    signals: SignalBoard | None = None


def boards(settings: Settings) -> Mapping[str, LockBoard]:
    """The lock boards of `locks`."""
    return locks(settings).boards


def locks(settings: Settings) -> Locks:
    """All lock boards and item boards; devices on one port share its line.

    Raises `RefusedInProduction`, or `ValueError` when two devices of one port exclude each other.
    """
    buses, devices = Buses(), settings.devices
    configs = {
        board.name: cast(BoardConfig, parse(DriverKind.BOARD, board.table())) for board in devices.boards
    }
    bare = create_boards(configs, profile=settings.profile, buses=buses)
    items = {
        board.name: ItemWatch(board.name, _item_board(board, settings, buses))
        for board in devices.item_boards
    }
    sensors: dict[str, dict[int, ItemSensor]] = {}
    for cell in settings.cabinet.cells:
        wired = cell.item_sensor
        if wired is not None:
            sensors.setdefault(cell.board, {})[cell.channel] = ItemSensor(items[wired.board], wired.input)
    full = {
        name: BoardWithItems(board, sensors[name]) if name in sensors else board
        for name, board in bare.items()
    }
    return Locks(full, items, _signals(settings, buses))


def _signals(settings: Settings, buses: Buses) -> SignalBoard | None:
    device = settings.devices.signals
    if device is None:
        return None
    config = cast(BusConfig, parse(DriverKind.SIGNALS, device.table()))
    line = buses.line("signals", config)
    return cast(SignalBoard, create(DriverKind.SIGNALS, config, profile=settings.profile, link=line))


def _item_board(board: BoardSettings, settings: Settings, buses: Buses) -> ItemBoard:
    config = cast(BusConfig, parse(DriverKind.ITEM_BOARD, board.table()))
    line = buses.line(board.name, config)
    return cast(ItemBoard, create(DriverKind.ITEM_BOARD, config, profile=settings.profile, link=line))


def printer(settings: Settings) -> tuple[ReceiptPrinter, DriverConfig] | None:
    """The receipt printer and its settings, None where none is fitted."""
    built = _one(settings, DriverKind.PRINTER, settings.devices.printer)
    return None if built is None else (cast(ReceiptPrinter, built[0]), built[1])


def sms(settings: Settings) -> SmsChannel | None:
    """The way to send text messages, None where there is none."""
    built = _one(settings, DriverKind.SMS, settings.devices.sms)
    return None if built is None else cast(SmsChannel, built[0])


def ups(settings: Settings) -> PowerSupply | None:
    """The uninterruptible power supply, None where there is none."""
    built = _one(settings, DriverKind.POWER, settings.devices.ups)
    return None if built is None else cast(PowerSupply, built[0])


def staff_cards(settings: Settings) -> StaffCardReader | None:
    """The reader of staff cards, None where there is none."""
    built = _one(settings, DriverKind.STAFF_CARD, settings.devices.staff_card)
    return None if built is None else cast(StaffCardReader, built[0])


def codes(settings: Settings) -> CodeScanner | None:
    """The code scanner, None where there is none."""
    built = _one(settings, DriverKind.CODES, settings.devices.scanner)
    return None if built is None else cast(CodeScanner, built[0])


def document_camera(settings: Settings) -> DocumentCamera | None:
    """The first lens over the desk, None where there is none."""
    first = next(iter(settings.devices.document_cameras), None)
    built = _one(settings, DriverKind.DOCUMENT, first)
    return None if built is None else cast(DocumentCamera, built[0])


def identity(settings: Settings) -> IdentityConfig:
    """What the identity process is told; its devices are built there. Raises `RefusedInProduction`."""
    devices = settings.devices
    reader = spec(DriverKind.READER, devices.reader)
    photo = spec(DriverKind.PHOTO, devices.photo_decoder) if devices.photo_decoder else None
    faceless = settings.face.engine == "none" or devices.camera is None or photo is None
    camera = None if faceless or devices.camera is None else spec(DriverKind.CAMERA, devices.camera)
    infrared = (
        None if camera is None or devices.infrared is None else spec(DriverKind.CAMERA, devices.infrared)
    )
    config = IdentityConfig(
        reader=reader,
        photo=photo or DriverSpec("kiosk.identity.photo:create_standin"),
        camera=camera,
        infrared=infrared,
        engine=settings.face.engine,
        far=settings.face.far,
        calibration=str(settings.face.calibration or ""),
        external=external(settings),
        liveness=liveness_engine(settings.face.liveness),
        face=FaceLimits(
            capture_s=settings.face.capture_s,
            timeout_s=settings.face.timeout_s,
            liveness=liveness_limits(settings.face.liveness),
        ),
    )
    models = settings.paths.models_dir
    return config if models is None else replace(config, models_dir=str(models))


def liveness_engine(named: LivenessSettings) -> LivenessEngine:
    """Which passive detector looks at every picture."""
    engine = LivenessEngine(named.engine, spoof_below=named.spoof_below, live_from=named.live_from)
    files = named.minifasnet
    if files is None:
        return engine
    return replace(
        engine,
        minifasnet_v2=str(files.v2),
        v2_sha256=files.v2_sha256,
        minifasnet_v1se=str(files.v1se),
        v1se_sha256=files.v1se_sha256,
    )


def liveness_limits(named: LivenessSettings) -> LivenessLimits:
    """What a challenge asks for, and how long it may take."""
    return LivenessLimits(
        count_min=named.steps_min, count_max=named.steps_max,
        pause_min_s=named.pause_min_s, pause_max_s=named.pause_max_s,
        step_s=named.step_s, challenge_s=named.challenge_s, tries=named.tries, shut_s=named.eyes_shut_s,
    )  # fmt: skip


def external(settings: Settings) -> ExternalEngine | None:
    """The algorithm in a process of its own, None where none is named."""
    named = settings.face.external
    if named is None:
        return None
    return ExternalEngine(named.command, named.start_s, named.answer_s)


def mqtt(settings: Settings) -> MqttSettings:
    """The broker's settings, which must be there."""
    mqtt = settings.mqtt
    assert mqtt is not None
    tls = None
    if mqtt.ca_file is not None and mqtt.cert_file is not None and mqtt.key_file is not None:
        tls = TlsFiles(mqtt.ca_file, mqtt.cert_file, mqtt.key_file)
    return MqttSettings(
        settings.kiosk.id, mqtt.host, mqtt.port, tls,
        keepalive_s=mqtt.keepalive_s, connect_timeout_s=mqtt.connect_timeout_s, ack_timeout_s=mqtt.ack_timeout_s,
        retry_min_s=mqtt.retry_min_s, retry_max_s=mqtt.retry_max_s, session_expiry_s=mqtt.session_expiry_s,
    )  # fmt: skip


def _one(
    settings: Settings, kind: DriverKind, device: DeviceSettings | None
) -> tuple[Any, DriverConfig] | None:
    if device is None:
        return None
    config = parse(kind, device.table())
    return create(kind, config, profile=settings.profile), config


def spec(kind: DriverKind, device: DeviceSettings) -> DriverSpec:
    """What another process needs to build the device."""
    config = parse(kind, device.table())
    model = type(config)
    return DriverSpec(
        find(kind, config.driver).factory,
        config.model_dump_json(),
        f"{model.__module__}:{model.__qualname__}",
    )
