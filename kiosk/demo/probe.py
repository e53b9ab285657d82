"""Client of the screen's probe: sees page names and text keys, touches pixels, takes pictures."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from screens.probe_client import ask

CONNECT_TIMEOUT_S: Final = 60.0


class ProbeError(Exception):
    """The screen does not show what was expected."""


class Probe:
    """A running program's screen."""

    def __init__(
        self, path: Path, alive: Callable[[], bool] = lambda: True, *, timeout_s: float = CONNECT_TIMEOUT_S
    ) -> None:
        self._path = path
        self.tapped: list[str] = []  # text keys of all controls that were touched
        deadline = time.monotonic() + timeout_s
        while not self._answers():
            if not alive():
                raise ProbeError("the program ended; its log says why")
            if time.monotonic() > deadline:
                raise ProbeError(f"the program's screen did not come up within {timeout_s:g} s")
            time.sleep(0.05)  # the program is starting: its socket is not there yet

    def call(self, do: str, **values: Any) -> dict[str, Any]:
        """One request, one answer. Raises `ProbeError` with the screen's words."""
        try:
            answer = ask(self._path, do=do, **values)
        except (OSError, ValueError) as error:
            raise ProbeError(f"the program's screen does not answer: {error}") from error
        if not answer.pop("ok", False):
            raise ProbeError(str(answer.get("error", "the screen said no")))
        return answer

    def page(self) -> dict[str, Any]:
        """The page that is shown: `name`, `lang`, `controls`."""
        return self.call("page")

    def wait(self, name: str, *, timeout_s: float = 10.0, steady: bool = True) -> dict[str, Any]:
        """Wait for a page by name or shell pattern, `steady`: until nothing moves on it. Raises `ProbeError`."""
        return self.call("wait", name=name, timeout_s=timeout_s, steady=steady)

    def tap(self, key: str, intent: str | None = None, *, hold_s: float = 0.0) -> dict[str, Any]:
        """Touch the middle of the control with this text key (and this intent, where several have the key)."""
        self.tapped.append(key)
        return self.call("tap", key=key, hold_s=hold_s, **({} if intent is None else {"intent": intent}))

    def has(self, key: str) -> bool:
        """Whether the page shows an enabled control with this text key."""
        return any(control["key"] == key and control["enabled"] for control in self.page()["controls"])

    def picture(self, path: Path, *, name: str = "*", live: bool = False) -> None:
        """Write the window, 1080 x 1920, PNG; `live`: moving, once the camera's picture stands.

        Raises `ProbeError` where another page stands.
        """
        self.call("screenshot", path=str(path), name=name, steady=not live, live=live)

    def _answers(self) -> bool:
        try:
            return bool(ask(self._path, do="rss").get("ok"))
        except (OSError, ValueError):
            return False
