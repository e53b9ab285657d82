"""The set-up: what it asks of Debian, what it says where it may not install, and that a second run only looks."""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("awk", "bash", "cat", "dirname", "env", "grep", "rm", "sed", "sha256sum", "tr")
PACKAGE = re.compile(r"[a-z0-9][a-z0-9.+-]+")


def packages() -> list[list[str]]:
    """Entries of the list, each with its alternatives."""
    lines = (ROOT / "setup" / "system-packages.txt").read_text(encoding="utf-8").splitlines()
    stripped = [line.partition("#")[0].strip() for line in lines]
    return [[name.strip() for name in line.split("|")] for line in stripped if line]


def machine(folder: Path, **stubs: str) -> dict[str, str]:
    """An environment whose PATH holds a few tools and the given shell scripts only."""
    folder.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None, tool
        (folder / tool).symlink_to(found)
    for name, script in stubs.items():
        path = folder / name.replace("_", "-")
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
    return {"PATH": str(folder), "HOME": str(folder)}


def copy_of_setup(folder: Path) -> Path:
    """The set-up's files apart from this working copy, so that a mistake can't touch it."""
    shutil.copytree(ROOT / "setup", folder / "setup")
    return folder / "setup" / "setup.sh"


def test_the_list_is_well_formed() -> None:
    names = [name for entry in packages() for name in entry]
    assert {"python3-venv", "mosquitto", "fonts-noto-cjk", "gcc"} <= set(names)
    assert [name for name in names if not PACKAGE.fullmatch(name)] == []
    assert len(names) == len(set(names))


def test_every_python_gets_the_same_versions() -> None:
    pins = re.findall(r"^([\w.-]+)==", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(pins) > 40
    assert [name for name, times in Counter(pins).items() if times > 1] == []


def test_without_root_and_sudo_it_prints_the_one_line_and_stops(tmp_path: Path) -> None:
    known = 'case "$3" in *t64) exit 100 ;; esac'  # a Debian 12
    environment = machine(
        tmp_path / "bin", dpkg_query="exit 1", apt_get="echo called; exit 9", apt_cache=known, id="echo 1000"
    )
    setup = copy_of_setup(tmp_path)
    run = subprocess.run([setup], env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert run.returncode == 1
    assert "called" not in run.stdout
    lines = [line.strip() for line in run.stderr.splitlines() if "apt-get install" in line]
    assert len(lines) == 1
    assert lines[0].startswith("apt-get update && apt-get install ")
    assert lines[0].split("--no-install-recommends ")[1].split() == [entry[-1] for entry in packages()]


def test_only_what_is_missing_is_installed_and_by_the_name_of_this_release(tmp_path: Path) -> None:
    log = tmp_path / "log"
    environment = machine(
        tmp_path / "bin",
        dpkg_query='case "$4" in mosquitto|libglib2.0-0*) exit 1 ;; *) printf installed ;; esac',
        apt_get=f'echo "$@" >> {log}',
        apt_cache="exit 0",
        id="echo 0",
        no_python="exit 1",
    )
    environment["PYTHON"] = "no-python"  # ends the set-up after the part that is looked at
    setup = copy_of_setup(tmp_path)
    subprocess.run([setup], env=environment, capture_output=True, text=True, timeout=30, check=False)
    update, install = log.read_text(encoding="utf-8").splitlines()
    assert update == "update"
    assert install.split("--no-install-recommends ")[1].split() == ["libglib2.0-0t64", "mosquitto"]


def test_another_python_is_refused_by_name(tmp_path: Path) -> None:
    environment = machine(tmp_path / "bin", dpkg_query="printf installed", apt_get="exit 9", python2="exit 1")
    environment["PYTHON"] = str(tmp_path / "bin" / "python2")
    run = subprocess.run(
        [copy_of_setup(tmp_path)], env=environment, capture_output=True, text=True, timeout=30, check=False
    )
    assert run.returncode == 1
    assert environment["PYTHON"] in run.stderr


def has_display(**environment: str) -> bool:
    command = [sys.executable, str(ROOT / "setup" / "has_display.py")]
    quiet = {"PATH": os.environ["PATH"], **environment}
    return subprocess.run(command, env=quiet, timeout=30, check=False).returncode == 0


@contextmanager
def listening(address: str) -> Iterator[None]:
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        server.bind(address)
        server.listen()
        yield
    finally:
        server.close()


def test_a_display_counts_only_if_it_answers(tmp_path: Path) -> None:
    assert not has_display()
    assert not has_display(DISPLAY=":977", WAYLAND_DISPLAY="")
    assert not has_display(WAYLAND_DISPLAY="wayland-0", XDG_RUNTIME_DIR=str(tmp_path))
    with listening(str(tmp_path / "wayland-0")):
        assert has_display(WAYLAND_DISPLAY="wayland-0", XDG_RUNTIME_DIR=str(tmp_path))
    assert not has_display(WAYLAND_DISPLAY="wayland-0", XDG_RUNTIME_DIR=str(tmp_path))


def test_an_x_server_is_found_by_its_abstract_socket() -> None:
    number = 4000 + os.getpid() % 5000
    with listening(f"\0/tmp/.X11-unix/X{number}"):
        assert has_display(DISPLAY=f":{number}.0")
        assert has_display(DISPLAY=f"unix:{number}")


@pytest.mark.parametrize("display", ["", "nonsense", ":", ":abc", "host:99999999"])
def test_a_display_that_makes_no_sense(display: str) -> None:
    assert not has_display(DISPLAY=display)
