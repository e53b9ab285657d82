"""The emulated providers take what is signed rightly, and nothing that was changed on the way by one character."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from drivers.emulators.smshttp import Provider
from drivers.emulators.smshttp_accounts import PROVIDERS, Account, Call
from drivers.registry import DriverKind, parse
from drivers.smshttp.aliyun import Aliyun
from drivers.smshttp.mas import Mas
from drivers.smshttp.provider import Moment
from drivers.smshttp.tencent import Tencent
from tests.drivers.sms_rigs import HELD, SECRET, table

NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
KINDS: dict[str, Callable[[Any], Any]] = {"aliyun": Aliyun, "tencent": Tencent, "mas": Mas}


def signed(name: str, folder: Path, *, at: datetime = NOW, nonce: str = "a" * 32) -> Call:
    provider = KINDS[name](parse(DriverKind.SMS, table(name, folder, "https://127.0.0.1:1")))
    request = provider.request(HELD, SECRET, Moment(at, nonce))
    parts = urlsplit(request.url)
    headers = {key.lower(): value for key, value in request.headers.items()}
    return Call("POST", parts.path, parts.query, headers, request.body)


def account(name: str) -> Account:
    return Account("测试企业/testap" if name == "mas" else "emulated", SECRET)


def took(name: str, call: Call, holder: Account) -> bool:
    before = len(holder.messages)
    PROVIDERS[name](call, holder, NOW)
    return len(holder.messages) > before


@pytest.mark.parametrize("name", PROVIDERS)
def test_what_is_signed_rightly_is_taken(name: str, tmp_path: Path) -> None:
    assert took(name, signed(name, tmp_path), account(name))


@pytest.mark.parametrize("name", PROVIDERS)
def test_another_secret_is_refused(name: str, tmp_path: Path) -> None:
    assert not took(name, signed(name, tmp_path), replace(account(name), secret="other"))


def changed(name: str, call: Call) -> list[Call]:
    """The same call with another number, and with another header that was signed."""
    if name == "aliyun":
        return [
            replace(call, query=call.query.replace("13900000001", "13900000002")),
            replace(call, headers={**call.headers, "x-acs-date": "2026-11-22T01:30:01Z"}),
            replace(call, headers={**call.headers, "host": "other"}),
            replace(call, body=b"x"),
        ]
    if name == "tencent":
        return [
            replace(call, body=call.body.replace(b"13900000001", b"13900000002")),
            replace(call, headers={**call.headers, "x-tc-timestamp": str(int(NOW.timestamp()) + 1)}),
            replace(call, headers={**call.headers, "host": "other"}),
        ]
    fields = json.loads(base64.b64decode(call.body))
    return [
        replace(call, body=base64.b64encode(json.dumps({**fields, key: value}).encode()))
        for key, value in (("mobiles", "13900000002"), ("params", "[]"), ("addSerial", "1"), ("sign", "x"))
    ]


@pytest.mark.parametrize("name", PROVIDERS)
def test_what_was_changed_on_the_way_is_refused(name: str, tmp_path: Path) -> None:
    holder = account(name)
    for call in changed(name, signed(name, tmp_path)):
        assert not took(name, call, holder)


@pytest.mark.parametrize("name", PROVIDERS)
def test_nonsense_is_answered_and_not_taken(name: str) -> None:
    provider = Provider(name, account(name))
    for body in (b"", b"{}", b"\xff", b"e30="):
        status, answer = provider.answer(Call("POST", "/sms/norsubmit", "", {}, body))
        assert status == 400 or json.loads(answer)
    assert provider.perform("state", {}) == {"calls": 4, "messages": 0}


@pytest.mark.parametrize("name", ["aliyun", "tencent"])
@pytest.mark.parametrize("off", [timedelta(hours=-1), timedelta(hours=1)])
def test_a_call_of_another_hour_is_refused(name: str, off: timedelta, tmp_path: Path) -> None:
    assert not took(name, signed(name, tmp_path, at=NOW + off), account(name))


def test_a_call_that_was_recorded_is_refused(tmp_path: Path) -> None:
    holder, call = account("aliyun"), signed("aliyun", tmp_path)
    assert took("aliyun", call, holder)
    assert not took("aliyun", call, holder)
    assert took("aliyun", signed("aliyun", tmp_path, nonce="b" * 32), holder)
