"""`nightdesk approval check` and `nightdesk approval show CASE`: the system that decides the cases, asked by hand."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from kiosk.approval.port import ApprovalError
from kiosk.runtime.approving import elsewhere
from kiosk.runtime.command import CommandRefused, ask
from kiosk.settings import Settings, SettingsError, layers, load

EMBEDDED: Final = "no table [approval]: the kiosk's own back office decides"


def main(arguments: Sequence[str], site_file: Path) -> int:
    """One verb; 0: done, 1: not done, 2: a call without sense."""
    parser = argparse.ArgumentParser(
        prog="nightdesk approval", description="the system that decides the cases"
    )
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    check = verbs.add_parser("check", help="ask the configured system once, and say what is wrong")
    check.set_defaults(work=lambda settings, _: _check(settings))
    show = verbs.add_parser("show", help="where a case stands, asked through the running program")
    show.add_argument("case_id", metavar="CASE")
    show.set_defaults(work=lambda settings, given: _show(settings, given.case_id))
    for verb in (check, show):
        verb.add_argument("--config", type=Path, default=site_file, help=f"the site's file ({site_file})")
    given = parser.parse_args(arguments)
    try:
        lines = given.work(load(layers(given.config)), given)
    except (ApprovalError, CommandRefused, SettingsError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(lines))
    return 0


def _check(settings: Settings) -> list[str]:
    told = settings.approval
    return [EMBEDDED] if told is None else [f"{told.url} answers; {asyncio.run(_heard(settings))}"]


async def _heard(settings: Settings) -> str:
    """Nothing is recorded: the running program hears the same."""
    system = elsewhere(settings)
    assert system is not None
    try:
        news = await system.news("")
    finally:
        await system.close()
    return f"{len(news.told)}{' or more' if news.more else ''} pieces of news since the beginning"


def _show(settings: Settings, case_id: str) -> list[str]:
    told = ask(settings.paths.state_dir, "approval_standing", case_id=case_id)
    if told is None:
        raise CommandRefused(
            "no program runs here; `nightdesk journal show --case` tells what was heard so far"
        )
    steps = [f"{one['at']}  {one['step']}  papers asked for: {one['missing']}" for one in told["steps"]]
    decided = told["decision"]
    last = [] if decided is None else [f"{decided['at']}  {decided['decision']}, result: {decided['result']}"]
    return [f"{case_id} is {told['number']} there", *steps, *last]
