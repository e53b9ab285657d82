"""What an infrared camera with its own lamp (850 nm) sees of a person, a print, a display and the room.

Skin is bright and even, cloth grey, the pupil dark with the lamp's glint in it. Printer's ink hardly shows on white
paper. A display sends no infrared: its glass is black and mirrors the lamp. What lies behind falls off into the dark.
"""

from typing import Final

import cv2
import numpy as np

from .portrait import Image, Portrait
from .wear import wearing

SKIN_FROM, SKIN_SPAN, SKIN_GAMMA = 48.0, 150.0, 0.55
IRIS: Final = 0.105  # radius, in distances of the eyes
PUPIL_SHADE, GLINT_SHADE = 34, 250
PAPER_SHADE: Final = 226.0
INK_SHOWS: Final = 0.10  # of what the eye sees
GLASS_SHADE, LAMP_SHADE = 12, 190
ROOM_SHADE: Final = 24.0


def skin(who: Portrait, worn: str) -> Image:
    """The portrait as the infrared camera sees it: grey, as three equal channels."""
    red = cv2.GaussianBlur(wearing(who, worn), (0, 0), 1.0)[:, :, 2].astype(np.float32) / 255
    shade = np.clip(SKIN_FROM + SKIN_SPAN * red**SKIN_GAMMA, 0, 255).astype(np.uint8)
    if worn != "sunglasses":
        _eyes(shade, who)
    return np.asarray(cv2.merge([shade, shade, shade]), np.uint8)


def _eyes(shade: Image, who: Portrait) -> None:
    opening = np.zeros_like(shade)
    for upper, lower in who.lids:
        cv2.fillPoly(opening, [np.concatenate([upper, lower[::-1]]).round().astype(np.int32)], 255)
    pupils = shade.copy()
    for eye in who.eyes:
        centre = (round(float(eye[0])), round(float(eye[1])))
        cv2.circle(pupils, centre, round(IRIS * who.apart), PUPIL_SHADE, -1, cv2.LINE_AA)
        cv2.circle(pupils, (centre[0] + 2, centre[1] - 2), 2, GLINT_SHADE, -1, cv2.LINE_AA)
    shade[opening > 0] = pupils[opening > 0]


def sheet(printed: Image) -> Image:
    """A printed sheet."""
    grey = cv2.cvtColor(printed, cv2.COLOR_BGR2GRAY).astype(np.float32)
    shade = np.clip(PAPER_SHADE + INK_SHOWS * (grey - float(grey.max())), 0, 255).astype(np.uint8)
    return np.asarray(cv2.merge([shade, shade, shade]), np.uint8)


def glass(size: tuple[int, int], bezel_px: int) -> Image:
    """A display's front, (width, height): it mirrors the lamp in one place."""
    width, height = size
    shade = np.full((height, width), GLASS_SHADE + 14, np.uint8)
    shade[bezel_px:-bezel_px, bezel_px:-bezel_px] = GLASS_SHADE
    cv2.circle(shade, (round(0.78 * width), round(0.22 * height)), 9, LAMP_SHADE, -1, cv2.LINE_AA)
    soft = cv2.GaussianBlur(shade, (0, 0), 2.0)
    return np.asarray(cv2.merge([soft, soft, soft]), np.uint8)


def lobby(size: tuple[int, int]) -> Image:
    """The room behind: little of the lamp's light comes back from there."""
    width, height = size
    across = np.linspace(-1, 1, width)[None, :] ** 2 + np.linspace(-1, 1, height)[:, None] ** 2
    shade = (ROOM_SHADE / (1 + across)).astype(np.uint8)
    return np.asarray(cv2.merge([shade, shade, shade]), np.uint8)
