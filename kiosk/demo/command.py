"""`nightdesk demo`: `--auto` plays the whole story and leaves pictures and records; without it a person plays."""

import contextlib
import json
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from drivers.emulators.world import DEVICES, HELP, Options

from .player import HELPER_NO, HELPER_PIN, ITEM, STAFF_NO, STAFF_PHONE, STAFF_PIN, Player, StepFailed
from .probe import Probe, ProbeError
from .stage import Stage

STAFF_CARD: Final = "zhang"
PROMPT: Final = "world> "


def cells_of(demo_file: Path) -> Mapping[str, int]:
    """Compartment -> channel, as the demo's settings have them."""
    tables = tomllib.loads(demo_file.read_text(encoding="utf-8"))
    return {cell["name"]: cell["channel"] for cell in tables["cabinet"]["cells"]}


def add_staff(stage: Stage) -> None:
    """One account that is told of everything, with a card."""
    card = stage.world.do("staff_card", "people")["people"][STAFF_CARD]
    stage.nightdesk(
        "staff", "add", STAFF_NO, "--config", str(stage.site), "--name", "示例员", "--role", "staff",
        "--phone", STAFF_PHONE, "--told-for", "*", "--card", card, "--pin-stdin", stdin=STAFF_PIN + "\n",
    )  # fmt: skip


def add_helper(stage: Stage) -> None:
    """One account that hands in for others."""
    stage.nightdesk(
        "staff", "add", HELPER_NO, "--config", str(stage.site), "--name", "帮办员", "--role", "helper", "--pin-stdin",
        stdin=HELPER_PIN + "\n",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Play:
    """How the story is played. `deadline_s`: what a device has to confirm a step; `keep`: where all that the program
    wrote goes, else it is removed at the end."""

    out: Path
    demo_file: Path
    language: str
    mute: tuple[str, ...]
    deadline_s: float
    keep: Path | None
    headless: bool


def auto(play: Play) -> int:
    """Play the story; 0 only when every step was confirmed by its device."""
    out, pictures = play.out, play.out / "screens"
    for old in (pictures, out / "summary.json"):
        _remove(old)
    pictures.mkdir(parents=True)
    folder = Path(tempfile.mkdtemp(prefix="nightdesk-"))
    cells = cells_of(play.demo_file)
    stage = Stage(folder, cells, play.demo_file, play.language, Options(mute=play.mute))
    failed: StepFailed | None = None
    player: Player | None = None
    try:
        stage.begin()
        add_staff(stage)
        stage.launch(offscreen=True, headless=play.headless)
        probe = Probe(stage.probe_socket, stage.alive)
        player = Player(probe, stage.world, None if play.headless else pictures, play.deadline_s)
        player.play()
    except StepFailed as error:
        failed = error
    except ProbeError as error:
        failed = StepFailed("the program starts", str(error))
    finally:
        with contextlib.suppress(OSError, ValueError):
            _keep_records(stage, out)
        if play.keep is not None:  # as it lies while the program runs: with the journal's write-ahead log
            shutil.copytree(
                stage.folder / "state", play.keep / "running", ignore=_no_sockets, dirs_exist_ok=True
            )
        stage.end()
        _copy(stage.folder / "state" / "journal.db", out / "journal.db")
        _copy(stage.folder / "program.log", out / "program.log")
        if play.keep is not None:
            shutil.copytree(folder, play.keep, dirs_exist_ok=True, ignore=_no_sockets)
        shutil.rmtree(folder, ignore_errors=True)
    return _report(out, player.done if player else [], failed)


def _report(out: Path, done: Sequence[Mapping[str, Any]], failed: StepFailed | None) -> int:
    summary: dict[str, Any] = {"ok": failed is None, "steps": list(done)}
    if failed is not None:
        summary |= {"failed_step": failed.step, "why": failed.why}
    (out / "summary.json").write_text(
        json.dumps(summary, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )
    for step in done:
        print(f"  ok  {step['seconds']:7.2f} s  {step['step']} ({step['confirmed_by']})")
    if failed is not None:
        print(f"FAIL  {failed}", file=sys.stderr)
        return 1
    print(f"pictures: {out / 'screens'}; receipt, SMS, MQTT, journal: {out}")
    return 0


def _keep_records(stage: Stage, out: Path) -> None:
    _copy(stage.world.folder / "mqtt.jsonl", out / "mqtt.jsonl")
    messages = stage.world.do("modem", "messages")["messages"]
    lines = [json.dumps(message, ensure_ascii=False) for message in messages]
    (out / "sms.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name in ("receipt.bin", "receipt.png"):
        _copy(stage.world.folder / name, out / name)
    stage.world.do("printer", "job.save", path=str((out / "slip.png").resolve()))


def by_hand(demo_file: Path, *, language: str, offscreen: bool) -> int:
    """The window is the person's; this terminal plays the physical world."""
    folder = Path(tempfile.mkdtemp(prefix="nightdesk-"))
    stage = Stage(folder, cells_of(demo_file), demo_file, language)
    try:
        stage.begin()
        add_staff(stage)
        stage.launch(offscreen=offscreen)
        print(
            f"{HELP}\nquit\npeople: jia yi expired …; faces: obama3 (jia's), biden (yi's); often chosen: {ITEM}"
        )
        print(f"staff number {STAFF_NO} or staff card {STAFF_CARD}, PIN {STAFF_PIN}")
        _prompt(stage)
    finally:
        stage.end()
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _prompt(stage: Stage) -> None:
    while stage.program is not None and stage.program.poll() is None:
        print(PROMPT, end="", flush=True)
        line = sys.stdin.readline()
        if not line or line.strip() == "quit":
            return
        if not line.strip():
            continue
        try:
            print(stage.world.perform(line))
        except (ValueError, OSError) as error:
            print(error)


def _no_sockets(folder: str, names: list[str]) -> set[str]:
    """What can't be copied: sockets and the links to serial ports."""
    return {name for name in names if not (Path(folder, name).is_dir() or Path(folder, name).is_file())}


def _copy(source: Path, target: Path) -> None:
    if source.exists():
        shutil.copyfile(source, target)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def checked_mute(names: Sequence[str]) -> Sequence[str]:
    """Names of devices to mute. Raises `ValueError` with what there is."""
    for name in names:
        if name not in DEVICES:
            raise ValueError(f"no device {name!r}; there are {', '.join(DEVICES)}")
    return names
