"""Cameras as MJPEG over HTTP on loopback: of a lobby (face camera, infrared camera) or of a desk (document camera).

`python -m drivers.emulators.camera --http FILE --control SOCKET [--infrared FILE] [--scene lobby|desk]
[--size 2592x1944]`; FILE receives the URL. Acts: `light` (`on`), `cable.pull`, `cable.plug`, `power.off`,
`power.on`, and those of the scene: see `lobby.py` and `desk.py`. Pictures are drawn only while somebody looks.
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
    "infrared_mute": "the infrared camera sends nothing more, the connection stays",
    "infrared_dark": "the infrared camera's own lamp is off",
}
COLOUR, INFRARED = "/stream.mjpg", "/infrared.mjpg"


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


class InfraredView(View, Protocol):
    """A view that an infrared camera sees too."""

    def draw_infrared(self, at_s: float, *, lamp: bool) -> NDArray[np.uint8]:
        """One picture of the infrared camera."""


class Stream:
    """The newest picture of one camera, and who looks at it."""

    def __init__(self) -> None:
        self.watchers = 0
        self.jpeg = b""
        self.number = 0
        self.plugged = True
        self._news = threading.Condition()

    def show(self, jpeg: bytes) -> None:
        """The next picture."""
        with self._news:
            self.jpeg = jpeg
            self.number += 1
            self._news.notify_all()

    def plug(self, *, plugged: bool) -> None:
        """Pull the cable or put it back."""
        with self._news:
            self.plugged = plugged
            self._news.notify_all()

    def next_picture(self, after: int) -> tuple[int, bytes]:
        """The first JPEG with a number above `after`; waits while muted. Empty when the cable is pulled."""
        with self._news:
            self._news.wait_for(lambda: self.number > after or not self.plugged)
            return (self.number, self.jpeg) if self.plugged else (after, b"")

    def send(self, viewer: BaseHTTPRequestHandler) -> None:
        """Send pictures until the viewer or the cable is gone."""
        with self._watching(), contextlib.suppress(OSError):
            number, jpeg = self.next_picture(self.number)
            if not jpeg:
                viewer.send_error(503)
                return
            viewer.send_response(200)
            viewer.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY.decode()}")
            viewer.end_headers()
            while jpeg:
                head = b"--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % (
                    BOUNDARY,
                    len(jpeg),
                )
                viewer.wfile.write(head + jpeg + b"\r\n")
                number, jpeg = self.next_picture(number)

    @contextlib.contextmanager
    def _watching(self) -> Iterator[None]:
        with self._news:
            self.watchers += 1
        try:
            yield
        finally:
            with self._news:
                self.watchers -= 1


class CameraEmulator:
    """The cameras' state, their streams, and the acts. `infrared`: a view that has a second camera."""

    def __init__(self, view: View, infrared: InfraredView | None = None) -> None:
        self.faults: set[str] = set()
        self._view = view
        self._infrared = infrared
        self._light = True
        self._streams = {COLOUR: Stream()} | ({} if infrared is None else {INFRARED: Stream()})

    def perform(self, do: str, values: Mapping[str, Any]) -> Answer:
        """One act from the control socket. Raises `ValueError` with what is allowed."""
        match do:
            case "light":
                self._light = bool(values["on"])
            case "fault":
                switch_fault(self.faults, FAULTS, str(values["name"]), on=bool(values.get("on", True)))
            case "faults":
                return {"menu": dict(FAULTS), "active": sorted(self.faults)}
            case "cable.pull" | "cable.plug" | "power.off" | "power.on":  # it remembers nothing
                for stream in self._streams.values():
                    stream.plug(plugged=do in ("cable.plug", "power.on"))
            case "state":
                pass
            case _:
                self._view.act(do, values)
        return self._state()

    def serve(self, http: Path, control: Path, infrared: Path | None = None) -> None:
        """Run until the process is ended. `http`, `infrared`: files that receive the streams' URLs."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        calls = ControlServer()
        calls.listen(control)
        for file, path in ((http, COLOUR), (infrared, INFRARED)):
            if file is not None:
                file.write_text(f"http://127.0.0.1:{server.server_port}{path}\n", encoding="utf-8")
        print(f"ready {http} {control}", flush=True)
        due_s = time.monotonic()
        while True:
            if select.select([calls], [], [], max(0.0, due_s - time.monotonic()))[0]:
                calls.run_calls(self.perform)
            if time.monotonic() >= due_s:
                self._tick()
                due_s = max(due_s + 1 / self._view.fps, time.monotonic())

    def _tick(self) -> None:
        now_s = time.monotonic()
        colour, infrared = self._streams[COLOUR], self._streams.get(INFRARED)
        if colour.watchers and colour.plugged and "mute" not in self.faults:
            colour.show(colour.jpeg if "frozen" in self.faults and colour.jpeg else self._picture(now_s))
        if infrared and infrared.watchers and infrared.plugged and "infrared_mute" not in self.faults:
            assert self._infrared is not None
            lamp = "infrared_dark" not in self.faults
            infrared.show(_encoded(self._infrared.draw_infrared(now_s, lamp=lamp)))

    def _picture(self, now_s: float) -> bytes:
        light = self._light and "dark" not in self.faults
        picture = self._view.draw(now_s, light=light)
        if "blur" in self.faults:
            picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), self._view.blur_sigma_px), dtype=np.uint8)
        return _encoded(picture)

    def _state(self) -> Answer:
        watchers = {path: stream.watchers for path, stream in self._streams.items()}
        return {
            **self._view.state(), "light": self._light, "plugged": self._streams[COLOUR].plugged,
            "faults": sorted(self.faults), "watchers": watchers.pop(COLOUR),
            "infrared_watchers": watchers.pop(INFRARED, 0),
        }  # fmt: skip

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        streams = self._streams

        class Viewer(BaseHTTPRequestHandler):
            """One viewer."""

            def do_GET(self) -> None:
                stream = streams.get(self.path)
                if stream is None:
                    self.send_error(404)
                else:
                    stream.send(self)

            def log_message(self, format: str, *args: object) -> None:
                """Silent."""

        return Viewer


def _encoded(picture: NDArray[np.uint8]) -> bytes:
    return bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1])


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--http", type=Path, required=True, help="file that receives the URL")
    parser.add_argument(
        "--infrared", type=Path, help="file that receives the URL of the lobby's infrared camera"
    )
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
        view = LobbyView()
        emulator = CameraEmulator(view, view)
        emulator.perform("face.show", {"name": options.show})
    emulator.faults.update(options.fault)
    with until_ended(options.http, options.control, options.infrared):
        emulator.serve(options.http, options.control, options.infrared)


if __name__ == "__main__":
    main()
