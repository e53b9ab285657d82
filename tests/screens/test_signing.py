"""The pad under a real finger: what is written comes as strokes in time, and nothing of it stays."""

from itertools import pairwise
from typing import Any

from screens.samples import Samples
from screens.signature import LEAST_POINTS, UNITS, Signature

NAME = [[[150, 700], [300, 720], [420, 700]], [[300, 900], [290, 500], [280, 200]]]


def drawn(window: Any) -> list[Any]:
    return [intent["stroke"] for intent in window.do(do="intents")["intents"] if intent["type"] == "Drawn"]


def dense(stroke: list[list[int]]) -> list[list[float]]:
    """As a finger moves: many points between the corners."""
    points = []
    for (x, y), (to_x, to_y) in pairwise(stroke):
        points += [[x + (to_x - x) * part / 6, y + (to_y - y) * part / 6] for part in range(6)]
    return [*points, [float(one) for one in stroke[-1]]]


def test_a_finger_writes_strokes_with_their_time_in_thousandths_of_the_pad(window: Any) -> None:
    window.show("promise.sign")
    window.do(do="intents")
    window.do(do="draw", strokes=[dense(stroke) for stroke in NAME])
    strokes = drawn(window)
    assert len(strokes) == len(NAME)
    for given, found in zip(NAME, strokes, strict=True):
        for wanted, (x, y, _) in ((given[0], found[0]), (given[-1], found[-1])):
            assert abs(x - wanted[0]) <= 5
            assert abs(y - wanted[1]) <= 5
    times = [ms for stroke in strokes for _, _, ms in stroke]
    assert times == sorted(times)
    assert times[0] == 0
    assert times[-1] > 0
    signature = Signature()
    for stroke in strokes:
        signature = signature.with_stroke(tuple(tuple(point) for point in stroke))
    assert signature.points >= LEAST_POINTS
    assert signature.is_enough


def test_a_finger_that_slides_off_the_pad_stays_on_its_edge_and_one_beside_it_writes_nothing(
    window: Any,
) -> None:
    window.show("promise.sign")
    window.do(do="intents")
    window.do(do="draw", strokes=[[[500, 500], [500, 1300], [1400, 500]], [[500, 1200], [500, 500]]])
    (stroke,) = drawn(window)
    assert all(0 <= x <= UNITS and 0 <= y <= UNITS for x, y, _ in stroke)
    assert stroke[1][1] == UNITS


def test_clear_and_signed_are_offered_once_something_is_written(window: Any) -> None:
    empty = {control["key"]: control["enabled"] for control in window.show("promise.sign")["controls"]}
    assert (empty["promise.clear"], empty["promise.signed"]) == (False, False)
    window.show("promise.signed")
    window.do(do="intents")
    window.do(do="tap", key="promise.clear")
    window.do(do="tap", key="promise.signed")
    assert [one["type"] for one in window.do(do="intents")["intents"]] == ["ClearTyped", "Proceed"]


def test_nothing_that_was_written_stays_on_the_glass(window: Any) -> None:
    window.show("promise.signed")
    assert window.do(do="texts")["strokes"] > 0
    window.show("home")
    assert window.do(do="texts")["strokes"] == 0


def test_the_sample_is_a_signature() -> None:
    page = next(view for view in Samples("zh_CN").every() if view.name == "promise.signed")
    assert Signature(page.strokes).is_enough  # type: ignore[union-attr]
