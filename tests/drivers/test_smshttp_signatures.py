"""Signatures against the vectors that the providers publish, and against those computed from their rules."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

from drivers.contracts.sms import SmsMessage
from drivers.registry import DriverKind, MasSmsConfig, parse
from drivers.smshttp import aliyun, mas, tencent
from drivers.smshttp.provider import Moment
from tests.drivers.sms_rigs import HELD, table

ALIYUN_HEADERS = {
    "host": "ecs.cn-shanghai.aliyuncs.com",
    "x-acs-action": "RunInstances",
    "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "x-acs-date": "2023-10-26T10:22:32Z",
    "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
    "x-acs-version": "2014-05-26",
}
MOMENT = Moment(datetime(2026, 11, 22, 1, 30, tzinfo=UTC), "n" * 32)


def test_aliyun_published_example() -> None:
    """Aliyun, "V3 request structure and signature": RunInstances."""
    query = aliyun.canonical_query(
        {"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}
    )
    said = aliyun.authorization(
        "POST", "/", query, ALIYUN_HEADERS, key_id="YourAccessKeyId", secret="YourAccessKeySecret"
    )
    assert said == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;"
        "x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_aliyun_encodes_as_rfc_3986() -> None:
    assert aliyun.canonical_query({"b": "a b*~/", "a": "柜"}) == "a=%E6%9F%9C&b=a%20b%2A~%2F"


def test_tencent_published_example() -> None:
    """Tencent Cloud, "Signature v3": DescribeInstances of cvm, 2019-02-25."""
    body = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
    said = tencent.authorization(
        {"content-type": "application/json; charset=utf-8", "host": "cvm.tencentcloudapi.com"},
        body,
        at=datetime.fromtimestamp(1551113065, UTC),
        service="cvm",
        secret_id="AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
        secret="Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
    )
    assert said == (
        "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, "
        "SignedHeaders=content-type;host, "
        "Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
    )


def test_tencent_signs_whatever_headers_it_is_given() -> None:
    """Computed by the same rules: the form with `x-tc-action` that newer pages of the provider show."""
    body = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
    headers = {
        "content-type": "application/json; charset=utf-8",
        "host": "cvm.tencentcloudapi.com",
        "x-tc-action": "DescribeInstances",
    }
    said = tencent.authorization(
        headers,
        body,
        at=datetime.fromtimestamp(1551113065, UTC),
        service="cvm",
        secret_id="AKID",
        secret="Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
    )
    assert said.endswith("=644be983de9a8a3f00db8eadaba61467c3b429e2215758ba897b738ca469fd26")


ACCOUNT = {"ecName": "测试企业", "apId": "testap"}
TAIL = {"sign": "AbCdEfGh", "addSerial": ""}
WORDS = "您的取件码是123456"
MAS_BODY = (
    "eyJlY05hbWUiOiLmtYvor5XkvIHkuJoiLCJhcElkIjoidGVzdGFwIiwibW9iaWxlcyI6IjEzODAwMTM4MDAwIiwiY29udGVudCI6IuaCqOea"
    "hOWPluS7tueggeaYrzEyMzQ1NiIsInNpZ24iOiJBYkNkRWZHaCIsImFkZFNlcmlhbCI6IiIsIm1hYyI6IjVmZjFkOTIzNzI2YzI5NmI1NjZi"
    "N2Q0YmM4NjU2N2FiIn0="
)


def test_mas_digest_and_body() -> None:
    """Computed from the field description that public client code carries."""
    middle = {"mobiles": "13800138000", "content": WORDS}
    assert mas.mac(ACCOUNT, middle, TAIL, secret="testSecret") == "5ff1d923726c296b566b7d4bc86567ab"
    assert mas.encoded(ACCOUNT, middle, TAIL, secret="testSecret") == MAS_BODY.encode()


def test_mas_sends_words_where_it_has_no_templates() -> None:
    config = MasSmsConfig(
        base_url="https://mas.example:28888",
        ec_name="测试企业",
        ap_id="testap",
        sign="AbCdEfGh",
        secret_file=Path("/nowhere"),
    )
    request = mas.Mas(config).request(SmsMessage("+86 138-0013-8000", WORDS), "testSecret", MOMENT)
    assert (request.url, request.body) == ("https://mas.example:28888/sms/norsubmit", MAS_BODY.encode())


def test_what_each_provider_is_told(tmp_path: Path) -> None:
    url = "https://127.0.0.1:1"
    ali = aliyun.Aliyun(parse(DriverKind.SMS, table("aliyun", tmp_path, url)))  # type: ignore[arg-type]
    asked = ali.request(HELD, "s", MOMENT)
    assert asked.url.startswith(f"{url}/?PhoneNumbers=13900000001&SignName=%E6%94%BF")
    assert asked.body == b""
    ten = tencent.Tencent(parse(DriverKind.SMS, table("tencent", tmp_path, url)))  # type: ignore[arg-type]
    told = json.loads(ten.request(HELD, "s", MOMENT).body)
    assert told["PhoneNumberSet"] == ["+8613900000001"]
    assert told["TemplateParamSet"] == ["东大门", "11-22 09:30", "居住证", "A-03", "ND-7", "—"]
    chm = mas.Mas(parse(DriverKind.SMS, table("mas", tmp_path, url)))  # type: ignore[arg-type]
    fields = json.loads(base64.b64decode(chm.request(HELD, "s", MOMENT).body))
    assert list(fields) == ["ecName", "apId", "templateId", "mobiles", "params", "sign", "addSerial", "mac"]
    assert json.loads(fields["params"])[-2:] == ["ND-7", "—"]
