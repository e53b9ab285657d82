"""All pictures of a story on one: in rows, each as wide as the others."""

from pathlib import Path
from typing import Final

from PIL import Image

COLUMNS: Final = 8
PAGE: Final = (162, 288)  # pixels: about a seventh of the screen's
GAP: Final = 12
GROUND: Final = "#8a8f98"


def write_sheet(pictures: list[Path], into: Path) -> None:
    """Write the pictures, in order, as one PNG of few colours. Nothing is written where there are none."""
    if not pictures:
        return
    columns, rows = min(COLUMNS, len(pictures)), -(-len(pictures) // COLUMNS)
    size = (columns * (PAGE[0] + GAP) + GAP, rows * (PAGE[1] + GAP) + GAP)
    sheet = Image.new("RGB", size, GROUND)
    for number, path in enumerate(pictures):
        with Image.open(path) as picture:
            small = picture.convert("RGB")
            small.thumbnail(PAGE, Image.Resampling.LANCZOS)
        row, column = divmod(number, COLUMNS)
        at = (GAP + column * (PAGE[0] + GAP), GAP + row * (PAGE[1] + GAP))
        sheet.paste(small, (at[0] + (PAGE[0] - small.width) // 2, at[1] + (PAGE[1] - small.height) // 2))
    sheet.quantize(64, dither=Image.Dither.NONE).save(into, optimize=True)
