"""Exit status 0 if a display server answers where WAYLAND_DISPLAY or DISPLAY says, 1 if none does."""

import os
import re
import socket
import sys
from pathlib import Path

TIMEOUT_S = 2.0
X_TCP_BASE = 6000


def answers(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    """Whether something accepts a connection there."""
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(TIMEOUT_S)
        try:
            probe.connect(address)
        except OSError:
            return False
    return True


def has_wayland(name: str, runtime_dir: str) -> bool:
    """Whether a compositor listens; `name` is a socket in `runtime_dir` or an absolute path."""
    return bool(name) and answers(socket.AF_UNIX, str(Path(runtime_dir) / name))


def has_x(display: str) -> bool:
    """Whether an X server listens at `display`, `host:number.screen`; without a host through its Unix socket."""
    parts = re.fullmatch(r"(?:unix)?(?P<host>[^:/]*):(?P<number>\d{1,4})(?:\.\d+)?", display)
    if parts is None:
        return False
    number, host = int(parts["number"]), parts["host"]
    if host:
        return answers(socket.AF_INET, (host, X_TCP_BASE + number))
    path = f"/tmp/.X11-unix/X{number}"  # where every X server has it
    return answers(socket.AF_UNIX, path) or answers(socket.AF_UNIX, f"\0{path}")


def main() -> int:
    """Look at the environment."""
    wayland = has_wayland(os.environ.get("WAYLAND_DISPLAY", ""), os.environ.get("XDG_RUNTIME_DIR", "/"))
    return 0 if wayland or has_x(os.environ.get("DISPLAY", "")) else 1


if __name__ == "__main__":
    sys.exit(main())
