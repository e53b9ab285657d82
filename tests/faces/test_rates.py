"""Error rates and their intervals, against known values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.faces.bootstrap import Bootstrap
from kiosk.faces.folds import accuracy, best_threshold
from kiosk.faces.rates import Scores, exact, threshold_at

SCORES = st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=60)


def scores(genuine: list[float], impostor: list[float], people: int = 4) -> Scores:
    """Genuine pairs of one person after the other, impostor pairs of each with the next."""
    owners = np.arange(len(genuine), dtype=np.int32) % people
    pairs = np.array([(at % people, (at + 1) % people) for at in range(len(impostor))], np.int32).reshape(
        -1, 2
    )
    return Scores(np.array(genuine, np.float32), owners, np.array(impostor, np.float32), pairs, people)


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [
        (0, 5, 0.0, 0.5218),  # 1 - 0.025 ** (1 / 5)
        (5, 5, 0.4782, 1.0),
        (1, 10, 0.0025, 0.4450),  # Clopper and Pearson 1934, as printed in many tables
        (10, 20, 0.2720, 0.7280),
        (5990, 6000, 0.99694, 0.99920),
    ],
)
def test_the_exact_interval_of_a_count(hits: int, total: int, low: float, high: float) -> None:
    told = exact(hits, total)
    assert told.value == hits / total
    assert told.low == pytest.approx(low, abs=1e-4)
    assert told.high == pytest.approx(high, abs=1e-4)


@given(total=st.integers(1, 400), data=st.data())
def test_an_exact_interval_holds_its_share(total: int, data: st.DataObject) -> None:
    told = exact(data.draw(st.integers(0, total)), total)
    assert told.low is not None
    assert told.high is not None
    assert told.value is not None
    assert 0 <= told.low <= told.value <= told.high <= 1


def test_nothing_counted_says_nothing() -> None:
    assert exact(0, 0).value is None


@given(impostor=SCORES, far=st.floats(0.01, 0.9))
def test_a_threshold_accepts_no_more_than_asked(impostor: list[float], far: float) -> None:
    values = np.array(impostor, np.float32)
    threshold = threshold_at(values, far)
    if threshold is None:
        assert far * len(values) < 1
    else:
        assert np.mean(values >= np.float32(threshold)) <= far + 1e-9


def test_a_threshold_is_the_lowest_that_does() -> None:
    impostor = np.linspace(0, 0.999, 1000, dtype=np.float32)
    assert threshold_at(impostor, 0.01) == pytest.approx(0.989, abs=1e-5), "just above the eleventh"
    assert threshold_at(impostor, 0.001) == pytest.approx(0.998, abs=1e-5)
    assert threshold_at(impostor, 0.0009) is None, "one in a thousand pairs is too many"


def test_rates_at_a_threshold_and_between_two() -> None:
    drawn = Bootstrap(scores([0.2, 0.5, 0.6, 0.9], [0.0, 0.1, 0.45, 0.7]))
    tar, far = drawn.tar(0.5), drawn.far(0.5)
    assert (tar.hits, tar.total, tar.value) == (3, 4, 0.75)
    assert (far.hits, far.total, far.value) == (1, 4, 0.25)
    assert drawn.tar(0.4, below=0.6).hits == 1
    assert drawn.far(0.4, below=0.7).hits == 1


def test_the_equal_error_rate_of_overlapping_scores() -> None:
    genuine = list(np.linspace(0.41, 1.40, 100))  # ten of them lie below 0.5, ten of the others above
    impostor = list(np.linspace(-0.4, 0.599, 100))
    threshold, eer = Bootstrap(scores(genuine, impostor)).eer()
    assert eer.value == pytest.approx(0.1, abs=0.011)
    assert threshold == pytest.approx(0.5, abs=0.02)


def test_scores_that_do_not_overlap_have_no_equal_error() -> None:
    drawn = Bootstrap(scores([0.8] * 50, [0.1] * 200))
    eer = drawn.eer()[1]
    assert eer.value == 0.0
    assert eer.high == drawn.far(0.5).high, "so few people are no proof of none"
    assert drawn.tar_at(0.01)[1].value == 1.0


def test_the_interval_knows_people_not_pairs() -> None:
    """A hundred pairs of ten people, one of whom is never recognised: as uncertain as ten people are."""
    people = np.repeat(np.arange(10, dtype=np.int32), 10)
    genuine = np.where(people == 3, 0.1, 0.9).astype(np.float32)
    impostor = np.zeros(90, np.float32)
    pairs = np.array([(a, b) for a in range(10) for b in range(10) if a != b], np.int32)
    by_people = Bootstrap(Scores(genuine, people, impostor, pairs, 10)).tar(0.5)
    by_pairs = exact(90, 100)
    assert by_people.value == by_pairs.value == 0.9
    assert by_people.low is not None
    assert by_pairs.low is not None
    assert by_people.low <= 0.7 < by_pairs.low
    assert by_people.high == 1.0


def test_the_interval_of_many_people_is_that_of_a_count() -> None:
    random = np.random.default_rng(5)
    people = np.arange(500, dtype=np.int32)
    genuine = (random.random(500) < 0.9).astype(np.float32)
    pairs = np.stack([people, (people + 1) % 500], axis=1)
    told = Bootstrap(Scores(genuine, people, np.zeros(500, np.float32), pairs, 500)).tar(0.5)
    counted = exact(told.hits, told.total)
    assert told.low == pytest.approx(counted.low, abs=0.01)
    assert told.high == pytest.approx(counted.high, abs=0.01)


def test_no_false_accept_at_all_is_not_a_rate_of_nothing() -> None:
    far = Bootstrap(scores([0.9] * 4, [0.1] * 400)).far(0.5)
    assert far.value == 0.0
    assert far.high is not None
    assert far.high > 1 / 400, "four people make no 400 independent pairs"


def test_without_pairs_nothing_is_said() -> None:
    drawn = Bootstrap(scores([], [0.1, 0.2]))
    assert drawn.tar(0.5).value is None
    assert drawn.tar_at(0.5)[1].value is None
    assert drawn.eer()[1].value is None


@given(genuine=SCORES, impostor=SCORES)
def test_any_scores_have_rates(genuine: list[float], impostor: list[float]) -> None:
    drawn = Bootstrap(scores(genuine, impostor), replicates=20)
    for rate in (drawn.tar(0.5), drawn.far(0.5), drawn.tar_at(0.1)[1], drawn.eer()[1]):
        if rate.value is not None:
            assert 0 <= rate.value <= 1


def test_each_fold_is_judged_with_the_threshold_of_the_others() -> None:
    values = np.array([0.1, 0.9, 0.2, 0.8, 0.7, 0.3], np.float32)
    same = np.array([False, True, False, True, False, True])  # the third fold is wrong in both pairs
    told = accuracy(values, same, ["1", "1", "2", "2", "3", "3"])
    assert [fold.right.value for fold in told.folds] == [1.0, 1.0, 0.0]
    assert (told.right.hits, told.right.total) == (4, 6)


def test_the_best_threshold_lies_in_the_gap() -> None:
    assert best_threshold(
        np.array([0.1, 0.2, 0.6, 0.9], np.float32), np.array([False, False, True, True])
    ) == (pytest.approx(0.4))
