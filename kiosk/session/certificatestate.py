"""Stages in which the person of a case gets its certificate, and what they are shown of it."""

from dataclasses import dataclass, field

from .visit import Visit


@dataclass(frozen=True, slots=True)
class CertificateFact:
    """A certificate that was issued. `names`: of its kind, (language, name); `last_day`: ISO date, local.

    `code`: the text of its QR code.
    """

    number: str
    names: tuple[tuple[str, str], ...]
    last_day: str
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Issuing:
    """It is being signed, or looked up where it was issued before."""

    visit: Visit


@dataclass(frozen=True, slots=True)
class Handing:
    """It stands on the screen. `outcome` of its print: empty while the printer works."""

    visit: Visit
    certificate: CertificateFact
    outcome: str = ""


CertificateStage = Issuing | Handing
