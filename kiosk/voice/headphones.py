"""Whether headphones are plugged in, by the jack's control of ALSA, asked by `amixer`."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

logger = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 0.5
ANSWER_WITHIN_S: Final = 5.0
YES: Final = b"values=on"
NO: Final = b"values=off"


class Jack:
    """The control `name` of card number `card`. `plugged` is None until it was seen, and where it can't be asked."""

    def __init__(self, name: str, card: int) -> None:
        self._arguments = ("-c", str(card), "cget", f"iface=CARD,name={name}")
        self._told = False
        self.plugged: bool | None = None

    async def look(self) -> bool | None:
        """Ask once."""
        self.plugged = await self._asked()
        if self.plugged is None and not self._told:
            logger.error("the headphone jack can't be asked: amixer %s", " ".join(self._arguments))
        self._told = self.plugged is None
        return self.plugged

    async def watch(self, changed: Callable[[bool], None]) -> None:
        """Tell of each change. What stays plugged in from before is no wish of whoever comes."""
        before = await self.look()
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            now = await self.look()
            if now is not None and before is not None and now is not before:
                changed(now)
            before = now if now is not None else False

    async def _asked(self) -> bool | None:
        try:
            process = await asyncio.create_subprocess_exec(
                "amixer", *self._arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
            )
        except OSError:
            return None
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                told, _ = await process.communicate()
        except TimeoutError:
            return None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return True if YES in told else False if NO in told else None
