"""`nightdesk custody key` and `nightdesk custody exchange`: what staff tell the kiosk from outside its screen."""

import argparse
import asyncio
import getpass
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from kiosk.journal.errors import JournalError
from kiosk.runtime.command import CommandRefused
from kiosk.runtime.custodycommands import KeyOrder, begin_exchange, enter_key
from kiosk.session.staffstate import USING_KEY
from kiosk.settings import SettingsError, layers, load
from kiosk.staff import StaffError

REFUSALS: Final = (StaffError, JournalError, CommandRefused, OSError)


def main(given: Sequence[str]) -> int:
    """Exit status: 0 when it is done, 1 when it was refused, 2 for settings that can't be used."""
    options = _parser().parse_args(given)
    try:
        settings = load(layers(options.config))
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        if options.what == "exchange":
            begin_exchange(settings, options.staff)
            print("the kiosk shows the sign-in")
            return 0
        pins = [_pin(who, stdin=options.pins_stdin) for who in (options.staff, options.witness)]
        order = KeyOrder(options.cell, options.staff, options.witness, options.reason, *pins)
        asyncio.run(enter_key(settings, order))
    except REFUSALS as error:
        print(error, file=sys.stderr)
        return 1
    print(
        f"recorded: {options.cell} was opened with the mechanical key; what lies there is still to be looked at"
    )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="nightdesk custody", description="staff and the compartments")
    verbs = parser.add_subparsers(required=True, dest="what", metavar="VERB")
    key = verbs.add_parser(
        "key", help="enter an opening with the mechanical key, with a reason and a witness"
    )
    key.add_argument("--cell", required=True, help="compartment, e.g. A-03")
    key.add_argument("--reason", required=True, choices=[reason.value for reason in USING_KEY])
    key.add_argument("--witness", required=True, help="staff number of who saw it")
    key.add_argument(
        "--pins-stdin", action="store_true", help="read both PINs from standard input, one a line"
    )
    exchange = verbs.add_parser(
        "exchange", help="have the kiosk wait for staff; refused while a citizen is there"
    )
    for verb in (key, exchange):
        verb.add_argument("--staff", required=True, help="staff number")
        verb.add_argument("--config", type=Path, required=True, help="the site's TOML file")
    return parser


def _pin(who: str, *, stdin: bool) -> str:
    return sys.stdin.readline().strip() if stdin else getpass.getpass(f"PIN of {who}: ")
