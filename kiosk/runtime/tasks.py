"""Tasks that run beside the loop's work and end with their owner."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, Final

logger = logging.getLogger(__name__)

CLOSE_TIMEOUT_S: Final = 5.0


class Tasks:
    """Keeps tasks alive until they end, or until `close`."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Let it run."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        task.add_done_callback(_report)

    async def close(self) -> None:
        """End what still runs."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)


@contextlib.asynccontextmanager
async def running(
    work: Any, name: str, close: Callable[[], None] | None = None
) -> AsyncIterator["asyncio.Task[None]"]:
    """A task for the time of a block; `close` lets it end by itself first."""
    task: asyncio.Task[None] = asyncio.create_task(work, name=name)
    task.add_done_callback(_report)
    try:
        yield task
    finally:
        if close is not None:
            close()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(task), CLOSE_TIMEOUT_S)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _report(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("%s ended: %s", task.get_name(), error, exc_info=error)
