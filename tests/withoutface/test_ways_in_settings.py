"""What `[face.without]` takes and refuses: always a way, and a desk only over a line that can be trusted."""

from typing import Any

import pytest
from pydantic import ValidationError

from kiosk.facesettings import DutyDeskSettings, FaceSettings, WithoutFaceSettings

FILES = {"ca_file": "/ca.pem", "cert_file": "/kiosk.pem", "key_file": "/kiosk.key"}


def test_a_code_from_staff_is_on_by_itself() -> None:
    assert "code_staff" in WithoutFaceSettings().ways


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"ways": []}, "at least 1 item"),
        ({"ways": ["card_only", "card_only"]}, "names one twice"),
        ({"ways": ["face"]}, "Input should be"),
        ({"ways": ["duty_desk"]}, "belong together"),
        ({"desk": {"url": "http://127.0.0.1:8000"}}, "belong together"),
    ],
)
def test_ways_that_cannot_be_are_refused(table: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        WithoutFaceSettings.model_validate(table)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"url": "desk.example"}, "must be an address"),
        ({"url": "http://desk.example", **FILES}, "missing: https"),
        ({"url": "https://desk.example"}, "missing: ca_file, cert_file, key_file"),
        ({"url": "https://desk.example", **FILES, "key_file": None}, "missing: key_file"),
    ],
)
def test_a_desk_elsewhere_asks_for_tls_and_a_certificate(table: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        DutyDeskSettings.model_validate(table)


def test_a_desk_that_can_be() -> None:
    for table in ({"url": "https://desk.example/kiosks", **FILES}, {"url": "http://127.0.0.1:8000"}):
        assert DutyDeskSettings.model_validate(table).url == table["url"]


def test_nobody_below_the_laws_age_consents_alone() -> None:
    with pytest.raises(ValidationError, match="greater than or equal to 14"):
        FaceSettings.model_validate({"guardian_below_age": 13})
