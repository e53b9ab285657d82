"""Which fact tells whom, in which words."""

import json
import string
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import jsonschema
import pytest

import locker.events as facts
from kiosk.journal import approvalevents as city
from kiosk.journal import counterevents as desk
from kiosk.journal import events as app
from kiosk.journal import promiseevents as promise
from kiosk.journal import scanevents as scan
from kiosk.journal import staffevents as staff
from kiosk.journal.types import Channel, Event, Notice, Recorded
from kiosk.notify.messages import BY_EVENT, schema_of
from kiosk.notify.policy import CaseFacts, NoticeWriter, SmsPayload, follow_up
from kiosk.notify.texts import TEXTS, Language, render

AT = datetime(2026, 11, 22, 15, 30, 9, 125_000, tzinfo=UTC)
CASE = "ND-7"
ITEMS = {("birth", Language.CHINESE): "出生证明", ("birth", Language.ENGLISH): "Birth certificate"}


def writer(facts_of_case: CaseFacts | None = None, **changes: Any) -> NoticeWriter:
    known = facts_of_case or CaseFacts("birth", "verified", Language.ENGLISH)
    fields: dict[str, Any] = {
        "kiosk_id": "lobby-1",
        "place": lambda language: "东城支行",
        "timezone": ZoneInfo("Asia/Shanghai"),
        "told_for": lambda item: ["S1", "S2", "S3"] if item == "birth" else [],
        "on_call": lambda: ["S8", "S9"],
        "case_facts": lambda case_id: known if case_id == CASE else None,
        "item_name": lambda code, language: ITEMS.get((code, language)),
    }
    return NoticeWriter(**(fields | changes))


def notices(event: Event, using: NoticeWriter | None = None) -> tuple[Notice, ...]:
    return (using or writer())(event, Recorded(41, event, AT))


def texts(found: Sequence[Notice]) -> dict[str, str]:
    return {n.recipient: SmsPayload.decode(n.payload).text for n in found if n.channel is Channel.SMS}


def held(evidence: facts.Evidence = facts.Evidence.SENSOR) -> facts.DepositHeld:
    return facts.DepositHeld(CASE, "A-03", evidence)


EVENTS: tuple[Event, ...] = (
    facts.DepositRequested(CASE, "A-03", "birth"),
    held(),
    facts.DepositAbandoned(CASE, "A-03", "timeout"),
    facts.DepositCollected(CASE, "A-03", "S1"),
    facts.DepositReturned(CASE, "A-03", "citizen"),
    facts.CustodyDisputed(CASE, "A-03", "empty"),
    facts.OpeningFailed("op", "A-03", None, facts.Reason.DOOR_JAMMED),
    facts.OpenOutcomeUnknown("op", "A-03", CASE, "silent"),
    facts.DoorForced("A-03"),
    facts.DoorLeftOpen("A-03", CASE, 60),
    facts.ItemSeenInEmptyCompartment("A-03"),
    facts.CompartmentOutOfService("A-03", "DOOR_JAMMED"),
    facts.CompartmentCleared("A-03", "S1", "repaired"),
    facts.ResultHeld(CASE, "A-03", "S1", facts.Evidence.SENSOR),
    facts.ResultRecalled(CASE, "A-03", "S1", "NOT_FETCHED"),
    staff.HandoverIssued("H-261122-01", "S1", "collect", ((CASE, "A-03", "taken"),)),
    staff.MechanicalKeyUsed("A-03", "S1", "S2", "POWER_OUT"),
    staff.AuditSigned("A-261122-01", "S1", "", 16, 15, (("A-03", CASE, "nothing"),)),
    staff.AuditCutOff("A-261122-02", "S1", 1, 16, (("A-03", CASE, "left"),)),
    desk.ParcelDisowned(CASE, "A-03", "present"),
    city.CaseSubmitted(CASE, "m1", "application", "ZW-1"),
    city.SubmissionRefused(CASE, "m1", "application", "wrong-office", "张三"),
    city.ProgressHeard(CASE, "n1", "under_review", "2026-11-22T13:00:00Z", 0, "张三", ()),
    city.DecisionHeard(CASE, "n2", "granted", "paper", "2026-11-22T13:00:00Z", "张三"),
    desk.ProblemReported(
        "P-261122-01", "door", "home", "0.1.0", ("printer online",), "J-000041-9F3C52D1", texted=True
    ),
    desk.CallRequested("C-261122-01", "home"),
    desk.ServiceRated(5, ("fast",), "deposit"),
    promise.PromiseSigned(CASE, "s", "birth", ("照片",), "2026-11-27", "5f" * 32, ("1,1,0",)),
    promise.PapersFollowed(CASE, ("照片",), ()),
    promise.PromiseOverdue(CASE, ("照片",), "2026-11-27"),
    scan.PagesSealed(CASE, "s", "tax", ("身份证",), (2,), 2, 90_000, "5f" * 32, whole=True),
    scan.PagesAdded(CASE, "s", "tax", ("照片",), (1,), 1, 3, 120_000, "6f" * 32),
    scan.PagesExported(CASE, "1001", "1002", 2),
    app.FaceChecksBlocked("s-1", "card", 4),
    app.CardLeftBehind("s"),
    app.CardTakenBack("s"),
    app.ReceiptPrinted(CASE, "printed"),
    app.DeviceLost("printer", "no answer"),
    app.DeviceReturned("printer"),
    app.KioskStarted("0.1.0", "demo"),
    app.KioskStopped("SIGTERM"),
    app.KioskParked("power"),
    app.MainsLost(97),
    app.MainsReturned(None),
    app.CabinetForced("cabinet_door"),
    app.CabinetShaken("vibration"),
    app.ClockSetBack(3600.0),
    app.DiskFull(8_388_608),
    app.EventsMissing(1200, 1342, "7f" * 32),
    app.NoticeUndelivered("0f5c4c4e-6b0e-4c62-9a1d-0c6a3d2f8e11", 40, "sms", "S1", "refused", CASE),
)


def test_the_list_above_is_complete() -> None:
    assert {type(event).__name__ for event in EVENTS} == set(BY_EVENT)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_every_public_fact_is_one_message_that_fits_its_schema(event: Event) -> None:
    first, *others = notices(event)
    kind = BY_EVENT[type(event).__name__]
    assert (first.channel, first.recipient) == (Channel.MQTT, f"nightdesk/v1/lobby-1/event/{kind.name}")
    assert all(notice.channel is Channel.SMS for notice in others)
    message = json.loads(first.payload)
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(schema_of(kind.name), format_checker=checker).validate(message)
    assert message["id"] == first.message_id
    assert (message["sequence"], message["time"]) == ("41", "2026-11-22T15:30:09.125Z")


def test_private_facts_tell_nobody() -> None:
    assert notices(app.SessionStarted("s")) == ()
    assert notices(staff.StaffSignedIn("S1")) == ()


def test_a_deposit_tells_the_first_of_the_item_and_the_citizen() -> None:
    _, staff, citizen = notices(held())
    payload = SmsPayload.decode(staff.payload)
    assert (staff.recipient, payload.next_recipients) == ("S1", ("S2", "S3"))
    assert payload.text == (
        "【东城支行】2026-11-22 23:30 收到“出生证明”材料，存放于 A-03 号柜，办件号 ND-7。请及时取件。"
    )
    assert citizen.recipient == "citizen:ND-7"
    assert SmsPayload.decode(citizen.payload).text == (
        "Your papers for “Birth certificate” were put into locker A-03 (东城支行) on 2026-11-22 23:30. "
        "Case ND-7: keep this number to ask about progress."
    )


def test_staff_learn_what_the_sensor_and_the_camera_did_not_see() -> None:
    card_only = writer(CaseFacts("birth", "card_only"))
    text = texts(notices(held(facts.Evidence.CLAIMED), card_only))["S1"]
    assert "传感器未感应到材料" in text
    assert "未核验人脸" in text


def test_an_audit_that_was_cut_off_says_how_far_it_came() -> None:
    told = texts(notices(staff.AuditCutOff("A-261122-02", "S1", 5, 16, ())))
    assert set(told) == {"S8", "S9"}
    assert "盘点 A-261122-02" in told["S8"]
    assert "已查 5 格（共 16 格）" in told["S8"]


def test_what_the_approval_system_refused_is_told_by_its_short_name_alone() -> None:
    told = texts(notices(city.SubmissionRefused(CASE, "m1", "application", "wrong-office", "张三的材料不全")))
    assert set(told) == {"S8", "S9"}
    assert CASE in told["S8"]
    assert "wrong-office" in told["S8"]
    assert "张三" not in told["S8"]


def test_an_item_without_recipients_tells_those_on_call() -> None:
    found = notices(held(), writer(told_for=lambda _: []))
    assert SmsPayload.decode(found[1].payload).next_recipients == ("S9",)
    assert found[1].recipient == "S8"


def test_without_a_telephone_number_the_citizen_gets_none() -> None:
    assert set(texts(notices(held(), writer(CaseFacts("birth", has_phone=False))))) == {"S1"}


def test_a_case_that_nobody_knows_still_tells_staff() -> None:
    found = texts(notices(held(), writer(case_facts=lambda _: None)))
    assert "业务材料" in found["S8"]


@pytest.mark.parametrize(
    "event",
    [
        facts.DoorForced("A-03"),
        facts.DoorLeftOpen("A-03", None, 60),
        app.CardLeftBehind("s"),
        facts.CompartmentOutOfService("A-03", "DOOR_JAMMED"),
        facts.CustodyDisputed(CASE, "A-03", "empty"),
        facts.ItemSeenInEmptyCompartment("A-03"),
        app.KioskParked("power"),
        app.CabinetForced("cabinet_door"),
        app.CabinetShaken("vibration"),
    ],
    ids=lambda event: type(event).__name__,
)
@pytest.mark.parametrize("language", Language)
def test_alarms_tell_everybody_on_call(event: Event, language: Language) -> None:
    found = texts(notices(event, writer(staff_language=language)))
    assert set(found) == {"S8", "S9"}
    for text in found.values():
        assert "2026-11-22 23:30" in text
        assert "A-03" in text or not hasattr(event, "cell")
        assert "DOOR_JAMMED" not in text


def test_no_staff_number_leaves_by_mqtt() -> None:
    (collected,) = notices(facts.DepositCollected(CASE, "A-03", "S4711"))
    assert b"4711" not in collected.payload


def test_the_next_recipient_gets_the_same_words() -> None:
    payload = SmsPayload("deposit.held", "text", ("S2", "S3"))
    (second,) = follow_up(payload, CASE)
    assert (second.recipient, second.case_id) == ("S2", CASE)
    assert SmsPayload.decode(second.payload) == SmsPayload("deposit.held", "text", ("S3",))
    assert follow_up(SmsPayload("deposit.held", "text"), CASE) == ()


@pytest.mark.parametrize("payload", [b"", b"{}", b"[]", b"null", b"\xff", b'{"kind": "a", "text": "b"}'])
def test_a_payload_that_is_none_is_said_to_be_none(payload: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # several kinds, all of them ValueErrors
        SmsPayload.decode(payload)


def placeholders(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field}


def test_every_text_exists_in_every_language_with_the_same_placeholders() -> None:
    first, *others = (
        {key: placeholders(text) for key, text in TEXTS[language].items()} for language in Language
    )
    assert all(other == first for other in others)
    allowed = {
        "place", "time", "cell", "case", "item", "reason", "remarks", "code", "minutes", "until", "audit", "counted",
        "total", "report", "problem", "call", "phone", "missing", "pages",
    }  # fmt: skip
    assert set().union(*first.values()) <= allowed


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        render(Language.ENGLISH, "no.such.key", {})


def test_staff_are_told_in_so_many_words_that_something_is_not_theirs_who_fetched_it() -> None:
    found = texts(notices(facts.CustodyDisputed(CASE, "A-03", facts.NOT_THEIRS)))
    assert set(found) == {"S8", "S9"}
    assert "不是本人的" in found["S8"]
    assert "不一致" in texts(notices(facts.CustodyDisputed(CASE, "A-03", "NOT_FOUND")))["S8"]


def test_a_problem_goes_to_technicians_or_else_to_those_on_call() -> None:
    report = desk.ProblemReported(
        "P-261122-01", "door", "home", "0.1.0", (), "J-000041-9F3C52D1", texted=True
    )
    assert set(texts(notices(report))) == {"S8", "S9"}
    assert set(texts(notices(report, writer(technicians=lambda: ["T1"])))) == {"T1"}
    person = replace(report, problem="person")
    assert set(texts(notices(person, writer(technicians=lambda: ["T1"])))) == {"S8", "S9"}
    assert set(texts(notices(person, writer(technicians=lambda: ["T1"], on_call=list)))) == {"T1"}


def test_late_papers_are_told_to_those_whose_item_it_is_one_after_the_other() -> None:
    found = notices(promise.PromiseOverdue(CASE, ("照片",), "2026-11-27"))
    (sms,) = (notice for notice in found if notice.channel is Channel.SMS)
    words = SmsPayload.decode(sms.payload)
    assert (sms.recipient, words.next_recipients) == ("S1", ("S2", "S3"))
    assert (
        words.text
        == "【东城支行】办件 ND-7“出生证明”承诺 2026-11-27 前补交的 1 份材料逾期未到。请联系办事人。"
    )


def test_a_signature_is_in_no_message() -> None:
    signed = promise.PromiseSigned(CASE, "s", "birth", ("照片",), "2026-11-27", "5f" * 32, ("123,456,0",))
    assert not [notice for notice in notices(signed) if b"123,456" in notice.payload]


def test_scans_alone_are_told_to_staff_and_the_citizen_and_scans_beside_papers_are_not() -> None:
    alone = scan.PagesSealed(CASE, "s", "birth", ("身份证",), (2,), 2, 90_000, "5f" * 32, whole=True)
    texts = [sms for sms in notices(alone) if sms.channel is Channel.SMS]
    assert len(texts) == 2
    assert all("2" in SmsPayload.decode(sms.payload).text for sms in texts)
    assert [sms for sms in notices(replace(alone, whole=False)) if sms.channel is Channel.SMS] == []


def test_pages_that_are_added_are_told_to_staff_and_the_citizen() -> None:
    added = scan.PagesAdded(CASE, "s", "birth", ("照片",), (1,), 1, 3, 120_000, "6f" * 32)
    staff, citizen = (
        SmsPayload.decode(sms.payload).text for sms in notices(added) if sms.channel is Channel.SMS
    )
    assert f"办件 {CASE}（“出生证明”）补交扫描件 1 页" in staff
    assert "1 scanned pages were added to your case ND-7" in citizen
