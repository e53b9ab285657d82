"""The adapter against a real server over TLS: each fault is one of three errors, and none is worse than a pause."""

import asyncio
import logging
import time
from collections.abc import Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from kiosk.approval.https import HttpsAccess, HttpsApproval, _pause_s
from kiosk.approval.port import ApprovalError, OurMistake, Submission, SubmissionNotTaken, TryLater, Verdict
from tests.approval.office import TOKEN, Office, new_submission, office
from tests.journal.facts import NAME, NUMBER
from tests.notify.certificates import new_authority

LATER = ("mute", "slow", "slow_head", "break_off", "reset", "error_500", "busy_503", "lose_answer", "in_progress",
         "html", "garbage", "endless")  # fmt: skip
OURS = ("moved", "bad_request", "forbidden")


def answered(access: HttpsAccess, ask: str, *given: Any) -> Any:
    """What one request gives; the adapter is closed whatever happens."""

    async def work() -> Any:
        system = HttpsApproval(access)
        try:
            asked: Coroutine[Any, Any, Any] = getattr(system, ask)(*given)
            return await asked
        finally:
            await system.close()

    return asyncio.run(asyncio.wait_for(work(), 20))


def submitted(access: HttpsAccess, submission: Submission) -> Any:
    return answered(access, "submit", submission)


def test_a_submission_is_taken_once_however_often_it_is_sent(city: Office) -> None:
    submission, before = new_submission(), city.state()["taken"]
    first, again = (submitted(city.access, submission) for _ in range(2))
    assert first == again
    assert city.state()["taken"] == before + 1


@pytest.mark.parametrize("fault", LATER)
def test_what_passes_is_tried_later(city: Office, caplog: pytest.LogCaptureFixture, fault: str) -> None:
    submission = new_submission()
    city.has(fault)
    began_s = time.monotonic()
    with pytest.raises(TryLater) as told:
        submitted(city.hurried(), submission)
    assert time.monotonic() - began_s < 10, "a slow answer is not waited for to its end"
    assert told.value.after_s == (1.0 if fault == "busy_503" else 0.0)
    with pytest.raises(TryLater):
        answered(city.hurried(), "news", "")
    assert not caplog.records, "what the library says of an answer may quote it"
    city.has("none")
    assert submitted(city.access, submission).number


@pytest.mark.parametrize("fault", OURS)
def test_what_only_people_can_mend_says_where_to_look(city: Office, fault: str) -> None:
    city.has(fault)
    with pytest.raises(OurMistake, match=r"check approval\.|docs/openapi/approval\.yaml") as told:
        submitted(city.access, new_submission())
    assert told.value.everywhere == (fault != "bad_request")


def test_a_refusal_has_the_system_s_code_and_words(city: Office) -> None:
    city.control.do("refuse", code="wrong-office", words="不属本局受理")
    with pytest.raises(SubmissionNotTaken, match="wrong-office") as told:
        submitted(city.access, new_submission())
    assert (told.value.code, told.value.words) == ("wrong-office", "不属本局受理")
    assert "不属本局受理" not in str(told.value), "what it says may name the person"


def test_other_contents_under_a_known_key_are_our_mistake_and_no_refusal(city: Office) -> None:
    submission = new_submission()
    submitted(city.access, submission)
    with pytest.raises(OurMistake, match="same key"):
        submitted(city.access, replace(submission, department="别局"))


def test_progress_and_decision_are_heard_and_nothing_new_costs_a_word(city: Office) -> None:
    async def work() -> None:
        system = HttpsApproval(city.access)
        try:
            await system.submit(replace(new_submission(), case_id="c7"))
            begin = (await system.news("")).cursor
            city.control.do(
                "say", case="c7", step="under_review", missing=[{"material": 2, "words": "复印件\n"}]
            )
            city.control.do("decide", case="c7", decision="granted", result="paper", words="准予")
            news = await system.news(begin)
            step, decision = news.told
            assert [one.words for one in step.missing] == ["复印件"]  # type: ignore[union-attr]  # the first is a step
            assert decision.verdict is Verdict.GRANTED  # type: ignore[union-attr]  # the second is a decision
            standing = await system.standing("c7")
            assert standing is not None
            assert (standing.steps, standing.decision) == ((step,), decision)
            assert await system.standing("c99") is None
            before = city.state()["not_modified"]
            assert [(await system.news(news.cursor)).told for _ in range(3)] == [()] * 3
            assert city.state()["not_modified"] == before + 2
        finally:
            await system.close()

    asyncio.run(asyncio.wait_for(work(), 20))


def test_a_decision_may_come_with_the_answer(city: Office) -> None:
    city.control.do("decide_at_once", decision="granted")
    decision = submitted(city.access, new_submission()).decision
    assert (decision.case_id, decision.verdict) == ("c1", Verdict.GRANTED)


def test_nobody_else_s_certificate_is_trusted(city: Office, tmp_path: Path) -> None:
    stranger = new_authority(tmp_path, "theirs")
    taken = city.state()["taken"]
    for wrong in (replace(city.access, trust=stranger.path), replace(city.access, trust=None)):
        with pytest.raises(OurMistake, match="certificate"):
            submitted(wrong, new_submission())
    assert city.state()["taken"] == taken


def test_the_name_in_the_certificate_has_to_be_the_server_s(tmp_path: Path) -> None:
    authority = new_authority(tmp_path, "ours")
    elsewhere = authority.issue("approval", host="approval.example")
    with (
        office(
            tmp_path / "o", "--certificate", str(elsewhere.certificate), "--key", str(elsewhere.key)
        ) as city,
        pytest.raises(OurMistake, match="certificate"),
    ):
        submitted(replace(city.access, trust=authority.path), new_submission())


def test_the_kiosk_shows_a_certificate_of_its_own(tmp_path: Path) -> None:
    authority, stranger = new_authority(tmp_path, "ours"), new_authority(tmp_path, "theirs")
    server, kiosk, forged = (
        authority.issue("approval", host="127.0.0.1"), authority.issue("lobby-1"), stranger.issue("lobby-1"),
    )  # fmt: skip
    options = (
        "--certificate",
        str(server.certificate),
        "--key",
        str(server.key),
        "--clients",
        str(authority.path),
    )
    with office(tmp_path / "o", *options) as city:
        ours = replace(city.access, trust=authority.path, certificate=kiosk.certificate, key=kiosk.key)
        assert submitted(ours, new_submission()).number
        for wrong in (
            replace(ours, certificate=None, key=None),
            replace(ours, certificate=forged.certificate, key=forged.key),
        ):
            with pytest.raises(ApprovalError):  # TLS 1.3 says so only when the answer is read
                submitted(wrong, new_submission())
        assert city.state()["taken"] == 1


@pytest.mark.parametrize("content", ["", "-----BEGIN CERTIFICATE-----\nx\n", None])
def test_files_of_certificates_that_cannot_be_used_are_said(
    city: Office, tmp_path: Path, content: str | None
) -> None:
    broken = tmp_path / "broken.pem"
    if content is not None:
        broken.write_text(content, encoding="ascii")
    for wrong in (
        replace(city.access, trust=broken),
        replace(city.access, certificate=broken, key=broken),
    ):
        with pytest.raises(OurMistake, match="PEM"):
            submitted(wrong, new_submission())


def test_a_key_with_a_password_is_said_and_nobody_is_asked_for_it(city: Office, tmp_path: Path) -> None:
    ours = new_authority(tmp_path, "ours").issue("lobby-1")
    key = serialization.load_pem_private_key(ours.key.read_bytes(), None)
    locked = tmp_path / "locked.pem"
    locked.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"word"),
        )
    )
    with pytest.raises(OurMistake, match="without a password"):
        submitted(replace(city.access, certificate=ours.certificate, key=locked), new_submission())


@pytest.mark.parametrize(
    ("mode", "content", "says"),
    [
        (0o644, TOKEN, "everybody"),
        (0o620, TOKEN, "written by others"),
        (0o600, "", "holds no token"),
        (0o600, "two words", "holds no token"),
        (0o600, "wrong", "does not know this kiosk"),
    ],
)
def test_a_token_is_kept_from_others_and_has_to_be_right(
    city: Office, tmp_path: Path, mode: int, content: str, says: str
) -> None:
    token = tmp_path / "token"
    token.write_text(content, encoding="ascii")
    token.chmod(mode)
    with pytest.raises(OurMistake, match=says) as told:
        submitted(replace(city.access, token=token), new_submission())
    assert told.value.everywhere
    assert TOKEN not in str(told.value)


def test_a_token_that_is_not_there_is_said(city: Office, tmp_path: Path) -> None:
    with pytest.raises(OurMistake, match="cannot be read"):
        submitted(replace(city.access, token=tmp_path / "none"), new_submission())


def test_nobody_there_is_tried_later(city: Office) -> None:
    with pytest.raises(TryLater, match="no connection"):
        submitted(replace(city.access, url="https://127.0.0.1:1"), new_submission())


def test_neither_person_nor_token_gets_into_a_log(city: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    submitted(city.access, new_submission())
    for fault in ("error_500", "garbage", "reset"):
        city.has(fault)
        with pytest.raises(TryLater):
            submitted(city.access, new_submission())
    for secret in (NAME, NUMBER, TOKEN, "甲店"):
        assert secret not in caplog.text
        assert secret not in repr(new_submission())


@pytest.mark.parametrize(
    ("said", "pause_s"),
    [
        ("", 0.0), ("7", 7.0), ("99999999", 0.0), ("9999", 3600.0), ("-3", 0.0), ("soon", 0.0), ("²", 0.0),
        ("Mon, 01 Jan 99999999999 00:00:00 GMT", 0.0),
        ("Sun, 01 Mar 2026 12:00:30 GMT", 30.0), ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
    ],
)  # fmt: skip
def test_a_pause_that_is_asked_for_is_bounded(said: str, pause_s: float) -> None:
    assert _pause_s(said, datetime(2026, 3, 1, 12, 0, tzinfo=UTC)) == pause_s


def test_the_end_of_the_program_does_not_wait_for_an_answer(city: Office) -> None:
    """A service has 20 s to stop; an answer may take as long."""
    city.has("mute")

    async def work() -> None:
        system = HttpsApproval(replace(city.access, answer_timeout_s=60.0))
        asked = city.state()["requests"]
        asking = asyncio.create_task(system.submit(new_submission()))
        while city.state()["requests"] == asked:  # noqa: ASYNC110  # another process tells
            await asyncio.sleep(0.02)
        await system.close()
        with pytest.raises(TryLater):
            await asking

    asyncio.run(asyncio.wait_for(work(), 15))
