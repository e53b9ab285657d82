"""What the error numbers of a modem mean for a message: try again, never again for this number, or call a person.

Numbers: 3GPP TS 27.005 (+CMS ERROR) and TS 27.007 (+CME ERROR); classes are ours.
"""

from enum import StrEnum
from typing import Final

from drivers.contracts.sms import SmsRefused


class ErrorKind(StrEnum):
    """Which of the two number spaces an error comes from; `PLAIN` is a bare ERROR."""

    CMS = "cms"
    CME = "cme"
    PLAIN = "error"


class ErrorClass(StrEnum):
    """What to do about it."""

    RETRY = "retry"
    PERMANENT = "permanent"
    OPERATOR = "operator"


CMS_MEANING: Final = {
    1: "unassigned number",
    8: "operator determined barring",
    10: "call barred",
    21: "message rejected",
    27: "destination out of service",
    28: "unidentified subscriber",
    29: "facility rejected",
    30: "unknown subscriber",
    38: "network out of order",
    41: "temporary failure",
    42: "congestion",
    47: "resources unavailable",
    50: "facility not subscribed",
    69: "facility not implemented",
    95: "invalid message",
    111: "protocol error",
    127: "interworking",
    192: "service centre busy",
    193: "no service centre subscription",
    194: "service centre failure",
    300: "modem failure",
    302: "operation not allowed",
    303: "operation not supported",
    304: "invalid PDU parameter",
    305: "invalid text parameter",
    310: "SIM not inserted",
    311: "SIM asks for its PIN",
    312: "SIM is locked to a phone",
    313: "SIM failure",
    314: "SIM busy",
    315: "SIM wrong",
    316: "SIM asks for its PUK",
    317: "SIM asks for its PIN2",
    318: "SIM asks for its PUK2",
    322: "memory full",
    330: "service centre number unknown",
    331: "no network",
    332: "network timeout",
    500: "unknown error",
}
CME_MEANING: Final = {
    0: "phone failure",
    3: "operation not allowed",
    4: "operation not supported",
    10: "SIM not inserted",
    11: "SIM asks for its PIN",
    12: "SIM asks for its PUK",
    13: "SIM failure",
    14: "SIM busy",
    15: "SIM wrong",
    16: "incorrect password",
    17: "SIM asks for its PIN2",
    18: "SIM asks for its PUK2",
    20: "memory full",
    30: "no network service",
    31: "network timeout",
    32: "emergency calls only",
    100: "unknown error",
}
# The rest is tried again: whoever queues messages limits the tries, and a number wrongly given up is a fact not told.
_CMS_PERMANENT: Final = frozenset({1, 8, 10, 21, 28, 30, 50})
_CMS_OPERATOR: Final = frozenset(
    {29, 69, 193, 302, 303, 304, 305, 310, 311, 312, 313, 315, 316, 317, 318, 322, 330}
)
_CME_OPERATOR: Final = frozenset({3, 4, 10, 11, 12, 13, 15, 16, 17, 18, 20, 32})


def classify(kind: ErrorKind, number: int) -> ErrorClass:
    """What to do about error `number` of `kind`."""
    match kind:
        case ErrorKind.CMS if number in _CMS_PERMANENT:
            return ErrorClass.PERMANENT
        case ErrorKind.CMS if number in _CMS_OPERATOR:
            return ErrorClass.OPERATOR
        case ErrorKind.CME if number in _CME_OPERATOR:
            return ErrorClass.OPERATOR
        case _:
            return ErrorClass.RETRY


def meaning(kind: ErrorKind, number: int) -> str:
    """Words for a technician."""
    table = {ErrorKind.CMS: CMS_MEANING, ErrorKind.CME: CME_MEANING}.get(kind, {})
    return table.get(number, "not further explained")


def refusal(kind: ErrorKind, number: int) -> SmsRefused:
    """The outcome of a message that met this error; `code` is `cms-310`, `cme-10` or `error`."""
    verdict = classify(kind, number)
    code = kind.value if kind is ErrorKind.PLAIN else f"{kind.value}-{number}"
    return SmsRefused(code, verdict is ErrorClass.PERMANENT, verdict is ErrorClass.OPERATOR)
