"""Kinds, schemas, examples and the AsyncAPI document agree, and every event of the house is decided on."""

import dataclasses
import inspect
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import kiosk.notify
from drivers.contracts.health import DeviceStatus
from kiosk.journal.anchor import is_genuine, parse_anchor, sign_head
from kiosk.notify import status
from kiosk.notify.head import head_message, read_head
from kiosk.notify.messages import BY_EVENT, KINDS, PRIVATE, event_topic, head_topic, schema_of, status_topic
from kiosk.notify.status import CompartmentCounts, OfflineReason, StatusSnapshot
from tests.journal.facts import all_facts

HERE = Path(inspect.getfile(kiosk.notify)).parent
KEPT = ("status", "journal")  # retained, a topic each
NAMES = [kind.name for kind in KINDS] + list(KEPT)
MESSAGE_ID = "0f5c4c4e-6b0e-4c62-9a1d-0c6a3d2f8e11"
PERSONAL_WORDS = ("name", "phone", "id_number", "staff", "number", "address", "birth", "recipient")


def example(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((HERE / "examples" / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def check(name: str, message: dict[str, Any]) -> None:
    schema = schema_of(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(schema, format_checker=checker).validate(message)


def asyncapi() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((HERE / "asyncapi.yaml").read_text(encoding="utf-8"))
    return loaded


def test_every_event_is_public_or_private() -> None:
    events = set(all_facts())
    assert events - set(BY_EVENT) - PRIVATE == set(), "decide: KINDS or PRIVATE in kiosk/notify/messages.py"
    assert set(BY_EVENT) & PRIVATE == set()
    assert (set(BY_EVENT) | PRIVATE) - events == set(), "these events do not exist any more"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_public_fields_exist_and_are_not_personal(kind: Any) -> None:
    event = all_facts()[kind.event]
    fields = {field.name for field in dataclasses.fields(event)}
    assert set(kind.fields) <= fields
    assert not set(kind.fields) & getattr(event, "PERSONAL", frozenset())
    assert not [field for field in kind.fields for word in PERSONAL_WORDS if word in field]


@pytest.mark.parametrize("name", NAMES)
def test_example_fits_its_schema(name: str) -> None:
    check(name, example(name))


def test_offline_example_fits() -> None:
    check("status", example("status-offline"))


def test_nothing_is_left_over() -> None:
    assert {path.stem for path in (HERE / "schemas").iterdir()} == set(NAMES)
    assert {path.stem for path in (HERE / "examples").iterdir()} == {*NAMES, "status-offline"}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_schema_names_exactly_the_public_fields(kind: Any) -> None:
    schema = schema_of(kind.name)
    data = schema["properties"]["data"]
    extra = {"item_code", "identity"} if kind.kind == "deposit.held" else set()
    assert set(data["properties"]) == set(kind.fields) | extra == set(data["required"])
    assert schema["properties"]["type"]["const"] == kind.type == example(kind.name)["type"]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_unknown_is_allowed(name: str) -> None:
    message = example(name)
    for place in (message, message["data"]):
        place["name"] = "somebody"
        with pytest.raises(jsonschema.ValidationError, match="name"):
            check(name, message)
        del place["name"]


@pytest.mark.parametrize("name", NAMES)
def test_asyncapi_knows_it(name: str) -> None:
    document = asyncapi()
    channel = document["channels"][name]
    last = name if name in KEPT else f"event/{name}"
    assert channel["address"] == f"nightdesk/v1/{{kioskId}}/{last}"
    assert channel["messages"][name]["$ref"] == f"#/components/messages/{name}"
    payload = document["components"]["messages"][name]["payload"]["$ref"]
    assert (HERE / payload).is_file()
    operation = document["operations"][f"say-{name}"]
    assert operation["channel"]["$ref"] == f"#/channels/{name}"
    assert operation["bindings"]["mqtt"] == {"qos": 1, "retain": name in KEPT, "bindingVersion": "0.2.0"}


class OnceOnly(yaml.SafeLoader):
    """Refuses a name that stands twice in one table, of which YAML would keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [self.construct_object(name) for name, _ in node.value]
        twice = [name for name in names if names.count(name) > 1]
        assert twice == []
        return super().construct_mapping(node, deep)


def test_asyncapi_says_each_thing_once() -> None:
    assert yaml.load((HERE / "asyncapi.yaml").read_text(encoding="utf-8"), OnceOnly) == asyncapi()


def test_asyncapi_knows_nothing_else() -> None:
    document = asyncapi()
    assert set(document["channels"]) == set(document["components"]["messages"]) == set(NAMES)
    assert set(document["operations"]) == {f"say-{name}" for name in NAMES}


def test_topics() -> None:
    assert event_topic("lobby-1", BY_EVENT["DoorLeftOpen"]) == "nightdesk/v1/lobby-1/event/door-left-open"
    assert status_topic("lobby-1") == "nightdesk/v1/lobby-1/status"
    assert head_topic("lobby-1") == "nightdesk/v1/lobby-1/journal"


def test_status_messages_fit_the_schema() -> None:
    at = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)
    snapshot = StatusSnapshot(CompartmentCounts(12, 9, 2, 1), {"printer": DeviceStatus.HARDWARE_ERROR})
    for payload in (
        status.online("k", MESSAGE_ID, None, at),
        status.online("k", MESSAGE_ID, snapshot, at),
        status.offline("k", MESSAGE_ID, OfflineReason.CONNECTION_LOST, None),
        status.offline("k", MESSAGE_ID, OfflineReason.STOPPED, at),
    ):
        check("status", json.loads(payload))


def test_the_journals_head_can_be_kept_outside() -> None:
    key = Ed25519PrivateKey.generate()
    head = sign_head(key, 42, bytes(range(32)))
    at = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)
    snapshot = StatusSnapshot(CompartmentCounts(12, 9, 2, 1), anchor=head)
    message = json.loads(status.online("k", MESSAGE_ID, snapshot, at))
    check("status", message)
    alone = head_message("k", MESSAGE_ID, head, at)
    check("journal", json.loads(alone))
    for text in (alone.decode(), json.dumps(message), json.dumps(message["data"]["journal"])):
        kept = parse_anchor(text)  # as `journal verify --anchor` takes it
        assert kept == head == read_head(alone, "k")
        assert is_genuine(kept, key.public_key().public_bytes_raw())


@pytest.mark.parametrize(
    "untrusted",
    [
        b"", b"\xff", b"null", b"[" * 4096, b'{"source": "/nightdesk/k"}',
        b'{"source": "/nightdesk/other", "data": {"seq": 1, "hash": "' + b"0" * 64 + b'", "signature": ""}}',
        b'{"source": "/nightdesk/k", "data": {"seq": -1, "hash": "' + b"0" * 64 + b'", "signature": ""}}',
        b'{"source": "/nightdesk/k", "data": {"seq": 1, "hash": "00", "signature": ""}}',
    ],
)  # fmt: skip
def test_what_is_no_head_of_ours_is_refused(untrusted: bytes) -> None:
    with pytest.raises(ValueError, match=r"^(no anchor|it |Expecting|'utf-8')"):
        read_head(untrusted, "k")


def test_device_words_of_the_schema_are_those_of_the_contract() -> None:
    words = schema_of("status")["properties"]["data"]["properties"]["devices"]["additionalProperties"]["enum"]
    assert words == [status.value for status in DeviceStatus]
