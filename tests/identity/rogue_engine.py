"""An engine that breaks the protocol in one way: `rogue_engine.py HOW`. Most greet properly first."""

import os
import struct
import sys
import time

TEMPLATE_BYTES = 4


def say(number: int, status: int, body: bytes) -> None:
    sys.stdout.buffer.write(struct.pack("<IIB", 5 + len(body), number, status) + body)
    sys.stdout.buffer.flush()


def greeting(how: str) -> bytes:
    protocol = 2 if how == "protocol" else 1
    size = 0 if how == "liveness only" else TEMPLATE_BYTES
    return struct.pack("<II", protocol, size) + (b"\x1b[2J" if how == "name" else b"rogue")


def misbehave(how: str, number: int) -> None:
    match how:
        case "hangs":
            time.sleep(60)
        case "ends":
            sys.exit(7)
        case "crashes":
            os.abort()
        case "garbage":
            sys.stdout.buffer.write(os.urandom(64))
            sys.stdout.buffer.flush()
        case "huge":
            sys.stdout.buffer.write(struct.pack("<IIB", 2**31, number, 0))
            sys.stdout.buffer.flush()
        case "old answer":
            say(number - 1, 0, struct.pack("<f", 1.0))
        case "short":
            say(number, 0, b"\0")
        case "nan":
            say(number, 0, struct.pack("<f", float("nan")))
        case "too good":
            say(number, 0, struct.pack("<f", 1.5))
        case "refuses":
            say(number, 1, b"")
        case "unsupported":
            say(number, 2, b"")
        case "prints":
            sys.stderr.write("a face of somebody\n" * 100_000)
            sys.stderr.flush()
            say(number, 0, struct.pack("<f", 1.0))
        case _:
            say(number, 0, struct.pack("<f", 1.0))


def main() -> None:
    how = sys.argv[1]
    if how == "no licence":
        sys.exit("no licence")
    if how == "mute":
        time.sleep(60)
    while head := sys.stdin.buffer.read(9):
        length, number, kind = struct.unpack("<IIB", head)
        sys.stdin.buffer.read(length - 5)
        if kind == 1:
            say(number, 0, greeting(how))
        else:
            misbehave(how, number)


if __name__ == "__main__":
    main()
