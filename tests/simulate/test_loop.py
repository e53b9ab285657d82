"""Virtual time: it passes while everybody waits, threads keep their order, and what never ends is said."""

import asyncio
from collections.abc import Iterator
from random import Random

import pytest

from kiosk.simulate.loop import Stuck, Thread, VirtualLoop


@pytest.fixture
def loop() -> Iterator[VirtualLoop]:
    loop = VirtualLoop(Random(1))
    yield loop
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


def test_an_hour_takes_no_time(loop: VirtualLoop) -> None:

    async def work() -> float:
        await asyncio.gather(asyncio.sleep(3600), asyncio.sleep(1800))
        return loop.time()

    assert loop.run_until_complete(work()) == pytest.approx(3600)


def test_a_thread_works_in_order(loop: VirtualLoop) -> None:
    done: list[int] = []

    async def work() -> None:
        thread = Thread()
        await asyncio.gather(*(loop.run_in_executor(thread, done.append, number) for number in range(200)))

    loop.run_until_complete(work())
    assert done == list(range(200))


def test_what_waits_for_nothing_is_stuck(loop: VirtualLoop) -> None:
    with pytest.raises(Stuck, match="no timer is set"):
        loop.run_until_complete(loop.create_future())


def test_what_runs_in_a_circle_is_stuck(loop: VirtualLoop) -> None:

    turning = True

    def circle() -> None:
        if turning:
            loop.call_soon(circle)

    circle()
    with pytest.raises(Stuck, match="steps at"):
        loop.run_until_complete(asyncio.sleep(1))
    turning = False
