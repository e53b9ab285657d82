"""The picture of round corners, by what a circle is."""

import math

import numpy as np
import pytest

from screens.corners import opacity


@pytest.mark.parametrize("radius", [2, 7, 16, 28, 40])
def test_a_corner_is_a_quarter_of_a_disc(radius: int) -> None:
    shares = opacity((radius,) * 4) / 255
    assert shares[:radius, :radius].sum() == pytest.approx(math.pi * radius**2 / 4, rel=0.02)
    assert (shares == shares[::-1]).all()
    assert (shares == shares.T).all()
    assert shares[radius:-radius].min() == shares[:, radius:-radius].min() == 1  # only corners are cut


def test_each_corner_has_its_own_radius() -> None:
    shares = opacity((9, 5, 0, 2))
    cut = [
        int((part < 255).sum())
        for part in (shares[:10, :10], shares[:10, 10:], shares[10:, 10:], shares[10:, :10])
    ]
    assert cut[0] > cut[1] > cut[3] > cut[2] == 0
    assert shares.shape == (20, 20)


def test_without_corners_all_is_inside() -> None:
    assert np.array_equal(opacity((0, 0, 0, 0)), np.full((4, 4), 255, np.uint8))
