"""Aliyun SMS (Dysmsapi 2017-05-25): SendSms with the V3 signature, ACS3-HMAC-SHA256.

    Authorization: ACS3-HMAC-SHA256 Credential=KEY,SignedHeaders=a;b,Signature=HEX
    signature      hex(HMAC-SHA256(secret, "ACS3-HMAC-SHA256\\n" + sha256(canonical request)))
    canonical      method, path, sorted query, sorted headers, names of the headers, sha256(body), a line each

Source: Aliyun, "V3 request structure and signature", with its published example.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from drivers.contracts.sms import SmsAccepted, SmsMessage, SmsOutcome
from drivers.registry import AliyunSmsConfig

from .channel import ProviderChannel
from .https import HttpRequest, host_of
from .provider import Moment, Templates, mainland, refusal

ALGORITHM: Final = "ACS3-HMAC-SHA256"
VERSION: Final = "2017-05-25"

PERMANENT: Final = (
    "isv.MOBILE_NUMBER_ILLEGAL",
    "isv.BLACK_KEY_CONTROL_LIMIT",
    "isv.PARAM_LENGTH_LIMIT",
    "isv.PARAM_NOT_SUPPORT_URL",
)
OPERATOR: Final = (
    "Forbidden",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidTimeStamp",  # this machine's clock is off by more than 15 minutes
    "SignatureDoesNotMatch",
    "SignatureNonceUsed",
    "isp.RAM_PERMISSION_DENY",
    "isv.ACCOUNT_",
    "isv.AMOUNT_NOT_ENOUGH",
    "isv.OUT_OF_SERVICE",
    "isv.PRODUCT_UN",
    "isv.SMS_SIGNATURE_ILLEGAL",
)


class Aliyun:
    """`drivers.smshttp.provider.Provider` for one access key."""

    name = "Aliyun"

    def __init__(self, config: AliyunSmsConfig) -> None:
        self.base_url = config.base_url
        self._key_id = config.access_key_id
        self._sign_name = config.sign_name
        self._templates = Templates(config.templates, config.templates_en)

    def request(self, message: SmsMessage, secret: str, moment: Moment) -> HttpRequest:
        """POST with everything in the query, as the interface's own description places it."""
        filled = self._templates.filled(message)
        query = canonical_query(
            {
                "PhoneNumbers": mainland(message.number),
                "SignName": self._sign_name,
                "TemplateCode": filled.template.id,
                "TemplateParam": json.dumps(filled.by_name(), ensure_ascii=False, separators=(",", ":")),
            }
        )
        headers = {
            "host": host_of(self.base_url),
            "x-acs-action": "SendSms",
            "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
            "x-acs-date": moment.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": moment.nonce,
            "x-acs-version": VERSION,
        }
        signed = authorization("POST", "/", query, headers, key_id=self._key_id, secret=secret)
        return HttpRequest("POST", f"{self.base_url}/?{query}", {**headers, "Authorization": signed})

    def outcome(self, untrusted_answer: Mapping[str, object]) -> SmsOutcome | None:
        """`{"Code":"OK","BizId":…}`, or the code of a refusal."""
        code = untrusted_answer.get("Code")
        if code is None:
            return None
        if code == "OK":
            return SmsAccepted((str(untrusted_answer.get("BizId", ""))[:64],))
        return refusal(code, permanent=PERMANENT, operator=OPERATOR)


def create(config: AliyunSmsConfig) -> ProviderChannel:
    """Channel as configured; opens and reads nothing."""
    return ProviderChannel(Aliyun(config), config)


def canonical_query(parameters: Mapping[str, str]) -> str:
    """Sorted and percent-encoded as RFC 3986 has it: all but letters, digits and `-_.~`."""
    return "&".join(f"{_encoded(name)}={_encoded(parameters[name])}" for name in sorted(parameters))


def canonical_request(
    method: str, path: str, query: str, headers: Mapping[str, str], body: bytes = b""
) -> str:
    """What is hashed for the signature. `headers` with lower-case names; all of them are signed."""
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    digest = hashlib.sha256(body).hexdigest()
    return "\n".join((method, path, query, lines, ";".join(sorted(headers)), digest))


def authorization(
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    *,
    key_id: str,
    secret: str,
    body: bytes = b"",
) -> str:
    """Value of the `Authorization` header."""
    digest = hashlib.sha256(canonical_request(method, path, query, headers, body).encode()).hexdigest()
    signature = hmac.new(secret.encode(), f"{ALGORITHM}\n{digest}".encode(), "sha256").hexdigest()
    return f"{ALGORITHM} Credential={key_id},SignedHeaders={';'.join(sorted(headers))},Signature={signature}"


def _encoded(text: str) -> str:
    return quote(text, safe="-_.~")
