"""Client of the screen's probe: sees page names and text keys, touches pixels, takes pictures."""

import json
import socket
import time
from pathlib import Path
from typing import Any, Final

CONNECT_TIMEOUT_S: Final = 60.0
ANSWER_TIMEOUT_S: Final = 60.0


class ProbeError(Exception):
    """The screen does not show what was expected."""


class Probe:
    """A connection to a running program's screen."""

    def __init__(self, path: Path, *, timeout_s: float = CONNECT_TIMEOUT_S) -> None:
        deadline = time.monotonic() + timeout_s
        while True:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                self._socket.connect(str(path))
                break
            except OSError as error:
                self._socket.close()
                if time.monotonic() > deadline:
                    raise ProbeError(f"the program's screen did not come up within {timeout_s:g} s") from error
                time.sleep(0.05)  # the program is starting: its socket is not there yet
        self._socket.settimeout(ANSWER_TIMEOUT_S)
        self._lines = self._socket.makefile("rw", encoding="utf-8", newline="\n")

    def call(self, do: str, **values: Any) -> dict[str, Any]:
        """One request, one answer. Raises `ProbeError` with the screen's words."""
        self._lines.write(json.dumps({"do": do, **values}) + "\n")
        self._lines.flush()
        line = self._lines.readline()
        if not line:
            raise ProbeError("the program closed its screen")
        answer: dict[str, Any] = json.loads(line)
        if not answer.get("ok", True):
            raise ProbeError(str(answer.get("error", "the screen said no")))
        return answer

    def page(self) -> dict[str, Any]:
        """The page that is shown: `name`, `lang`, `controls`."""
        return self.call("page")

    def wait(self, name: str, *, timeout_s: float = 10.0) -> dict[str, Any]:
        """Wait for a page by name or shell pattern. Raises `ProbeError` that says what is shown instead."""
        return self.call("wait", name=name, timeout_s=timeout_s)

    def tap(self, key: str, intent: str | None = None) -> dict[str, Any]:
        """Touch the middle of the control with this text key (and this intent, where several have the key)."""
        values = {"key": key} if intent is None else {"key": key, "intent": intent}
        return self.call("tap", **values)

    def has(self, key: str) -> bool:
        """Whether the page shows an enabled control with this text key."""
        return any(control["key"] == key and control["enabled"] for control in self.page()["controls"])

    def picture(self, path: Path) -> None:
        """Write the window as it is now, 1080 x 1920, PNG."""
        self.call("screenshot", path=str(path))

    def close(self) -> None:
        """Leave."""
        self._lines.close()
        self._socket.close()
