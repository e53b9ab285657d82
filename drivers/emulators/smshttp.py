"""Emulated provider of text messages: an HTTP or HTTPS server on the loopback interface, with the faults of a network.

`python -m drivers.emulators.smshttp --provider aliyun|tencent|mas --control SOCKET [--port N] [--certificate PEM --key
PEM] [--account ID] [--secret TEXT]`. It says `ready URL SOCKET`. Acts over the control socket: `number.refuse`,
`number.accept`, `messages`, `state`; faults as everywhere (`{"do": "fault", "name": "mute"}`).
"""

import argparse
import contextlib
import json
import socket
import ssl
import struct
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar, Final

from .control import Answer, ControlServer, switch_fault, until_ended
from .smshttp_accounts import PROVIDERS, Account, Call

LATE_S: Final = 1.5
MUTE_AT_MOST_S: Final = 60.0
CLOCK_OFF: Final = timedelta(hours=1)
RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER 0: closing sends RST

FAULTS: Final[Mapping[str, str]] = {
    "mute": "takes the request and never answers",
    "late": "answers 1.5 s late",
    "half": "sends the first half of the answer and hangs up",
    "trickle": "sends the answer a byte at a time, 0.3 s apart",
    "not_json": "answers 200 with a page of HTML",
    "not_ours": "answers 200 with JSON that is none of the provider's",
    "http_500": "answers 500 without a word of the provider's",
    "http_429": "answers 429 without a word of the provider's",
    "redirect": "sends the caller to another address, as a captive portal does",
    "reset": "tears the connection down",
    "bad_signature": "knows another secret, so that every signature is wrong",
    "clock_off": "has a clock one hour ahead",
    "quota": "the account is used up",
}


class Provider:
    """One provider with one account; `answer` is called from the server's threads."""

    def __init__(self, name: str, account: Account) -> None:
        self._serve = PROVIDERS[name]
        self._account = account
        self._secret = account.secret
        self._lock = threading.Lock()
        self.changed = threading.Condition(self._lock)
        self.faults: set[str] = set()
        self.calls = 0

    def answer(self, call: Call) -> tuple[int, bytes]:
        """Status and body, as the provider alone would give them."""
        with self._lock:
            self.calls += 1
            now = datetime.now(UTC) + (CLOCK_OFF if "clock_off" in self.faults else timedelta())
            if "http_500" in self.faults:
                return 500, b""
            if "http_429" in self.faults:
                return 429, b""
            if "not_json" in self.faults:
                return 200, b"<html><body>Welcome to the lobby's WLAN</body></html>"
            if "not_ours" in self.faults:
                return 200, b'{"hello": ["world"]}'
            try:
                status, answer = self._serve(call, self._account, now)
            except (ValueError, LookupError):  # no JSON, no Base64, a field that is missing
                return 400, b""
        return status, json.dumps(answer, ensure_ascii=False).encode()

    def wait_while(self, fault: str, timeout_s: float) -> None:
        """Until the fault is taken away."""
        with self.changed:
            self.changed.wait_for(lambda: fault not in self.faults, timeout_s)

    def perform(self, do: str, call: Mapping[str, Any]) -> Answer:
        """Acts and faults, as all emulators take them."""
        with self.changed:
            match do:
                case "fault":
                    self._set_fault(str(call["name"]), on=bool(call.get("on", True)))
                    return {"faults": sorted(self.faults)}
                case "faults":
                    return {"menu": dict(FAULTS), "active": sorted(self.faults)}
                case "number.refuse":
                    self._account.refused.add(str(call["number"]))
                case "number.accept":
                    self._account.refused.discard(str(call["number"]))
                case "messages":
                    return {"messages": list(self._account.messages)}
                case "state":
                    return {"calls": self.calls, "messages": len(self._account.messages)}
                case _:
                    raise ValueError("known are number.refuse, number.accept, messages, state, fault, faults")
        return {}

    def _set_fault(self, name: str, *, on: bool) -> None:
        switch_fault(self.faults, FAULTS, name, on=on)
        self._account.secret = "somebody else's" if "bad_signature" in self.faults else self._secret
        self._account.spent = "quota" in self.faults
        self.changed.notify_all()


class Handler(BaseHTTPRequestHandler):
    """One request. What a fault does to the line is done here."""

    provider: ClassVar[Provider]
    protocol_version = "HTTP/1.1"
    timeout = MUTE_AT_MOST_S

    def do_HEAD(self) -> None:  # the name http.server looks for
        """Something is there."""
        self._reply(405, b"")

    def do_POST(self) -> None:
        """A message."""
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._reply(None, body, Call("POST", path, query, headers, body))

    def _reply(self, status: int | None, body: bytes, call: Call | None = None) -> None:
        """Decide, then bend: a fault of the line takes the answer, the message itself may have gone out."""
        faults = set(self.provider.faults)
        self.close_connection = True
        if "mute" in faults:
            self.provider.wait_while("mute", MUTE_AT_MOST_S)
            return
        if "reset" in faults:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            self.connection.close()
            return
        if call is not None:
            status, body = self.provider.answer(call)
        if "late" in faults:
            self.provider.wait_while("late", LATE_S)
        if "redirect" in faults:
            status, body = 302, b""
        self.send_response(status or 200)
        if status == 302:
            self.send_header("Location", "https://portal.invalid/")
        self.send_header("Content-Type", "application/json;charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if "half" in faults:
            self.wfile.write(body[: len(body) // 2])
        elif "trickle" in faults:
            self._trickle(body)
        else:
            self.wfile.write(body)

    def _trickle(self, body: bytes) -> None:
        for at in range(len(body)):
            self.wfile.write(body[at : at + 1])
            self.provider.wait_while("trickle", 0.3)

    def handle(self) -> None:
        """A caller who hangs up is no event."""
        with contextlib.suppress(OSError):
            super().handle()

    def log_message(self, format: str, *args: object) -> None:
        """Addresses carry telephone numbers."""


def serve(provider: Provider, options: argparse.Namespace) -> None:
    """Answer until ended."""
    handler = type("BoundHandler", (Handler,), {"provider": provider})
    server = ThreadingHTTPServer(("127.0.0.1", options.port), handler)
    server.daemon_threads = True
    scheme = "http"
    if options.certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate, options.key)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        scheme = "https"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    control = ControlServer()
    control.listen(options.control)
    print(f"ready {scheme}://127.0.0.1:{server.server_address[1]} {options.control}", flush=True)
    control.serve(provider.perform)


def main() -> None:
    """Run one emulated provider until ended."""
    parser = argparse.ArgumentParser(description="Emulated provider of text messages.")
    parser.add_argument("--provider", choices=sorted(PROVIDERS), required=True)
    parser.add_argument("--control", type=Path, required=True, help="Unix socket for acts and faults")
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--certificate", type=Path, help="PEM chain; without it plain HTTP")
    parser.add_argument("--key", type=Path, help="PEM private key of the certificate")
    parser.add_argument("--account", default="emulated", help="key id; ecName/apId for mas")
    parser.add_argument("--secret", default="emulated-secret")
    parser.add_argument("--fault", action="append", default=[], choices=sorted(FAULTS))
    options = parser.parse_args()
    provider = Provider(options.provider, Account(options.account, options.secret))
    for fault in options.fault:
        provider.perform("fault", {"name": fault})
    with until_ended(options.control):
        serve(provider, options)


if __name__ == "__main__":
    main()
