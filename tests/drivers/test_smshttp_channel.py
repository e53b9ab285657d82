"""Providers over HTTPS: what their answers and the network's faults become, certificates, the secret's file."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from drivers.contracts.health import DeviceStatus, ErrorAction, Health
from drivers.contracts.report import Lined
from drivers.contracts.sms import SmsAccepted, SmsMessage, SmsOutcome, SmsRefused
from drivers.emulators.control import Control
from drivers.errors import DeviceRefused, LinkClosed, LinkTimeout, ProtocolError
from drivers.registry import DriverKind, parse, problems
from tests.drivers.sms_rigs import HELD, built, provider, table
from tests.notify.certificates import new_authority

Far = tuple[str, str, Control, Path]


@pytest.fixture(scope="module", params=["aliyun", "tencent", "mas"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Far]:
    folder = tmp_path_factory.mktemp(request.param)
    with provider(request.param, folder) as (url, control):
        yield request.param, url, control, folder


@pytest.fixture
def far(server: Far) -> Iterator[Far]:
    yield server
    server[2].do("fault", name="none")


def send(config: dict[str, Any], message: SmsMessage = HELD) -> tuple[SmsOutcome, Health]:
    async def run() -> tuple[SmsOutcome, Health]:
        channel = built(config)
        try:
            await channel.connect()
            return await channel.send(message), await channel.health()
        finally:
            await channel.close()

    return asyncio.run(run())


def send_under(far: Far, fault: str, **more: Any) -> tuple[SmsOutcome, Health]:
    name, url, control, folder = far
    control.do("fault", name=fault)
    return send(table(name, folder, url, **more))


OPERATOR = {
    ("aliyun", "bad_signature"): "SignatureDoesNotMatch",
    ("aliyun", "clock_off"): "InvalidTimeStamp.Expired",
    ("aliyun", "quota"): "isv.AMOUNT_NOT_ENOUGH",
    ("tencent", "bad_signature"): "AuthFailure.SignatureFailure",
    ("tencent", "clock_off"): "AuthFailure.SignatureExpire",
    ("tencent", "quota"): "FailedOperation.InsufficientBalanceInSmsPackage",
    ("mas", "bad_signature"): "IllegalMac",
}


@pytest.mark.parametrize("fault", ["bad_signature", "clock_off", "quota"])
def test_what_the_account_is_refused_for_calls_a_person(far: Far, fault: str) -> None:
    outcome, health = send_under(far, fault)
    code = OPERATOR.get((far[0], fault))
    if code is not None:
        assert outcome == SmsRefused(code, permanent=False, operator=True)
        assert (health.status, health.action) == (DeviceStatus.USER_ERROR, ErrorAction.CONFIGURATION)
        assert code in health.detail
    elif fault == "quota":
        assert outcome == SmsRefused(
            "NoBalance", permanent=False
        )  # a code nobody has documented: again later
    else:
        assert isinstance(outcome, SmsAccepted)  # MAS has no clock in its interface


@pytest.mark.parametrize("fault", ["http_500", "http_429"])
def test_a_provider_in_trouble_is_asked_again_later(far: Far, fault: str) -> None:
    outcome, health = send_under(far, fault)
    assert outcome == SmsRefused(fault.replace("_", "-"), permanent=False)
    assert health.status is DeviceStatus.ONLINE


def test_a_portal_in_between_calls_a_person(far: Far) -> None:
    assert send_under(far, "redirect")[0] == SmsRefused("http-302", permanent=False, operator=True)


@pytest.mark.parametrize("fault", ["not_json", "not_ours", "half"])
def test_an_answer_that_is_none_leaves_it_unknown(far: Far, fault: str) -> None:
    with pytest.raises(ProtocolError, match="not known"):
        send_under(far, fault)


@pytest.mark.parametrize("fault", ["late", "trickle"])
def test_an_answer_that_takes_too_long(far: Far, fault: str) -> None:
    with pytest.raises(LinkTimeout):
        send_under(far, fault, connect_timeout_s=0.5, answer_timeout_s=0.5)


def test_what_happened_on_the_line_is_counted(far: Far) -> None:
    name, url, control, folder = far

    async def run() -> tuple[int, int, int, bool]:
        channel = built(table(name, folder, url))
        await channel.connect()
        await channel.send(HELD)
        await asyncio.to_thread(control.do, "fault", name="reset")
        with pytest.raises(LinkClosed):
            await channel.send(HELD)
        await asyncio.to_thread(control.do, "fault", name="mute")
        with pytest.raises(LinkTimeout):
            await channel.send(HELD)
        await channel.close()
        assert isinstance(channel, Lined)
        line = channel.line
        return line.frames, line.losses, line.timeouts, line.latency_p50_ms is not None

    assert asyncio.run(run()) == (1, 1, 1, True)


def test_a_torn_connection(far: Far) -> None:
    with pytest.raises(LinkClosed, match="network"):
        send_under(far, "reset")


def test_texts_without_a_template_or_a_value_are_given_up(far: Far) -> None:
    name, url, _, folder = far
    config = table(name, folder, url)
    stranger = send(config, replace(HELD, key="door.forced.staff"))[0]
    assert stranger == SmsRefused("no-template", permanent=True)
    poor = send(config, replace(HELD, values={"place": "x"}))[0]
    assert poor == SmsRefused("no-value-time", permanent=True)


def test_an_english_text_takes_the_english_template(far: Far) -> None:
    name, url, control, folder = far
    english = {"deposit.held.staff": {"id": {"aliyun": "SMS_7"}.get(name, "7"), "parameters": ["cell"]}}
    config = table(name, folder, url, templates_en=english)
    for language, own in (("en", True), ("zh_CN", False)):
        assert isinstance(send(config, replace(HELD, language=language))[0], SmsAccepted)
        assert control.do("messages")["messages"][-1]["template"].endswith("7") is own


def test_a_template_that_is_not_approved_waits_for_its_approval(far: Far) -> None:
    name, url, _, folder = far
    strange = {"deposit.held.staff": {"id": "strange", "parameters": ["cell"]}}
    outcome = send(table(name, folder, url, templates=strange))[0]
    if name == "mas":  # its codes say nothing of templates
        assert isinstance(outcome, SmsAccepted)
        return
    assert isinstance(outcome, SmsRefused)
    assert (outcome.permanent, outcome.operator) == (False, False)
    assert "emplate" in outcome.code or "TEMPLATE" in outcome.code


@pytest.mark.parametrize("trouble", ["stranger", "host", "expired"])
def test_a_certificate_that_is_not_trusted_gets_nothing(tmp_path: Path, trouble: str) -> None:
    authority, stranger = new_authority(tmp_path, "operator"), new_authority(tmp_path, "stranger")
    files = authority.issue(
        "server", host="provider.example" if trouble == "host" else "127.0.0.1", expired=trouble == "expired"
    )
    trusted = stranger if trouble == "stranger" else authority
    with provider("tencent", tmp_path, files=files) as (url, control):
        with pytest.raises(LinkClosed, match="certificate"):
            send(table("tencent", tmp_path, url, ca_file=str(trusted.path)))
        assert control.do("state")["calls"] == 0


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda path: path.unlink(), "cannot be read"),
        (lambda path: path.write_text("\n"), "empty"),
        (lambda path: path.chmod(0o644), "everybody"),
    ],
)
def test_the_secret_s_file_must_be_a_secret(tmp_path: Path, spoil: Any, word: str) -> None:
    config = table("aliyun", tmp_path, "http://127.0.0.1:1")
    spoil(tmp_path / "secret")
    with pytest.raises(DeviceRefused, match=word) as caught:
        send(config)
    assert "emulated-secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "url", "key"),
    [
        ("aliyun", "http://sms.example", "base_url"),
        ("mas", "http://112.0.2.1:1992", "base_url"),
        ("mas", "ftp://mas.example", "base_url"),
        ("mas", None, "base_url"),
    ],
)
def test_numbers_travel_encrypted_only(tmp_path: Path, name: str, url: str | None, key: str) -> None:
    with pytest.raises(ValidationError) as caught:
        parse(DriverKind.SMS, table(name, tmp_path, url))
    assert [error["loc"][-1] for error in caught.value.errors()] == [key]


def test_another_address_is_for_emulators_only(tmp_path: Path) -> None:
    for name in ("aliyun", "tencent"):
        moved = parse(DriverKind.SMS, table(name, tmp_path, "https://sms.example"))
        assert [text.split(":")[0] for text in problems(DriverKind.SMS, moved, profile="production")] == [
            "base_url"
        ]
        assert problems(DriverKind.SMS, moved, profile="emulated") == ()
        usual = parse(DriverKind.SMS, table(name, tmp_path, None))
        assert problems(DriverKind.SMS, usual, profile="production") == ()
    contract = parse(DriverKind.SMS, table("mas", tmp_path, "https://mas.example:28888"))
    assert problems(DriverKind.SMS, contract, profile="production") == ()


def test_a_secret_in_the_settings_is_an_unknown_key(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="secret_key"):
        parse(DriverKind.SMS, table("aliyun", tmp_path, None, secret_key="x"))
