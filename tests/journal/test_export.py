"""The export: the chain is proved from it alone, and whatever is done to it is found."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.journal import opened
from kiosk.journal.export import write_export
from kiosk.journal.faults import Fault
from kiosk.journal.history import Subject, View, history
from kiosk.journal.rows import Trailer
from kiosk.journal.verify import main, verify
from tests.journal.facts import NAME, NUMBER, PHONE, Clock, run, story

Lines = list[bytes]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """An export with six events, and the kiosk's public key."""
    folder = tmp_path_factory.mktemp("kiosk")

    async def work() -> bytes:
        async with opened(folder, clock=Clock(), ballast_bytes=0) as journal:
            await journal.append(story())
            key = await journal.public_key()
            head = Trailer(await journal.anchor(), key.hex())
            await journal.append(story("c2", "A-04"))  # what comes after the head stays out
            assert write_export(folder / "journal.db", folder / "out.jsonl", head) == 6
            return key

    return folder / "out.jsonl", run(work)


def changed(exported: Path, folder: Path, change: Callable[[Lines], Lines]) -> Path:
    path = folder / "changed.jsonl"
    path.write_bytes(b"".join(change(exported.read_bytes().splitlines(keepends=True))))
    return path


def test_an_export_is_whole_and_signed(exported: tuple[Path, bytes]) -> None:
    path, key = exported
    report = verify(path, public_key=key)
    assert report.ok, report
    assert (report.events, report.anchors) == (6, 1)
    assert path.stat().st_mode & 0o777 == 0o600
    assert main([str(path), "--public-key", key.hex()]) == 0


def test_each_line_says_its_event_and_the_sealed_part_stays_sealed(exported: tuple[Path, bytes]) -> None:
    first, *_, trailer = [json.loads(line) for line in exported[0].read_bytes().splitlines()]
    assert {"seq", "type", "version", "at", "data", "sealed", "prev", "hash", "body"} == first.keys()
    assert (first["type"], first["data"]["case_id"], first["prev"]) == ("CaseOpened", "c1", "00" * 32)
    assert trailer["head"]["seq"] == 6
    text = exported[0].read_text(encoding="utf-8")
    assert [secret for secret in (NAME, NUMBER, PHONE) if secret in text] == []


def test_a_history_can_be_read_from_an_export(exported: tuple[Path, bytes]) -> None:
    entries = history(exported[0], Subject(View.CASE, "c1"))
    assert [entry.event.seq for entry in entries] == [1, 2, 3, 4, 5, 6]


def tell(line: bytes, **values: object) -> bytes:
    return json.dumps(json.loads(line) | values).encode() + b"\n"


ATTACKS: list[tuple[Callable[[Lines], Lines], Fault, int]] = [
    (lambda lines: [line.replace(b"A-03", b"A-04") for line in lines], Fault.EDITED, 2),
    (lambda lines: [*lines[:3], tell(lines[3], data={"cell": "A-04"}), *lines[4:]], Fault.EDITED, 4),
    (lambda lines: [*lines[:3], tell(lines[3], note="approved"), *lines[4:]], Fault.EDITED, 4),
    (lambda lines: lines[:2] + lines[3:], Fault.REMOVED, 3),
    (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], Fault.REMOVED, 2),
    (lambda lines: lines[:4] + lines[-1:], Fault.CUT, 5),
    (lambda lines: lines[:4], Fault.CUT, 0),
    (lambda lines: [*lines, lines[0]], Fault.CUT, 0),
    (lambda lines: [*lines[:3], b"{nonsense\n", *lines[4:]], Fault.UNREADABLE, 4),
    (lambda lines: [*lines[:3], b"[]\n", *lines[4:]], Fault.UNREADABLE, 4),
    (lambda lines: [*lines[:3], b'{"seq": 4}\n', *lines[4:]], Fault.UNREADABLE, 4),
]


@pytest.mark.parametrize(("change", "fault", "seq"), ATTACKS)
def test_what_is_done_to_an_export_is_found(
    exported: tuple[Path, bytes], tmp_path: Path, change: Callable[[Lines], Lines], fault: Fault, seq: int
) -> None:
    first = verify(changed(exported[0], tmp_path, change)).faults[0]
    assert (first.fault, first.seq) == (fault, seq), first


def test_another_form_of_the_same_json_is_the_same_export(
    exported: tuple[Path, bytes], tmp_path: Path
) -> None:
    path = changed(exported[0], tmp_path, lambda lines: [tell(line) for line in lines])
    assert path.read_bytes() != exported[0].read_bytes()
    assert verify(path, public_key=exported[1]).ok


def test_a_trailer_without_the_kiosk_s_signature_is_told_apart(
    exported: tuple[Path, bytes], tmp_path: Path
) -> None:
    path, key = exported
    head = json.loads(path.read_bytes().splitlines()[-1])["head"]
    unsigned = changed(
        path, tmp_path, lambda lines: [*lines[:-1], tell(lines[-1], head=head | {"signature": ""})]
    )
    assert verify(unsigned).ok
    assert [fault.fault for fault in verify(unsigned, public_key=key).faults] == [Fault.FORGED]
    assert [fault.fault for fault in verify(path, public_key=bytes(32)).faults] == [Fault.FORGED]


def test_nothing_is_overwritten_and_nothing_half_is_left(
    exported: tuple[Path, bytes], tmp_path: Path
) -> None:
    path, _ = exported
    before = path.read_bytes()
    with pytest.raises(FileExistsError, match="nothing is overwritten"):
        write_export(path, path, Trailer(verify(path).head))
    assert path.read_bytes() == before
    with pytest.raises(OSError, match="No such file"):
        write_export(path, tmp_path / "gone" / "out.jsonl", Trailer(verify(path).head))
    assert list(tmp_path.iterdir()) == []
