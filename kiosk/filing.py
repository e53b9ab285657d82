"""What files that leave the kiosk share: put down whole and durable, and which versions they speak of."""

import contextlib
import os
import platform
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path


def place_for(path: Path) -> None:
    """Make the folder for a file, the kiosk's own user's alone. Raises `OSError` in words."""
    with _in_words(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.is_dir():
        raise OSError(f"{path} is a folder; name a file in it")


def store(path: Path, data: bytes) -> None:
    """Put a file there whole and durable, for the kiosk's own user alone. Raises `OSError` in words."""
    place_for(path)
    with _in_words(path):
        _put(path, data)


@contextlib.contextmanager
def _in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OSError(f"{path} can't be written: {error.strerror}") from error


def _put(path: Path, data: bytes) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def versions() -> tuple[tuple[str, str], ...]:
    """Of the program, of Python and of the system."""
    try:
        system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    except OSError:
        system = platform.system()
    return (
        ("nightdesk", version("nightdesk")), ("Python", platform.python_version()),
        ("系统 OS", f"{system}, {platform.system()} {platform.release()} {platform.machine()}"),
    )  # fmt: skip
