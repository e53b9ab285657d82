"""How well text is told from its ground, seen on the pixels of a picture and not on the colours that were asked for.

The ground of a text is what most of its box is; its ink is the commonest colour that is not the ground: the soft edges
of letters are spread over many colours, their middle is one. No Kivy.
"""

from typing import Any, Final

import numpy as np

from screens.theme import Scheme

LEAST: Final = {Scheme.NIGHT: 4.5, Scheme.LIGHT: 4.5, Scheme.CONTRAST: 7.0}
"""Ratios (WCAG 2.2, 1.4.3 and 1.4.6). No text is let off with 3:1 for being large: people stand a metre away."""
UNSEEN: Final = 1.0  # the ratio of a text that nobody sees
_STEP: Final = (
    1.25  # a ground goes on from colour to colour by smaller steps than this: the lamp's glow, the sky's
)
_GROUND_SHARE: Final = 0.01  # of the box: less of a ground than this stands behind no letter
_INK_PIXELS: Final = 5
_BINS: Final = 1 << 15  # five bits for each of red, green and blue
_ROWS: Final = 2  # every second row of pixels tells enough

Pixels = np.ndarray[Any, np.dtype[np.uint8]]


def luminance(rgb: Any) -> Any:
    """Relative luminance, 0 to 1, of colours 0 to 255 in the last axis (WCAG 2.2)."""
    parts = np.asarray(rgb, dtype=float) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return linear @ (0.2126, 0.7152, 0.0722)


def ratio(one: Any, other: Any) -> Any:
    """The contrast of two luminances, 1 to 21."""
    return (np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05)


def seen(box: Pixels) -> float:
    """The contrast of the text in `box` (rows, columns, RGB) against the worst of its ground; `UNSEEN` without any."""
    pixels = box[::_ROWS].reshape(-1, 3)
    if not len(pixels):
        return UNSEEN
    red, green, blue = (pixels[:, part].astype(np.int32) >> 3 for part in range(3))
    binned = red << 10 | green << 5 | blue
    counts = np.bincount(binned, minlength=_BINS)
    found = np.flatnonzero(counts)
    shares = counts[found]
    colours = np.stack((found >> 10, found >> 5 & 31, found & 31), axis=1) * 8 + 4
    lights = luminance(colours)
    ground = _ground(lights, shares)
    at = np.where(ground, 0, shares).argmax()
    if shares[at] < _INK_PIXELS:
        return UNSEEN
    ink = _exactly(pixels, binned, found[at])
    behind = found[ground & (shares >= min(_GROUND_SHARE * len(pixels), shares.max()))]
    return float(min(ratio(ink, _exactly(pixels, binned, one)) for one in behind))


def _ground(lights: "np.ndarray[Any, Any]", shares: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """Which of the colours of these luminances are the ground: the commonest, and what is reached from it by steps."""
    common = np.flatnonzero(shares >= min(_GROUND_SHARE * shares.sum(), shares.max()))
    steps = np.sort(lights[common])
    first = last = int(np.searchsorted(steps, lights[shares.argmax()]))
    while first > 0 and ratio(steps[first], steps[first - 1]) < _STEP:
        first -= 1
    while last < len(steps) - 1 and ratio(steps[last], steps[last + 1]) < _STEP:
        last += 1
    low, high = ((steps[first] + 0.05) / _STEP - 0.05, (steps[last] + 0.05) * _STEP - 0.05)
    return np.asarray((lights >= low) & (lights <= high))


def _exactly(pixels: Pixels, binned: "np.ndarray[Any, Any]", which: int) -> Any:
    """The luminance of what lies in one bin."""
    return luminance(np.median(pixels[binned == which], axis=0))
