"""Tencent Cloud SMS (2021-01-11): SendSms with the TC3-HMAC-SHA256 signature.

    Authorization: TC3-HMAC-SHA256 Credential=ID/date/sms/tc3_request, SignedHeaders=a;b, Signature=HEX
    key            HMAC(HMAC(HMAC("TC3" + secret, date), service), "tc3_request")
    to sign        TC3-HMAC-SHA256, timestamp, date/service/tc3_request, sha256(canonical request), a line each

Source: Tencent Cloud, "Signature v3", with its published example.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from drivers.contracts.sms import SmsAccepted, SmsMessage, SmsOutcome
from drivers.registry import TencentSmsConfig

from .channel import ProviderChannel
from .https import HttpRequest, host_of
from .provider import Moment, Templates, mainland, refusal

ALGORITHM: Final = "TC3-HMAC-SHA256"
VERSION: Final = "2021-01-11"
SERVICE: Final = "sms"
CONTENT_TYPE: Final = "application/json; charset=utf-8"

PERMANENT: Final = (
    "FailedOperation.ContainSensitiveWord",
    "FailedOperation.PhoneNumberInBlacklist",
    "InvalidParameterValue.IncorrectPhoneNumber",
    "InvalidParameterValue.ContentLengthLimit",
    "InvalidParameterValue.TemplateParameterLengthLimit",
)
OPERATOR: Final = (
    "AuthFailure",  # AuthFailure.SignatureExpire too: this machine's clock is off
    "FailedOperation.InsufficientBalanceInSmsPackage",
    "FailedOperation.SignatureIncorrectOrUnapproved",
    "InternalError.RequestTimeException",  # the clock again: off by more than ten minutes
    "InvalidParameterValue.SdkAppIdNotExist",
    "UnauthorizedOperation",
)


class Tencent:
    """`drivers.smshttp.provider.Provider` for one secret id and one application."""

    name = "Tencent Cloud"

    def __init__(self, config: TencentSmsConfig) -> None:
        self.base_url = config.base_url
        self._config = config
        self._templates = Templates(config.templates, config.templates_en)

    def request(self, message: SmsMessage, secret: str, moment: Moment) -> HttpRequest:
        """POST of a JSON body."""
        filled = self._templates.filled(message)
        body = json.dumps(
            {
                "PhoneNumberSet": ["+86" + mainland(message.number)],
                "SmsSdkAppId": self._config.sdk_app_id,
                "SignName": self._config.sign_name,
                "TemplateId": filled.template.id,
                "TemplateParamSet": list(filled.values),
            }
        ).encode()
        signed_headers = {"content-type": CONTENT_TYPE, "host": host_of(self.base_url)}
        signed = authorization(
            signed_headers,
            body,
            at=moment.at,
            service=SERVICE,
            secret_id=self._config.secret_id,
            secret=secret,
        )
        headers = {
            **signed_headers,
            "Authorization": signed,
            "X-TC-Action": "SendSms",
            "X-TC-Version": VERSION,
            "X-TC-Region": self._config.region,
            "X-TC-Timestamp": str(int(moment.at.timestamp())),
        }
        return HttpRequest("POST", f"{self.base_url}/", headers, body)

    def outcome(self, untrusted_answer: Mapping[str, object]) -> SmsOutcome | None:
        """`Response.Error.Code`, or the one code of `Response.SendStatusSet`."""
        match untrusted_answer:
            case {"Response": {"Error": {"Code": code}}}:
                return refusal(code, permanent=PERMANENT, operator=OPERATOR)
            case {"Response": {"SendStatusSet": [{"Code": "Ok", **status}]}}:
                return SmsAccepted((str(status.get("SerialNo", ""))[:64],))
            case {"Response": {"SendStatusSet": [{"Code": code}]}}:
                return refusal(code, permanent=PERMANENT, operator=OPERATOR)
            case _:
                return None


def create(config: TencentSmsConfig) -> ProviderChannel:
    """Channel as configured; opens and reads nothing."""
    return ProviderChannel(Tencent(config), config)


def canonical_request(headers: Mapping[str, str], body: bytes) -> str:
    """What is hashed for the signature of a POST to `/`. `headers` with lower-case names; all of them are signed."""
    lines = "".join(f"{name}:{headers[name].strip().lower()}\n" for name in sorted(headers))
    digest = hashlib.sha256(body).hexdigest()
    return "\n".join(("POST", "/", "", lines, ";".join(sorted(headers)), digest))


def authorization(
    headers: Mapping[str, str], body: bytes, *, at: datetime, service: str, secret_id: str, secret: str
) -> str:
    """Value of the `Authorization` header."""
    date = at.astimezone(UTC).strftime("%Y-%m-%d")
    scope = f"{date}/{service}/tc3_request"
    digest = hashlib.sha256(canonical_request(headers, body).encode()).hexdigest()
    to_sign = f"{ALGORITHM}\n{int(at.timestamp())}\n{scope}\n{digest}"
    key = f"TC3{secret}".encode()
    for part in (date, service, "tc3_request"):
        key = _hmac(key, part)
    names = ";".join(sorted(headers))
    return f"{ALGORITHM} Credential={secret_id}/{scope}, SignedHeaders={names}, Signature={_hmac(key, to_sign).hex()}"


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), "sha256").digest()
