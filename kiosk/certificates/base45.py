"""Bytes as the 45 signs of a QR code's alphanumeric mode, by RFC 9285: two bytes become three signs."""

from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES: Final = {sign: value for value, sign in enumerate(ALPHABET)}
_BASE: Final = 45


def encode(data: bytes) -> str:
    """The text of `data`."""
    signs: list[str] = []
    for start in range(0, len(data), 2):
        pair = data[start : start + 2]
        number = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            number, value = divmod(number, _BASE)
            signs.append(ALPHABET[value])
    return "".join(signs)


def decode(untrusted_text: str) -> bytes:
    """The inverse. Raises `ValueError` for what no bytes are written as."""
    try:
        values = [_VALUES[sign] for sign in untrusted_text]
    except KeyError as error:
        raise ValueError(f"{error} is no sign of Base45") from None
    data = bytearray()
    for start in range(0, len(values), 3):
        group = values[start : start + 3]
        if len(group) == 1:
            raise ValueError("Base45 does not end with one sign alone")
        number = sum(value * _BASE**place for place, value in enumerate(group))
        try:
            data += number.to_bytes(len(group) - 1, "big")
        except OverflowError:
            raise ValueError(f"Base45: the signs at {start} are more than their bytes hold") from None
    return bytes(data)
