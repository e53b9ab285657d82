"""`nightdesk phones import FILE.csv` and `nightdesk staff code NUMBER`: what the ways without a face need of people."""

import argparse
import asyncio
import getpass
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from kiosk.journal.errors import JournalError
from kiosk.runtime.command import CommandRefused
from kiosk.runtime.waycommands import CodeOrder, import_phones, staff_code
from kiosk.settings import Settings, SettingsError, layers, load
from kiosk.withoutface.phones import RegisterUnusable

REFUSALS: Final = (RegisterUnusable, JournalError, CommandRefused, OSError)


def phones(given: Sequence[str]) -> int:
    """Exit status of `nightdesk phones`."""
    parser = argparse.ArgumentParser(
        prog="nightdesk phones",
        description="telephones that the back office knows, for codes by text message",
    )
    parser.add_argument("what", choices=("import",))
    parser.add_argument(
        "file", type=Path, help="CSV with the columns id_number and phone; replaces the register"
    )
    parser.add_argument("--config", type=Path, required=True, help="the site's TOML file")
    parser.add_argument("--by", default="", help="who does this; the system's user name when not given")
    options = parser.parse_args(given)
    settings = _settings(options.config)
    if settings is None:
        return 2
    try:
        count = asyncio.run(import_phones(settings, options.file.resolve(), options.by or getpass.getuser()))
    except REFUSALS as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{count} telephone numbers are known")
    return 0


def code(given: Sequence[str]) -> int:
    """Exit status of `nightdesk staff code`."""
    parser = argparse.ArgumentParser(
        prog="nightdesk staff code",
        description="a one-time code for the citizen at this kiosk, told by telephone",
    )
    parser.add_argument("number", help="who gives it: a staff number")
    parser.add_argument("--config", type=Path, required=True, help="the site's TOML file")
    parser.add_argument("--pin-stdin", action="store_true", help="read the PIN from standard input")
    options = parser.parse_args(given)
    settings = _settings(options.config)
    if settings is None:
        return 2
    try:
        pin = sys.stdin.readline().strip() if options.pin_stdin else getpass.getpass("PIN: ")
        told = asyncio.run(staff_code(settings, CodeOrder(options.number, pin)))
    except EOFError:
        print("no PIN was typed; --pin-stdin reads it as one line", file=sys.stderr)
        return 2
    except REFUSALS as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{told['code']}  good once, until {told['until']}")
    return 0


def _settings(config: Path) -> Settings | None:
    try:
        return load(layers(config))
    except SettingsError as error:
        print(error, file=sys.stderr)
        return None
