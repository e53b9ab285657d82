"""The whole story once, as the command line plays it: what it leaves, and that nobody's data is in any of it."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from drivers.emulators.escpos_render import interpret
from drivers.emulators.people import PEOPLE
from kiosk.bundle.content import collect
from kiosk.demo.player import STAFF_NO
from kiosk.settings import DEFAULT_FILE, DEMO_FILE, load

CITIZEN_PHONE = "13800138000"
STAFF_PHONE = "13900139000"
STAFF_NAME = "示例员"
STORY_LIMIT_S = 240


@dataclass(frozen=True)
class Demo:
    """One demo that was played to its end."""

    out: Path
    kept: Path
    status: int
    said: bytes


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return play(tmp_path_factory.mktemp("demo"), tmp_path_factory.mktemp("kept"), "--lang", "zh_CN")


def play(out: Path, kept: Path, *options: str) -> Demo:
    command = [sys.executable, "-m", "kiosk", "demo", "--auto", "--deadline", "40", *options]
    command += ["--out", str(out), "--keep", str(kept)]
    played = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=STORY_LIMIT_S, check=False
    )
    return Demo(out, kept, played.returncode, played.stdout)


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_step_was_confirmed(demo: Demo) -> None:
    assert demo.status == 0, demo.said.decode(errors="replace")
    summary = json.loads((demo.out / "summary.json").read_text(encoding="utf-8"))
    assert summary["ok"]
    assert {step["confirmed_by"] for step in summary["steps"]} == {
        "screen", "reader", "camera", "board", "printer", "broker", "modem",
    }  # fmt: skip
    assert all(step["seconds"] >= 0 for step in summary["steps"])


def test_each_page_was_kept_as_shown(demo: Demo) -> None:
    pictures = sorted((demo.out / "screens").iterdir())
    names = [picture.stem.split("-", 1)[1] for picture in pictures]
    assert [picture.name[:2] for picture in pictures] == [f"{n:02d}" for n in range(1, len(pictures) + 1)]
    asked = [name for name in names if name.startswith("face-")]
    assert asked, "no page asked for a movement"
    assert set(asked) <= {"face-turn-left", "face-turn-right", "face-blink"}
    assert [name for name in names if name not in asked] == [
        "home", "items", "guide", "consent", "card", "card-reading", "face", "form", "phone", "confirm",
        "compartment-open", "compartment-sealing", "receipt-printing", "receipt", "take-card", "done", "staff-number",
        "staff-pin", "staff-list", "staff-open", "staff-collected", "staff-list-empty", "home-again",
    ]  # fmt: skip
    for picture in pictures:
        with Image.open(picture) as shown:
            assert shown.size == (1080, 1920), picture.name
            colours = shown.convert("RGB").getcolors(maxcolors=1 << 21)
            assert len(colours or ()) > 200, f"{picture.name} is all but empty"


def test_the_printer_understood_every_byte(demo: Demo) -> None:
    job = interpret((demo.out / "receipt.bin").read_bytes())
    assert job.unknown == []
    assert job.cuts
    held = held_event(demo)
    assert any(held["case_id"] in content for content in job.qr_contents)
    with Image.open(demo.out / "receipt.png") as receipt:
        assert receipt.width > 500
        assert receipt.height > receipt.width


def held_event(demo: Demo) -> dict[str, Any]:
    (held,) = [line for line in lines_of(demo.out / "mqtt.jsonl") if "deposit.held" in json.dumps(line)]
    payload = held["payload"]
    event = json.loads(payload) if isinstance(payload, str) else payload
    data = event["data"]
    assert isinstance(data, dict)
    return data


def test_an_independent_subscriber_has_deposit_and_collection(demo: Demo) -> None:
    text = (demo.out / "mqtt.jsonl").read_text(encoding="utf-8")
    assert "deposit.held" in text
    assert "deposit.collected" in text


def test_the_modem_told_staff_and_citizen(demo: Demo) -> None:
    messages = lines_of(demo.out / "sms.jsonl")
    assert {message["number"].removeprefix("+86") for message in messages} == {STAFF_PHONE, CITIZEN_PHONE}
    held = held_event(demo)
    for message in messages:
        assert held["case_id"] in message["text"]
        assert held["cell"] in message["text"]
        assert "食品经营许可证" in message["text"]


def test_the_journal_is_whole(demo: Demo) -> None:
    command = [sys.executable, "-m", "kiosk", "journal", "verify", str(demo.out / "journal.db")]
    verified = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert verified.returncode == 0, verified.stdout + verified.stderr


@pytest.mark.parametrize("view", ["case", "cell", "staff"])
def test_the_journal_tells_who_had_the_papers_and_how_that_is_known(demo: Demo, view: str) -> None:
    held = held_event(demo)
    name = {"case": held["case_id"], "cell": held["cell"], "staff": STAFF_NO}[view]
    command = [sys.executable, "-m", "kiosk", "journal", "show", f"--{view}", name, "--lang", "en", "--json"]
    command += ["--file", str(demo.out / "journal.db")]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert shown.returncode == 0, shown.stderr
    known = {event["type"]: (event["known"], event["by"]) for event in json.loads(shown.stdout)["events"]}
    assert known["DepositCollected"] == ("staff_and_sensor", f"staff:{STAFF_NO}")
    assert known["DoorOpened"] == ("door_sensor", f"staff:{STAFF_NO}")
    assert (known.get("DepositHeld") == ("item_sensor", "")) == (view != "staff")
    assert ("IdentityVerified" in known) == (view == "case")


# nobody's data ------------------------------------------------------------------------------------------------------

CODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")


def coded(secret: str) -> Iterator[bytes]:
    """Every form in which `secret` could lie in a file: plain, escaped JSON, hex of UCS2."""
    for coding in CODINGS:
        plain = secret.encode(coding)
        yield plain
        yield plain.hex().encode()
        yield plain.hex().upper().encode()
    yield json.dumps(secret)[1:-1].encode()


def secrets() -> dict[str, str]:
    fields = PEOPLE["jia"].fields
    return {
        "the citizen's name": fields["name"], "the ID number": fields["number"], "the address": fields["address"],
        "the citizen's phone": CITIZEN_PHONE, "the staff's name": STAFF_NAME, "the staff's phone": STAFF_PHONE,
    }  # fmt: skip


def written(demo: Demo) -> Iterator[tuple[str, bytes]]:
    """Everything the program wrote or sent. The emulators' own logs are the physical world, not the program."""
    yield "standard output", demo.said
    for path in sorted([*demo.kept.rglob("*"), *demo.out.rglob("*")]):
        yield f"the name of {path.name}", path.name.encode()
        of_the_world = path.is_relative_to(demo.kept / "world")
        if path.is_file() and not of_the_world and path.suffix != ".png" and path.name != "sms.jsonl":
            yield str(path.name), path.read_bytes()
    for number, message in enumerate(lines_of(demo.out / "sms.jsonl")):
        yield f"text of message {number}", message["text"].encode()


def test_the_scan_sees_what_matters(demo: Demo) -> None:
    names = {name for name, _ in written(demo)}
    assert {
        "journal.db",
        "journal.db-wal",
        "program.log",
        "mqtt.jsonl",
        "receipt.bin",
        "standard output",
    } <= names


def test_a_planted_secret_would_be_found() -> None:
    plain = "测试人甲 11010519900101023X"
    assert all(
        any(form in blob for form in coded("测试人甲"))
        for blob in (plain.encode(), plain.encode("utf-16-le"), json.dumps(plain).encode())
    )


def left_behind(demo: Demo) -> list[tuple[str, str]]:
    blobs = list(written(demo))
    return [
        (what, where)
        for what, secret in secrets().items()
        for form in set(coded(secret))
        for where, blob in blobs
        if form in blob
    ]


def test_nobodys_data_is_left_anywhere(demo: Demo) -> None:
    assert left_behind(demo) == []


def test_the_story_in_english(tmp_path: Path) -> None:
    """The citizen reads English, staff what the settings say; without a window, which is quicker."""
    demo = play(tmp_path / "demo", tmp_path / "kept", "--lang", "en", "--headless")
    assert demo.status == 0, demo.said.decode(errors="replace")
    texts = {line["number"].removeprefix("+86"): line["text"] for line in lines_of(demo.out / "sms.jsonl")}
    assert "Your papers for “Food business permit”" in texts[CITIZEN_PHONE]
    assert "食品经营许可证" in texts[STAFF_PHONE]
    assert interpret((demo.out / "receipt.bin").read_bytes()).unknown == []
    assert left_behind(demo) == []


def test_a_bundle_of_the_whole_story_has_nobodys_data(demo: Demo) -> None:
    """As a technician would make it the morning after."""
    settings = load([DEFAULT_FILE, DEMO_FILE], variables={"runtime_dir": str(demo.kept)})
    kept = settings.model_copy(
        update={"paths": settings.paths.model_copy(update={"state_dir": demo.kept / "running"})}
    )
    bundle = collect(kept, log_file=demo.kept / "program.log")
    assert {"journal.json", "outbox.json", "log.txt", "settings.json", "diagnosis.json"} <= set(bundle.files)
    counted = json.loads(bundle.files["journal.json"])
    assert counted["whole"]
    assert counted["by_type"]["DepositHeld"] == 1
    assert {row["channel"] for row in json.loads(bundle.files["outbox.json"])} == {"mqtt", "sms"}
    blobs = {name: text.encode() for name, text in bundle.files.items()}
    found = [
        (what, name)
        for what, secret in secrets().items()
        for form in set(coded(secret))
        for name, blob in blobs.items()
        if form in blob
    ]
    assert found == []
    numbers = re.compile(r"(?<!\d)(?:\d{11}|\d{17}[\dXx])(?![\dXx])")
    hashes = re.compile(r"[0-9a-f]{32,}")
    assert {name: numbers.findall(hashes.sub("", text)) for name, text in bundle.files.items()} == {
        name: [] for name in bundle.files
    }
