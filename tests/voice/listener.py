"""A player of the tests' own: takes `aplay`'s arguments, plays at the speed of sound, keeps what would be heard.

`listener.py SPEED FOLDER ARGUMENTS…`, `SPEED` times as fast as sound: one file a start,
`NUMBER.device` with the device and `NUMBER.raw` with the samples.
"""

import os
import sys
import time
from pathlib import Path

SECONDS = 0.05
RATE = 22_050


def main() -> None:
    """Play until the input ends."""
    speed, folder, arguments = float(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
    assert arguments[: len(FORMAT)] == FORMAT, arguments
    device = arguments[arguments.index("-D") + 1] if "-D" in arguments else "default"
    name = folder / f"{time.monotonic_ns():020}"
    with name.with_suffix(".raw").open("wb", buffering=0) as heard:
        name.with_suffix(".device").write_text(device, encoding="utf-8")
        while samples := os.read(0, round(RATE * SECONDS) * 2):
            heard.write(samples)
            time.sleep(len(samples) / 2 / RATE / speed)


FORMAT = ["-q", "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", str(RATE)]

if __name__ == "__main__":
    main()
