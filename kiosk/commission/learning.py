"""What the openings of one board teach: polarity, order of bytes, item sensors, which door hangs where. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from drivers.boardtables import BoardConfig, Lock8a80Config, ModbusRelayConfig
from drivers.contracts.board import DoorState, ItemState

ORDERS = {"first": "last", "last": "first"}


@dataclass(frozen=True, slots=True)
class Opening:
    """One channel that was pulled. All states are as the board's present settings read them.

    `cell`: the compartment that a person saw opening, empty: none. `moved`: the channels whose door switch changed.
    `shut`: what the first of them read before. `item`: what the item sensor reads with something inside, None: nothing
    changed.
    """

    channel: int
    cell: str = ""
    moved: tuple[int, ...] = ()
    shut: DoorState = DoorState.UNKNOWN
    item: ItemState | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """`changes`: settings of the board's table that are other than now; `cells`: compartment -> channel.

    `troubles`: what no setting can mend.
    """

    changes: Mapping[str, Any] = field(default_factory=dict)
    cells: Mapping[str, int] = field(default_factory=dict)
    troubles: tuple[str, ...] = ()


def learnt(config: BoardConfig, openings: Sequence[Opening]) -> Lesson:
    """What follows from all openings of one board."""
    doors = [one for one in openings if one.cell]
    changes: dict[str, Any] = {}
    troubles = [*_wiring(doors), *_unseen(openings)]
    told = [one for one in doors if len(one.moved) == 1]
    if inverted := [one.channel for one in told if one.shut is DoorState.OPEN]:
        if len(inverted) == len(told):
            changes["closed_is_one"] = not config.closed_is_one
        else:
            troubles.append(
                f"channels {_listed(inverted)}: the switch speaks the other way round than that of the others;"
                " rewire it (normally open against normally closed)"
            )
    order, crossed = _order(config, {one.channel: one.moved[0] for one in told})
    items, wrong = _items(config, doors)
    cells = {one.cell: one.channel for one in doors}
    return Lesson({**changes, **order, **items}, cells, (*troubles, *crossed, *wrong))


def _wiring(doors: Sequence[Opening]) -> Iterable[str]:
    first: dict[str, int] = {}
    for one in doors:
        other = first.setdefault(one.cell, one.channel)
        if other != one.channel:
            yield f"{one.cell}: opened by channel {other} and by channel {one.channel}; pull one lock's plug and look"


def _unseen(openings: Sequence[Opening]) -> Iterable[str]:
    for one in openings:
        if one.cell and not one.moved:
            yield f"channel {one.channel}: {one.cell} opened and no switch told it; check the lock's two feedback wires"
        if one.cell and len(one.moved) > 1:
            yield f"channel {one.channel}: the switches of {_listed(one.moved)} moved at once; look for a short"
        if not one.cell and one.moved:
            yield f"channel {one.channel}: its switch moved and no door opened; the door sticks or is hooked twice"


def _order(config: BoardConfig, moved: Mapping[int, int]) -> tuple[dict[str, Any], list[str]]:
    """Settings that bring the switch of each channel to its own number; what is crossed all the same."""
    crossed = {channel: place for channel, place in moved.items() if channel != place}
    if not crossed:
        return {}, []
    if isinstance(config, Lock8a80Config) and all(
        place == _mirrored(channel, config.state_bytes) for channel, place in moved.items()
    ):
        return {"low_byte": ORDERS[config.low_byte or ("last" if config.state_bytes == 3 else "first")]}, []
    if isinstance(config, ModbusRelayConfig) and sorted(crossed) == sorted(crossed.values()):
        now = config.door_inputs or tuple(range(1, config.channels + 1))
        return {"door_inputs": [now[moved.get(n, n) - 1] for n in range(1, config.channels + 1)]}, []
    return {}, [
        f"channel {channel}: its switch is wired to channel {place}; swap the feedback plugs"
        for channel, place in crossed.items()
    ]


def _mirrored(channel: int, size: int) -> int:
    byte, bit = divmod(channel - 1, 8)
    return 8 * (size - 1 - byte) + bit + 1


def _items(config: BoardConfig, doors: Sequence[Opening]) -> tuple[dict[str, Any], list[str]]:
    """Only of boards that have item sensors of their own."""
    table = config.model_dump()
    if "item_is_one" not in table or not doors:
        return {}, []
    seen = [one for one in doors if one.item is not None]
    changes: dict[str, Any] = {"has_ir": bool(seen)} if table.get("has_ir", bool(seen)) != bool(seen) else {}
    if not seen:
        return changes, []
    blind = [one.channel for one in doors if one.item is None]
    troubles = (
        [f"channels {_listed(blind)}: the item sensor saw nothing, those of the others did"] if blind else []
    )
    inverted = [one.channel for one in seen if one.item is ItemState.ABSENT]
    if len(inverted) == len(seen):
        changes["item_is_one"] = not table["item_is_one"]
    elif inverted:
        troubles.append(
            f"channels {_listed(inverted)}: the item sensor speaks the other way round; rewire it"
        )
    return changes, troubles


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(str(number) for number in sorted(numbers))
