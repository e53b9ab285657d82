"""GSM 7-bit default alphabet and packing of septets (3GPP TS 23.038)."""

from typing import Final

_BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPE: Final = 0x1B
_EXTENDED: Final = {
    "\f": 0x0A,
    "^": 0x14,
    "{": 0x28,
    "}": 0x29,
    "\\": 0x2F,
    "[": 0x3C,
    "~": 0x3D,
    "]": 0x3E,
    "|": 0x40,
    "€": 0x65,
}
_CHARS: Final = {code: char for char, code in _EXTENDED.items()}
_SEPTETS: Final = {char: code for code, char in enumerate(_BASIC) if code != _ESCAPE}


def septets_of(char: str) -> tuple[int, ...] | None:
    """One or two septets of a character; None when the alphabet has no place for it."""
    if char in _SEPTETS:
        return (_SEPTETS[char],)
    if char in _EXTENDED:
        return (_ESCAPE, _EXTENDED[char])
    return None


def fits(text: str) -> bool:
    """True when every character of `text` is in the default alphabet or its extension."""
    return all(septets_of(char) is not None for char in text)


def pack(septets: list[int], *, fill_bits: int = 0) -> bytes:
    """Septets, least significant bit first, behind `fill_bits` zero bits (0 to 6) that end a header's last septet."""
    value, bits = 0, fill_bits
    for septet in septets:
        value |= septet << bits
        bits += 7
    return value.to_bytes((bits + 7) // 8, "little")


def unpack(octets: bytes, count: int, *, fill_bits: int = 0) -> list[int]:
    """The `count` septets that `pack` made these octets of."""
    value = int.from_bytes(octets, "little") >> fill_bits
    return [value >> 7 * at & 0x7F for at in range(count)]


def text_of(septets: list[int]) -> str:
    """The characters of septets. An extension that the table does not have is shown as its basic character, as the
    standard asks; an escape with nothing behind it as nothing."""
    text, escaped = "", False
    for septet in septets:
        if septet == _ESCAPE and not escaped:
            escaped = True
            continue
        text += _CHARS.get(septet, _BASIC[septet]) if escaped else _BASIC[septet]
        escaped = False
    return text
