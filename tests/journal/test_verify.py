"""The chain: what an attacker with the file can do, and what verify says to it."""

import asyncio
import base64
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.journal import Anchor, is_genuine, opened, parse_anchor
from kiosk.journal import events as ev
from kiosk.journal.codec import link
from kiosk.journal.faults import Fault
from kiosk.journal.verify import as_json, main, verify

EVENTS = 6


async def _write(folder: Path) -> tuple[Anchor, bytes]:
    async with opened(folder) as journal:
        for number in range(EVENTS):
            await journal.append(ev.SessionStarted(f"s{number}"))
        return await journal.anchor(), await journal.public_key()


@pytest.fixture
def written(tmp_path: Path) -> tuple[Path, Anchor, bytes]:
    anchor, key = asyncio.run(_write(tmp_path))
    return tmp_path / "journal.db", anchor, key


def tamper(path: Path, *statements: str) -> None:
    db = sqlite3.connect(path)
    try:
        db.execute("DROP TRIGGER events_are_not_edited")
        db.execute("DROP TRIGGER events_are_not_removed")
        for statement in statements:
            db.execute(statement)
        db.commit()
    finally:
        db.close()


def rehash(path: Path, start: int) -> None:
    """What a forger who knows the rule does: make the chain fit again from `start` on."""
    db = sqlite3.connect(path)
    try:
        prev = db.execute("SELECT hash FROM events WHERE seq = ?", (start - 1,)).fetchone()[0]
        rows = db.execute("SELECT seq, type, version, body FROM events WHERE seq >= ? ORDER BY seq", (start,))
        for seq, kind, version, body in rows.fetchall():
            now = link(prev, kind, version, body)
            db.execute("UPDATE events SET prev = ?, hash = ? WHERE seq = ?", (prev, now, seq))
            prev = now
        db.commit()
    finally:
        db.close()


def test_a_whole_journal_is_whole(written: tuple[Path, Anchor, bytes]) -> None:
    path, anchor, key = written
    report = verify(path, [anchor, anchor.text], public_key=key)
    assert report.ok, report
    assert (report.events, report.head_seq, report.head_hash) == (EVENTS, EVENTS, anchor.hash_hex)


ATTACKS: list[tuple[tuple[str, ...], Fault, int]] = [
    (
        ("UPDATE events SET body = CAST(replace(CAST(body AS TEXT), 's2', 's9') AS BLOB) WHERE seq = 3",),
        Fault.EDITED,
        3,
    ),
    (("UPDATE events SET type = 'SessionEnded' WHERE seq = 3",), Fault.EDITED, 3),
    (("UPDATE events SET version = 2 WHERE seq = 3",), Fault.EDITED, 3),
    (("DELETE FROM events WHERE seq = 3",), Fault.REMOVED, 3),
    (("DELETE FROM events WHERE seq = 1",), Fault.REMOVED, 1),
    (("DELETE FROM events WHERE seq = 3", "UPDATE events SET seq = seq - 1 WHERE seq > 3"), Fault.REMOVED, 3),
    (
        (
            "UPDATE events SET seq = 100 WHERE seq = 3",
            "UPDATE events SET seq = 3 WHERE seq = 4",
            "UPDATE events SET seq = 4 WHERE seq = 100",
        ),
        Fault.REORDERED,
        3,
    ),
]


@pytest.mark.parametrize(("statements", "fault", "seq"), ATTACKS)
def test_tampering_is_found_without_an_anchor(
    written: tuple[Path, Anchor, bytes], statements: tuple[str, ...], fault: Fault, seq: int
) -> None:
    path, _, _ = written
    tamper(path, *statements)
    first = verify(path).faults[0]
    assert (first.fault, first.seq) == (fault, seq)


def test_a_cut_tail_is_found_by_the_anchor_alone(written: tuple[Path, Anchor, bytes]) -> None:
    path, anchor, _ = written
    tamper(path, "DELETE FROM events WHERE seq > 4")
    assert verify(path).ok  # a chain cannot know what was cut off
    assert [(f.fault, f.seq) for f in verify(path, [anchor.text]).faults] == [(Fault.CUT, 5)]


def test_an_emptied_file_is_found_by_the_anchor(written: tuple[Path, Anchor, bytes]) -> None:
    path, anchor, _ = written
    tamper(path, "DELETE FROM events")
    assert [f.fault for f in verify(path, [anchor]).faults] == [Fault.CUT]


def test_a_chain_made_anew_is_found_by_the_anchor(written: tuple[Path, Anchor, bytes]) -> None:
    path, anchor, _ = written
    tamper(
        path, "UPDATE events SET body = CAST(replace(CAST(body AS TEXT), 's2', 's9') AS BLOB) WHERE seq = 3"
    )
    rehash(path, 3)
    assert verify(path).ok
    assert [f.fault for f in verify(path, [anchor.text]).faults] == [Fault.REPLACED]


def test_a_forged_anchor_is_told_apart(written: tuple[Path, Anchor, bytes]) -> None:
    path, anchor, key = written
    assert is_genuine(anchor, key)
    moved = Anchor(anchor.seq + 1, anchor.hash_hex, anchor.signature)
    assert not is_genuine(moved, key)
    assert [f.fault for f in verify(path, [moved], public_key=key).faults] == [Fault.FORGED]


def test_short_anchor_reads_back() -> None:
    anchor = Anchor(123, "7f3a9c21" + "0" * 56)
    assert anchor.text == "J-000123-7F3A9C21"
    assert parse_anchor(" j-000123-7f3a9c21 ").matches(bytes.fromhex(anchor.hash_hex))
    with pytest.raises(ValueError, match="J-000123"):
        parse_anchor("J-12-XYZ")


def test_the_anchor_of_a_status_message_reads_back_with_its_signature(
    written: tuple[Path, Anchor, bytes],
) -> None:
    path, anchor, key = written
    told = {"seq": anchor.seq, "hash": anchor.hash_hex, "signature": anchor.signature}
    assert parse_anchor(json.dumps(told)) == anchor
    assert main([str(path), "--anchor", json.dumps(told), "--public-key", key.hex()]) == 0
    forged = told | {"signature": base64.b64encode(bytes(64)).decode()}
    assert main([str(path), "--anchor", json.dumps(forged), "--public-key", key.hex()]) == 1
    with pytest.raises(ValueError, match="64 hexadecimal"):
        parse_anchor(json.dumps(told | {"hash": "7f"}))
    with pytest.raises(ValueError, match="no anchor"):
        parse_anchor("{}")


def test_a_copy_verifies_and_a_running_journal_too(tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(tmp_path) as journal:
            await journal.append(ev.SessionStarted("s"))
            await journal.copy_to(tmp_path / "copy.db")
            anchor = await journal.anchor()
            for path in (tmp_path / "copy.db", tmp_path / "journal.db"):
                report = verify(path, [anchor])
                assert report.ok
                assert report.events == 1

    asyncio.run(work())


@pytest.mark.parametrize("make", [lambda p: None, lambda p: p.write_bytes(b"not a database" * 100)])
def test_what_is_no_journal_is_reported(tmp_path: Path, make: Callable[[Path], object]) -> None:
    path = tmp_path / "x.db"
    make(path)
    assert [f.fault for f in verify(path).faults] == [Fault.UNREADABLE]


def test_command_line(written: tuple[Path, Anchor, bytes], capsys: pytest.CaptureFixture[str]) -> None:
    path, anchor, key = written
    assert main([str(path), "--anchor", anchor.text, "--public-key", key.hex(), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(as_json(verify(path, [anchor])))
    tamper(path, "DELETE FROM events WHERE seq = 2")
    assert main([str(path)]) == 1
    said = capsys.readouterr().out
    assert "event 2: removed: events 2 to 2 are not there" in said
    assert "what to do:\n- change nothing and keep a copy" in said
    assert main([str(path), "--anchor", f"J-{EVENTS + 7:06d}-00000000"]) == 1
    assert "- look for the newer file" in capsys.readouterr().out
