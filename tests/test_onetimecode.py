"""One-time codes: right once, guessed at slowly, nowhere to be read, and all of that over a restart."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, assert_never

import pytest
from argon2 import PasswordHasher

from kiosk.journal import Journal, opened
from kiosk.journal.types import Channel, Notice
from kiosk.onetimecode import (
    CodeLimits,
    Issued,
    Missing,
    NoCode,
    OneTimeCodes,
    Purpose,
    Right,
    TooManyIssued,
    Wait,
    Wrong,
)

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
CASE = "260301-0001"
PICK_UP = Purpose.PICK_UP


def codes_of(journal: Journal, limits: CodeLimits | None = None) -> OneTimeCodes:
    return OneTimeCodes(journal, limits, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def with_codes(folder: Path, work: Callable[[Journal, OneTimeCodes], Coroutine[Any, Any, None]]) -> None:
    async def wrapped() -> None:
        async with opened(folder, ballast_bytes=0) as journal:
            await work(journal, codes_of(journal))

    asyncio.run(wrapped())


async def issue(codes: OneTimeCodes, subject: str = CASE, *, now: datetime = NOW) -> Issued:
    issued = await codes.issue(PICK_UP, subject, now=now, by="staff:1001", case_id=subject)
    assert isinstance(issued, Issued)
    return issued


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}d}"


async def types_of(journal: Journal) -> list[str]:
    return [event.type for event in await journal.events()]


@pytest.mark.parametrize("digits", [6, 8])
def test_a_code_is_right_once(tmp_path: Path, digits: int) -> None:
    async def work(journal: Journal, _codes: OneTimeCodes) -> None:
        codes = codes_of(journal, CodeLimits(digits=digits))
        issued = await issue(codes)
        assert len(issued.code) == digits
        assert issued.code.isdigit()
        assert await codes.check(PICK_UP, [CASE], issued.code, now=NOW) == Right(issued.code_id, CASE)
        assert await codes.check(PICK_UP, [CASE], issued.code, now=NOW) == NoCode(Missing.USED)
        assert await types_of(journal) == ["CodeIssued", "CodeUsed", "CodeRefused"]

    with_codes(tmp_path, work)


def test_a_code_has_six_digits_at_least() -> None:
    with pytest.raises(ValueError, match="6 to 8"):
        CodeLimits(digits=5)


def test_a_right_code_may_be_spent_later(tmp_path: Path) -> None:
    async def work(journal: Journal, codes: OneTimeCodes) -> None:
        issued = await issue(codes)
        for _ in range(2):  # a door that jams costs nobody the code
            assert isinstance(await codes.check(PICK_UP, [CASE], issued.code, now=NOW, use=False), Right)
        assert await codes.use(issued.code_id)
        assert not await codes.use(issued.code_id)
        assert await codes.check(PICK_UP, [CASE], issued.code, now=NOW) == NoCode(Missing.USED)
        assert (await types_of(journal)).count("CodeUsed") == 1

    with_codes(tmp_path, work)


def test_neither_digits_nor_subject_are_in_any_file(tmp_path: Path) -> None:
    subject = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

    async def work(journal: Journal, codes: OneTimeCodes) -> None:
        issued = await codes.issue(Purpose.IDENTITY_SMS, subject, now=NOW, by="kiosk")
        assert isinstance(issued, Issued)
        assert issued.code not in repr(issued)
        facts = " ".join(str(event.data) for event in await journal.events())
        assert subject not in facts
        stored = await journal.read(lambda db: db.execute("SELECT hash FROM one_time_codes").fetchone()[0])
        assert stored.startswith("$argon2id$")
        digits.append(issued.code.encode())

    digits: list[bytes] = []
    with_codes(tmp_path, work)
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert [file for file in files if digits[0] in file.read_bytes()] == []


def test_the_message_that_carries_it_is_one_transaction_with_the_fact_and_sealed(tmp_path: Path) -> None:
    def message(issued: Issued) -> list[Notice]:
        words = f"code {issued.code}".encode()
        return [Notice(Channel.SMS, f"citizen:{CASE}", words, personal=True, case_id=CASE)]

    async def work(journal: Journal, codes: OneTimeCodes) -> None:
        issued = await codes.issue(PICK_UP, CASE, now=NOW, by="kiosk", case_id=CASE, notices=message)
        assert isinstance(issued, Issued)
        kept = await journal.read(lambda db: db.execute("SELECT event_seq, payload FROM outbox").fetchone())
        (fact,) = await journal.events(kinds=["CodeIssued"])
        assert kept[0] == fact.seq
        assert issued.code.encode() not in kept[1]

    with_codes(tmp_path, work)


def test_wrong_tries_wait_and_block_over_a_restart(tmp_path: Path) -> None:
    async def guess(codes: OneTimeCodes, code: str, now: datetime) -> Any:
        return await codes.check(PICK_UP, [CASE], other_than(code), now=now)

    async def work() -> None:
        async with opened(tmp_path, ballast_bytes=0) as journal:
            codes = codes_of(journal)
            code = (await issue(codes, now=NOW)).code
            assert await guess(codes, code, NOW) == Wrong(4, 0)
            assert await guess(codes, code, NOW) == Wrong(3, 0)
            assert await guess(codes, code, NOW) == Wrong(2, 15)
        async with opened(tmp_path, ballast_bytes=0) as journal:
            codes = codes_of(journal)
            later = NOW + timedelta(seconds=5)
            assert await codes.check(PICK_UP, [CASE], code, now=later) == Wait(
                10
            )  # a right one is not looked at
            assert await codes.check(PICK_UP, [CASE], code, now=NOW - timedelta(days=1)) == Wait(15)
            assert await guess(codes, code, NOW + timedelta(seconds=15)) == Wrong(1, 30)
            assert await guess(codes, code, NOW + timedelta(seconds=45)) == Wrong(0, 60)
            assert await codes.check(PICK_UP, [CASE], code, now=NOW + timedelta(seconds=200)) == NoCode(
                Missing.BLOCKED
            )
            renewed = await issue(codes, now=NOW + timedelta(seconds=201))
            assert isinstance(
                await codes.check(PICK_UP, [CASE], renewed.code, now=NOW + timedelta(seconds=202)), Right
            )
            refused = await journal.events(kinds=["CodeRefused"])
            assert [event.data["failures"] for event in refused] == [1, 2, 3, 4, 5, 5]

    asyncio.run(work())


def test_a_renewed_code_makes_the_one_before_worthless(tmp_path: Path) -> None:
    async def work(journal: Journal, codes: OneTimeCodes) -> None:
        first = await issue(codes)
        second = await issue(codes)
        assert isinstance(await codes.check(PICK_UP, [CASE], first.code, now=NOW), Wrong)
        assert isinstance(await codes.check(PICK_UP, [CASE], second.code, now=NOW), Right)
        assert (await types_of(journal))[:3] == ["CodeIssued", "CodeRevoked", "CodeIssued"]

    with_codes(tmp_path, work)


def test_a_revoked_code_is_not_taken(tmp_path: Path) -> None:
    async def work(_journal: Journal, codes: OneTimeCodes) -> None:
        issued = await issue(codes)
        assert await codes.live(PICK_UP, CASE, NOW) is not None
        assert await codes.revoke(PICK_UP, CASE, by="staff:1001", reason="recalled")
        assert not await codes.revoke(PICK_UP, CASE, by="staff:1001", reason="recalled")
        assert await codes.live(PICK_UP, CASE, NOW) is None
        assert await codes.check(PICK_UP, [CASE], issued.code, now=NOW) == NoCode(Missing.REVOKED)

    with_codes(tmp_path, work)


def test_an_expired_code_is_said_to_be_one(tmp_path: Path) -> None:
    async def work(journal: Journal, codes: OneTimeCodes) -> None:
        issued = await issue(codes)
        late = NOW + timedelta(seconds=600)
        just = late - timedelta(milliseconds=1)
        assert isinstance(await codes.check(PICK_UP, [CASE], issued.code, now=just, use=False), Right)
        assert await codes.check(PICK_UP, [CASE], issued.code, now=late) == NoCode(Missing.EXPIRED)
        assert await types_of(journal) == ["CodeIssued", "CodeExpired", "CodeRefused"]

    with_codes(tmp_path, work)


def test_the_sweep_ends_what_ran_out_and_forgets_what_is_long_over(tmp_path: Path) -> None:
    async def work(journal: Journal, codes: OneTimeCodes) -> None:
        await issue(codes)
        assert await codes.sweep(NOW) == 0
        assert await codes.sweep(NOW + timedelta(days=1)) == 1
        assert await codes.sweep(NOW + timedelta(days=1)) == 0
        assert await types_of(journal) == ["CodeIssued", "CodeExpired"]
        await codes.sweep(NOW + timedelta(days=40))
        count = await journal.read(lambda db: db.execute("SELECT count(*) FROM one_time_codes").fetchone()[0])
        assert count == 0

    with_codes(tmp_path, work)


def test_whoever_has_two_results_types_either_code_and_a_wrong_one_counts_for_both(tmp_path: Path) -> None:
    async def work(journal: Journal, codes: OneTimeCodes) -> None:
        first, second = await issue(codes, "260301-0001"), await issue(codes, "260301-0002")
        both = ["260301-0001", "260301-0002"]
        wrong = next(c for c in ("00000000", "11111111", "22222222") if c not in (first.code, second.code))
        assert await codes.check(PICK_UP, both, wrong, now=NOW) == Wrong(4, 0)
        assert await codes.check(PICK_UP, both, second.code, now=NOW) == Right(second.code_id, "260301-0002")
        assert [e.data["case_id"] for e in await journal.events(kinds=["CodeRefused"])] == both

    with_codes(tmp_path, work)


def test_nobody_has_codes_made_without_end(tmp_path: Path) -> None:
    async def work(journal: Journal, _codes: OneTimeCodes) -> None:
        codes = codes_of(journal, CodeLimits(issues=2, issue_window_s=3600))
        await issue(codes)
        await issue(codes, now=NOW + timedelta(seconds=600))
        again = await codes.issue(PICK_UP, CASE, now=NOW + timedelta(seconds=1200), by="kiosk")
        match again:
            case TooManyIssued(wait_s):
                assert wait_s == 2400
            case Issued():
                raise AssertionError("a third code")
            case _:
                assert_never(again)
        assert isinstance(await codes.issue(PICK_UP, "260301-0002", now=NOW, by="kiosk"), Issued)
        await issue(codes, now=NOW + timedelta(seconds=3601))

    with_codes(tmp_path, work)


def test_there_is_no_code_where_none_was_made(tmp_path: Path) -> None:
    async def work(journal: Journal, codes: OneTimeCodes) -> None:
        assert await codes.check(PICK_UP, [CASE], "12345678", now=NOW) == NoCode(Missing.NONE)
        assert await codes.check(PICK_UP, [], "12345678", now=NOW) == NoCode(Missing.NONE)
        assert await types_of(journal) == []

    with_codes(tmp_path, work)


def test_a_code_lives_as_long_as_it_was_given_for_and_no_longer(tmp_path: Path) -> None:
    """Also before anybody has looked whether it is over."""

    async def work(_journal: Journal, codes: OneTimeCodes) -> None:
        issued = await codes.issue(PICK_UP, CASE, now=NOW, by="staff:1001", valid_s=30.0)
        assert isinstance(issued, Issued)
        assert issued.expires_at == NOW + timedelta(seconds=30)
        assert await codes.live(PICK_UP, CASE, NOW + timedelta(seconds=29.9)) is not None
        assert await codes.live(PICK_UP, CASE, NOW + timedelta(seconds=30)) is None
        late = await codes.check(PICK_UP, [CASE], issued.code, now=NOW + timedelta(seconds=30))
        assert late == NoCode(Missing.EXPIRED)

    with_codes(tmp_path, work)


def test_of_a_blocked_code_nothing_is_kept_to_be_guessed_at(tmp_path: Path) -> None:
    async def kept(journal: Journal) -> list[str]:
        rows = await journal.read(lambda db: db.execute("SELECT hash FROM one_time_codes").fetchall())
        return [str(hash_now) for (hash_now,) in rows]

    async def work(journal: Journal, _codes: OneTimeCodes) -> None:
        codes = codes_of(journal, CodeLimits(tries=2))
        issued = await issue(codes)
        assert "argon2" in (await kept(journal))[0]
        for _ in range(2):
            await codes.check(PICK_UP, [CASE], other_than(issued.code), now=NOW)
        assert await codes.check(PICK_UP, [CASE], issued.code, now=NOW) == NoCode(Missing.BLOCKED)
        assert await kept(journal) == [""]

    with_codes(tmp_path, work)
