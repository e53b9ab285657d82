"""Whether a modem answers on a line: by AT, which does nothing, and its questions for maker, model and firmware."""

from typing import Final

from ..errors import LinkTimeout
from ..link import Link
from .at import CR, parse_answer

ABOUT: Final = ("AT+CGMI", "AT+CGMM", "AT+CGMR")


async def ask(link: Link, wait_s: float) -> str:
    """What the modem says it is. Raises `LinkTimeout` where none answers."""
    if await _answer(link, "AT", wait_s) is None:
        raise LinkTimeout(f"{link.url}: answers to AT with an error")
    said = [await _answer(link, question, wait_s) for question in ABOUT]
    return " ".join(filter(None, said))


async def _answer(link: Link, command: str, wait_s: float) -> str | None:
    """The lines of the answer but the command's echo; None for an error."""
    answer = await link.exchange(f"{command}{CR}".encode("ascii"), parse_answer, timeout_s=wait_s)
    return None if answer.error else " ".join(line for line in answer.lines if line != command)
