"""Builds the configured devices through the driver table. Nothing is opened here."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from drivers.buses import Buses, create_boards
from drivers.contracts.board import LockBoard
from drivers.contracts.power import PowerSupply
from drivers.contracts.printer import ReceiptPrinter
from drivers.contracts.sms import SmsChannel
from drivers.contracts.staffcard import StaffCardReader
from drivers.registry import BoardConfig, DriverConfig, DriverKind, create, find, parse
from kiosk.identity.config import DriverSpec, FaceLimits, IdentityConfig
from kiosk.settings import DeviceSettings, Settings


def boards(settings: Settings) -> Mapping[str, LockBoard]:
    """All lock boards by name; devices on one port share its line. Raises `RefusedInProduction`, `ValueError`."""
    configs = {
        board.name: cast(BoardConfig, parse(DriverKind.BOARD, board.table()))
        for board in settings.devices.boards
    }
    return create_boards(configs, profile=settings.profile, buses=Buses())


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


def identity(settings: Settings) -> IdentityConfig:
    """What the identity process is told; its devices are built there. Raises `RefusedInProduction`."""
    devices = settings.devices
    reader = _spec(DriverKind.READER, devices.reader)
    photo = _spec(DriverKind.PHOTO, devices.photo_decoder) if devices.photo_decoder else None
    faceless = settings.face.engine == "none" or devices.camera is None or photo is None
    camera = None if faceless or devices.camera is None else _spec(DriverKind.CAMERA, devices.camera)
    config = IdentityConfig(
        reader=reader,
        photo=photo or DriverSpec("kiosk.identity.photo:create_standin"),
        camera=camera,
        face=FaceLimits(capture_s=settings.face.capture_s, timeout_s=settings.face.timeout_s),
    )
    models = settings.paths.models_dir
    return config if models is None else replace(config, models_dir=str(models))


def _one(
    settings: Settings, kind: DriverKind, device: DeviceSettings | None
) -> tuple[Any, DriverConfig] | None:
    if device is None:
        return None
    config = parse(kind, device.table())
    return create(kind, config, profile=settings.profile), config


def _spec(kind: DriverKind, device: DeviceSettings) -> DriverSpec:
    config = parse(kind, device.table())
    model = type(config)
    return DriverSpec(
        find(kind, config.driver).factory,
        config.model_dump_json(),
        f"{model.__module__}:{model.__qualname__}",
    )
