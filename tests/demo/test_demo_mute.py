"""A demo with one device muted fails, and says at which step. Two play at a time: most of it is waiting."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

DEADLINE_S = 8
LIMIT_S = 180
FAILS_AT = {
    "reader": "the first page offers a deposit",
    "camera": "the live face matches the card's photo",
    "board": "the first page offers a deposit",
    "printer": "the receipt is printed",
    "modem": "staff and citizen know by SMS",
    "broker": "staff know by MQTT",
}

Played = subprocess.CompletedProcess[str]


def play(device: str, out: Path) -> Played:
    command = [sys.executable, "-m", "kiosk", "demo", "--auto", "--headless", "--deadline", str(DEADLINE_S)]
    command += ["--mute", device, "--out", str(out)]
    return subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)


@pytest.fixture(scope="module")
def demos(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, tuple[Path, Future[Played]]]]:
    """Every device whose test was chosen, muted in a demo of its own."""
    chosen = {
        item.callspec.params["device"]
        for item in request.session.items
        if hasattr(item, "callspec") and item.path == request.path
    }
    with ThreadPoolExecutor(2) as pool:
        yield {
            device: (out := tmp_path_factory.mktemp(device), pool.submit(play, device, out))
            for device in FAILS_AT
            if device in chosen
        }


@pytest.mark.parametrize("device", FAILS_AT)
def test_a_muted_device_fails_its_step(device: str, demos: dict[str, tuple[Path, "Future[Played]"]]) -> None:
    out, playing = demos[device]
    played = playing.result()
    assert played.returncode == 1, played.stdout + played.stderr
    summary: dict[str, Any] = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert not summary["ok"]
    assert summary["failed_step"] == FAILS_AT[device], summary
    assert f"FAIL  {FAILS_AT[device]}" in played.stderr
