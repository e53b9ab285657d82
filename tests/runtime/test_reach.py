"""From where the screen hangs to what low mode may use of it."""

import pytest

from kiosk.runtime.who import low_px
from kiosk.settings import ScreenSettings
from screens.theme import LOW, LOW_LEAST


@pytest.mark.parametrize(
    ("height_mm", "bottom_mm", "reach_mm", "px"),
    [
        (476, 900, 1220, LOW),
        (476, 850, 1220, 1488),  # 370 mm of 476
        (476, 900, 1200, 1208),  # 300 mm are 1210 px, down to the grid
        (476, 1100, 1220, LOW_LEAST),  # it hangs too high: no less than a page needs
        (300, 900, 1220, 0),  # all of it is within reach
        (600, 620, 1220, 0),
    ],
)
def test_low_mode_follows_from_where_the_screen_hangs(
    height_mm: int, bottom_mm: int, reach_mm: int, px: int
) -> None:
    screen = ScreenSettings(height_mm=height_mm, bottom_mm=bottom_mm, reach_mm=reach_mm)
    within = low_px(screen)
    assert within == px
    if px > LOW_LEAST:  # what is touched is no higher than somebody reaches
        assert bottom_mm + within * height_mm / 1920 <= reach_mm
