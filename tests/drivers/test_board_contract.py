"""The suite of all lock boards: the contract and every fault, on every family's emulator."""

import contextlib
from collections.abc import Iterator

import pytest

from drivers.contracts.board import DoorState, ItemState
from drivers.errors import LinkClosed, LinkTimeout
from drivers.registry import DriverKind, names
from tests.drivers.board_contract import BoardContract, World, play, read_until
from tests.drivers.board_families import DRIVERS, FAMILIES, Bench, running
from tests.drivers.serial_server import rfc2217_server

NO_ANSWER = {"mute", "late", "half", "bad_checksum", "bad_end", "wrong_address"}
AN_ANSWER = {"garbage", "glued", "echo", "slow_line", "chatter"}
TOLD_ELSEWHERE = {"wrong_bit", "refuses"}
TOLD_BELOW = {"power_cut", "stuck", "stuck_once", "unlatched", "bounce", "flicker", "blind"}


@pytest.fixture(scope="module")
def line(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with running(request.param, tmp_path_factory.mktemp("line")) as bench:
        yield bench


@pytest.fixture
def bench(line: Bench) -> Iterator[Bench]:
    yield line
    line.reset()


every_board = pytest.mark.parametrize("line", FAMILIES, ids=str, indirect=True)
every_driver = pytest.mark.parametrize("line", DRIVERS, ids=str, indirect=True)


def every_fault(faults: set[str]) -> pytest.MarkDecorator:
    """Each of these faults on each driver whose boards can have it."""
    pairs = [(driver, fault) for driver in DRIVERS for fault in sorted(faults & driver.menu)]
    return pytest.mark.parametrize(("line", "fault"), pairs, ids=str, indirect=["line"])


def unlocks(bench: Bench, channel: int) -> int:
    count: int = bench.control.do("state")["channels"][str(channel)]["unlocks"]
    return count


def test_every_family_is_here() -> None:
    assert {family.driver for family in FAMILIES} == set(names(DriverKind.BOARD))


def test_every_fault_is_here() -> None:
    told = NO_ANSWER | AN_ANSWER | TOLD_BELOW | TOLD_ELSEWHERE
    assert {fault for driver in DRIVERS for fault in driver.menu} == told


@every_board
class TestEveryBoard(BoardContract):
    @pytest.fixture
    def world(self, bench: Bench) -> World:
        return bench.world()


@pytest.fixture(scope="module", params=DRIVERS, ids=str)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with running(request.param, tmp_path_factory.mktemp("server"), tcp=True) as bench:
        yield bench


async def open_and_shut(world: World) -> None:
    """One door, there and back."""
    await world.board.unlock(2)
    await read_until(world.board, 2, DoorState.OPEN)
    world.close_door(2)
    await read_until(world.board, 2, DoorState.CLOSED)


# pyserial does not close a socket whose far end has gone; it goes with the last reference
@pytest.mark.filterwarnings("ignore:.*socket.socket:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_behind_a_serial_server(server: Bench) -> None:
    async def scene(world: World) -> None:
        await open_and_shut(world)
        server.control.do("cable.pull")
        with pytest.raises(LinkClosed):
            await world.board.read()
        server.control.do("cable.plug")
        await open_and_shut(world)

    assert server.url.startswith("socket://")
    play(server.world(), scene)
    server.reset()


@pytest.mark.filterwarnings("ignore:set(Daemon|Name):DeprecationWarning")  # pyserial's own
def test_behind_a_server_that_speaks_rfc_2217(server: Bench) -> None:
    with rfc2217_server(server.url) as url:
        play(server.world(url=url), open_and_shut)
    server.reset()


@every_fault(NO_ANSWER)
def test_what_is_not_right_is_no_answer(bench: Bench, fault: str) -> None:
    async def scene(world: World) -> None:
        bench.control.do("fault", name=fault)
        with pytest.raises(LinkTimeout):
            await world.hasty.read()
        bench.control.do("fault", name="none")
        assert (await world.board.read())[1].door is DoorState.CLOSED

    play(bench.world(), scene)


@every_fault(AN_ANSWER)
def test_what_comes_with_the_answer_does_not_spoil_it(bench: Bench, fault: str) -> None:
    async def scene(world: World) -> None:
        bench.control.do("fault", name=fault)
        await world.board.unlock(2)
        await read_until(world.board, 2, DoorState.OPEN)
        for _ in range(2):
            readings = await world.board.read()
            assert [n for n, reading in readings.items() if reading.door is DoorState.OPEN] == [2]
        assert unlocks(bench, 2) == before + 1

    before = unlocks(bench, 2)
    play(bench.world(), scene)


@every_driver
def test_power_that_fails_in_the_middle_of_an_answer(bench: Bench) -> None:
    async def scene(world: World) -> None:
        bench.control.do("fault", name="power_cut")
        with pytest.raises(LinkTimeout):
            await world.hasty.read()
        while True:  # it comes back by itself
            with contextlib.suppress(LinkTimeout):
                assert (await world.hasty.read())[1].door is DoorState.CLOSED
                break

    play(bench.world(), scene)


@every_driver
def test_the_cable_comes_back(bench: Bench) -> None:
    async def scene(world: World) -> None:
        bench.control.do("cable.pull")
        for _ in range(2):
            with pytest.raises(LinkClosed):
                await world.board.read()
        with pytest.raises(LinkClosed):
            await world.board.unlock(1)
        bench.control.do("cable.plug")
        assert (await world.board.read())[1].door is DoorState.CLOSED

    before = unlocks(bench, 1)
    play(bench.world(), scene)
    assert unlocks(bench, 1) == before


@every_driver
def test_a_stuck_door_is_pulsed_once_and_reads_closed(bench: Bench) -> None:
    async def scene(world: World) -> None:
        bench.control.do("fault", name="stuck", channel=3)
        await world.board.unlock(3)
        assert (await world.board.read())[3].door is DoorState.CLOSED
        assert unlocks(bench, 3) == before + 1

    before = unlocks(bench, 3)
    play(bench.world(), scene)


@every_driver
def test_a_door_that_was_stuck_opens_when_asked_again(bench: Bench) -> None:
    async def scene(world: World) -> None:
        bench.control.do("fault", name="stuck_once")
        await world.board.unlock(1)
        assert (await world.board.read())[1].door is DoorState.CLOSED
        await world.board.unlock(1)
        await read_until(world.board, 1, DoorState.OPEN)

    play(bench.world(), scene)


@every_driver
def test_a_door_that_does_not_latch_reads_open(bench: Bench) -> None:
    async def scene(world: World) -> None:
        await world.board.unlock(1)
        await read_until(world.board, 1, DoorState.OPEN)
        bench.control.do("fault", name="unlatched")
        world.close_door(1)
        assert (await world.board.read())[1].door is DoorState.OPEN

    play(bench.world(), scene)


@every_driver
def test_a_bouncing_switch_is_told_as_it_is(bench: Bench) -> None:
    async def scene(world: World) -> None:
        bench.control.do("fault", name="bounce", channel=1)
        told = [await world.board.read() for _ in range(4)]
        seen = {DoorState.CLOSED} if bench.family.asks_twice else {DoorState.OPEN, DoorState.CLOSED}
        assert {readings[1].door for readings in told} == seen
        assert {readings[2].door for readings in told} == {DoorState.CLOSED}

    play(bench.world(), scene)


@pytest.mark.parametrize("line", [each for each in FAMILIES if each.says_unasked], ids=str, indirect=True)
def test_what_a_hand_did_between_two_polls_is_seen(bench: Bench) -> None:
    async def scene(world: World) -> None:
        for act in ("door.open", "door.close"):
            bench.control.do(act, channel=4)
        await read_until(world.board, 4, DoorState.OPEN)
        await read_until(world.board, 4, DoorState.CLOSED)

    play(bench.world(), scene)


@every_fault({"blind", "flicker"})
def test_the_item_sensor_is_told_as_it_is(bench: Bench, fault: str) -> None:
    async def scene(world: World) -> None:
        await world.board.unlock(1)
        await read_until(world.board, 1, DoorState.OPEN)
        world.put_item(1)
        bench.control.do("fault", name=fault, channel=1)
        told = {(await world.board.read())[1].item for _ in range(4)}
        assert told == ({ItemState.ABSENT} if fault == "blind" else {ItemState.ABSENT, ItemState.PRESENT})

    play(bench.world(), scene)
