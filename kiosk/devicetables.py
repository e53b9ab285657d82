"""What is wrong with the drivers' tables of a configuration, each by itself and side by side on one line."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from drivers.buses import Buses
from drivers.registry import DriverKind, find, parse, problems
from drivers.tables import BusConfig, DriverConfig
from kiosk.notify.templates import template_problems

KINDS: Final = {
    "reader": DriverKind.READER,
    "photo_decoder": DriverKind.PHOTO,
    "camera": DriverKind.CAMERA,
    "infrared": DriverKind.CAMERA,
    "printer": DriverKind.PRINTER,
    "sms": DriverKind.SMS,
    "ups": DriverKind.POWER,
    "staff_card": DriverKind.STAFF_CARD,
    "signals": DriverKind.SIGNALS,
    "scanner": DriverKind.CODES,
}
LISTS: Final = {
    "boards": DriverKind.BOARD,
    "item_boards": DriverKind.ITEM_BOARD,
    "document_cameras": DriverKind.DOCUMENT,
}


@dataclass(frozen=True, slots=True)
class WrongKey:
    """One key of one device's table (`boards.0`) and why its value will not do; `allowed` where that can be said."""

    table: str
    key: str
    message: str
    allowed: str = ""


def wrong_keys(devices: Mapping[str, Any], *, production: bool) -> Iterator[WrongKey]:
    """Everything that the drivers refuse in `[devices]`. What is no table at all is passed over."""
    buses = Buses()
    owners: dict[str, str] = {}
    for table, kind, untrusted in _tables(devices):
        if not isinstance(untrusted.get("driver"), str):
            continue
        named = {name: value for name, value in untrusted.items() if name != "name"}
        try:
            config = parse(kind, named)
        except ValidationError as error:
            known = ", ".join(sorted(find(kind, named["driver"]).config.model_fields))
            for item in error.errors(include_url=False):
                yield WrongKey(table, ".".join(str(part) for part in item["loc"]), *_words(item, known))
        except ValueError as error:
            message, _, allowed = str(error).partition("; there is: ")
            yield WrongKey(table, "driver", message, allowed)
        else:
            for text in _refused(kind, config, production=production):
                yield WrongKey(table, text.partition(": ")[0], text.partition(": ")[2])
            clash = _clash(buses, str(untrusted.get("name", table)), config) or _taken(owners, table, config)
            if clash:
                yield WrongKey(table, "url", clash)


def _tables(devices: Mapping[str, Any]) -> Iterator[tuple[str, DriverKind, Mapping[str, Any]]]:
    for name, kind in KINDS.items():
        if isinstance(devices.get(name), dict):
            yield name, kind, devices[name]
    for name, kind in LISTS.items():
        several = devices.get(name)
        for number, table in enumerate(several if isinstance(several, list) else ()):
            if isinstance(table, dict):
                yield f"{name}.{number}", kind, table


def _refused(kind: DriverKind, config: DriverConfig, *, production: bool) -> list[str]:
    found = problems(kind, config, profile="production" if production else "emulated")
    return [*found, *template_problems(config)]


def _clash(buses: Buses, name: str, config: DriverConfig) -> str:
    if not isinstance(config, BusConfig):
        return ""
    try:
        buses.line(name, config)
    except ValueError as error:
        return str(error)
    return ""


def _taken(owners: dict[str, str], table: str, config: DriverConfig) -> str:
    """A port answers one device, unless all on it are made for a shared line; `owners` says who has which."""
    url = getattr(config, "url", None)
    if not isinstance(url, str):
        return ""
    port = os.path.realpath(url) if url.startswith("/") else url
    mine = "a bus" if isinstance(config, BusConfig) else table
    owner = owners.setdefault(port, mine)
    return "" if owner == mine else f"{url} is already that of {owner}; give each a port of its own"


def _words(item: Any, known: str) -> tuple[str, str]:
    if item["type"] == "extra_forbidden":
        return "unknown key", known
    if item["type"] == "missing":
        return "is missing", ""
    return str(item["msg"]), str(item["ctx"]["expected"]) if item["type"] == "written" else ""
