"""One window for all tests of the screens, in a process of its own."""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from screens.probe_client import ask

_START_WITHIN_S = 90.0


class KioskWindow:
    """Talks to the window's probe; an answer that is not ok fails the test."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def ask(self, **request: Any) -> dict[str, Any]:
        """The probe's answer, ok or not."""
        return ask(self._path, **request)

    def do(self, **request: Any) -> dict[str, Any]:
        """The probe's answer, which has to be ok."""
        answer = self.ask(**request)
        assert answer["ok"], answer
        return answer

    def show(self, name: str, lang: str = "zh_CN", *, large: bool = False, **chrome: Any) -> dict[str, Any]:
        """Show a sample page and wait until it stands."""
        self.do(do="show", name=name, lang=lang, large=large, chrome=chrome)
        return self.do(do="wait", name=name, timeout_s=30)


@pytest.fixture(scope="session")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KioskWindow]:
    """The window, started once."""
    home = tmp_path_factory.mktemp("window")
    path = home / "probe"
    script = Path(__file__).with_name("kiosk_window.py")
    process = subprocess.Popen([sys.executable, str(script), str(home / "kivy"), str(path)])
    try:
        _wait_for(path, process)
        talk = KioskWindow(path)
        yield talk
        with contextlib.suppress(json.JSONDecodeError):  # it may be gone before its answer is
            talk.do(do="stop")
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()


def _wait_for(path: Path, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + _START_WITHIN_S
    while not _listens(path):
        assert process.poll() is None, "the window ended"
        assert time.monotonic() < end, "the window did not start"
        time.sleep(0.02)


def _listens(path: Path) -> bool:
    try:
        return bool(ask(path, do="rss")["ok"])
    except OSError:  # no socket yet, or nobody at it
        return False
