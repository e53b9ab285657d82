"""Whether a receipt printer answers on a line: by its real-time status alone, which prints nothing."""

from typing import Final

from ..errors import LinkTimeout
from ..link import Drop, Link, NeedMore, Parsed
from .printer import EscPosPrinter
from .status import QUERIES, parse_status, query

QUIET_S: Final = 0.1


async def ask(link: Link, wait_s: float) -> str:
    """What the printer says it is, empty where it does not say. Raises `LinkTimeout` where none answers.

    Its answers are single bytes, which noise resembles: all four must come, and nothing beside them.
    """
    await _silent(link)
    for number in QUERIES:
        await link.exchange(query(number), parse_status, timeout_s=wait_s)
    await _silent(link)
    return await EscPosPrinter(link, answer_timeout_s=wait_s, print_timeout_s=wait_s).identity()


async def _silent(link: Link) -> None:
    try:
        await link.receive(_any_byte, timeout_s=QUIET_S)
    except LinkTimeout:
        return
    raise LinkTimeout(f"{link.url}: something talks unasked, so no printer")


def _any_byte(data: bytes) -> Parsed[bytes] | Drop | NeedMore:
    return Parsed(data, len(data))
