"""COSE_Sign1 (RFC 9052): a payload, who signed it and how. Strict: one signed thing is written in one way only.

    18([ protected: bstr{1: algorithm, 4: key id}, {}, payload: bstr, signature: bstr ])

What is signed is ["Signature1", protected, h'', payload]. Encoding is deterministic CBOR (RFC 8949, 4.2).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import cbor2

HEAD: Final = b"\xd2"  # tag 18
CONTEXT: Final = "Signature1"
DEPTH: Final = 6
_ALGORITHM: Final = 1
_KEY_ID: Final = 4


class Malformed(ValueError):
    """These bytes are not what was asked for; the text says which part, without repeating it."""


@dataclass(frozen=True, slots=True)
class Signed:
    """One signed thing. `algorithm`: COSE's number."""

    algorithm: int
    key_id: bytes
    payload: bytes
    signature: bytes = b""

    @property
    def protected(self) -> bytes:
        """The header that is signed."""
        return dumps({_ALGORITHM: self.algorithm, _KEY_ID: self.key_id})

    @property
    def message(self) -> bytes:
        """What the signature is over."""
        return signing_input(self.protected, self.payload)

    def encode(self) -> bytes:
        """As it travels."""
        return HEAD + dumps([self.protected, {}, self.payload, self.signature])


def signing_input(protected: bytes, payload: bytes) -> bytes:
    """RFC 9052's Sig_structure of one signature, without anything added from outside."""
    return dumps([CONTEXT, protected, b"", payload])


def decode(untrusted: bytes) -> Signed:
    """Raises `Malformed` for anything that `encode` would not have written."""
    if not untrusted.startswith(HEAD):
        raise Malformed("not a COSE_Sign1")
    match loads(untrusted.removeprefix(HEAD)):
        case [bytes(protected), {**unprotected}, bytes(payload), bytes(signature)] if not unprotected:
            pass
        case _:
            raise Malformed("a COSE_Sign1 has a header, an empty one, a payload and a signature")
    match loads(protected):
        case {1: int(algorithm), 4: bytes(key_id), **more} if not more:
            signed = Signed(algorithm, key_id, payload, signature)
        case _:
            raise Malformed("the header has to name algorithm and key, and nothing else")
    if signed.protected != protected:  # Python takes true and 1.0 for 1
        raise Malformed("the header is written in another way than the one that is allowed")
    return signed


def dumps(value: Any) -> bytes:
    """Deterministic CBOR."""
    return cbor2.dumps(value, canonical=True)


def loads(untrusted: bytes) -> Any:
    """The inverse. Raises `Malformed` for what `dumps` would have written otherwise.

    No tag is let in: a date, a pattern, a shared reference is made of nobody's word.
    """
    try:
        value = cbor2.loads(untrusted, semantic_decoders=_NO_TAGS, max_depth=DEPTH, allow_indefinite=False)
        is_canonical = dumps(value) == untrusted
    except (cbor2.CBORError, ValueError, TypeError, OverflowError) as error:
        raise Malformed(f"not CBOR: {type(error).__name__}") from None
    if not is_canonical:
        raise Malformed("written in another way than the one that is allowed")
    return value


class _NoTags(dict[int, Callable[[Any, bool], Any]]):
    """Every tag's decoder is one that refuses it."""

    def __missing__(self, tag: int) -> Callable[[Any, bool], Any]:
        def refuse(_value: Any, _immutable: bool, /) -> Any:  # noqa: FBT001 - as cbor2 calls it
            raise ValueError(f"tag {tag}")

        return refuse


_NO_TAGS: Final = _NoTags()
