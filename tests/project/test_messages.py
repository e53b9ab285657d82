"""Every message on the wire has a schema, an example that fits it, and a fact that exists."""

import dataclasses
import json
from importlib import resources
from typing import Any

import jsonschema
import pytest

from kiosk.notify.messages import KINDS, MessageKind
from tests.journal.facts import all_facts

NAMES = [kind.name for kind in KINDS]
RETAINED = ("status", "status-offline", "journal")  # no facts: what the kiosk says of itself


def document(folder: str, name: str) -> Any:
    path = resources.files("kiosk.notify") / folder / name
    return json.loads(path.read_text(encoding="utf-8"))


ALL_FACTS = all_facts()


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_the_example_fits_the_schema(kind: MessageKind) -> None:
    schema = document("schemas", f"{kind.name}.json")
    jsonschema.Draft202012Validator.check_schema(schema)
    example = document("examples", f"{kind.name}.json")
    jsonschema.validate(example, schema, cls=jsonschema.Draft202012Validator)
    assert example["type"] == kind.type


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_the_schema_refuses_what_it_does_not_know(kind: MessageKind) -> None:
    schema, example = document("schemas", f"{kind.name}.json"), document("examples", f"{kind.name}.json")
    example["data"] = {**example.get("data", {}), "citizen_name": "x"}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(example, schema, cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_the_fact_exists_and_nothing_personal_is_told(kind: MessageKind) -> None:
    fact = ALL_FACTS[kind.event]
    fields = {field.name for field in dataclasses.fields(fact)}
    assert set(kind.fields) <= fields
    assert not set(kind.fields) & set(getattr(fact, "PERSONAL", ()))


def test_no_schema_without_a_message() -> None:
    for folder in ("schemas", "examples"):
        names = {path.name for path in (resources.files("kiosk.notify") / folder).iterdir()}
        known = {f"{name}.json" for name in (*NAMES, *RETAINED)}
        assert {name for name in names - known if name.endswith(".json")} == set()


@pytest.mark.parametrize("fact", ALL_FACTS.values(), ids=ALL_FACTS.keys())
def test_a_fact_is_frozen_and_hides_what_is_personal(fact: type) -> None:
    assert fact.__dataclass_params__.frozen  # type: ignore[attr-defined]  # dataclasses keep it there
    personal = set(getattr(fact, "PERSONAL", ()))
    shown = {field.name for field in dataclasses.fields(fact) if field.repr}
    assert not personal & shown
