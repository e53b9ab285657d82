"""Emulated approval system of a city: the server of docs/openapi/approval.yaml, over TLS on the loopback interface.

`python -m drivers.emulators.approval --control SOCKET [--certificate PEM --key PEM] [--token FILE] [--clients CA.pem]
[--store FILE] [--port N]`. It says `ready URL SOCKET`. Without a certificate it makes one for this run, whose authority
stands beside the control socket as `approval-ca.pem`. What it has taken stands in the store, so that it can be
restarted. Acts over the control socket: `say` (`case`, `step`, `missing`, `words`), `decide` (`case`, `decision`,
`result`, `words`), `refuse` (`code`, `words`: the next submissions; empty code: take them again), `decide_at_once`
(`decision`), `cases`, `state`; faults as everywhere (`{"do": "fault", "name": "error_500"}`).
"""

import argparse
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar, Final
from urllib.parse import parse_qs, unquote, urlsplit

from .control import Answer, ControlServer, switch_fault, until_ended
from .tls import server_context, write_certificates

MUTE_AT_MOST_S: Final = 60.0
MOST_BODY: Final = 1_000_000
MOST_EVENTS: Final = 100
DRIP_S: Final = 0.2
FAULTS: Final[Mapping[str, str]] = {
    "mute": "takes the request and never answers",
    "slow": "answers a byte at a time, a fifth of a second each",
    "slow_head": "begins with status and headers as slowly, and never comes to their end",
    "break_off": "cuts the connection in the middle of its answer",
    "reset": "cuts the connection before it has read the request",
    "error_500": "answers 500 and stores nothing",
    "busy_503": "answers 503 with Retry-After: 1 and stores nothing",
    "lose_answer": "stores, and cuts the connection in place of the answer",
    "in_progress": "answers 409: the same key is at work",
    "html": "answers 200 with a page of HTML",
    "garbage": "answers 200 with JSON that is no answer",
    "endless": "answers with more than an answer can be",
    "told_twice": "says each thing twice in one answer",
    "no_etag": "sends no ETag",
    "moved": "answers 302 to another place",
    "bad_request": "answers 400",
    "forbidden": "answers 403",
}
Reply = tuple[int, dict[str, str], bytes]


class Office:
    """What was handed in, and what was said of it. Called from the server's threads."""

    def __init__(self, store: Path | None) -> None:
        self.changed = threading.Condition()
        self.faults: set[str] = set()
        self._store = store
        self._refusal = ("", "")
        self._at_once = ""
        self.requests = 0
        self.not_modified = 0
        self.kept: dict[str, Any] = {"answers": {}, "cases": {}, "events": [], "taken": 0}
        if store is not None and store.exists():
            self.kept = json.loads(store.read_text(encoding="utf-8"))

    # what kiosks ask ----------------------------------------------------------------------------------------------

    def take(self, key: str, body: bytes) -> Reply:
        """A submission: the same key has the same answer, whatever came in between."""
        with self.changed:
            digest = sha256(body).hexdigest()
            known = self.kept["answers"].get(key)
            if known is not None:
                if known["digest"] != digest:
                    return problem(422, "idempotency-key-reused", "this key came with other contents before")
                return known["status"], {}, known["body"].encode()
            status, answer = self._new(key, json.loads(body))
            self.kept["answers"][key] = {"digest": digest, "status": status, "body": answer}
            self._save()
            return status, {"Content-Type": PROBLEM} if status >= 400 else {}, answer.encode()

    def _new(self, key: str, told: dict[str, Any]) -> tuple[int, str]:
        code, words = self._refusal
        if code:
            status, _, body = problem(422, code, words)
            return status, body.decode()
        case = told["case"]
        self.kept["taken"] += 1
        row = self.kept["cases"].setdefault(
            case,
            {
                "number": f"ZW-2026-{len(self.kept['cases']) + 1:06d}",
                "submissions": [],
                "steps": [],
                "decision": None,
            },
        )
        row["submissions"].append({"key": key, **told})
        answer: dict[str, Any] = {"number": row["number"]}
        if self._at_once:
            self._decide(case, {"decision": self._at_once, "result": "electronic", "words": "依规则秒批"})
            answer["decision"] = row["decision"]
        return 201, json.dumps(answer, ensure_ascii=False)

    def standing(self, case: str) -> Reply:
        """Where a case stands."""
        with self.changed:
            row = self.kept["cases"].get(case)
            if row is None:
                return problem(404, "unknown-case", "no such case")
            told = {"case": case, "number": row["number"], "steps": row["steps"], "decision": row["decision"]}
            return 200, {}, json.dumps(told, ensure_ascii=False).encode()

    def news(self, after: str, limit: int, known: str) -> Reply:
        """What was said after an event."""
        with self.changed:
            events = self.kept["events"]
            place = next((n for n, one in enumerate(events, 1) if one["id"] == after), 0)
            told = events[place : place + limit]
            etag = f'"{len(events)}-{place}"'
            if known == etag and "no_etag" not in self.faults:
                self.not_modified += 1
                return 304, {"ETag": etag}, b""
            cursor = told[-1]["id"] if told else after
            if "told_twice" in self.faults:
                told = [*told, *told]
            more = place + limit < len(events)
            answer = {"events": told, "cursor": cursor, "more": more}
            headers = {} if "no_etag" in self.faults else {"ETag": etag}
            return 200, headers, json.dumps(answer, ensure_ascii=False).encode()

    # what the office does -----------------------------------------------------------------------------------------

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
                case "say":
                    said = {
                        "step": call["step"],
                        "missing": call.get("missing", []),
                        "words": call.get("words", ""),
                    }
                    self._say(str(call["case"]), {"type": "progress", **said})
                case "decide":
                    self._decide(
                        str(call["case"]), {name: call[name] for name in ("decision", "result", "words")}
                    )
                case "refuse":
                    self._refusal = (str(call["code"]), str(call.get("words", "")))
                case "decide_at_once":
                    self._at_once = str(call["decision"])
                case "cases":
                    return {"cases": self.kept["cases"]}
                case "state":
                    return {
                        "taken": self.kept["taken"], "requests": self.requests, "events": len(self.kept["events"]),
                        "not_modified": self.not_modified,
                    }  # fmt: skip
                case _:
                    raise ValueError(
                        "known are say, decide, refuse, decide_at_once, cases, state, fault, faults"
                    )
            self._save()
            return {}

    def _say(self, case: str, said: dict[str, Any]) -> dict[str, Any]:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        event = {"id": f"e-{len(self.kept['events']) + 1:06d}", "case": case, "at": now, **said}
        self.kept["events"].append(event)
        row = self.kept["cases"].get(case)
        if row is not None and said["type"] == "progress":
            row["steps"].append(event)
        return event

    def _decide(self, case: str, said: dict[str, Any]) -> None:
        event = self._say(case, {"type": "decision", **said})
        if case in self.kept["cases"]:
            self.kept["cases"][case]["decision"] = event

    def _save(self) -> None:
        if self._store is not None:
            half = self._store.with_name(self._store.name + ".part")
            half.write_text(json.dumps(self.kept, ensure_ascii=False), encoding="utf-8")
            half.replace(self._store)


JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"


def problem(status: int, code: str, words: str) -> Reply:
    """An error as RFC 9457 has it."""
    told = {"type": f"urn:approval:{code}", "status": status, "title": words, "code": code}
    return status, {"Content-Type": PROBLEM}, json.dumps(told, ensure_ascii=False).encode()


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    office: ClassVar[Office]
    token: ClassVar[str]
    protocol_version = "HTTP/1.1"
    timeout = MUTE_AT_MOST_S

    def do_POST(self) -> None:  # the name http.server looks for
        """A submission."""
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), MOST_BODY))
        self._serve(lambda: self._submitted(body))

    def do_GET(self) -> None:  # the name http.server looks for
        """News, or where a case stands."""
        self._serve(self._asked)

    def _submitted(self, body: bytes) -> Reply:
        key = self.headers.get("Idempotency-Key", "")
        if self.path != "/v1/submissions" or not key:
            return problem(400, "no-key", "an Idempotency-Key is needed")
        return self.office.take(key, body)

    def _asked(self) -> Reply:
        address = urlsplit(self.path)
        if address.path == "/v1/events":
            asked = {name: values[0] for name, values in parse_qs(address.query).items()}
            limit = min(int(asked.get("limit", MOST_EVENTS)), MOST_EVENTS)
            return self.office.news(asked.get("after", ""), limit, self.headers.get("If-None-Match", ""))
        if address.path.startswith("/v1/cases/"):
            return self.office.standing(unquote(address.path.removeprefix("/v1/cases/")))
        return 404, {"Content-Type": "text/html"}, b"<html>nothing here</html>"

    def _serve(self, answer: Callable[[], Reply]) -> None:
        self.office.requests += 1
        faults = set(self.office.faults)
        if "reset" in faults:
            self._cut()
            return
        reply = self._failing(faults) or self._authorised(answer)
        if "lose_answer" in faults:
            self._cut()
            return
        if "mute" in faults:
            with self.office.changed:
                self.office.changed.wait_for(lambda: "mute" not in self.office.faults, MUTE_AT_MOST_S)
            self._cut()
            return
        self._send(reply, faults)

    def _authorised(self, answer: Callable[[], Reply]) -> Reply:
        if self.token and self.headers.get("Authorization") != f"Bearer {self.token}":
            return problem(401, "unknown-kiosk", "no valid token")
        return answer()

    def _failing(self, faults: set[str]) -> Reply | None:
        """Answers that come before anything was stored."""
        replies: dict[str, Reply] = {
            "error_500": (500, {}, b""),
            "busy_503": (503, {"Retry-After": "1"}, b""),
            "in_progress": problem(409, "in-progress", "the same key is at work"),
            "moved": (302, {"Location": "https://127.0.0.1:1/"}, b""),
            "bad_request": problem(400, "bad-request", "cannot be read"),
            "forbidden": problem(403, "forbidden", "not this kiosk"),
        }
        return next((replies[name] for name in replies if name in faults), None)

    def _send(self, reply: Reply, faults: set[str]) -> None:
        status, headers, body = reply
        if "html" in faults:
            status, headers, body = 200, {"Content-Type": "text/html"}, b"<html><body>Welcome</body></html>"
        if "garbage" in faults:
            status, headers, body = 200, {}, b'{"number": 5, "events": [{"type": "progress"}], "steps": "?"}'
        if "endless" in faults:
            body = b"[" + b"0," * 400_000
        if "slow_head" in faults:
            self._drip(
                b"HTTP/1.1 200 OK\r\n" + b"A-line-so-long-that-who-waits-has-gone-before-its-end: x\r\n" * 4
            )
            self._cut()
            return
        self.send_response(status)
        for name, value in {"Content-Type": JSON, **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if "break_off" in faults:
            self.wfile.write(body[: len(body) // 2])
            self._cut()
        elif "slow" in faults:
            self._drip(body)
        else:
            self.wfile.write(body)

    def _drip(self, body: bytes) -> None:
        for at in range(len(body)):
            self.wfile.write(body[at : at + 1])
            self.wfile.flush()
            time.sleep(DRIP_S)

    def _cut(self) -> None:
        """Without a goodbye: the other side sees a reset."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing of a submission is logged."""


class Server(ThreadingHTTPServer):
    """A client that is not trusted, or does not trust us, is no error here."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that ended badly is what faults are for."""


def main() -> None:
    """Run one emulated approval system until ended."""
    parser = argparse.ArgumentParser(description="Emulated approval system of a city.")
    parser.add_argument("--control", type=Path, required=True, help="Unix socket for acts and faults")
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--certificate", type=Path, help="PEM chain")
    parser.add_argument("--key", type=Path, help="PEM private key of the certificate")
    parser.add_argument("--clients", type=Path, help="PEM of the CA whose certificates kiosks must show")
    parser.add_argument("--token", type=Path, help="file with the bearer token that kiosks must show")
    parser.add_argument(
        "--store", type=Path, help="file for what was taken, to be found again after a restart"
    )
    options = parser.parse_args()
    office = Office(options.store)
    token = options.token.read_text(encoding="ascii").strip() if options.token else ""
    bound = type("BoundHandler", (Handler,), {"office": office, "token": token})
    server = Server(("127.0.0.1", options.port), bound)
    made = None
    if options.certificate is None:
        made = write_certificates(options.control.parent, "approval")
        options.certificate, options.key = made.certificate, made.key
    left = (made.ca, made.certificate, made.key) if made is not None else ()
    with until_ended(options.control, *left):
        context = server_context(options.certificate, options.key, options.clients)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        control = ControlServer()
        control.listen(options.control)
        print(f"ready https://127.0.0.1:{server.server_address[1]} {options.control}", flush=True)
        control.serve(office.perform)


if __name__ == "__main__":
    main()
