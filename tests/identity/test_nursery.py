"""The nursery on its own: what it forks, what it must not have at the fork, and what becomes of it when it fails."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from kiosk.identity.nursery import FORK, ONE_THREAD, Nursery, NurseryLost, Offspring

LIMIT_S = 20.0


DRIVERS = (
    "drivers.registry",
    "drivers.samv.reader",
    "drivers.camera.opencv",
    "kiosk.identity.photo",
    "not.there",
)


def play(story: Callable[[Nursery], Awaitable[None]], limit_s: float = LIMIT_S) -> None:
    async def run() -> None:
        nursery = Nursery(limit_s, DRIVERS)
        try:
            await story(nursery)
        finally:
            await nursery.close()

    asyncio.run(run())


async def bear(nursery: Nursery) -> tuple[Offspring, socket.socket]:
    """A process and our end of its line."""
    ours, theirs = socket.socketpair()
    try:
        with theirs:
            return await nursery.bear(theirs.fileno(), theirs.fileno()), ours
    except BaseException:
        ours.close()
        raise


def exists(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def listed(pid: int, what: str) -> set[str]:
    return {entry.name for entry in Path(f"/proc/{pid}/{what}").iterdir()}


def children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[1])


def test_a_process_lives_until_its_line_is_closed() -> None:
    """The nursery has one thread: a fork takes no other with it. A child that has ended leaves nothing, and Ctrl-C at
    the terminal ends neither.
    """

    async def story(nursery: Nursery) -> None:
        one, line = await bear(nursery)
        other, other_line = await bear(nursery)
        assert one.pid != other.pid
        assert parent(one.pid) == parent(other.pid)
        assert listed(parent(one.pid), "task") == {str(parent(one.pid))}
        os.kill(parent(one.pid), signal.SIGINT)
        os.kill(one.pid, signal.SIGINT)
        assert not one.ended.is_set()
        line.close()
        async with asyncio.timeout(LIMIT_S):
            await one.ended.wait()
        assert not exists(one.pid)
        other.kill()
        async with asyncio.timeout(LIMIT_S):
            await other.ended.wait()
        other.kill()  # nothing happens
        other_line.close()

    play(story)


@pytest.mark.parametrize(("number", "limit_s"), [(signal.SIGKILL, LIMIT_S), (signal.SIGSTOP, 3.0)])
def test_a_nursery_that_is_gone_or_hangs_is_replaced(number: signal.Signals, limit_s: float) -> None:
    async def story(nursery: Nursery) -> None:
        one, line = await bear(nursery)
        first = parent(one.pid)
        line.close()
        await one.ended.wait()
        os.kill(first, number)
        with pytest.raises(NurseryLost):
            await bear(nursery)
        other, other_line = await bear(nursery)
        assert parent(other.pid) != first
        other_line.close()
        await other.ended.wait()

    play(story, limit_s)


@pytest.mark.parametrize("asked", [0, 1, 3])
def test_whose_main_process_is_killed_ends_without_a_word(asked: int, tmp_path: Path) -> None:
    """What it had asked for is still born, and ends as well: whoever the answer is for is gone."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    line, other_end = socket.socketpair()
    said = tmp_path / "said"
    with theirs, line, other_end, said.open("wb") as err:
        command = [sys.executable, "-m", "kiosk.identity.nursery", "--line", str(theirs.fileno())]
        nursery = subprocess.Popen(
            command, pass_fds=(theirs.fileno(),), stderr=err, env={**ONE_THREAD, **os.environ}
        )
        for _ in range(asked):
            socket.send_fds(ours, [FORK], [line.fileno(), line.fileno()])
        ours.close()  # as the kernel does where the main process was killed
    assert nursery.wait(LIMIT_S) == 0  # once all that it forked has ended
    assert said.read_text() == ""


def test_a_birth_that_nobody_waits_for_leaves_no_process() -> None:
    async def story(nursery: Nursery) -> None:
        birth = asyncio.ensure_future(bear(nursery))
        await asyncio.sleep(0)
        birth.cancel()
        await asyncio.gather(birth, return_exceptions=True)
        one, line = await bear(nursery)  # the answer to this question, not to the one before
        async with asyncio.timeout(LIMIT_S):
            while children(parent(one.pid)) != [str(one.pid)]:  # noqa: ASYNC110 - /proc tells nobody
                await asyncio.sleep(0.02)
        line.close()
        await one.ended.wait()

    play(story)
