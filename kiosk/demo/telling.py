"""`nightdesk demo --auto --story NAME`: a fresh kiosk for one story, its pictures, and whether it left its facts."""

import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from drivers.emulators.world import Options
from screens.languages import TRADITIONAL

from .command import add_helper, add_staff, cells_of
from .contactsheet import write_sheet
from .probe import Probe, ProbeError
from .stage import Stage
from .stories import STORIES
from .storyteller import StoryFailed, Teller

LANGUAGES: Final = {
    "zh_CN": "zh_CN",
    "zh_TW": TRADITIONAL,
    "en": "en",
}  # as one asks for them: as the screen has them
SHEET: Final = "sheet.png"


@dataclass(frozen=True, slots=True)
class Telling:
    """One story as it is asked for. `pictures`: a folder, emptied of earlier pictures; `language`: of `LANGUAGES`."""

    story: str
    pictures: Path
    demo_file: Path
    language: str
    large: bool
    deadline_s: float
    headless: bool


def tell(wanted: Telling) -> int:
    """Play it; 0 only when every line was played and the journal has every fact that the story leaves."""
    wanted.pictures.mkdir(parents=True, exist_ok=True)
    for old in wanted.pictures.glob("*.png"):
        old.unlink()
    folder = Path(tempfile.mkdtemp(prefix="nightdesk-"))
    stage = Stage(
        folder, cells_of(wanted.demo_file), wanted.demo_file, options=Options(read_delay_ms=400, desk=True)
    )
    try:
        stage.begin()
        add_staff(stage)
        if STORIES[wanted.story].helper:
            add_helper(stage)
        stage.launch(offscreen=True, headless=wanted.headless)
        teller = Teller(
            Probe(stage.probe_socket, stage.alive), stage.world, folder / "state" / "journal.db",
            None if wanted.headless else wanted.pictures, LANGUAGES[wanted.language], wanted.large, wanted.deadline_s,
        )  # fmt: skip
        teller.tell(STORIES[wanted.story])
    except (StoryFailed, ProbeError) as error:
        print(f"FAIL  {error}", file=sys.stderr)
        log = folder / "program.log"
        if log.exists():
            shutil.copyfile(log, wanted.pictures / "program.log")
        return 1
    finally:
        stage.end()
        shutil.rmtree(folder, ignore_errors=True)
    write_sheet(sorted(wanted.pictures.glob("*.png")), wanted.pictures / SHEET)
    facts = ", ".join(fact.type for fact in STORIES[wanted.story].leaves)
    print(f"{wanted.story}: {len(teller.pages)} pages and papers; in the journal: {facts}")
    if not wanted.headless:
        print(f"pictures: {wanted.pictures}")
    return 0
