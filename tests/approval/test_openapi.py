"""The description of the interface is valid, and both sides keep to it: what we send, what the server answers."""

from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import requests
import yaml
from openapi_spec_validator import validate
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from kiosk.approval.port import Agent, Promise
from kiosk.approval.submissions import digest, materials_of
from kiosk.approval.wire import (
    CODE,
    MARK,
    NAME,
    NotUnderstood,
    news_of,
    problem_of,
    request_body,
    submission_of,
)
from kiosk.journal.agencyevents import CaseEntrusted
from kiosk.journal.promiseevents import PromiseSigned
from kiosk.journal.types import Channel, new_message_id
from tests.approval.office import (
    CATALOGUE,
    KIOSK,
    SUBMISSION,
    TOKEN,
    Office,
    hands_in,
    new_submission,
    submitting,
)
from tests.journal.facts import run, story

DOCUMENT: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "docs" / "openapi" / "approval.yaml").read_text(encoding="utf-8")
)
REGISTRY: Registry[Any] = Registry().with_resource("urn:a", DRAFT202012.create_resource(DOCUMENT))


def fits(body: bytes, name: str) -> dict[str, Any]:
    """The JSON, checked against a schema of the document."""
    schema = {"$ref": f"urn:a#/components/schemas/{name}"}
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    told: dict[str, Any] = yaml.safe_load(body)
    jsonschema.Draft202012Validator(schema, registry=REGISTRY, format_checker=checker).validate(told)
    return told


def call(office: Office, method: str, path: str, **more: Any) -> requests.Response:
    """As the kiosk asks, without its code."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Kiosk-Id": KIOSK, **more.pop("headers", {})}
    return requests.request(
        method, f"{office.url}{path}", headers=headers, verify=str(office.access.trust), timeout=10, **more
    )


def test_the_document_is_valid() -> None:
    validate(DOCUMENT)


def test_the_bounds_of_the_code_are_those_of_the_document() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert (schemas["Mark"]["pattern"], schemas["Code"]["pattern"]) == (MARK, CODE)
    assert {schemas[name]["pattern"] for name in ("CaseNumber", "FiledAs")} == {NAME}


def test_what_is_sent_fits_and_is_read_back() -> None:
    body = request_body(SUBMISSION)
    fits(body, "Submission")
    assert submission_of(SUBMISSION.message_id, body) == SUBMISSION
    assert body == request_body(SUBMISSION)


def test_an_agent_is_named_and_one_who_came_themselves_has_none(tmp_path: Path) -> None:
    agent = Agent("测试丙", "110101199003070000", "parent", letter=True)

    async def work() -> list[bytes]:
        async with submitting(tmp_path) as journal:
            told = CaseEntrusted("c1", "s1", agent.letter, False, agent.relation, agent.name, agent.id_number)
            await journal.append(told)
            await hands_in(journal)
            return [
                row.payload
                for row in await journal.outbox.due((await journal.events())[-1].at, Channel.APPROVAL)
            ]

    (body,) = run(work)
    fits(body, "Submission")
    assert submission_of("m", body).agent == agent
    assert b"agent" not in request_body(SUBMISSION)


def test_of_a_helper_the_city_learns_that_it_was_one_and_whether_a_letter_lies_inside(tmp_path: Path) -> None:
    async def work() -> list[bytes]:
        async with submitting(tmp_path) as journal:
            await journal.append(CaseEntrusted("c1", "s1", True, False, "helper", "", "", "2001"))
            await hands_in(journal)
            return [
                row.payload
                for row in await journal.outbox.due((await journal.events())[-1].at, Channel.APPROVAL)
            ]

    (body,) = run(work)
    assert fits(body, "Submission")["agent"] == {"relation": "helper", "letter": True}
    assert submission_of("m", body).agent == Agent("", "", "helper", letter=True)


def test_what_follows_later_is_named_with_its_day_in_the_application_alone(
    tmp_path: Path, city: Office
) -> None:
    """Of what a supplement brings only the citizen's word is known: it says nothing of what is missing."""
    item = CATALOGUE.get("sole-trader")
    assert item is not None
    promise = PromiseSigned("c1", "s1", item.code, (item.materials[1].zh,), "2026-03-10", "ab" * 32, ("",))

    async def work() -> list[bytes]:
        async with submitting(tmp_path) as journal:
            opened, *deposit = story("c1")
            await journal.append([opened, promise, *deposit])
            await journal.append(story("c1", "A-04")[1:])
            held = await journal.events(kinds=("DepositHeld",))
            return [(await journal.outbox.of_event(one.seq))[0].payload for one in held]

    bodies = run(work)
    assert submission_of("m", bodies[0]).promise == Promise((2,), date(2026, 3, 10))
    first, second = (fits(body, "Submission") for body in bodies)
    assert first["promise"] == {"missing": [2], "until": "2026-03-10"}
    assert (second["kind"], "promise" in second) == ("supplement", False)
    key = {"Idempotency-Key": new_message_id(), "Content-Type": "application/json"}
    assert call(city, "POST", "/v1/submissions", data=bodies[0], headers=key).status_code == 201
    assert city.case("c1")["submissions"][-1]["promise"] == first["promise"]


def test_the_row_of_a_real_deposit_fits(tmp_path: Path) -> None:
    async def work() -> bytes:
        async with submitting(tmp_path) as journal:
            await hands_in(journal)
            (row,) = await journal.outbox.due((await journal.events())[-1].at, Channel.APPROVAL)
            return row.payload

    told = fits(run(work), "Submission")
    assert told["applicant"]["name"]
    assert "13800000000" not in str(told), "no approval needs a telephone"


@pytest.mark.parametrize("item", list(CATALOGUE), ids=lambda item: item.code)
def test_every_item_s_materials_fit(item: Any) -> None:
    for one in materials_of(item):
        schema = {"$ref": "urn:a#/components/schemas/Material"}
        told = {name: getattr(one, name) for name in ("number", "name", "kind", "count", "needed", "sha256")}
        jsonschema.Draft202012Validator(schema, registry=REGISTRY).validate(told)


def test_the_digest_is_the_one_that_is_documented() -> None:
    """Made with `printf '%s' '{"count":1,"kind":"original","name":"身份证","needed":true}' | sha256sum`."""
    known = "5083f0755616e217e96e74b0c3da3d4b6f4bef02d5118a16ffbfb8fe5cca8723"
    assert digest("身份证", "original", 1, needed=True) == known


def test_the_server_s_answers_fit(city: Office) -> None:
    submission = new_submission()
    key = {"Idempotency-Key": submission.message_id, "Content-Type": "application/json"}
    first = call(city, "POST", "/v1/submissions", data=request_body(submission), headers=key)
    again = call(city, "POST", "/v1/submissions", data=request_body(submission), headers=key)
    assert (first.status_code, first.content) == (again.status_code, again.content)
    fits(first.content, "Accepted")
    other = call(city, "POST", "/v1/submissions", data=request_body(submission) + b" ", headers=key)
    assert (other.status_code, fits(other.content, "Problem")["code"]) == (422, "idempotency-key-reused")
    city.control.do("say", case="c1", step="under_review", missing=[{"material": 1, "words": "原件"}])
    city.control.do("decide", case="c1", decision="granted", result="paper", words="准予")
    fits(call(city, "GET", "/v1/events").content, "News")
    fits(call(city, "GET", "/v1/cases/c1").content, "Standing")
    unknown = call(city, "GET", "/v1/cases/c99")
    assert (unknown.status_code, fits(unknown.content, "Problem")["code"]) == (404, "unknown-case")
    assert problem_of(unknown.content) == ("unknown-case", "no such case")


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"[" * 100_000, b'{"events": 5, "cursor": ""}', b'{"events": [], "cursor": "a/b"}',
        b'{"events": [{"type": "progress", "id": "e1", "case": "c1", "at": "soon", "step": "x"}], "cursor": "e1"}',
        b'{"events": [{"type": "decision", "id": "e1", "case": "c1", "at": "2026-03-01T12:00:00",'
        b' "decision": "granted"}], "cursor": "e1"}',
        b'{"events": [{"type": "progress", "id": "e1", "case": "c1", "at": "9999-12-31T23:59:59-14:00", "step": "x"}],'
        b' "cursor": "e1"}',
        b'{"events": [{"type": "progress", "id": "e1", "case": "c1", "at": "0001-01-01T00:00:00+14:00", "step": "x"}],'
        b' "cursor": "e1"}',
        b'{"events": [{"type": "progress", "id": "e 1", "case": "c1", "at": "2026-03-01T12:00:00Z", "step": "x"}],'
        b' "cursor": "e1"}',
    ],
)  # fmt: skip
def test_what_is_no_answer_is_not_understood_and_not_quoted(body: bytes) -> None:
    with pytest.raises(NotUnderstood) as told:
        news_of(body)
    assert "soon" not in str(told.value)


def test_events_of_a_later_version_are_passed_over() -> None:
    news = news_of(b'{"events": [{"type": "fee", "id": "e1", "yuan": 5}], "cursor": "e1", "new": 1}')
    assert (news.told, news.cursor) == ((), "e1")
