"""Staff accounts: what is kept where, who is told, sign-in and its waits."""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Coroutine
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from drivers.contracts.staffcard import CardUid
from kiosk.journal import Journal, KeyErased, SealBroken, opened
from kiosk.journal.sealing import _open
from kiosk.journal.verify import verify
from kiosk.staff import (
    Locked,
    Role,
    SignedIn,
    StaffError,
    StaffRegistry,
    WrongPin,
    on_call,
    pin_fault,
    told_for,
    wait_after,
)

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
GOOD, OTHER, WRONG = "402915", "731846", "402916"
NAME, PHONE = "柜员测试", "13900000000"


def registry(journal: Journal) -> StaffRegistry:
    return StaffRegistry(journal, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def with_staff(folder: Path, work: Callable[[Journal, StaffRegistry], Coroutine[Any, Any, None]]) -> None:
    async def wrapped() -> None:
        async with opened(folder, ballast_bytes=0) as journal:
            await work(journal, registry(journal))

    asyncio.run(wrapped())


async def add(staff: StaffRegistry, staff_no: str = "1001", **given: Any) -> None:
    options = {"name": NAME, "pin": GOOD, "role": Role.STAFF, "phone": PHONE, "by": "cli", **given}
    await staff.add(staff_no, **options)


def test_no_account_exists_by_default(tmp_path: Path) -> None:
    async def work(_journal: Journal, staff: StaffRegistry) -> None:
        assert await staff.list() == []
        assert isinstance(await staff.sign_in("0000", "000000", NOW), WrongPin)

    with_staff(tmp_path, work)


def test_an_account_is_an_event_without_name_phone_or_pin(tmp_path: Path) -> None:
    async def work(journal: Journal, staff: StaffRegistry) -> None:
        await add(staff, departments=("市场监督管理局",), told_for=("sole-trader",))
        (event,) = await journal.events()
        assert event.type == "StaffAdded"
        assert dict(event.data) == {
            "staff_no": "1001",
            "role": "staff",
            "departments": ["市场监督管理局"],
            "told_for": ["sole-trader"],
            "by": "cli",
        }
        assert await staff.phone("1001") == PHONE
        assert NAME not in repr(await staff.list())
        kept = [p.read_bytes() for p in (tmp_path / "journal.db", tmp_path / "journal.db-wal")]
        for secret in (NAME, PHONE, GOOD, "$argon2"):
            assert all(secret.encode() not in content for content in kept), secret

    with_staff(tmp_path, work)


@pytest.mark.parametrize(
    "pin",
    ["111111", "123456", "654321", "890123", "121212", "123123", "112211", "12345", "1234567", "12345a"],
)
def test_a_pin_anybody_would_try_is_refused(pin: str) -> None:
    assert pin_fault(pin) is not None


def test_a_fair_pin_is_taken() -> None:
    assert pin_fault(GOOD) is None
    assert pin_fault(OTHER) is None


@pytest.mark.parametrize(
    "given",
    [{"staff_no": "12"}, {"staff_no": "10a1"}, {"name": " "}, {"pin": "123456"}, {"phone": "call me"}],
)
def test_bad_accounts_are_refused_without_a_trace(tmp_path: Path, given: dict[str, str]) -> None:
    async def work(journal: Journal, staff: StaffRegistry) -> None:
        with pytest.raises(StaffError):
            await add(staff, **given)
        assert await journal.events() == []

    with_staff(tmp_path, work)


def test_a_number_is_given_once(tmp_path: Path) -> None:
    async def work(_journal: Journal, staff: StaffRegistry) -> None:
        await add(staff)
        await staff.disable("1001", by="cli")
        with pytest.raises(StaffError, match="taken"):
            await add(staff)

    with_staff(tmp_path, work)


def test_sign_in_and_out_are_events(tmp_path: Path) -> None:
    async def work(journal: Journal, staff: StaffRegistry) -> None:
        await add(staff, role=Role.SUPERVISOR)
        signed = await staff.sign_in("1001", GOOD, NOW)
        assert isinstance(signed, SignedIn)
        assert signed.member.role is Role.SUPERVISOR
        await staff.sign_out("1001", "idle")
        assert [e.type for e in await journal.events()] == ["StaffAdded", "StaffSignedIn", "StaffSignedOut"]

    with_staff(tmp_path, work)


def test_waits_double() -> None:
    assert [wait_after(n) for n in range(3, 9)] == [0, 0, 15, 30, 60, 120]
    assert wait_after(500) == 24 * 3600


def test_five_wrong_pins_lock_and_the_lock_survives_a_restart(tmp_path: Path) -> None:
    async def first(journal: Journal, staff: StaffRegistry) -> None:
        await add(staff)
        waits = [await staff.sign_in("1001", WRONG, NOW) for _ in range(5)]
        assert waits == [WrongPin(0)] * 4 + [WrongPin(15)]
        assert await staff.sign_in("1001", GOOD, NOW + timedelta(seconds=5)) == Locked(10)
        assert [e.type for e in await journal.events()].count("StaffLockedOut") == 1

    async def second(_journal: Journal, staff: StaffRegistry) -> None:
        assert await staff.sign_in("1001", GOOD, NOW + timedelta(seconds=14)) == Locked(1)
        assert await staff.sign_in("1001", WRONG, NOW + timedelta(seconds=15)) == WrongPin(30)
        assert isinstance(await staff.sign_in("1001", GOOD, NOW + timedelta(seconds=46)), SignedIn)
        assert await staff.sign_in("1001", WRONG, NOW + timedelta(seconds=47)) == WrongPin(0)

    with_staff(tmp_path, first)
    with_staff(tmp_path, second)


def test_a_clock_set_back_makes_no_wait_longer(tmp_path: Path) -> None:
    async def work(_journal: Journal, staff: StaffRegistry) -> None:
        await add(staff)
        for _ in range(5):
            await staff.sign_in("1001", WRONG, NOW)
        back = NOW - timedelta(days=300)
        assert await staff.sign_in("1001", GOOD, back) == Locked(15)
        assert isinstance(await staff.sign_in("1001", GOOD, back + timedelta(seconds=16)), SignedIn)

    with_staff(tmp_path, work)


def test_unknown_numbers_behave_like_known_ones_and_are_not_journalled(tmp_path: Path) -> None:
    async def work(journal: Journal, staff: StaffRegistry) -> None:
        answers = [await staff.sign_in("7777", WRONG, NOW) for _ in range(6)]
        assert answers == [WrongPin(0)] * 4 + [WrongPin(15), Locked(15)]
        assert await journal.events() == []

    with_staff(tmp_path, work)


def test_disabling_forgets_phone_and_pin(tmp_path: Path) -> None:
    async def work(_journal: Journal, staff: StaffRegistry) -> None:
        await add(staff)
        await staff.disable("1001", by="900")
        assert await staff.phone("1001") is None
        assert isinstance(await staff.sign_in("1001", GOOD, NOW), WrongPin)
        (member,) = await staff.list()
        assert (member.active, member.name, member.has_phone) == (False, NAME, False)
        with pytest.raises(StaffError):
            await staff.reset_pin("1001", OTHER, by="900")

    with_staff(tmp_path, work)


SECRETS = {"name": NAME, "phone": PHONE}


def opens(state: Path, copies: tuple[Path, ...]) -> set[str]:
    """What is read with the kiosk's folder and these copies of its journal: each key is tried on each row."""
    master = (state / "keys" / "master.key").read_bytes()
    with closing(sqlite3.connect(state / "keys" / "keys.db")) as db:
        keys = {owner: _open(master, key, owner.encode()) for owner, key in db.execute("SELECT * FROM keys")}
    found = set()
    for copy in (state / "journal.db", *copies):
        with closing(sqlite3.connect(copy)) as db:
            for (sealed,) in db.execute("SELECT sealed FROM staff_secrets").fetchall():
                for owner, key in keys.items():
                    with suppress(SealBroken):
                        plain = _open(key, sealed, owner.encode()).decode()
                        found |= {name for name, value in SECRETS.items() if value in json.loads(plain)}
    return found


def test_what_goes_with_an_account_opens_no_more_in_any_copy(tmp_path: Path) -> None:
    state, copy, later = tmp_path / "state", tmp_path / "copy.db", tmp_path / "later.db"

    async def work(journal: Journal, staff: StaffRegistry) -> None:
        await add(staff)
        await journal.copy_to(copy)
        assert opens(state, (copy,)) == {"name", "phone"}
        old_key = (state / "keys" / "master.key").read_bytes()
        await staff.disable("1001", by="900")
        await journal.copy_to(later)
        assert opens(state, (copy, later)) == {"name"}
        assert (await staff.list())[0].name == NAME
        assert old_key != (state / "keys" / "master.key").read_bytes()
        assert await staff.secrets.sweep(30, at_day(29), by="nightdesk") == 0
        assert await staff.secrets.sweep(30, at_day(31), by="nightdesk") == 1
        assert await staff.secrets.sweep(30, at_day(32), by="nightdesk") == 0
        assert opens(state, (copy, later)) == set()
        (member,) = await staff.list()
        assert (member.staff_no, member.name, member.active) == ("1001", "", False)
        with pytest.raises(StaffError, match="taken"):
            await add(staff)
        event = await journal.last_event("StaffNameErased")
        assert event is not None
        assert dict(event.data) == {"staff_no": "1001", "by": "nightdesk", "reason": "RETENTION"}

    with_staff(state, work)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert not [name for name, value in SECRETS.items() if value.encode() in path.read_bytes()]
    assert verify(state / "journal.db").ok


def at_day(days: int) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


def test_a_closing_that_was_cut_off_is_finished_by_the_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cut_off(_journal: Journal, _owners: object) -> None:
        raise OSError("the power fails")

    async def before(_journal: Journal, staff: StaffRegistry) -> None:
        await add(staff)
        monkeypatch.setattr(Journal, "destroy", cut_off)
        with pytest.raises(OSError, match="power"):
            await staff.disable("1001", by="900")
        monkeypatch.undo()

    async def after(journal: Journal, staff: StaffRegistry) -> None:
        assert (await staff.list())[0].name == NAME
        assert await staff.secrets.sweep(30, at_day(1), by="nightdesk") == 0
        assert (await staff.list())[0].name == NAME
        with pytest.raises(KeyErased):
            await journal.unseal("staff:1001", b"")

    with_staff(tmp_path, before)
    with_staff(tmp_path, after)


def test_nothing_is_added_to_an_account_that_is_closed(tmp_path: Path) -> None:
    async def work(_journal: Journal, staff: StaffRegistry) -> None:
        await add(staff)
        await staff.disable("1001", by="900")
        with pytest.raises(StaffError, match="disabled"):
            await staff.change("1001", phone=PHONE, by="900")

    with_staff(tmp_path, work)


def test_a_new_pin_replaces_the_old_one_and_ends_a_lock(tmp_path: Path) -> None:
    async def work(_journal: Journal, staff: StaffRegistry) -> None:
        await add(staff)
        for _ in range(5):
            await staff.sign_in("1001", WRONG, NOW)
        await staff.reset_pin("1001", OTHER, by="900")
        assert isinstance(await staff.sign_in("1001", GOOD, NOW), WrongPin)
        assert isinstance(await staff.sign_in("1001", OTHER, NOW), SignedIn)

    with_staff(tmp_path, work)


def test_who_is_told_in_which_order(tmp_path: Path) -> None:
    async def work(journal: Journal, staff: StaffRegistry) -> None:
        await add(staff, "1001", departments=("d1",))
        await add(staff, "1002", told_for=("*",))
        await add(staff, "1003", told_for=("i1", "i2"))
        await add(staff, "1004", told_for=("i1",))
        await add(staff, "2001", role=Role.TECHNICIAN, told_for=("i1",))
        await add(staff, "3001", role=Role.HELPER, told_for=("*", "i1"), departments=("d1",))
        await add(staff, "9001", role=Role.SUPERVISOR)
        await staff.disable("1004", by="cli")
        assert await staff.told_for("i1", "d1") == ["1003", "1002", "1001"]
        assert await staff.told_for("i9") == ["1002"]
        assert await journal.read(on_call) == ["9001", "1002"]
        await staff.change("1003", told_for=(), by="cli")
        assert await journal.read(lambda db: told_for(db, "i1")) == ["1002"]

    with_staff(tmp_path, work)


CARD, OTHER_CARD = CardUid.parse("04:A1:B2:C3:D4:E5:80"), CardUid.parse("5F3C9A17")


def test_a_card_stands_for_a_number_and_is_readable_nowhere(tmp_path: Path) -> None:
    async def work(journal: Journal, staff: StaffRegistry) -> None:
        await add(staff, card=CARD)
        await add(staff, "1002")
        assert await staff.holder_of(CARD) == "1001"
        assert await staff.holder_of(OTHER_CARD) is None
        assert [member.has_card for member in await staff.list()] == [True, False]
        assert dict((await journal.events())[1].data) == {"staff_no": "1001", "given": True, "by": "cli"}
        assert isinstance(await staff.sign_in("1001", WRONG, NOW), WrongPin)
        assert isinstance(await staff.sign_in("1001", GOOD, NOW), SignedIn)  # the PIN goes on as before
        kept = b"".join((tmp_path / name).read_bytes() for name in ("journal.db", "journal.db-wal"))
        for shown in (CARD.untrusted, CARD.untrusted.hex().encode(), CARD.untrusted.hex().upper().encode()):
            assert shown not in kept
        assert "a1" not in repr(CARD).lower()

    with_staff(tmp_path, work)


def test_a_card_has_one_holder_and_is_worth_nothing_once_taken_back(tmp_path: Path) -> None:
    async def work(_journal: Journal, staff: StaffRegistry) -> None:
        await add(staff)
        await add(staff, "1002")
        await staff.give_card("1001", CARD, by="cli")
        with pytest.raises(StaffError, match="1001 has this card"):
            await staff.give_card("1002", CARD, by="cli")
        with pytest.raises(StaffError, match="1001 has this card"):
            await add(staff, "1003", card=CARD)
        assert await staff.get("1003") is None
        await staff.give_card("1001", OTHER_CARD, by="cli")  # a new card in place of the lost one
        assert (await staff.holder_of(CARD), await staff.holder_of(OTHER_CARD)) == (None, "1001")
        await staff.take_card("1001", by="cli")
        assert await staff.holder_of(OTHER_CARD) is None
        with pytest.raises(StaffError, match="no card"):
            await staff.take_card("1001", by="cli")
        await staff.give_card("1002", CARD, by="cli")
        await staff.reset_pin("1002", OTHER, by="cli")
        assert await staff.holder_of(CARD) == "1002"
        await staff.disable("1002", by="cli")
        assert await staff.holder_of(CARD) is None
        with pytest.raises(StaffError, match="disabled"):
            await staff.give_card("1002", CARD, by="cli")

    with_staff(tmp_path, work)


@pytest.mark.parametrize(
    "text", ["", "04", "04A1B2", "04A1B2C3D4E5", "04A1B2C", "not a card", "04A1B2C3" * 3]
)
def test_what_is_no_cards_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="card's number"):
        CardUid.parse(text)
