"""The port's types as the JSON of docs/openapi/approval.yaml, both ways. Pure.

What comes back is untrusted: bounded, one line where one line is meant, and keys that are not known are passed over.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from .port import (
    Accepted,
    Agent,
    Applicant,
    Decision,
    Kind,
    Material,
    Missing,
    News,
    Promise,
    Proof,
    ResultForm,
    Standing,
    Step,
    Submission,
    Verdict,
)

MOST_NEWS: Final = 100  # of one answer
MOST_WORDS: Final = 500
CODE: Final = r"^[a-z0-9][a-z0-9_-]{0,39}$"
MARK: Final = r"^[A-Za-z0-9._~-]{1,128}$"  # goes into an address as it is
NAME: Final = r"^[A-Za-z0-9._:/-]{1,64}$"

Code = Annotated[str, Field(pattern=CODE)]
Mark = Annotated[str, Field(pattern=MARK)]
Number = Annotated[str, Field(pattern=NAME)]
Words = Annotated[str, Field(max_length=MOST_WORDS)]
EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC)  # the last moments of a zone behind UTC can be no UTC
Moment = Annotated[AwareDatetime, Field(ge=EARLIEST, lt=LATEST)]


class NotUnderstood(ValueError):
    """The answer is none of docs/openapi/approval.yaml; the text says where, and quotes nothing of it."""


class _Said(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Missing(_Said):
    material: Annotated[int, Field(ge=0, le=99)] = 0
    words: Words = ""


class _Step(_Said):
    type: Literal["progress"]
    id: Mark
    case: Number
    at: Moment
    step: Code
    missing: Annotated[tuple[_Missing, ...], Field(max_length=20)] = ()
    words: Words = ""

    def told(self) -> Step:
        missing = tuple(Missing(one.material, _one_line(one.words)) for one in self.missing)
        return Step(self.case, self.id, self.step, self.at, missing, _one_line(self.words))


class _Decision(_Said):
    type: Literal["decision"] = "decision"
    id: Mark
    case: Number
    at: Moment
    decision: Verdict
    result: ResultForm = ResultForm.NONE
    words: Words = ""

    def told(self) -> Decision:
        return Decision(self.case, self.id, self.decision, self.result, self.at, _one_line(self.words))


class _Accepted(_Said):
    number: Number
    decision: _Decision | None = None


class _Standing(_Said):
    case: Number
    number: Number
    steps: Annotated[tuple[_Step, ...], Field(max_length=100)] = ()
    decision: _Decision | None = None


class _News(_Said):
    events: Annotated[tuple[dict[str, Any], ...], Field(max_length=MOST_NEWS)]
    cursor: Annotated[str, Field(pattern=r"^[A-Za-z0-9._~-]{0,128}$")]
    more: bool = False


class _Problem(_Said):
    """Of `application/problem+json` (RFC 9457) what counts here."""

    code: str = ""
    title: str = ""
    detail: str = ""


_ACCEPTED: Final = TypeAdapter(_Accepted)
_STANDING: Final = TypeAdapter(_Standing)
_NEWS: Final = TypeAdapter(_News)
_PROBLEM: Final = TypeAdapter(_Problem)
_KNOWN_NEWS: Final[Mapping[str, TypeAdapter[Any]]] = {
    "progress": TypeAdapter(_Step),
    "decision": TypeAdapter(_Decision),
}


# what goes out --------------------------------------------------------------------------------------------------------


def request_body(submission: Submission) -> bytes:
    """The body of `POST /v1/submissions`: the same bytes for the same submission."""
    applicant, proof = submission.applicant, submission.proof
    body: dict[str, Any] = {
        "kiosk": submission.kiosk_id,
        "case": submission.case_id,
        "kind": submission.kind.value,
        "item": submission.item_code,
        "department": submission.department,
        "applicant": None if applicant is None else {"name": applicant.name, "id_number": applicant.id_number},
        "answers": dict(submission.answers),
        "materials": [
            {
                "number": one.number, "name": one.name, "kind": one.kind, "count": one.count, "needed": one.needed,
                "sha256": one.sha256,
            }
            for one in submission.materials
        ],
        "proof": {
            "cell": proof.cell, "evidence": proof.evidence, "identity": proof.identity,
            "held_at": written(proof.held_at), "sequence": proof.sequence, "sha256": proof.sha256,
        },
    }  # fmt: skip
    if submission.agent is not None:
        told = asdict(submission.agent).items()
        body["agent"] = {
            name: value for name, value in told if value != ""
        }  # of a helper neither name nor number
    if (promise := submission.promise) is not None:
        body["promise"] = {"missing": list(promise.missing), "until": promise.until.isoformat()}
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def submission_of(message_id: str, body: bytes) -> Submission:
    """What `request_body` made, for a row of the outbox. Raises `ValueError` for bytes that it did not make."""
    raw = json.loads(body)
    try:
        proof = raw["proof"] | {"held_at": datetime.fromisoformat(raw["proof"]["held_at"])}
        return Submission(
            message_id, raw["kiosk"], raw["case"], Kind(raw["kind"]), raw["item"], raw["department"],
            None if raw["applicant"] is None else Applicant(**raw["applicant"]), raw["answers"],
            tuple(Material(**one) for one in raw["materials"]), Proof(**proof),
            Agent(**{"name": "", "id_number": ""} | raw["agent"]) if "agent" in raw else None,
            _promise(raw["promise"]) if "promise" in raw else None,
        )  # fmt: skip
    except (KeyError, TypeError) as error:
        raise ValueError("not a submission") from error


def _promise(raw: Mapping[str, Any]) -> Promise:
    return Promise(tuple(raw["missing"]), date.fromisoformat(raw["until"]))


def written(moment: datetime) -> str:
    """ISO 8601 in UTC, as everything that leaves the kiosk."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


# what comes back ------------------------------------------------------------------------------------------------------


def accepted_of(body: bytes, case_id: str) -> Accepted:
    """The answer to a submission. Raises `NotUnderstood`."""
    said = _understood(_ACCEPTED, body)
    if said.decision is not None and said.decision.case != case_id:
        raise NotUnderstood("the decision is of another case")
    return Accepted(said.number, None if said.decision is None else said.decision.told())


def standing_of(body: bytes, case_id: str) -> Standing:
    """The answer about one case. Raises `NotUnderstood`."""
    said = _understood(_STANDING, body)
    parts = [*said.steps, *([] if said.decision is None else [said.decision])]
    if {said.case, *(one.case for one in parts)} != {case_id}:
        raise NotUnderstood("it is of another case")
    decision = None if said.decision is None else said.decision.told()
    return Standing(said.case, said.number, tuple(one.told() for one in said.steps), decision)


def news_of(body: bytes) -> News:
    """One answer of news; kinds that are not known are passed over. Raises `NotUnderstood`."""
    said = _understood(_NEWS, body)
    known = [one for one in said.events if one.get("type") in _KNOWN_NEWS]
    told = []
    for one in known:
        try:
            told.append(_KNOWN_NEWS[one["type"]].validate_python(one).told())
        except ValidationError as error:
            raise NotUnderstood(f"events: {_where(error)}") from None
    return News(tuple(told), said.cursor, said.more)


def problem_of(body: bytes) -> tuple[str, str]:
    """Code and words of a refusal, each empty where it has none."""
    try:
        said = _understood(_PROBLEM, body)
    except NotUnderstood:
        return "", ""
    code = said.code if re.fullmatch(CODE, said.code) else ""
    return code, _one_line(said.detail or said.title)[:MOST_WORDS]


def _understood(adapter: TypeAdapter[Any], body: bytes) -> Any:
    try:
        return adapter.validate_python(json.loads(body))
    except ValidationError as error:
        raise NotUnderstood(_where(error)) from None
    except (ValueError, RecursionError):
        raise NotUnderstood("it is not JSON") from None


def _where(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    return f"{_path(first['loc'])}: {first['type']}"


def _path(where: Sequence[int | str]) -> str:
    """Only names of our own schema: a key may be anything."""
    return ".".join(str(part) for part in where) or "the whole"


def _one_line(words: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in words).strip()
