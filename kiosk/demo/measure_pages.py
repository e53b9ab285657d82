"""Pages under the document camera: how long one takes, and how often the verdict on a rendered sheet is right.

The verdicts are over scenes drawn from seeds; no real sheet is among them.
"""

import asyncio
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from drivers.camera.document import OpenCvDocumentCamera, create
from drivers.contracts.camera import Frame, Image
from drivers.contracts.document import Concern
from drivers.emulators.control import Control
from drivers.emulators.desk import DESK_WIDTH_MM, VIEW_DEG, Desk
from drivers.emulators.sheets import KINDS, scene
from drivers.registry import OpencvDocumentConfig
from kiosk.runtime.scanner import LensScanner, page_of

from .figures import Figure, figure

LIMIT_MS: Final = 700.0
FULL: Final = (3264, 2448)  # as real ones have
LIVE: Final = (1296, 972)  # as much as the emulator draws ten times a second
JPEG: Final = (cv2.IMWRITE_JPEG_QUALITY, 88)
RIGHT: Final[dict[str, frozenset[Concern]]] = {
    "good": frozenset(), "skewed": frozenset(), "nothing": frozenset({Concern.NO_PAPER}),
    "blurred": frozenset({Concern.BLURRED}), "dark": frozenset({Concern.DARK}),
    "cut_off": frozenset({Concern.CUT_OFF}), "glare": frozenset({Concern.GLARE}),
    # a hand that hides much of an edge leaves no rectangle, or reaches over the picture's edge
    "covered": frozenset({Concern.COVERED, Concern.NO_RECTANGLE, Concern.CUT_OFF}),
    "empty": frozenset({Concern.EMPTY}), "two": frozenset({Concern.SEVERAL, Concern.NO_RECTANGLE}),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Of one kind: how many scenes, how often rightly taken or refused, how often with the right reason."""

    kind: str
    scenes: int
    right: int
    reason: int
    said: tuple[tuple[str, int], ...]


def figures(folder: Path, pages: int, scenes: int) -> list[Figure]:
    """Times of `pages` pages, verdicts over `scenes` scenes of each kind."""
    found = list(verdicts(scenes))
    every = sum(one.scenes for one in found)
    right, reason = (100 * sum(getattr(one, name) for one in found) / every for name in ("right", "reason"))
    big = f"{FULL[0]} x {FULL[1]}, picture in memory -> JPEG and preview"
    return [
        figure("page straightened and judged", "ms", straightened_ms(pages), LIMIT_MS, "", big),
        figure("page scanned at the emulated camera", "ms", asyncio.run(_scanned_ms(folder, pages)), LIMIT_MS, "",
               f"{LIVE[0]} x {LIVE[1]}, camera held open, two fresh pictures awaited"),
        figure("rendered sheets rightly taken or refused", "%", [right], None, "", f"{every} scenes"),
        figure("and with the right reason", "%", [reason], None, "", f"{every} scenes"),
    ]  # fmt: skip


def verdicts(scenes: int) -> Iterator[Verdicts]:
    """Of each kind of scene, seeds from 0 on."""
    desk, camera = Desk(*LIVE), _camera(LIVE, "none")
    for kind in KINDS:
        said: Counter[str] = Counter()
        right = reason = 0
        for seed in range(scenes):
            concerns = camera.judge(_frame(desk.draw_scene(scene(kind, seed)))).concerns
            wanted = RIGHT[kind]
            right += bool(concerns) == bool(wanted)
            reason += bool(concerns & wanted) if wanted else not concerns
            said[" ".join(sorted(one.value for one in concerns)) or "good"] += 1
        yield Verdicts(kind, scenes, right, reason, tuple(said.most_common()))


def straightened_ms(pages: int) -> list[float]:
    """From the picture to the page as it is kept and drawn, at a real camera's size."""
    desk, camera = Desk(*FULL), _camera(FULL, "none")
    frame = _frame(desk.draw_scene(scene("good", 1)))
    page_of(camera.judge(frame))  # the libraries' first calls
    times = []
    for _ in range(pages):
        began = time.perf_counter()
        page_of(camera.judge(frame))
        times.append(1000 * (time.perf_counter() - began))
    return times


async def _scanned_ms(folder: Path, pages: int) -> list[float]:
    """From the touch to the page, through the emulator's stream."""
    times = []
    with _emulated(folder) as (control, url):
        scanner = LensScanner(_camera(LIVE, url))
        await scanner.hold()
        try:
            for seed in range(pages):
                await asyncio.to_thread(control.do, "paper.scene", kind="good", seed=seed)
                began = time.perf_counter()
                await scanner.page()
                times.append(1000 * (time.perf_counter() - began))
        finally:
            await scanner.close()
    return times


@contextmanager
def _emulated(folder: Path) -> Iterator[tuple[Control, str]]:
    folder.mkdir(parents=True, exist_ok=True)
    url, control = folder / "desk.url", folder / "desk.control"
    command = [
        sys.executable,
        "-m",
        "drivers.emulators.camera",
        "--scene",
        "desk",
        "--size",
        f"{LIVE[0]}x{LIVE[1]}",
    ]
    with subprocess.Popen(
        [*command, "--http", str(url), "--control", str(control)], stdout=subprocess.PIPE
    ) as process:
        try:
            assert process.stdout is not None
            if not process.stdout.readline().startswith(b"ready"):
                raise RuntimeError("the emulated document camera did not start")
            with closing(Control(control)) as hands:
                yield hands, url.read_text(encoding="utf-8").strip()
        finally:
            process.terminate()


def _camera(size: tuple[int, int], source: str) -> OpenCvDocumentCamera:
    return create(
        OpencvDocumentConfig(
            source=source, width=size[0], height=size[1], view_deg=VIEW_DEG, desk_width_mm=DESK_WIDTH_MM,
        )
    )  # fmt: skip


def _frame(picture: Image) -> Frame:
    """As it comes from a camera: compressed and decoded."""
    jpeg = cv2.imencode(".jpg", picture, list(JPEG))[1]
    decoded = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
    assert decoded is not None
    return Frame(np.asarray(decoded, dtype=np.uint8), 0.0)


def main() -> None:
    """`python -m kiosk.demo.measure_pages [SCENES]`: the table of docs/scanning.md."""
    scenes = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    print(
        "| scenes | n | taken or refused rightly | with the right reason | what was said |\n|---|---|---|---|---|"
    )
    found = list(verdicts(scenes))
    for one in found:
        said = ", ".join(f"{words} {count}" for words, count in one.said)
        print(f"| {one.kind} | {one.scenes} | {one.right} | {one.reason} | {said} |")
    every, right, reason = (
        sum(getattr(one, name) for one in found) for name in ("scenes", "right", "reason")
    )
    print(
        f"| all | {every} | {right} ({100 * right / every:.1f} %) | {reason} ({100 * reason / every:.1f} %) | |"
    )


if __name__ == "__main__":
    main()
