"""China Mobile 云MAS: plain text (`/sms/norsubmit`), or a registered template (`/sms/tmpsubmit`) where there is one.

The body is the Base64 of a JSON object. It carries a digest over its own fields and the secret, which is never sent:

    plain     mac = md5(ecName + apId + secretKey + mobiles + content + sign + addSerial)
    template  mac = md5(ecName + apId + secretKey + templateId + mobiles + params + sign + addSerial)

Source: the interface's fields as public client code documents them (wswh520/mas and others).
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Final

from drivers.contracts.sms import SmsAccepted, SmsMessage, SmsOutcome
from drivers.registry import MasSmsConfig

from .channel import ProviderChannel
from .https import HttpRequest
from .provider import Moment, Templates, mainland, refusal

PERMANENT: Final = ("InvalidMobile", "InvalidMessage")
OPERATOR: Final = ("IllegalMac", "IllegalSignId", "InvalidUsrOrPwd", "NoSignId")


class Mas:
    """`drivers.smshttp.provider.Provider` for one interface account of an enterprise."""

    name = "MAS"

    def __init__(self, config: MasSmsConfig) -> None:
        self.base_url = config.base_url
        self._config = config
        self._templates = Templates(config.templates, config.templates_en)

    def request(self, message: SmsMessage, secret: str, moment: Moment) -> HttpRequest:
        """POST of the Base64 text. `moment` is not used: the interface has neither time nor nonce."""
        account = {"ecName": self._config.ec_name, "apId": self._config.ap_id}
        tail = {"sign": self._config.sign, "addSerial": self._config.add_serial}
        number = mainland(message.number)
        if self._config.templates:
            filled = self._templates.filled(message)
            params = json.dumps(list(filled.values) or [""], ensure_ascii=False, separators=(",", ":"))
            path, middle = (
                "tmpsubmit",
                {"templateId": filled.template.id, "mobiles": number, "params": params},
            )
        else:
            path, middle = "norsubmit", {"mobiles": number, "content": message.text}
        body = encoded(account, middle, tail, secret=secret)
        return HttpRequest("POST", f"{self.base_url}/sms/{path}", {"Content-Type": "text/plain"}, body)

    def outcome(self, untrusted_answer: Mapping[str, object]) -> SmsOutcome | None:
        """`{"msgGroup":…,"rspcod":…,"success":…}`."""
        code = untrusted_answer.get("rspcod")
        if code is None:
            return None
        if code == "success" and untrusted_answer.get("success") is True:
            return SmsAccepted((str(untrusted_answer.get("msgGroup", ""))[:64],))
        return refusal(code, permanent=PERMANENT, operator=OPERATOR)


def create(config: MasSmsConfig) -> ProviderChannel:
    """Channel as configured; opens and reads nothing."""
    return ProviderChannel(Mas(config), config)


def mac(
    account: Mapping[str, str], middle: Mapping[str, str], tail: Mapping[str, str], *, secret: str
) -> str:
    """The digest: all values in the order of the fields, the secret behind the account."""
    parts = (*account.values(), secret, *middle.values(), *tail.values())
    return hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest()


def encoded(
    account: Mapping[str, str], middle: Mapping[str, str], tail: Mapping[str, str], *, secret: str
) -> bytes:
    """The body: Base64 of compact JSON, fields in the order of the digest, the digest last."""
    fields = {**account, **middle, **tail, "mac": mac(account, middle, tail, secret=secret)}
    return base64.b64encode(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode())
