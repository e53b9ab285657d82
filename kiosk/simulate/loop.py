"""An event loop whose time passes only while nothing is to do, and whose threads are places in a queue.

What the program gives to a thread is run on the loop itself after a drawn delay, in the order in which that thread
was given it. So the same seed gives the same order of everything, and a minute of waiting costs nothing.
"""

import asyncio
import selectors
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextvars import Context
from functools import partial
from random import Random
from typing import Any, Final

SLOW_S: Final = 0.02
SLOW_SHARE: Final = 0.05  # of the calls into a thread
MOST_STEPS_AT_ONCE: Final = 100_000  # of virtual time that stands still: something runs in a circle


class Stuck(Exception):
    """Nothing will ever happen again, or the same moment never ends."""


class _Clock(selectors.BaseSelector):
    """Waits by moving the clock."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self._standing = 0
        self._keys: dict[Any, selectors.SelectorKey] = {}

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        key = selectors.SelectorKey(fileobj, 0, events, data)
        self._keys[fileobj] = key
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._keys.pop(fileobj)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise Stuck("no timer is set and nothing is ready")
        if timeout > 0:
            self.now_s += timeout
            self._standing = 0
        else:
            self._standing += 1
            if self._standing > MOST_STEPS_AT_ONCE:
                self._standing = 0
                raise Stuck(f"{MOST_STEPS_AT_ONCE} steps at {self.now_s:.3f} s")
        return []

    def get_map(self) -> dict[Any, selectors.SelectorKey]:
        return self._keys


class Thread(Executor):
    """One thread's worth of work, in order."""

    def __init__(self) -> None:
        self.waiting: deque[Callable[[], None]] = deque()
        self.is_busy = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run it soon; nobody asks for the result."""
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        loop.give(self, lambda: fn(*args, **kwargs))
        return Future()


class VirtualLoop(asyncio.SelectorEventLoop):
    """The loop. `rng` draws how long a thread takes."""

    def __init__(self, rng: Random) -> None:
        self._virtual = _Clock()
        super().__init__(self._virtual)
        self._rng = rng
        self._clock_resolution = 1e-9

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._virtual.now_s

    def give(self, thread: Thread, work: Callable[[], None]) -> None:
        """Let a thread do this when its turn has come."""
        thread.waiting.append(work)
        if not thread.is_busy:
            thread.is_busy = True
            self._soon(self._serve, thread)

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Run a function in its turn; the result comes with it."""
        answer = self.create_future()
        if isinstance(executor, Thread):
            self.give(executor, partial(_answer, answer, func, args))
        else:
            self._soon(_answer, answer, func, args)
        return answer

    def call_soon_threadsafe(  # type: ignore[override]
        self, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """There is one thread only."""
        return self.call_soon(callback, *args, context=context)

    def _serve(self, thread: Thread) -> None:
        work = thread.waiting.popleft()
        thread.is_busy = bool(thread.waiting)
        if thread.is_busy:
            self._soon(self._serve, thread)
        work()

    def _soon(self, callback: Callable[..., Any], *args: Any) -> None:
        """At once, or now and then a little later."""
        if self._rng.random() < SLOW_SHARE:
            self.call_later(self._rng.random() * SLOW_S, callback, *args)
        else:
            self.call_soon(callback, *args)


def _answer(answer: asyncio.Future[Any], func: Callable[..., Any], args: tuple[Any, ...]) -> None:
    try:
        result = func(*args)
    except Exception as error:  # noqa: BLE001 - whoever waits for the thread gets what it raised
        if not answer.cancelled():
            answer.set_exception(error)
    else:
        if not answer.cancelled():
            answer.set_result(result)
