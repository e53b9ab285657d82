"""`nightdesk diagnose`: every device, found or not, what it is, how it does, what to do first.

Asks the running program where one runs; opens the devices itself where none does.
"""

import asyncio
import json
import textwrap
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from kiosk.deadlines import not_arranged
from kiosk.runtime import examine
from kiosk.runtime.command import ask
from kiosk.runtime.diagnosis import diagnosis
from kiosk.runtime.voice import prompts
from kiosk.settings import Settings

WIDTH: Final = 110
_NAMES_WIDTH: Final = 12


def diagnose(settings: Settings, names: Sequence[str]) -> dict[str, Any]:
    """`devices`, `fit`, `first`, `voice` (prompts), `holidays_missing` (years), `program` (whether one runs), as JSON
    carries them.

    Raises `CommandRefused`, `RefusedInProduction`, `ValueError` for a name that is not configured.
    """
    told = ask(settings.paths.state_dir, "diagnose", names=list(names))
    today = datetime.now(ZoneInfo(settings.kiosk.timezone)).date()
    here = {
        "voice": _voice(settings),
        "holidays_missing": list(not_arranged(today)),
        "program": told is not None,
    }
    return {**(asyncio.run(_examined(settings, names)) if told is None else told), **here}


def _voice(settings: Settings) -> dict[str, int] | None:
    """How many prompts are rendered, of how many; None for a kiosk that does not speak."""
    if not settings.voice.enabled:
        return None
    rendered, wanted = prompts(settings).count()
    return {"rendered": rendered, "prompts": wanted}


async def _examined(settings: Settings, names: Sequence[str]) -> dict[str, Any]:
    async with examine.opened(settings) as subjects:
        return await diagnosis(subjects, names)


# words --------------------------------------------------------------------------------------------------------------


def main(settings: Settings, names: Sequence[str], *, as_json: bool) -> int:
    """Say it; 0 when the kiosk is fit for service, 1 when it is not."""
    told = diagnose(settings, names)
    if as_json:
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(told)))
    return 0 if told["fit"] else 1


def _lines(told: Mapping[str, Any]) -> list[str]:
    lines = ["asked the running program" if told["program"] else "no program runs: each device was tried", ""]
    for one in told["devices"]:
        lines += _device(one)
    lines.append("")
    if told["voice"] is not None:
        lines.append(
            f"voice: {told['voice']['rendered']} of {told['voice']['prompts']} prompts are rendered ahead"
        )
    for year in told["holidays_missing"]:
        lines.append(
            f"!! how the government arranges the holidays of {year} is not known here: time limits count by the fixed"
            " ones until the package `holidays` is newer"
        )
    fit = "fit for service" if told["fit"] else "NOT fit for service: nobody can hand anything in"
    lines.append(fit)
    if told["first"]:
        lines.append(f"look first at: {', '.join(told['first'])}")
    return lines


def _device(one: Mapping[str, Any]) -> list[str]:
    health, line = one["health"], one["line"]
    sign = "ok " if health["status"] in ("online", "deviceBusy") and not health["action"] else "!! "
    lines = [f"{sign} {one['name']:{_NAMES_WIDTH}}  {health['status']:14} {one['driver']}  {one['where']}"]
    indent = " " * (_NAMES_WIDTH + 6)
    if health["detail"]:
        who = {"clear": "staff can mend it", "maintenance": "for a technician", "suspend": "it recovers by itself",
               "configuration": "in the settings"}.get(health["action"] or "", "")  # fmt: skip
        lines += textwrap.wrap(f"{health['detail']}{f' ({who})' if who else ''}", WIDTH, initial_indent=indent,
                               subsequent_indent=indent)  # fmt: skip
    about = ", ".join(filter(None, [one["identity"], *one["capabilities"]]))
    lines += textwrap.wrap(about, WIDTH, initial_indent=indent, subsequent_indent=indent)
    if line is not None:
        lines.append(indent + _counted(line))
    return lines


def _counted(line: Mapping[str, Any]) -> str:
    parts = [f"{line['frames']} frames", f"{line['retries']} asked again", f"{line['checksum_errors']} wrong checksums",
             f"{line['timeouts']} unanswered", f"{line['losses']} times lost"]  # fmt: skip
    if line["latency_p50_ms"] is not None:
        parts.append(f"answers in {line['latency_p50_ms']:.0f} ms (95th {line['latency_p95_ms']:.0f})")
    if line["answered_ago_s"] is not None:
        parts.append(f"last {line['answered_ago_s']:.1f} s ago")
    return ", ".join(parts)
