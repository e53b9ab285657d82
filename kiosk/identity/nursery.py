"""Where identity processes are born: forked from a process that has the libraries loaded and has never met a person.

A spare is ready sooner than a Python that begins anew, and the libraries are in memory once. The nursery has one thread
and never runs an event loop, which is what makes forking safe; it knows no settings, opens no device, loads no model.
`Nursery` is the main process's side; `python -m kiosk.identity.nursery --line FD MODULE…` is the other.
"""

import argparse
import asyncio
import contextlib
import gc
import importlib
import os
import signal
import socket
import sys
from collections.abc import Collection
from typing import Final

from kiosk import coredumps

QUIET: Final = {"OPENCV_LOG_LEVEL": "ERROR", "OPENCV_FFMPEG_LOGLEVEL": "-8", "TF_CPP_MIN_LOG_LEVEL": "2"}
ONE_THREAD: Final = {"OPENBLAS_NUM_THREADS": "1"}  # a thread that is there at the fork is gone after it
FORK: Final = b"+"
PID_BYTES: Final = 4
PATIENCE_S: Final = 2.0
FDS_OF_A_CHILD: Final = 2  # its line and the preview


class NurseryLost(Exception):
    """The nursery is gone or does not answer; the next `bear` starts another."""


class Offspring:
    """One process that the nursery forked. `ended` is set when it is gone."""

    def __init__(self, pid: int, pidfd: int) -> None:
        self.pid: Final = pid
        self._pidfd = pidfd
        self.ended: Final = asyncio.Event()
        asyncio.get_running_loop().add_reader(pidfd, self._gone)

    def kill(self) -> None:
        """End it at once; nothing happens where it has ended."""
        if not self.ended.is_set():
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    def _gone(self) -> None:
        asyncio.get_running_loop().remove_reader(self._pidfd)
        os.close(self._pidfd)
        self.ended.set()


class Nursery:
    """Keeps one nursery running and asks it for processes. For one event loop.

    `limit_s`: for start and answer. `modules`: drivers to import ahead; one that is not there is the children's to say.
    """

    def __init__(self, limit_s: float, modules: Collection[str] = ()) -> None:
        self._limit_s = limit_s
        self._modules = modules
        self._process: asyncio.subprocess.Process | None = None
        self._line: socket.socket | None = None
        self._turn = asyncio.Lock()

    async def bear(self, line: int, preview: int) -> Offspring:
        """A new process that serves `line`. Raises `NurseryLost`. The descriptors stay the caller's.

        Cancelled, it is born all the same, so that the next answer is for the next question; it finds nobody at the
        other end of its line and ends.
        """
        return await asyncio.shield(asyncio.ensure_future(self._bear(os.dup(line), os.dup(preview))))

    async def close(self) -> None:
        """End it once all that it forked has ended; not much later in any case."""
        async with self._turn:
            await self._end(PATIENCE_S)

    async def _bear(self, line: int, preview: int) -> Offspring:
        try:
            async with self._turn, asyncio.timeout(self._limit_s):
                return await self._ask(line, preview)
        except (OSError, TimeoutError) as error:
            async with self._turn:
                await self._end(0)
            raise NurseryLost(
                f"no identity process was born: {str(error) or type(error).__name__}"
            ) from error
        finally:
            os.close(line)
            os.close(preview)

    async def _ask(self, line: int, preview: int) -> Offspring:
        ours = self._line or await self._start()
        socket.send_fds(ours, [FORK], [line, preview])
        await _readable(ours)
        said, fds, _, _ = socket.recv_fds(ours, PID_BYTES, 1)
        if not fds:
            raise ConnectionError("the nursery ended")
        return Offspring(int.from_bytes(said, sys.byteorder), fds[0])

    async def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line = ours
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "kiosk.identity.nursery", "--line", str(theirs.fileno()), *self._modules,
                pass_fds=(theirs.fileno(),), stdin=asyncio.subprocess.DEVNULL,
                env={**QUIET, **ONE_THREAD, **os.environ},
            )  # fmt: skip
        return ours

    async def _end(self, patience_s: float) -> None:
        process, self._process = self._process, None
        line, self._line = self._line, None
        if line is not None:
            line.close()
        if process is None:
            return
        try:
            async with asyncio.timeout(patience_s):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _readable(line: socket.socket) -> None:
    loop, there = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(line, there.set)
    try:
        await there.wait()
    finally:
        loop.remove_reader(line)


# the nursery's own process -------------------------------------------------------------------------------------------


def serve(line: socket.socket) -> tuple[int, int] | None:
    """Fork whenever asked. Returns twice or more: in each child its descriptors, in the nursery None at the end."""
    while True:
        try:
            asked, fds, _, _ = socket.recv_fds(line, len(FORK), FDS_OF_A_CHILD)
        except ConnectionResetError:  # the main process was killed before it had read every answer
            return None
        if asked != FORK or len(fds) != FDS_OF_A_CHILD:
            return None
        pid = os.fork()
        if pid == 0:
            return fds[0], fds[1]
        pidfd = os.pidfd_open(pid)
        with contextlib.suppress(BrokenPipeError):  # it was killed: the next question is the end
            socket.send_fds(line, [pid.to_bytes(PID_BYTES, sys.byteorder)], [pidfd])
        for fd in (pidfd, *fds):
            os.close(fd)


def main() -> None:
    """Entry point, of the nursery and of each of its children."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--line", type=int, required=True)
    parser.add_argument("modules", nargs="*")
    options = parser.parse_args()
    coredumps.leave_none()
    from . import child  # the libraries: before the first fork, and not in the main process

    for name in options.modules:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()  # what is shared stays shared: a collection would write into every object
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # a terminal's Ctrl-C is for the main process, which ends all in order
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children but by their descriptors
    with socket.socket(fileno=options.line) as line:
        born = serve(line)
    if born is not None:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        child.live(*born)
    else:
        with contextlib.suppress(ChildProcessError):
            os.wait()  # until none is left: they would otherwise be nobody's


if __name__ == "__main__":
    main()
