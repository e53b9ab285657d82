"""Opens every configured device for a moment and looks at it: `nightdesk diagnose` while no program runs.

Nothing is unlocked, printed or sent.
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from functools import partial
from typing import Any, Final

from drivers.contracts.camera import FrameSource
from drivers.contracts.health import DeviceStatus, ErrorAction, Health
from drivers.contracts.power import PowerSupply
from drivers.contracts.printer import ReceiptPrinter
from drivers.contracts.sms import SmsChannel
from drivers.registry import DriverKind
from drivers.with_items import ItemWatch
from kiosk import models
from kiosk.approval.courier import as_health
from kiosk.approval.port import ApprovalError
from kiosk.identity.nursery import QUIET
from kiosk.identity.plugging import build
from kiosk.notify.connection import BrokerConnection, BrokerUnavailable
from kiosk.settings import Settings

from . import approving, devices
from .disk import ONLINE, Disk
from .inventory import Item, inventory
from .printing import printer_health
from .supervisor import Subject

CAMERA_PICTURES: Final = 5


@contextlib.asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[tuple[Subject, ...]]:
    """All that is configured, to be looked at; released at the end. Raises `RefusedInProduction`, `ValueError`."""
    for name, level in QUIET.items():  # before a camera's driver loads its library
        os.environ.setdefault(name, level)
    locks = devices.locks(settings)
    shared: dict[str, object] = {f"board {name}": board for name, board in locks.boards.items()}
    shared |= {f"item board {name}": watch for name, watch in locks.items.items()}
    shared |= {} if locks.signals is None else {"signals": locks.signals}
    async with AsyncExitStack() as stack:
        yield tuple(_subject(item, settings, shared, stack) for item in inventory(settings))


def _subject(item: Item, settings: Settings, shared: Mapping[str, object], stack: AsyncExitStack) -> Subject:
    if item.kind is None or item.table is None:
        return Subject(item, partial(_PARTS[item.name], settings))
    device: Any = shared.get(item.name) or build(devices.spec(item.kind, item.table))
    if item.kind is DriverKind.CAMERA:
        stack.callback(device.close)
        return Subject(item, lambda: asyncio.to_thread(_camera, device))
    stack.push_async_callback(device.close)
    return Subject(item, partial(_LOOKS[item.kind], device), device)


async def look_at(item: Item) -> Health:
    """Open what nobody else has open, look, close it."""
    assert item.kind is not None
    assert item.table is not None
    device = build(devices.spec(item.kind, item.table))
    try:
        return await _LOOKS[item.kind](device)
    finally:
        await device.close()


async def _connecting(device: Any) -> Health:
    await device.connect()
    return ONLINE


async def _printer(device: ReceiptPrinter) -> Health:
    await device.connect()
    return printer_health(await device.status())


async def _sms(device: SmsChannel) -> Health:
    await device.connect()
    return await device.health()


async def _ups(device: PowerSupply) -> Health:
    return (await device.read()).health


async def _items(device: ItemWatch) -> Health:
    await device.seen()
    return device.health


def _camera(device: FrameSource) -> Health:
    device.open()
    for _ in range(CAMERA_PICTURES):
        device.read()
    return ONLINE


_LOOKS: Final[dict[DriverKind, Callable[[Any], Awaitable[Health]]]] = {
    DriverKind.BOARD: _connecting, DriverKind.ITEM_BOARD: _items, DriverKind.READER: _connecting,
    DriverKind.PRINTER: _printer, DriverKind.SMS: _sms, DriverKind.POWER: _ups, DriverKind.STAFF_CARD: _connecting,
    DriverKind.SIGNALS: _connecting, DriverKind.CODES: _connecting, DriverKind.DOCUMENT: _connecting,
}  # fmt: skip


async def _models(settings: Settings) -> Health:
    report = await asyncio.to_thread(models.verify, settings.paths.models_dir)
    if report.ok:
        return await asyncio.to_thread(_engine, settings)
    wrong = [f"{report.target / file.name}: {file.status}" for file in report.files if file.status != "ok"]
    detail = f"{'; '.join(wrong)}; {models.advice(report.target)}"
    return Health(DeviceStatus.NO_DEVICE, detail, ErrorAction.MAINTENANCE)


def _engine(settings: Settings) -> Health:
    from kiosk.identity import matching  # brings libraries that the kiosk's own process does without

    try:
        matcher = matching.configured(devices.identity(settings))
    except models.ModelsError as error:
        return Health(DeviceStatus.NO_DEVICE, str(error), ErrorAction.CONFIGURATION)
    matcher.close()
    return Health(DeviceStatus.ONLINE, matcher.thresholds.not_fit)


async def _journal(settings: Settings) -> Health:
    return Disk(settings.paths.state_dir, settings.journal.least_free_mb).health()


async def _broker(settings: Settings) -> Health:
    connection = BrokerConnection(devices.mqtt(settings), will=b"")
    try:
        await connection.open()
        await connection.leave()
    except BrokerUnavailable as error:
        await connection.abort()
        action = ErrorAction.CONFIGURATION if error.configuration else ErrorAction.SUSPEND
        return Health(DeviceStatus.OFFLINE, str(error), action)
    return ONLINE


async def _approval(settings: Settings) -> Health:
    system = approving.elsewhere(settings)
    assert system is not None
    try:
        await system.news("")
    except ApprovalError as error:
        return as_health(error)
    finally:
        await system.close()
    return ONLINE


_PARTS: Final[dict[str, Callable[[Settings], Awaitable[Health]]]] = {
    "journal": _journal, "face models": _models, "mqtt": _broker, "approval": _approval,
}  # fmt: skip
