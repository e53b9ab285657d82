"""Which compartment a deposit gets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contracts.board import ChannelReading, DoorState, ItemState
from locker.allocation import choose, free_by_size, is_available
from locker.cabinet import Cabinet, Cell, Size
from locker.compartment import Compartment, Content, Operation, Status

FREE = ChannelReading(DoorState.CLOSED, ItemState.ABSENT)


def cell(name: str, size: Size, channel: int, *, bottom_mm: int = 500, top_mm: int = 600) -> Cell:
    return Cell(name, size, "main", channel, row=channel, column=0, bottom_mm=bottom_mm, top_mm=top_mm)


SMALL, SMALL_2 = cell("A-01", Size.S, 1), cell("A-02", Size.S, 2)
MIDDLE = cell("A-03", Size.M, 3, bottom_mm=1300, top_mm=1500)
LARGE = cell("A-04", Size.L, 4, bottom_mm=380, top_mm=1220)
CELLS = (LARGE, MIDDLE, SMALL_2, SMALL)


def given_to(size: Size, *, within_reach: bool = False, **states: Compartment) -> str | None:
    compartments = {one.name: Compartment(one.name) for one in CELLS}
    compartments |= {name.replace("_", "-"): state for name, state in states.items()}
    readings = {one.name: FREE for one in CELLS}
    chosen = choose(CELLS, compartments, readings, size=size, within_reach=within_reach)
    return chosen.name if chosen else None


def test_the_smallest_that_fits() -> None:
    assert given_to(Size.S) == "A-01"
    assert given_to(Size.M) == "A-03"
    assert given_to(Size.L) == "A-04"


def test_the_least_used_of_one_size() -> None:
    assert given_to(Size.S, A_01=Compartment("A-01", uses=3)) == "A-02"


def test_a_larger_one_rather_than_none() -> None:
    taken = Compartment("A-03", content=Content.HELD, case_id="C-1")
    assert given_to(Size.M, A_03=taken) == "A-04"
    assert given_to(Size.L, A_04=Compartment("A-04", case_id="C-1")) is None


def test_larger_than_what_was_too_small() -> None:
    readings = {one.name: FREE for one in CELLS}
    compartments = {one.name: Compartment(one.name) for one in CELLS}
    chosen = [
        choose(CELLS, compartments, readings, size=Size.S, larger_than=tried)
        for tried in (Size.S, Size.M, Size.L)
    ]
    assert [one and one.name for one in chosen] == ["A-03", "A-04", None]


@pytest.mark.parametrize(
    ("bottom_mm", "top_mm", "within"),
    [(380, 1220, True), (379, 1220, False), (380, 1221, False), (0, 300, False), (1300, 1500, False)],
)
def test_reach_is_the_whole_opening_between_380_and_1220_mm(
    bottom_mm: int, top_mm: int, within: bool
) -> None:
    assert cell("A-01", Size.S, 1, bottom_mm=bottom_mm, top_mm=top_mm).within_reach is within


def test_within_reach() -> None:
    assert given_to(Size.M, within_reach=True) == "A-04"


@pytest.mark.parametrize(
    "state",
    [
        Compartment("A-01", status=Status.INOPERATIVE),
        Compartment("A-01", status=Status.MANIPULATED),
        Compartment("A-01", content=Content.HELD),
        Compartment("A-01", content=Content.UNKNOWN),
        Compartment("A-01", case_id="C-1"),
        Compartment("A-01", operation=Operation("op", None)),
        None,
    ],
)
def test_what_the_journal_speaks_against(state: Compartment | None) -> None:
    assert not is_available(state, FREE)


@pytest.mark.parametrize(
    "reading",
    [
        ChannelReading(DoorState.OPEN, ItemState.ABSENT),
        ChannelReading(DoorState.UNKNOWN, ItemState.UNKNOWN),
        ChannelReading(DoorState.CLOSED, ItemState.PRESENT),
        None,
    ],
)
def test_what_the_sensors_speak_against(reading: ChannelReading | None) -> None:
    assert not is_available(Compartment("A-01"), reading)


def test_a_compartment_without_item_sensor_is_given() -> None:
    assert is_available(Compartment("A-01"), ChannelReading(DoorState.CLOSED, ItemState.UNKNOWN))


@given(
    st.fixed_dictionaries({one.name: st.tuples(st.booleans(), st.integers(0, 5)) for one in CELLS}),
    st.sampled_from(Size),
    st.booleans(),
)
def test_what_is_given_fits_and_none_better_was_free(
    world: dict[str, tuple[bool, int]], size: Size, within_reach: bool
) -> None:
    compartments = {
        name: Compartment(name, uses=uses, case_id=None if free else "C")
        for name, (free, uses) in world.items()
    }
    readings = dict.fromkeys(world, FREE)
    chosen = choose(CELLS, compartments, readings, size=size, within_reach=within_reach)
    possible = [
        one
        for one in CELLS
        if world[one.name][0] and one.size.fits(size) and (one.within_reach or not within_reach)
    ]
    assert (chosen is None) == (not possible)
    if chosen is not None:
        assert chosen in possible
        assert all(one.size.order >= chosen.size.order for one in possible)
        same = [one for one in possible if one.size is chosen.size]
        assert world[chosen.name][1] == min(world[one.name][1] for one in same)
    counts = free_by_size(CELLS, compartments, readings)
    assert sum(counts.values()) == sum(free for free, _ in world.values())


def test_a_contradictory_cabinet_is_refused_with_all_its_faults() -> None:
    with pytest.raises(ValueError, match=r"A-01 is there twice.*channel 1.*row 1, column 0"):
        Cabinet((SMALL, SMALL))
    with pytest.raises(ValueError, match="below"):
        Cabinet((cell("A-01", Size.S, 1, bottom_mm=900, top_mm=100),))
