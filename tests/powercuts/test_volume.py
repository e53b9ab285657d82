"""The disk that loses its power leaves what it may leave, and nothing else; the trace is read as it was written."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any, cast

import pytest

from .operations import (
    ABOVE,
    Create,
    MakeFolder,
    Operation,
    Remove,
    Rename,
    Resize,
    Say,
    Sync,
    SyncFolder,
    Write,
)
from .strace import NotUnderstood, Reader
from .volume import SECTOR_BYTES, Content, Volume

Step = tuple[type[Operation], Mapping[str, object]]
A, B = b"a" * SECTOR_BYTES, b"b" * SECTOR_BYTES


def played(*operations: Step) -> Volume:
    """A volume after the watched folder was made durable and these were done, one after the other."""
    volume = Volume()
    begin: list[Step] = [
        (MakeFolder, {"path": "."}),
        (SyncFolder, {"path": ABOVE}),
    ]
    for place, (kind, fields) in enumerate(begin + list(operations)):
        volume.take(cast(Any, kind)(began=place, ended=place, at_s=0.0, **fields))
    return volume


def found(volume: Volume, path: str, most: int = 64) -> set[bytes | None]:
    """Everything that a file may hold after a cut; None: it is not there."""
    images = list(volume.images(Random(1), most))
    return {whole(image.files[path]) if path in image.files else None for image in images}


def whole(content: Content) -> bytes:
    """The bytes with the zeros that are not kept."""
    return bytes(content.data) + bytes(content.size - len(content.data))


def new(path: str) -> Iterator[Step]:
    """A file whose name is safe."""
    yield Create, {"path": path}
    yield SyncFolder, {"path": "."}


def test_what_was_synced_is_there_and_what_came_after_may_be() -> None:
    first, second = {"path": "f", "offset": 0, "data": A}, {"path": "f", "offset": SECTOR_BYTES, "data": B}
    volume = played(*new("f"), (Write, first), (Sync, {"path": "f"}), (Write, second))
    assert found(volume, "f") == {A, A + B}


def test_each_write_since_the_sync_is_lost_or_kept_by_itself_and_a_gap_is_zeros() -> None:
    first, second = {"path": "f", "offset": 0, "data": A}, {"path": "f", "offset": SECTOR_BYTES, "data": B}
    volume = played(*new("f"), (Write, first), (Write, second))
    assert found(volume, "f") == {b"", A, bytes(SECTOR_BYTES) + B, A + B}


def test_a_write_is_torn_where_a_sector_of_the_disk_ends() -> None:
    first, second = {"path": "f", "offset": 0, "data": A + A}, {"path": "f", "offset": 10, "data": B}
    volume = played(*new("f"), (Write, first), (Sync, {"path": "f"}), (Write, second))
    halves = {A[:10] + B[10:] + A, A + B[:10] + A[10:]}
    seen: set[bytes | None] = set()
    for seed in range(20):
        seen |= {whole(image.files["f"]) for image in volume.images(Random(seed), 64)}
    assert seen == {A + A, A[:10] + B + A[10:], *halves}


def test_a_sync_covers_only_what_had_ended_before_it_began() -> None:
    volume = played(*new("f"))
    volume.take(Write(began=10, ended=13, at_s=0.0, path="f", offset=0, data=A))
    volume.take(Sync(began=12, ended=14, at_s=0.0, path="f"))
    assert found(volume, "f") == {b"", A}


def test_a_sync_of_a_file_makes_its_bytes_safe_and_not_its_name() -> None:
    volume = played(
        (Create, {"path": "f"}), (Write, {"path": "f", "offset": 0, "data": A}), (Sync, {"path": "f"})
    )
    assert found(volume, "f") == {None, A}


def test_a_rename_may_be_there_without_the_bytes() -> None:
    volume = played(
        *new("f"), (Write, {"path": "f", "offset": 0, "data": A}), (Sync, {"path": "f"}),
        (Create, {"path": "g"}), (Write, {"path": "g", "offset": 0, "data": B}), (Rename, {"path": "g", "to": "f"}),
    )  # fmt: skip
    assert found(volume, "f") == {A, b"", B}


def test_names_of_a_folder_change_in_order() -> None:
    volume = played(*new("f"), (Create, {"path": "g"}), (Remove, {"path": "f"}))
    names = {frozenset(image.files) for image in volume.images(Random(1), 64)}
    assert names == {frozenset("f"), frozenset("fg"), frozenset("g")}


def test_a_folder_whose_name_was_never_synced_takes_everything_with_it() -> None:
    inside: tuple[Step, ...] = ((Create, {"path": "d/f"}), (SyncFolder, {"path": "d"}))
    assert found(played((MakeFolder, {"path": "d"}), *inside), "d/f") == {None, b""}
    assert found(played((MakeFolder, {"path": "d"}), (SyncFolder, {"path": "."}), *inside), "d/f") == {b""}


def test_room_that_was_taken_counts_and_costs_nothing(tmp_path: Path) -> None:
    volume = played(*new("f"), (Resize, {"path": "f", "size": 1 << 40}))
    image = volume.all_kept()
    assert (image.files["f"].size, len(image.files["f"].data)) == (1 << 40, 0)
    played(*new("f"), (Resize, {"path": "f", "size": 1000})).all_kept().put_down(tmp_path / "image")
    assert (tmp_path / "image" / "f").read_bytes() == bytes(1000)


# the trace ----------------------------------------------------------------------------------------------------------


def hexed(text: str) -> str:
    """As strace writes it."""
    return "".join(f"\\x{byte:02x}" for byte in text.encode())


STATE = Path("/k/state")
FILE = hexed("/k/state/f")


def test_calls_that_are_told_in_two_lines_are_one_operation() -> None:
    lines = [
        f'7  1.0 openat(AT_FDCWD<{hexed("/")}>, "{FILE}", O_RDWR|O_CREAT, 0644) = 5<{FILE}>\n',
        f'7  2.0 pwrite64(5<{FILE}>, "\\x41\\x42", 2, 9 <unfinished ...>\n',
        '8  2.1 sendto(6<TCP:[127.0.0.1:1->127.0.0.1:1883]>, "\\x43", 1, 0, NULL, 0) = 1\n',
        "7  2.2 <... pwrite64 resumed>) = 2\n",
        f"7  3.0 fdatasync(5<{FILE}>) = 0\n",
        f"7  3.1 fdatasync(9<{hexed('/k/other')}>) = 0\n",
        f'7  4.0 rename("{FILE}", "{FILE}") = -1 ENOENT (No such file or directory)\n',
    ]
    told = list(Reader(STATE, {":1883]>": "broker"}).read(lines))
    assert told == [
        Create(began=1, ended=1, at_s=1.0, path="f"),
        Say(began=3, ended=3, at_s=2.1, to="broker", data=b"C"),
        Write(began=2, ended=4, at_s=2.2, path="f", offset=9, data=b"AB"),
        Sync(began=5, ended=5, at_s=3.0, path="f"),
    ]


def test_writes_without_an_offset_follow_each_other() -> None:
    lines = [
        f'7  1.0 openat(AT_FDCWD<{hexed("/")}>, "{FILE}", O_WRONLY|O_CREAT|O_TRUNC, 0644) = 5<{FILE}>\n',
        f'7  1.1 write(5<{FILE}>, "\\x41\\x42", 2) = 2\n',
        f'7  1.2 write(5<{FILE}>, "\\x43", 1) = 1\n',
        f"7  1.3 lseek(5<{FILE}>, 1, SEEK_SET) = 1\n",
        f'7  1.4 write(5<{FILE}>, "\\x44", 1) = 1\n',
    ]
    writes = [one for one in Reader(STATE, {}).read(lines) if isinstance(one, Write)]
    assert [(one.offset, one.data) for one in writes] == [(0, b"AB"), (2, b"C"), (1, b"D")]


@pytest.mark.parametrize(
    "call",
    [
        f"mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_SHARED, 5<{FILE}>, 0) = 0x7f00",
        f'linkat(AT_FDCWD<{hexed("/")}>, "{hexed("/tmp/g")}", AT_FDCWD<{hexed("/")}>, "{FILE}", 0) = 0',
        f'rename("{FILE}", "{hexed("/k/state/d/f")}") = 0',
        f"sync_file_range(5<{FILE}>, 0, 1, 2) = 0",
    ],
)
def test_what_is_not_understood_is_an_error(call: str) -> None:
    with pytest.raises(NotUnderstood):
        list(Reader(STATE, {}).read([f"7  1.0 {call}\n"]))
