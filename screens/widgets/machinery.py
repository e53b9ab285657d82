"""Drawings of the kiosk's devices, for technicians: each in a square of `size` px whose lower left corner is (x, y)."""

from collections.abc import Callable, Mapping
from typing import Final

from kivy.graphics import Color, SmoothEllipse, SmoothLine

from screens import theme
from screens.widgets.rounded import Rounded

Drawing = Callable[[float, float, float], None]


def _box(x: float, y: float, size: float, share: tuple[float, float, float, float], radius: float) -> None:
    """A rounded box; `share`: left, bottom, width, height as parts of `size`."""
    left, bottom, width, height = (part * size for part in share)
    Rounded(pos=(x + left, y + bottom), size=(width, height), radius=[radius * size])


def _disc(x: float, y: float, radius: float) -> None:
    SmoothEllipse(pos=(x - radius, y - radius), size=(radius * 2, radius * 2))


def _camera(x: float, y: float, size: float) -> None:
    Color(*theme.CABINET)
    _box(x, y, size, (0.2, 0.28, 0.6, 0.44), 0.07)
    Color(*theme.ON_CELL)
    _disc(x + size * 0.5, y + size * 0.5, size * 0.15)
    Color(*theme.CELL_CLOSED)
    _disc(x + size * 0.5, y + size * 0.5, size * 0.11)
    Color(*theme.LAMP)
    _disc(x + size * 0.72, y + size * 0.64, size * 0.025)


def _printer(x: float, y: float, size: float) -> None:
    Color(*theme.UNTINTED)
    _box(x, y, size, (0.34, 0.5, 0.32, 0.34), 0.01)
    Color(*theme.BORDER)
    for row, share in enumerate((0.2, 0.24, 0.14)):
        _box(x, y, size, (0.38, 0.76 - row * 0.06, share, 0.02), 0.01)
    Color(*theme.CABINET)
    _box(x, y, size, (0.2, 0.2, 0.6, 0.36), 0.06)
    Color(*theme.CELL_CLOSED)
    _box(x, y, size, (0.28, 0.47, 0.44, 0.04), 0.02)


def _network(x: float, y: float, size: float) -> None:
    Color(*theme.CABINET)
    for across, up in ((0.5, 0.72), (0.28, 0.32), (0.72, 0.32)):
        SmoothLine(
            points=[x + size * 0.5, y + size * 0.5, x + size * across, y + size * up], width=size * 0.012
        )
    for across, up in ((0.5, 0.74), (0.27, 0.3), (0.73, 0.3)):
        _disc(x + size * across, y + size * up, size * 0.08)
    Color(*theme.CELL_CLOSED)
    _disc(x + size * 0.5, y + size * 0.5, size * 0.1)


def _disk(x: float, y: float, size: float) -> None:
    for layer in range(3):
        Color(*(theme.CABINET if layer % 2 == 0 else theme.CELL_CLOSED))
        _box(x, y, size, (0.26, 0.24 + layer * 0.18, 0.48, 0.15), 0.05)
        Color(*theme.LAMP)
        _disc(x + size * 0.66, y + size * (0.315 + layer * 0.18), size * 0.02)


def _battery(x: float, y: float, size: float) -> None:
    Color(*theme.CABINET)
    _box(x, y, size, (0.2, 0.34, 0.54, 0.32), 0.05)
    _box(x, y, size, (0.76, 0.44, 0.05, 0.12), 0.02)
    Color(*theme.LIT)
    for cell in range(3):
        _box(x, y, size, (0.25 + cell * 0.155, 0.39, 0.125, 0.22), 0.02)


def _bulb(x: float, y: float, size: float) -> None:
    Color(*theme.LAMP)
    _disc(x + size * 0.5, y + size * 0.56, size * 0.2)
    Color(*theme.CABINET)
    _box(x, y, size, (0.42, 0.2, 0.16, 0.2), 0.03)
    Color(*theme.ON_CELL)
    for ring in range(2):
        _box(x, y, size, (0.42, 0.27 + ring * 0.06, 0.16, 0.014), 0.005)


def _code(x: float, y: float, size: float) -> None:
    Color(*theme.CABINET)
    left = 0.22
    for width in (0.05, 0.02, 0.07, 0.02, 0.04, 0.08, 0.02, 0.05):
        _box(x, y, size, (left, 0.32, width, 0.36), 0.004)
        left += width + 0.03
    Color(*theme.BAD)
    _box(x, y, size, (0.16, 0.49, 0.68, 0.016), 0.008)


def _screen(x: float, y: float, size: float) -> None:
    Color(*theme.CABINET)
    _box(x, y, size, (0.3, 0.16, 0.4, 0.68), 0.04)
    Color(*theme.PAPER_EDGE)
    _box(x, y, size, (0.335, 0.22, 0.33, 0.4), 0.02)
    Color(*theme.LAMP)
    _box(x, y, size, (0.37, 0.27, 0.26, 0.08), 0.02)


def _speaker(x: float, y: float, size: float) -> None:
    Color(*theme.CABINET)
    _box(x, y, size, (0.26, 0.18, 0.3, 0.64), 0.05)
    Color(*theme.CELL_CLOSED)
    _disc(x + size * 0.41, y + size * 0.38, size * 0.1)
    _disc(x + size * 0.41, y + size * 0.66, size * 0.05)
    Color(*theme.CABINET)
    for ring in range(2):
        circle = (x + size * 0.56, y + size * 0.5, size * (0.1 + ring * 0.08), 45, 135)
        SmoothLine(circle=circle, width=size * 0.012, cap="round")


MACHINES: Final[Mapping[str, Drawing]] = {
    "camera": _camera, "printer": _printer, "network": _network, "disk": _disk, "battery": _battery,
    "bulb": _bulb, "code": _code, "screen": _screen, "speaker": _speaker,
}  # fmt: skip
