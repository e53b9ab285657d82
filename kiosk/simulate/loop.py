"""An event loop whose time passes only while nothing is to do, and whose threads are places in a queue.

What the program gives to a thread is run on the loop itself after a drawn delay, in the order in which that thread
was given it. So the same seed gives the same order of everything, and a minute of waiting costs nothing.
"""

import asyncio
import contextlib
import types
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Executor, Future
from contextvars import Context, copy_context
from functools import partial
from heapq import heappop, heappush
from random import Random
from typing import Any, Final, TypeVarTuple, cast

Args = TypeVarTuple("Args")

SLOW_S: Final = 0.02
SLOW_SHARE: Final = 0.05  # of the calls into a thread
MOST_STEPS_AT_ONCE: Final = 100_000  # of virtual time that stands still: something runs in a circle


class Stuck(Exception):
    """Nothing will ever happen again, or the same moment never ends."""


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


class _Call(list[Any]):
    """Callback (none: cancelled), arguments, context. As much of `asyncio.TimerHandle` as anybody uses; a list,
    because nothing else that can be changed is made as quickly."""

    __slots__ = ()

    def cancel(self) -> None:
        """Do not call."""
        self[0] = None

    def cancelled(self) -> bool:
        """Whether it will not be called."""
        return self[0] is None


class VirtualLoop(asyncio.BaseEventLoop):
    """The loop. `rng` draws how long a thread takes."""

    def __init__(self, rng: Random) -> None:
        super().__init__()
        self._rng = rng
        self._now_s = 0.0
        self._order = 0  # of two at the same time, the one that was set first comes first
        self._calls: deque[_Call] = deque()
        self._alarms: list[tuple[float, int, _Call]] = []
        self._is_stopping = False
        self._is_gone = False

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._now_s

    # what asyncio asks of a loop ----------------------------------------------------------------------------------

    def call_soon(
        self, callback: Callable[[*Args], object], *args: *Args, context: Context | None = None
    ) -> asyncio.Handle:
        """In its turn, before time passes."""
        if self._is_gone:
            raise RuntimeError("the power is gone")
        call = _Call((callback, args, copy_context() if context is None else context))
        self._calls.append(call)
        return call  # type: ignore[return-value]  # as much of it as anybody uses

    def call_soon_threadsafe(
        self, callback: Callable[[*Args], object], *args: *Args, context: Context | None = None
    ) -> asyncio.Handle:
        """There is one thread only."""
        return self.call_soon(callback, *args, context=context)

    def call_later(
        self, delay: float, callback: Callable[[*Args], object], *args: *Args, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """After so many virtual seconds."""
        return self.call_at(self._now_s + delay, callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[[*Args], object], *args: *Args, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """At a virtual time."""
        if self._is_gone:
            raise RuntimeError("the power is gone")
        call = _Call((callback, args, copy_context() if context is None else context))
        self._order += 1
        heappush(self._alarms, (when, self._order, call))
        return call  # type: ignore[return-value]  # as above

    def close(self) -> None:
        """What still waits is forgotten."""
        self._is_gone = True
        self._calls.clear()
        self._alarms.clear()
        super().close()

    def stop(self) -> None:
        """Call nothing more."""
        self._is_stopping = True
        super().stop()

    def create_future(self) -> asyncio.Future[Any]:
        """Of this loop."""
        return asyncio.Future(loop=self)

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Run a function in its turn; the result comes with it."""
        answer: asyncio.Future[Any] = asyncio.Future(loop=self)
        if isinstance(executor, Thread):
            self.give(executor, partial(_answer, answer, func, args))
        else:
            self._soon(_answer, answer, func, args)
        return answer

    # threads -------------------------------------------------------------------------------------------------------

    def give(self, thread: Thread, work: Callable[[], None]) -> None:
        """Let a thread do this when its turn has come."""
        thread.waiting.append(work)
        if not thread.is_busy:
            thread.is_busy = True
            self._soon(self._serve, thread)

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

    # time ----------------------------------------------------------------------------------------------------------

    async def sleep(self, delay: float, result: Any = None) -> Any:
        """`asyncio.sleep` on this loop, in half the steps."""
        if delay <= 0:
            await _give_way()
            return result
        alarm: asyncio.Future[None] = asyncio.Future(loop=self)
        self.call_later(delay, _wake, alarm, context=_NOWHERE)
        await alarm
        return result

    def _run_once(self) -> None:
        """Everything until `stop`, which is obeyed at once: when the power goes nothing more is done."""
        calls, alarms, steps = self._calls, self._alarms, 0
        self._is_stopping = False
        while not self._is_stopping:
            if calls:
                callback, args, context = calls.popleft()
            elif alarms:
                when, _, (callback, args, context) = heappop(alarms)
                if when > self._now_s and callback is not None:
                    self._now_s = when
                    steps = 0
            else:
                raise Stuck("no timer is set and nothing is ready")
            if callback is None:
                continue
            steps += 1
            if steps > MOST_STEPS_AT_ONCE:
                raise Stuck(f"{MOST_STEPS_AT_ONCE} steps at {self._now_s:.3f} s")
            try:
                context.run(callback, *args)
            except Exception as error:  # noqa: BLE001 - a callback's error is its own, as asyncio has it
                self.call_exception_handler({"message": f"in {callback}", "exception": error})


@contextlib.contextmanager
def virtual_sleep() -> Iterator[None]:
    """`asyncio.sleep` is the running `VirtualLoop`'s inside this block. For the simulator's process only."""

    def sleep(delay: float, result: Any = None) -> Any:
        return cast(VirtualLoop, asyncio.get_running_loop()).sleep(delay, result)

    kept = asyncio.sleep
    setattr(asyncio, "sleep", sleep)  # noqa: B010 - mypy knows its type to the letter
    try:
        yield
    finally:
        setattr(asyncio, "sleep", kept)  # noqa: B010 - as above


@types.coroutine
def _give_way() -> Generator[None, None, None]:
    yield


def _wake(alarm: asyncio.Future[None]) -> None:
    if not alarm.done():
        alarm.set_result(None)


def _answer(answer: asyncio.Future[Any], func: Callable[..., Any], args: tuple[Any, ...]) -> None:
    try:
        result = func(*args)
    except Exception as error:  # noqa: BLE001 - whoever waits for the thread gets what it raised
        if not answer.cancelled():
            answer.set_exception(error)
    else:
        if not answer.cancelled():
            answer.set_result(result)


_NOWHERE: Final = copy_context()  # of an alarm, which looks at no context
