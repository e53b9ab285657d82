"""Kivy's settings, fixed before Kivy is first imported: no configuration in the home, one renderer, one density."""

import ctypes
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from .theme import HEIGHT, WIDTH

FRAMES_PER_S: Final = 30


def prepare(kivy_home: Path, *, offscreen: bool = False, fullscreen: bool = False) -> None:
    """Point Kivy at `kivy_home` (created) and set what the kiosk needs. Call before `screens.app` is imported.

    `offscreen`: no display, Mesa draws in memory. `fullscreen`: the whole display, without a window's frame.
    """
    kivy_home.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        KIVY_HOME=str(kivy_home), KIVY_NO_ARGS="1", KIVY_NO_CONSOLELOG="1", KIVY_NO_FILELOG="1",
        KIVY_DPI="96", KIVY_METRICS_DENSITY="1", KIVY_METRICS_FONTSCALE="1", KIVY_WINDOW="sdl2",
        KIVY_TEXT="sdl2", KIVY_NO_ENV_CONFIG="1", KIVY_LOG_MODE="PYTHON",
    )  # fmt: skip
    if offscreen:
        os.environ.update(SDL_VIDEODRIVER="offscreen", LIBGL_ALWAYS_SOFTWARE="1")
    width, height = (WIDTH, HEIGHT) if offscreen or fullscreen else window_size()
    _configure(width, height, fullscreen=fullscreen and not offscreen)


def _configure(width: int, height: int, *, fullscreen: bool) -> None:
    logging.getLogger("kivy").setLevel(logging.ERROR)  # it warns that a fresh home has no configuration
    from kivy.config import Config  # the environment must stand first

    logging.getLogger("kivy").setLevel(logging.WARNING)

    for section, name, value in (
        ("kivy", "exit_on_escape", "0"),
        ("kivy", "kivy_clock", "interrupt"),
        ("kivy", "log_level", "warning"),
        ("kivy", "desktop", "0"),
        ("graphics", "width", str(width)),
        ("graphics", "height", str(height)),
        ("graphics", "maxfps", str(FRAMES_PER_S)),
        ("graphics", "multisamples", "0"),
        ("graphics", "fullscreen", "auto" if fullscreen else "0"),
        ("graphics", "show_cursor", "0" if fullscreen else "1"),
        ("input", "mouse", "mouse,disable_multitouch"),
        ("postproc", "double_tap_time", "400"),  # ms, of hands that are not young
        ("postproc", "double_tap_distance", "60"),  # thousandths of width and height
    ):
        Config.set(section, name, value)


def gl_finish() -> Callable[[], None]:
    """What waits until all that was drawn stands in the picture. Call when the window is there, on its thread.

    By ctypes and not by Kivy's own: that one keeps Python's lock, so that all other threads would wait too.
    """
    for library in ("libGL.so.1", "libGLESv2.so.2"):
        try:
            found = ctypes.CDLL(library).glFinish
        except (OSError, AttributeError):
            continue
        found.restype = None
        return lambda: found()  # noqa: PLW0108 - a plain callable for the type checker
    from kivy.graphics.opengl import glFinish

    return glFinish  # type: ignore[no-any-return]


def window_size(displays: Path = Path("/sys/class/drm")) -> tuple[int, int]:
    """The kiosk's portrait scaled to fit the smallest display found, 1080 x 1920 where none is known."""
    heights = [_mode_height(modes) for modes in displays.glob("card*-*/modes")]
    known = [height for height in heights if height]
    room = min(known) * 9 // 10 if known else HEIGHT
    height = min(HEIGHT, room)
    return WIDTH * height // HEIGHT, height


def _mode_height(modes: Path) -> int:
    try:
        first = modes.read_text(encoding="ascii").partition("\n")[0]
    except OSError:
        return 0
    height = first.partition("x")[2].rstrip("i")
    return int(height) if height.isdigit() else 0
