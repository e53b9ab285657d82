"""Whether a card reader answers on a line: by the self-test of its module, which looks at no card."""

from ..link import Link
from .reader import SamVReader


async def ask(link: Link, wait_s: float) -> str:
    """The module's number. Raises `LinkTimeout` where none answers."""
    reader = SamVReader(link, answer_timeout_s=wait_s, read_timeout_s=wait_s)
    await reader.connect()
    return await reader.identity()
