"""How words are read, asked of a child while somebody listens: its dictionary takes 55 MB for as long as it is loaded.

`python -m kiosk.voice.reader` answers each line on its standard input with one on its standard output, both in JSON:
number, words, language; number, reading. It ends with its input.
"""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from typing import Final

from .reading import needs_phrases, read

ANSWER_LIMIT_S: Final = 20.0  # with the dictionary's loading, on a loaded machine
IDLE_S: Final = 120.0
LEAVE_LIMIT_S: Final = 5.0


class ReadingError(Exception):
    """The words could not be read; the text says why and has none of them."""


class Reader:
    """Reads words on one loop. `idle_s`: so long after the last ones the child ends; the next ones have another."""

    def __init__(self, idle_s: float = IDLE_S) -> None:
        self._idle_s = idle_s
        self._child: asyncio.Task[Process] | None = None
        self._turn = asyncio.Lock()
        self._ending: asyncio.TimerHandle | None = None
        self._leaving: set[asyncio.Task[None]] = set()
        self._number = 0

    def prepare(self) -> None:
        """Load the dictionary already: there will be something to read."""
        self._rest()
        if self._child is None or (self._child.done() and _has_ended(self._child)):
            command = asyncio.create_subprocess_exec(
                sys.executable, "-m", __name__, stdin=PIPE, stdout=PIPE, start_new_session=True
            )
            self._child = asyncio.get_running_loop().create_task(command)

    async def read(self, words: str, lang: str) -> str:
        """As `reading.read`. Raises `ReadingError`."""
        if not needs_phrases(words, lang):
            return read(words, lang)
        try:
            async with asyncio.timeout(ANSWER_LIMIT_S), self._turn:
                return await self._answer(words, lang)
        except (OSError, TimeoutError, ValueError) as error:
            self._leave()
            raise ReadingError(str(error) or f"no answer within {ANSWER_LIMIT_S:g} s") from error

    async def close(self) -> None:
        """End the child; returns when it is gone."""
        self._leave()
        while self._leaving:
            await asyncio.wait(self._leaving)

    async def _answer(self, words: str, lang: str) -> str:
        self.prepare()
        assert self._child is not None
        child = await asyncio.shield(self._child)
        assert child.stdin is not None
        assert child.stdout is not None
        self._number += 1
        child.stdin.write(json.dumps([self._number, words, lang]).encode() + b"\n")
        await child.stdin.drain()
        number, said = 0, ""
        while number != self._number:  # else it is for somebody who has stopped waiting
            line = await child.stdout.readline()
            if not line:
                raise BrokenPipeError("the child that reads has ended")
            number, said = json.loads(line)
        return said

    def _rest(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
        self._ending = asyncio.get_running_loop().call_later(self._idle_s, self._leave)

    def _leave(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
        child, self._child, self._ending = self._child, None, None
        if child is not None:
            leaving = asyncio.get_running_loop().create_task(_left(child))
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)


def _has_ended(started: asyncio.Task[Process]) -> bool:
    return started.exception() is not None or started.result().returncode is not None


async def _left(starting: asyncio.Task[Process]) -> None:
    try:
        child = await starting
    except OSError:
        return
    assert child.stdin is not None
    child.stdin.close()
    try:
        async with asyncio.timeout(LEAVE_LIMIT_S):
            await child.wait()
    except TimeoutError:
        child.kill()
        await child.wait()


def _serve() -> None:
    for line in sys.stdin:
        number, words, lang = json.loads(line)
        print(json.dumps([number, read(words, lang)]), flush=True)


if __name__ == "__main__":
    _serve()
