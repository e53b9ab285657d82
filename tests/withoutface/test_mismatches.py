"""Faces that did not match: counted for a card and for the kiosk, over a restart, within a window."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from kiosk.journal import Journal
from kiosk.withoutface.mismatches import Mismatches, MismatchLimits, Scope

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
CARD, OTHER = "11010519900101023X", "110105199001010311"
LIMITS = MismatchLimits(per_card=3, per_kiosk=5, window_s=3600)


def counted(journal: Journal, later_s: float = 0) -> Mismatches:
    return Mismatches(journal, LIMITS, lambda: NOW + timedelta(seconds=later_s))


def test_a_card_is_blocked_and_staff_are_told_once(on_journal: Callable[..., None]) -> None:
    async def work(journal: Journal) -> None:
        mismatches = counted(journal)
        for _ in range(3):
            assert await mismatches.blocked(CARD) is None
            await mismatches.count("s1", CARD)
        assert await mismatches.blocked(CARD) is Scope.CARD
        assert await mismatches.blocked(OTHER) is None
        told = await journal.events(kinds=["FaceChecksBlocked"])
        assert [event.data for event in told] == [{"session_id": "s1", "scope": "card", "mismatches": 3}]

    on_journal(work)


def test_card_after_card_blocks_the_kiosk(on_journal: Callable[..., None]) -> None:
    async def work(journal: Journal) -> None:
        mismatches = counted(journal)
        for number in range(5):
            await mismatches.count("s1", f"card {number}")
        assert await mismatches.blocked(OTHER) is Scope.KIOSK
        (told,) = await journal.events(kinds=["FaceChecksBlocked"])
        assert told.data["scope"] == "kiosk"

    on_journal(work)


def test_a_restart_gives_nobody_another_try_but_the_window_does(on_journal: Callable[..., None]) -> None:
    async def before(journal: Journal) -> None:
        for _ in range(3):
            await counted(journal).count("s1", CARD)

    async def after(journal: Journal) -> None:
        assert await counted(journal, 3599).blocked(CARD) is Scope.CARD
        assert await counted(journal, 3601).blocked(CARD) is None
        await counted(journal, 7300).count("s2", OTHER)
        kept = await journal.read(lambda db: db.execute("SELECT count(*) FROM face_mismatches").fetchone())
        assert kept == (1,), "what is out of the window is forgotten"

    on_journal(before)
    on_journal(after)


def test_no_number_stands_in_the_table(on_journal: Callable[..., None]) -> None:
    async def work(journal: Journal) -> None:
        await counted(journal).count("s1", CARD)
        rows = await journal.read(lambda db: db.execute("SELECT * FROM face_mismatches").fetchall())
        assert CARD not in repr(rows)

    on_journal(work)


def test_what_was_only_undecided_ends_one_cards_tries_and_nobody_elses(
    on_journal: Callable[..., None],
) -> None:
    async def work(journal: Journal) -> None:
        mismatches = counted(journal)
        for number in range(20):
            await mismatches.count("s1", f"card {number}", against=False)
        assert await mismatches.blocked(OTHER) is None
        while await mismatches.blocked(CARD) is None:
            await mismatches.count("s1", CARD, against=False)
        assert await mismatches.blocked(CARD) is Scope.CARD
        assert await mismatches.blocked(OTHER) is None

    on_journal(work)
