"""What a person asks who hands in for somebody else. Frozen values, no Kivy."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ForAnother:
    """It is handed in for somebody else; said again: for oneself after all."""


@dataclass(frozen=True, slots=True)
class WithLetter:
    """That person's card is not here, a letter of authorisation is."""


AgencyIntent = ForAnother | WithLetter
