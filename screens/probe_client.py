"""Asks the probe of a running kiosk, one request a connection. No Kivy: for players, tests and the bench."""

import json
import socket
from pathlib import Path
from typing import Any, Final

_ANSWERS_WITHIN_S: Final = 120.0


def ask(socket_path: Path, /, **request: Any) -> dict[str, Any]:
    """The answer of the probe at `socket_path` to `request` (see `screens.probe`). Raises OSError, ValueError."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_ANSWERS_WITHIN_S)
        connection.connect(str(socket_path))
        with connection.makefile("rwb") as stream:
            stream.write(json.dumps(request).encode() + b"\n")
            stream.flush()
            return dict(json.loads(stream.readline()))
