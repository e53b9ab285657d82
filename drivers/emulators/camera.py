"""A camera as MJPEG over HTTP on loopback, of a lobby (face camera) or of a desk (document camera).

`python -m drivers.emulators.camera --http FILE --control SOCKET [--scene lobby|desk] [--size 2592x1944]`; FILE
receives the URL. Acts: `light` (`on`), `cable.pull`, `cable.plug`, and those of the scene: see `lobby.py` and
`desk.py`. Pictures are drawn only while somebody looks.
"""

import argparse
import contextlib
import select
import threading
import time
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from .control import Answer, ControlServer, switch_fault, until_ended
from .desk import DeskView
from .lobby import LobbyView

JPEG_QUALITY: Final = 88
BOUNDARY: Final = b"nightdesk"
FAULTS: Final = {
    "mute": "sends nothing more, the connection stays",
    "frozen": "sends one picture for ever",
    "blur": "out of focus",
    "dark": "the lamp is off",
}


class View(Protocol):
    """What lies before the camera."""

    fps: int
    blur_sigma_px: float

    def act(self, do: str, values: Mapping[str, Any]) -> None:
        """Change it. Raises `ValueError` with what is allowed."""

    def state(self) -> dict[str, Any]:
        """What is there now."""

    def draw(self, at_s: float, *, light: bool) -> NDArray[np.uint8]:
        """One picture, with a sensor's noise."""


class CameraEmulator:
    """The camera's state, the stream's newest picture, and the acts."""

    def __init__(self, view: View) -> None:
        self.faults: set[str] = set()
        self.plugged = True
        self._view = view
        self._light = True
        self._news = threading.Condition()
        self._jpeg = b""
        self._number = 0
        self._watchers = 0

    def perform(self, do: str, values: Mapping[str, Any]) -> Answer:
        """One act from the control socket. Raises `ValueError` with what is allowed."""
        match do:
            case "light":
                self._light = bool(values["on"])
            case "fault":
                switch_fault(self.faults, FAULTS, str(values["name"]), on=bool(values.get("on", True)))
            case "faults":
                return {"menu": dict(FAULTS), "active": sorted(self.faults)}
            case "cable.pull":
                self.plugged = False
            case "cable.plug":
                self.plugged = True
            case "state":
                pass
            case _:
                self._view.act(do, values)
        return self._state()

    def serve(self, http: Path, control: Path) -> None:
        """Run until the process is ended."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        calls = ControlServer()
        calls.listen(control)
        http.write_text(f"http://127.0.0.1:{server.server_port}/stream.mjpg\n", encoding="utf-8")
        print(f"ready {http} {control}", flush=True)
        due_s = time.monotonic()
        while True:
            if select.select([calls], [], [], max(0.0, due_s - time.monotonic()))[0]:
                calls.run_calls(self.perform)
            if time.monotonic() >= due_s:
                self._tick()
                due_s = max(due_s + 1 / self._view.fps, time.monotonic())

    def next_picture(self, after: int) -> tuple[int, bytes]:
        """The first JPEG with a number above `after`; waits while muted. Empty when the cable is pulled."""
        with self._news:
            self._news.wait_for(lambda: self._number > after or not self.plugged)
            return (self._number, self._jpeg) if self.plugged else (after, b"")

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """While somebody looks, pictures are drawn."""
        with self._news:
            self._watchers += 1
        try:
            yield
        finally:
            with self._news:
                self._watchers -= 1

    def _tick(self) -> None:
        if not self.plugged:
            with self._news:
                self._news.notify_all()
        elif self._watchers and "mute" not in self.faults:
            if "frozen" not in self.faults or not self._jpeg:
                self._jpeg = self._picture()
            with self._news:
                self._number += 1
                self._news.notify_all()

    def _picture(self) -> bytes:
        light = self._light and "dark" not in self.faults
        picture = self._view.draw(time.monotonic(), light=light)
        if "blur" in self.faults:
            picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), self._view.blur_sigma_px), dtype=np.uint8)
        return bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1])

    def _state(self) -> Answer:
        return {
            **self._view.state(), "light": self._light, "plugged": self.plugged, "faults": sorted(self.faults),
            "watchers": self._watchers,
        }  # fmt: skip

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        emulator = self

        class Stream(BaseHTTPRequestHandler):
            """One viewer."""

            def do_GET(self) -> None:
                with emulator.watching(), contextlib.suppress(OSError):
                    emulator.stream(self)

            def log_message(self, format: str, *args: object) -> None:
                """Silent."""

        return Stream

    def stream(self, viewer: BaseHTTPRequestHandler) -> None:
        """Send pictures until the viewer or the cable is gone."""
        number, jpeg = self.next_picture(0 if not self._number else self._number)
        if not jpeg:
            viewer.send_error(503)
            return
        viewer.send_response(200)
        viewer.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY.decode()}")
        viewer.end_headers()
        while jpeg:
            head = b"--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % (BOUNDARY, len(jpeg))
            viewer.wfile.write(head + jpeg + b"\r\n")
            number, jpeg = self.next_picture(number)


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--http", type=Path, required=True, help="file that receives the URL")
    parser.add_argument("--control", type=Path, required=True, help="Unix socket for acts and faults")
    parser.add_argument("--fault", action="append", default=[], choices=sorted(FAULTS))
    parser.add_argument("--scene", choices=("lobby", "desk"), default="lobby")
    parser.add_argument("--show", default="none", help="who stands in the lobby at the start")
    parser.add_argument("--size", default="2592x1944", help="of the desk's pictures")
    options = parser.parse_args()
    if options.scene == "desk":
        width, height = (int(side) for side in options.size.split("x"))
        emulator = CameraEmulator(DeskView(width, height))
    else:
        emulator = CameraEmulator(LobbyView())
        emulator.perform("face.show", {"name": options.show})
    emulator.faults.update(options.fault)
    with until_ended(options.http, options.control):
        emulator.serve(options.http, options.control)


if __name__ == "__main__":
    main()
