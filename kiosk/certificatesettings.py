"""The `[certificates]` table of the settings: which certificates a kiosk issues, how they are signed, for how long."""

from typing import Annotated

from pydantic import Field, model_validator

from drivers.tables import written
from kiosk.cabinettables import Table, refuse_doubles
from kiosk.certificates.signatures import Algorithm

Name = Annotated[str, Field(min_length=1, max_length=60)]


class CertificateKind(Table):
    """One kind of certificate, good for `days` unless its issue says otherwise."""

    code: Annotated[
        str, written("[a-z][a-z0-9-]{1,23}", "2 to 24 small letters, digits and hyphens, e.g. residence")
    ]
    name_zh: Name
    name_en: Name
    days: Annotated[int, Field(ge=1, le=3650)] = 30


class CertificateSettings(Table):
    """Certificates with a code that anybody can check.

    `key_days`: how long one key signs; `register_days`: how long a published register says who was not revoked;
    `page_url`: where the verification page stands, printed beside the code; empty: nothing is printed.
    """

    algorithm: Algorithm = Algorithm.ED25519
    key_days: Annotated[int, Field(ge=1, le=1825)] = 365
    register_days: Annotated[int, Field(ge=1, le=90)] = 7
    page_url: Annotated[str, Field(max_length=200)] = ""
    kinds: tuple[CertificateKind, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> "CertificateSettings":
        refuse_doubles("code", [kind.code for kind in self.kinds])
        return self
