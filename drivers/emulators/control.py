"""The control socket of an emulator: acts and faults from outside, one JSON object a line, both ways.

`ControlServer` collects the calls in threads of its own and performs them in the emulator's one thread;
`Control` is the client.
"""

import contextlib
import json
import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NoReturn

Answer = Mapping[str, Any]
Perform = Callable[[str, dict[str, Any]], Answer]  # name of the act, its values -> what to add to the answer

SIGNAL_CHECK_S: Final = 0.1


def switch_fault(active: set[str], menu: Mapping[str, str], name: str, *, on: bool) -> None:
    """Set or clear one fault, or all by "none". Raises `ValueError` with the menu for one that is not there."""
    if name == "none":
        active.clear()
    elif name not in menu:
        raise ValueError(f"no fault {name!r}; the menu: {', '.join(sorted(menu))}, none")
    elif on:
        active.add(name)
    else:
        active.discard(name)


class ControlServer:
    """Calls that wait for the emulator's thread; `fileno` becomes readable when there are some."""

    def __init__(self) -> None:
        self._calls: list[tuple[dict[str, Any], Callable[[Answer], None]]] = []
        self._call_lock = threading.Lock()
        self._wake_read, self._wake_write = os.pipe()

    def fileno(self) -> int:
        """For `select`."""
        return self._wake_read

    def listen(self, path: Path) -> None:
        """Take calls at this Unix socket from now on; returns when it can be connected to."""
        path.unlink(missing_ok=True)
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            server.bind(str(path))
        except OSError as error:  # it does not say which
            raise OSError(error.errno, error.strerror or str(error), str(path)) from error
        server.listen()
        threading.Thread(target=self._accept, args=(server,), daemon=True).start()

    def run_calls(self, perform: Perform) -> None:
        """Perform all calls that wait; a `ValueError`, `KeyError` or `TypeError` becomes the answer "no"."""
        os.read(self._wake_read, 4096)
        with self._call_lock:
            calls, self._calls = self._calls, []
        for call, answer in calls:
            values = dict(call)
            do = str(values.pop("do", ""))
            try:
                answer({"ok": True, **perform(do, values)})
            except (ValueError, KeyError, TypeError) as error:
                answer({"ok": False, "error": f"{do}: {error}"})

    def serve(self, perform: Perform) -> NoReturn:
        """Perform calls for ever: for servers with nothing else to do in their main thread."""
        while True:
            # the time-out: a signal just before the wait, or to another thread, does not interrupt it
            if select.select([self], [], [], SIGNAL_CHECK_S)[0]:
                self.run_calls(perform)

    def _accept(self, server: socket.socket) -> None:
        while True:
            connection, _ = server.accept()
            threading.Thread(target=self._serve_client, args=(connection,), daemon=True).start()

    def _serve_client(self, connection: socket.socket) -> None:
        with (
            contextlib.suppress(OSError),
            connection,
            connection.makefile("rw", encoding="utf-8", newline="\n") as lines,
        ):
            for line in lines:
                answer = self._call_from_outside(line)
                lines.write(json.dumps(answer, ensure_ascii=False) + "\n")
                lines.flush()

    def _call_from_outside(self, line: str) -> Answer:
        try:
            call = json.loads(line)
        except json.JSONDecodeError as error:
            return {"ok": False, "error": f"not JSON: {error}"}
        if not isinstance(call, dict):
            return {"ok": False, "error": "one JSON object a line"}
        done = threading.Event()
        answers: list[Answer] = []

        def answered(answer: Answer) -> None:
            answers.append(answer)
            done.set()

        with self._call_lock:
            self._calls.append((call, answered))
        os.write(self._wake_write, b".")
        done.wait()
        return answers[0]


@contextlib.contextmanager
def until_ended(*left: Path | None) -> Iterator[None]:
    """SIGINT and SIGTERM end the block and the program, with status 0; these files are removed then.

    A file that can't be made, of these or another that the call named, ends it with a line and status 2.
    """
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell's background job begins with SIGINT ignored
        signal.signal(number, lambda *_: sys.exit(0))
    try:
        yield
    except OSError as error:
        if error.filename is None:
            raise
        folder = Path(error.filename2 or error.filename).parent
        print(f"nothing can be put into {folder}: {error.strerror}", file=sys.stderr)
        sys.exit(2)
    finally:
        for path in left:
            if path is not None:
                path.unlink(missing_ok=True)


class Control:
    """Client of an emulator's control socket."""

    def __init__(self, path: Path, *, timeout_s: float = 10.0) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(timeout_s)
        self._socket.connect(str(path))
        self._lines = self._socket.makefile("rw", encoding="utf-8", newline="\n")

    def do(self, act: str, **values: Any) -> dict[str, Any]:
        """Perform one act; returns the emulator's answer, raises `ValueError` with its words when it says no."""
        self._lines.write(json.dumps({"do": act, **values}, ensure_ascii=False) + "\n")
        self._lines.flush()
        answer: dict[str, Any] = json.loads(self._lines.readline())
        if not answer.pop("ok", False):
            raise ValueError(answer.get("error", "the emulator said no"))
        return answer

    def close(self) -> None:
        """Leave."""
        self._lines.close()
        self._socket.close()
