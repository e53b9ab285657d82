"""Emulated duty desk: the HTTP or HTTPS server that a kiosk asks whether the person before it is who the card says.

`python -m drivers.emulators.dutydesk --control SOCKET [--port N] [--certificate PEM --key PEM]`. It says `ready URL
SOCKET`. Acts over the control socket: `answer` (`state` allowed or refused, `by`), `requests`, `state`; faults as
everywhere (`{"do": "fault", "name": "mute"}`).
"""

import argparse
import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar, Final

from .control import Answer, ControlServer, switch_fault, until_ended
from .tls import server_context

MUTE_AT_MOST_S: Final = 60.0
FAULTS: Final[Mapping[str, str]] = {
    "mute": "takes the request and never answers",
    "http_500": "answers 500",
    "not_json": "answers 200 with a page of HTML",
    "not_ours": "answers 200 with JSON that is no answer",
}


class Desk:
    """The questions that wait, and who answered them; called from the server's threads."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.faults: set[str] = set()
        self.waiting: dict[str, dict[str, Any]] = {}
        self.answers: dict[str, dict[str, str]] = {}
        self.taken_back = 0

    def put(self, request: str, question: dict[str, Any]) -> None:
        """A kiosk asks."""
        with self.changed:
            self.waiting[request] = question

    def look(self, request: str) -> dict[str, str] | None:
        """What was said so far; None for a question that nobody put."""
        with self.changed:
            if request not in self.waiting:
                return None
            return self.answers.get(request, {"state": "waiting"})

    def take_back(self, request: str) -> None:
        """The kiosk does not wait any more."""
        with self.changed:
            self.taken_back += self.waiting.pop(request, None) is not None
            self.answers.pop(request, None)

    def perform(self, do: str, call: Mapping[str, Any]) -> Answer:
        """Acts and faults, as all emulators take them."""
        with self.changed:
            match do:
                case "fault":
                    switch_fault(self.faults, FAULTS, str(call["name"]), on=bool(call.get("on", True)))
                    self.changed.notify_all()
                    return {"faults": sorted(self.faults)}
                case "faults":
                    return {"menu": dict(FAULTS), "active": sorted(self.faults)}
                case "answer":
                    said = {"state": str(call["state"]), "by": str(call.get("by", ""))}
                    self.answers |= dict.fromkeys(self.waiting, said)
                    return {"answered": sorted(self.waiting)}
                case "requests":
                    return {"requests": list(self.waiting.values())}
                case "state":
                    return {"waiting": len(self.waiting), "taken_back": self.taken_back}
                case _:
                    raise ValueError("known are answer, requests, state, fault, faults")


class Handler(BaseHTTPRequestHandler):
    """One request under `/requests/`."""

    desk: ClassVar[Desk]
    timeout = MUTE_AT_MOST_S

    def do_PUT(self) -> None:  # the name http.server looks for
        """A question."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            self.desk.put(self._request(), dict(json.loads(body)))
        except ValueError:
            self._reply(400, b"")
            return
        self._reply(201, b"")

    def do_GET(self) -> None:  # the name http.server looks for
        """What was said."""
        said = self.desk.look(self._request())
        self._reply(404 if said is None else 200, b"" if said is None else json.dumps(said).encode())

    def do_DELETE(self) -> None:  # the name http.server looks for
        """Taken back."""
        self.desk.take_back(self._request())
        self._reply(204, b"")

    def _request(self) -> str:
        return self.path.rpartition("/")[2]

    def _reply(self, status: int, body: bytes) -> None:
        faults = set(self.desk.faults)
        if "mute" in faults:
            with self.desk.changed:
                self.desk.changed.wait_for(lambda: "mute" not in self.desk.faults, MUTE_AT_MOST_S)
            return
        if "http_500" in faults:
            status, body = 500, b""
        if "not_json" in faults:
            status, body = 200, b"<html><body>Welcome</body></html>"
        if "not_ours" in faults:
            status, body = 200, b'{"state": "perhaps"}'
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing of a question is logged."""


def main() -> None:
    """Run one emulated desk until ended."""
    parser = argparse.ArgumentParser(description="Emulated duty desk.")
    parser.add_argument("--control", type=Path, required=True, help="Unix socket for acts and faults")
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--certificate", type=Path, help="PEM chain; without it plain HTTP")
    parser.add_argument("--key", type=Path, help="PEM private key of the certificate")
    parser.add_argument("--clients", type=Path, help="PEM of the CA whose certificates kiosks must show")
    options = parser.parse_args()
    desk = Desk()
    server = ThreadingHTTPServer(
        ("127.0.0.1", options.port), type("BoundHandler", (Handler,), {"desk": desk})
    )
    server.daemon_threads = True
    scheme = "http"
    if options.certificate is not None:
        context = server_context(options.certificate, options.key, options.clients)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    with until_ended(options.control):
        control = ControlServer()
        control.listen(options.control)
        print(f"ready {scheme}://127.0.0.1:{server.server_address[1]} {options.control}", flush=True)
        control.serve(desk.perform)


if __name__ == "__main__":
    main()
