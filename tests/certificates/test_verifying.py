"""The verdict: forged, expired, revoked, too early, unknown, unreadable are told apart; nothing bent is valid."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from kiosk.certificates.base45 import ALPHABET, encode
from kiosk.certificates.content import Reason, Register
from kiosk.certificates.sealed import PREFIX, code_of
from kiosk.certificates.signatures import Algorithm
from kiosk.certificates.verifying import EXIT_STATUS, Outcome, check
from tests.certificates.office import (
    CERTIFICATE,
    DAY,
    NOON,
    code,
    key,
    register,
    revocation,
    signed,
)

SOON = NOON + timedelta(hours=2)
MINUTE = timedelta(minutes=1)


def outcome(text: str, *registers: Register, now: datetime = SOON) -> Outcome:
    return check(text, registers or (register(),), now).outcome


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_good_one_is_valid_and_says_what_it_is(algorithm: Algorithm) -> None:
    verdict = check(code(algorithm=algorithm), [register(key(algorithm=algorithm))], SOON)
    assert verdict.outcome is Outcome.VALID
    assert verdict.certificate == CERTIFICATE
    assert verdict.revocation is None


def test_white_space_around_a_pasted_code_does_no_harm() -> None:
    assert outcome(f"\r\n {code()}\n") is Outcome.VALID
    assert outcome(code().lower()) is Outcome.UNREADABLE


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (NOON - 6 * MINUTE, Outcome.NOT_YET_VALID),
        (NOON - 4 * MINUTE, Outcome.VALID),  # two clocks
        (NOON + 7 * DAY - MINUTE, Outcome.VALID),
        (NOON + 7 * DAY, Outcome.REVOCATION_UNKNOWN),
        (NOON + 90 * DAY - MINUTE, Outcome.REVOCATION_UNKNOWN),
        (NOON + 90 * DAY, Outcome.EXPIRED),
    ],
)
def test_time_decides_to_the_second(now: datetime, expected: Outcome) -> None:
    assert outcome(code(), now=now) is expected


def test_a_register_from_the_future_says_that_a_clock_is_wrong() -> None:
    assert outcome(code(), register(issued=SOON + DAY)) is Outcome.REVOCATION_UNKNOWN


def test_what_begins_later_is_not_valid_yet() -> None:
    later = replace(CERTIFICATE, not_before=NOON + 3 * DAY)
    assert outcome(code(later)) is Outcome.NOT_YET_VALID
    assert outcome(code(later), now=NOON + 3 * DAY) is Outcome.VALID


def test_a_revoked_one_stays_revoked_whatever_the_time() -> None:
    list_of_it = register(revoked=(revocation(),))
    for now in (NOON - DAY, SOON, NOON + 8 * DAY, NOON + 91 * DAY):
        verdict = check(code(), [list_of_it], now)
        assert (verdict.outcome, verdict.revocation) == (Outcome.REVOKED, revocation())
    assert outcome(code(replace(CERTIFICATE, number="Z-261122-02")), list_of_it) is Outcome.VALID


def test_a_revoked_key_takes_all_that_it_signed_with_it() -> None:
    verdict = check(code(), [register(replace(key(), revoked=SOON))], SOON)
    assert verdict.outcome is Outcome.REVOKED
    assert verdict.revocation is not None
    assert verdict.revocation.reason is Reason.KEY_UNSAFE


def test_an_issuer_or_a_key_that_no_register_has_is_unknown() -> None:
    assert check(code(), [], SOON).outcome is Outcome.UNKNOWN_ISSUER
    assert outcome(code(replace(CERTIFICATE, issuer="elsewhere-01"))) is Outcome.UNKNOWN_ISSUER
    assert outcome(code(secret=b"o" * 32)) is Outcome.UNKNOWN_ISSUER


def test_another_key_under_a_known_name_is_a_forgery() -> None:
    assert outcome(code(secret=b"o" * 32, key_id=key().key_id)) is Outcome.FORGED


def test_another_algorithm_under_a_known_name_is_a_forgery() -> None:
    assert outcome(code(algorithm=Algorithm.SM2)) is Outcome.FORGED


@pytest.mark.parametrize("off", [timedelta(days=-2), timedelta(days=366)])
def test_what_a_key_signed_outside_its_time_is_a_forgery(off: timedelta) -> None:
    issued = CERTIFICATE.issued + off
    moved = replace(CERTIFICATE, issued=issued, not_before=issued, expires=issued + DAY)
    assert outcome(code(moved), now=issued + MINUTE) is Outcome.FORGED


def test_a_forgery_tells_nothing_of_what_it_claims() -> None:
    verdict = check(code(secret=b"o" * 32, key_id=key().key_id), [register()], SOON)
    assert (verdict.certificate, verdict.register) == (None, None)


def test_the_newer_of_two_registers_counts() -> None:
    older, newer = register(), register(issued=NOON + DAY, revoked=(revocation(),))
    for order in ([older, newer], [newer, older]):
        assert check(code(), order, NOON + DAY).outcome is Outcome.REVOKED


def bent_bytes() -> list[str]:
    """Every bit's flip of one byte in each place: header, key, claims, signature and the frame around them."""
    good = signed().encode()
    flipped = [bytes([*good[:at], good[at] ^ (1 << at % 8), *good[at + 1 :]]) for at in range(len(good))]
    cut = [good[:-1], good[1:], good + b"\0", b""]
    return [PREFIX + encode(one) for one in (*flipped, *cut)]


def bent_signs() -> list[str]:
    """Every sign of the text exchanged for its neighbour in the alphabet."""
    good = code()
    neighbour = {sign: ALPHABET[(place + 1) % len(ALPHABET)] for place, sign in enumerate(ALPHABET)}
    return [good[:at] + neighbour[good[at]] + good[at + 1 :] for at in range(len(good))]


@pytest.mark.parametrize("bent", [bent_bytes, bent_signs])
def test_nothing_bent_is_good(bent: Callable[[], list[str]]) -> None:
    outcomes = [outcome(text) for text in bent()]
    assert len(outcomes) > 150
    assert set(outcomes) == {Outcome.FORGED, Outcome.UNREADABLE, Outcome.UNKNOWN_ISSUER}


def test_every_claim_is_under_the_signature() -> None:
    for change in (
        {"number": "Z-261122-09"}, {"kind": "employment"}, {"holder": "李**"}, {"id_tail": "4321"},
        {"expires": NOON + 900 * DAY}, {"not_before": NOON + DAY},
    ):  # fmt: skip
        other = replace(CERTIFICATE, **change)
        assert outcome(code_of(replace(signed(other), signature=signed().signature))) is Outcome.FORGED


def test_every_outcome_has_a_status_of_its_own() -> None:
    assert EXIT_STATUS.keys() == set(Outcome)
    assert len(set(EXIT_STATUS.values())) == len(Outcome)
    assert EXIT_STATUS[Outcome.VALID] == 0
    assert not {1, 2} & set(EXIT_STATUS.values())  # those are of calls that were not done
