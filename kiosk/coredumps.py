"""No core dump of a process that may hold a face or a card: neither written by the kernel nor taken by a collector."""

import contextlib
import ctypes
import os
import resource
from pathlib import Path
from typing import Final

PR_SET_DUMPABLE: Final = 4  # linux/prctl.h


def leave_none() -> None:
    """For this process and those it forks; a program that is started by `exec` has to call it again.

    The limit alone is not enough: the kernel pipes a dump to a collector whatever the limit is (core(5)). Not dumpable
    also means that only root may look into the process's memory. Raises `OSError`.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"this process can't be kept from core dumps: {os.strerror(number)}")


def leave_nothing_of(pid: int) -> None:
    """For a program of somebody else that was just started: should a dump of it be made, no memory is in it.

    Its own `exec` made it dumpable again, and a collector disregards the limit; the filter outlives `exec` (core(5)).
    One that has ended already leaves nothing, and one that we may not read is not dumpable.
    """
    with contextlib.suppress(ProcessLookupError, PermissionError):
        resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0))
        Path(f"/proc/{pid}/coredump_filter").write_text("0", encoding="ascii")
