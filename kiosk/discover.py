"""`nightdesk discover`: walks the serial ports, says what answers, writes the configuration's tables for it."""

import asyncio
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from serial.tools import list_ports

from drivers.discovery import UNASKED, Found, PortFinding, Walk
from drivers.registry import DriverKind
from kiosk import tomltext
from kiosk.runtime.command import ask
from kiosk.runtime.inventory import inventory
from kiosk.settings import Settings

BY_PATH: Final = Path("/dev/serial/by-path")
TABLES: Final = {DriverKind.READER: "reader", DriverKind.PRINTER: "printer", DriverKind.SMS: "sms"}


def ports(patterns: Sequence[str]) -> list[str]:
    """The serial ports, by the name that stays with the socket where there is one; or what the patterns match."""
    if patterns:
        return sorted({name for pattern in patterns for name in _matching(pattern)})
    stable = {os.path.realpath(name): name for name in _matching(f"{BY_PATH}/*")}
    real = [port.device for port in list_ports.comports() if port.hwid != "n/a"]
    return [*stable.values(), *sorted(name for name in real if os.path.realpath(name) not in stable)]


def _matching(pattern: str) -> list[str]:
    path = Path(pattern).absolute()
    return sorted(str(name) for name in Path(path.anchor).glob(str(path.relative_to(path.anchor))))


def in_use(settings: Settings | None) -> frozenset[str]:
    """The ports (real names) of a program that runs with these settings. Raises `CommandRefused`."""
    if settings is None or ask(settings.paths.state_dir, "diagnose", names=["journal"]) is None:
        return frozenset()
    places = (item.where.partition(" #")[0] for item in inventory(settings))
    return frozenset(os.path.realpath(place) for place in places if place.startswith("/"))


async def walk(names: Iterable[str], walk: Walk) -> list[PortFinding]:
    """All ports side by side."""
    return list(await asyncio.gather(*(walk.port(name) for name in names)))


def tables(findings: Iterable[PortFinding], settings: Settings | None) -> dict[str, Any]:
    """What was found as `[devices]` of a configuration. Of readers, printers, modems the first counts.

    Boards that the settings know already, by driver and number, keep their names: compartments are named by them.
    """
    found = [one for finding in findings for one in finding.found]
    known = {} if settings is None else {
        (board.driver, board.table().get("board", 0)): board.name for board in settings.devices.boards
    }  # fmt: skip
    devices: dict[str, Any] = {}
    boards: list[Mapping[str, Any]] = []
    for one in found:
        if one.kind is DriverKind.BOARD:
            boards.append({"name": _name(one, known, [str(board["name"]) for board in boards]), **one.table})
        else:
            devices.setdefault(TABLES[one.kind], dict(one.table))
    return {**devices, **({"boards": boards} if boards else {})}


def _name(one: Found, known: Mapping[tuple[str, int], str], taken: Sequence[str]) -> str:
    name = known.get((one.table["driver"], one.table["board"]))
    if name is not None and name not in taken:
        return name
    free = (f"board-{number}" if number > 1 else "main" for number in range(1, 1000))
    return next(name for name in free if name not in taken and name not in known.values())


def toml(devices: Mapping[str, Any], findings: Iterable[PortFinding]) -> str:
    """The tables as TOML, each with what the device says of itself."""
    said = {json.dumps(dict(one.table)): one.identity for finding in findings for one in finding.found}
    lines = ["# Written by `nightdesk discover`. Which lock hangs on which channel: `nightdesk commission`."]
    for name, table in devices.items():
        for one in table if isinstance(table, list) else [table]:
            lines += ["", f"[[devices.{name}]]" if isinstance(table, list) else f"[devices.{name}]"]
            own = {key: value for key, value in one.items() if key != "name"}
            identity = said.get(json.dumps(own), "")
            lines += [f"# {' '.join(identity.split())}"] if identity else []
            lines += tomltext.pairs(one)
    return "\n".join(lines) + "\n"


def main(
    settings: Settings | None, *, patterns: Sequence[str], numbers: int, as_json: bool, out: Path | None
) -> int:
    """0: something was found; 1: nothing. Raises `CommandRefused`, `OSError`."""
    busy = in_use(settings)
    names = ports(patterns)
    skipped = [name for name in names if os.path.realpath(name) in busy]
    told = Walk(numbers=numbers, told=lambda line: print(line, file=sys.stderr))
    findings = asyncio.run(walk([name for name in names if name not in skipped], told))
    devices = tables(findings, settings)
    text = toml(devices, findings)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")
    if as_json:
        print(json.dumps({
            "ports": [asdict(one) for one in findings], "in_use": skipped, "devices": devices, "not_asked": UNASKED,
        }, ensure_ascii=False, indent=2))  # fmt: skip
    else:
        print("\n".join(_words(findings, skipped)), file=sys.stderr)
        print(text if out is None else out)
    return 0 if devices else 1


def _words(findings: Iterable[PortFinding], skipped: Iterable[str]) -> Iterable[str]:
    for name in skipped:
        yield f"{name}: in use by the running program, not asked; `nightdesk diagnose` tells of it"
    for finding in findings:
        for one in finding.found:
            number = f" number {one.table['board']}" if "board" in one.table else ""
            what = f"{one.table['driver']}{number} at {one.table['baudrate']} baud"
            yield f"{finding.url}: {what} {one.identity}".rstrip()
        if finding.trouble:
            yield f"{finding.url}: {finding.trouble}"
        elif not finding.found and finding.noise:
            yield f"{finding.url}: something talks ({finding.noise} bytes), in no way that is known"
        elif not finding.found:
            yield f"{finding.url}: nothing answers; check power and cable, A and B, and the board's switches"
