"""The far side of three providers of text messages: accounts, signatures checked byte for byte, their own error words.

Knows nothing of our driver: what is signed is put together here from the request as it came over the wire.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import unquote

MOBILE: Final = re.compile(r"1[3-9]\d{9}")
ALIYUN_CLOCK: Final = timedelta(minutes=15)
TENCENT_CLOCK: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it came: header names in lower case, query undecoded."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Account:
    """What the provider knows of its customer. `secret` may be swapped under him; `spent` is an empty purse."""

    key_id: str
    secret: str
    spent: bool = False
    refused: set[str] = field(default_factory=set)
    nonces: set[str] = field(default_factory=set)
    messages: list[dict[str, Any]] = field(default_factory=list)

    def deliver(self, number: str, sign: str, content: Mapping[str, Any]) -> str:
        """Send; returns the message's name."""
        self.messages.append({"number": number, "sign": sign, **content})
        return f"{900_000_000 + len(self.messages)}"

    def refuses(self, number: str) -> bool:
        """Whether this number gets nothing."""
        return number in self.refused or not MOBILE.fullmatch(number)


Reply = tuple[int, dict[str, Any]]
Serve = Callable[[Call, Account, datetime], Reply]


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _signed_part(header: str, name: str) -> str:
    found = re.search(rf"{name}=([^, ]+)", header)
    return found[1] if found else ""


# Aliyun ------------------------------------------------------------------------------------------------------------


def aliyun(call: Call, account: Account, now: datetime) -> Reply:
    """POST / with SendSms in the query, ACS3-HMAC-SHA256."""
    wrong = _aliyun_refuses(call, account, now)
    if wrong:
        return 400 if wrong != "InvalidAccessKeyId.NotFound" else 404, {"Code": wrong, "Message": wrong}
    asked = {
        unquote(name): unquote(value)
        for name, value in (pair.split("=", 1) for pair in call.query.split("&"))
    }
    number = asked["PhoneNumbers"]
    code = ""
    if account.spent:
        code = "isv.AMOUNT_NOT_ENOUGH"
    elif account.refuses(number):
        code = "isv.MOBILE_NUMBER_ILLEGAL"
    elif not asked["TemplateCode"].startswith("SMS_"):
        code = "isv.SMS_TEMPLATE_ILLEGAL"
    elif "" in json.loads(asked["TemplateParam"]).values():
        code = "isv.TEMPLATE_MISSING_PARAMETERS"
    if code:
        return 200, {"Code": code, "Message": code, "RequestId": "0"}
    content = {"template": asked["TemplateCode"], "values": json.loads(asked["TemplateParam"])}
    name = account.deliver(number, asked["SignName"], content)
    return 200, {"Code": "OK", "Message": "OK", "BizId": f"{name}^0", "RequestId": "0"}


def _aliyun_refuses(call: Call, account: Account, now: datetime) -> str | None:
    headers = call.headers
    said = headers.get("authorization", "")
    if not said.startswith("ACS3-HMAC-SHA256 "):
        return "IncompleteSignature"
    if _signed_part(said, "Credential") != account.key_id:
        return "InvalidAccessKeyId.NotFound"
    try:
        at = datetime.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%S%z")
    except (KeyError, ValueError):
        return "InvalidTimeStamp.Format"
    if abs(at - now) > ALIYUN_CLOCK:
        return "InvalidTimeStamp.Expired"
    if headers["x-acs-signature-nonce"] in account.nonces:
        return "SignatureNonceUsed"
    names = _signed_part(said, "SignedHeaders").split(";")
    must = {
        "host",
        "x-acs-action",
        "x-acs-content-sha256",
        "x-acs-date",
        "x-acs-signature-nonce",
        "x-acs-version",
    }
    if not must <= set(names) or headers["x-acs-content-sha256"] != _sha256(call.body):
        return "IncompleteSignature"
    lines = [call.method, call.path, "&".join(sorted(call.query.split("&")))]
    lines += [f"{name}:{headers[name]}" for name in sorted(names)]
    lines += ["", ";".join(sorted(names)), headers["x-acs-content-sha256"]]
    to_sign = "ACS3-HMAC-SHA256\n" + _sha256("\n".join(lines).encode())
    right = hmac.digest(account.secret.encode(), to_sign.encode(), "sha256").hex()
    if _signed_part(said, "Signature") != right:
        return "SignatureDoesNotMatch"
    if (headers["x-acs-action"], headers["x-acs-version"]) != ("SendSms", "2017-05-25"):
        return "InvalidAction.NotFound"
    account.nonces.add(headers["x-acs-signature-nonce"])
    return None


# Tencent Cloud -----------------------------------------------------------------------------------------------------


def tencent(call: Call, account: Account, now: datetime) -> Reply:
    """POST / of JSON, TC3-HMAC-SHA256. Refusals come with status 200."""
    wrong = _tencent_refuses(call, account, now)
    if wrong:
        return 200, {"Response": {"Error": {"Code": wrong, "Message": wrong}, "RequestId": "0"}}
    asked = json.loads(call.body)
    number = str(asked["PhoneNumberSet"][0])
    status = {"SerialNo": "", "PhoneNumber": number, "Fee": 0}
    if account.spent:
        code = "FailedOperation.InsufficientBalanceInSmsPackage"
    elif not number.startswith("+86") or account.refuses(number[3:]):
        code = "InvalidParameterValue.IncorrectPhoneNumber"
    elif not str(asked["TemplateId"]).isdigit():
        code = "FailedOperation.TemplateIncorrectOrUnapproved"
    else:
        code = "Ok"
        content = {"template": asked["TemplateId"], "values": asked["TemplateParamSet"]}
        name = account.deliver(number[3:], asked["SignName"], content)
        status |= {"SerialNo": f"2019:{name}", "Fee": 1}
    return 200, {"Response": {"SendStatusSet": [{**status, "Code": code, "Message": code}], "RequestId": "0"}}


def _tencent_refuses(call: Call, account: Account, now: datetime) -> str | None:
    headers = call.headers
    said = headers.get("authorization", "")
    stamp = headers.get("x-tc-timestamp", "")
    if not said.startswith("TC3-HMAC-SHA256 ") or not stamp.isdigit():
        return "AuthFailure.SignatureFailure"
    scope = _signed_part(said, "Credential").split("/")
    day = datetime.fromtimestamp(int(stamp), now.tzinfo).strftime("%Y-%m-%d")
    if scope[0] != account.key_id:
        return "AuthFailure.SecretIdNotFound"
    if abs(datetime.fromtimestamp(int(stamp), now.tzinfo) - now) > TENCENT_CLOCK:
        return "AuthFailure.SignatureExpire"
    names = _signed_part(said, "SignedHeaders").split(";")
    if scope[1:] != [day, "sms", "tc3_request"] or not {"content-type", "host"} <= set(names):
        return "AuthFailure.SignatureFailure"
    lines = [call.method, call.path, call.query]
    lines += [f"{name}:{headers[name].strip().lower()}" for name in names]
    lines += ["", ";".join(names), _sha256(call.body)]
    to_sign = "\n".join(("TC3-HMAC-SHA256", stamp, "/".join(scope[1:]), _sha256("\n".join(lines).encode())))
    by_day = hmac.digest(b"TC3" + account.secret.encode(), day.encode(), "sha256")
    by_service = hmac.digest(by_day, b"sms", "sha256")
    by_request = hmac.digest(by_service, b"tc3_request", "sha256")
    if _signed_part(said, "Signature") != hmac.digest(by_request, to_sign.encode(), "sha256").hex():
        return "AuthFailure.SignatureFailure"
    if (headers.get("x-tc-action"), headers.get("x-tc-version")) != ("SendSms", "2021-01-11"):
        return "InvalidAction"
    return None if headers.get("x-tc-region") else "MissingParameter"


# China Mobile MAS --------------------------------------------------------------------------------------------------

MAS_ORDER: Final[Mapping[str, tuple[str, ...]]] = {
    "/sms/norsubmit": ("mobiles", "content"),
    "/sms/tmpsubmit": ("templateId", "mobiles", "params"),
}


def mas(call: Call, account: Account, _now: datetime) -> Reply:
    """POST of Base64 text. `account.key_id` is `ecName/apId`. The interface has no clock."""
    if call.path not in MAS_ORDER:
        return 404, {}
    asked = json.loads(base64.b64decode(call.body, validate=True))
    between = "".join(asked[name] for name in MAS_ORDER[call.path])
    whole = f"{asked['ecName']}{asked['apId']}{account.secret}{between}{asked['sign']}{asked['addSerial']}"
    if f"{asked['ecName']}/{asked['apId']}" != account.key_id:
        return _mas_says("InvalidUsrOrPwd")
    if asked["mac"] != hashlib.md5(whole.encode(), usedforsecurity=False).hexdigest():
        return _mas_says("IllegalMac")
    if account.spent:
        return _mas_says("NoBalance")
    if account.refuses(asked["mobiles"]):
        return _mas_says("InvalidMobile")
    content = {"text": asked["content"]} if "content" in asked else {
        "template": asked["templateId"], "values": json.loads(asked["params"]),
    }  # fmt: skip
    return _mas_says("success", account.deliver(asked["mobiles"], asked["sign"], content))


def _mas_says(code: str, group: str = "") -> Reply:
    return 200, {"msgGroup": group, "rspcod": code, "success": code == "success"}


PROVIDERS: Final[Mapping[str, Serve]] = {"aliyun": aliyun, "tencent": tencent, "mas": mas}
