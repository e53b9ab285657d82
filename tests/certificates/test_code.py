"""The layers of a code against their standards' own examples, and against whatever else somebody may print."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kiosk.certificates import base45
from kiosk.certificates.content import certificate_of, register_of
from kiosk.certificates.cose import Malformed, Signed, decode, dumps, loads, signing_input
from kiosk.certificates.sealed import PREFIX, read_code, read_register
from kiosk.certificates.signatures import SCHEMES, Algorithm
from tests.certificates.office import CERTIFICATE, code, published, register, signed

# Base45: RFC 9285, 4.3 and 4.4 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"AB", "BB8"),
        (b"Hello!!", "%69 VD92EX0"),
        (b"base-45", "UJCLQE7W581"),
        (b"ietf!", "QED8WEX0"),
        (b"", ""),
    ],
)
def test_base45_as_the_standard_has_it(data: bytes, text: str) -> None:
    assert base45.encode(data) == text
    assert base45.decode(text) == data


@pytest.mark.parametrize("text", ["GGW", ":::", "A", "BB8A", "bb8", "BB8\n", "::", "ÄÄ8"])
def test_what_no_bytes_are_written_as_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Base45"):
        base45.decode(text)


@given(st.binary(max_size=300))
def test_base45_gives_back_any_bytes(data: bytes) -> None:
    assert base45.decode(base45.encode(data)) == data


# signatures ----------------------------------------------------------------------------------------------------------


def test_ed25519_as_rfc_8032_has_it() -> None:
    """7.1, TEST 2."""
    secret = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    scheme = SCHEMES[Algorithm.ED25519]
    assert (
        scheme.public_key(secret).hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    )
    assert scheme.sign(secret, b"\x72").hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )


def test_sm2_as_gmt_0003_5_has_it() -> None:
    """Annex A of GM/T 0003.5-2012: the recommended curve, "message digest", the usual identity."""
    public_key = bytes.fromhex(
        "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
        "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
    )
    signature = bytes.fromhex(
        "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
        "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
    )
    assert SCHEMES[Algorithm.SM2].verify(public_key, signature, b"message digest")
    assert not SCHEMES[Algorithm.SM2].verify(public_key, signature, b"message digesT")


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_signature_is_of_one_key_over_one_message(algorithm: Algorithm) -> None:
    scheme = SCHEMES[algorithm]
    public_key, signature = scheme.public_key(b"k" * 32), scheme.sign(b"k" * 32, b"told")
    assert len(signature) == 64
    assert scheme.verify(public_key, signature, b"told")
    assert not scheme.verify(scheme.public_key(b"o" * 32), signature, b"told")
    for wrong in (b"", signature[:-1], signature + b"\0", bytes(64), b"\xff" * 64):
        assert not scheme.verify(public_key, wrong, b"told")
    for no_key in (b"", b"\0" * 32, b"\x04" + b"\xff" * 64, public_key[:-1]):
        assert not scheme.verify(no_key, signature, b"told")


# COSE ----------------------------------------------------------------------------------------------------------------


def test_what_is_signed_is_as_the_cose_working_group_has_it() -> None:
    """eddsa-sig-01 of the working group's examples."""
    signature = bytes.fromhex(
        "7142FD2FF96D56DB85BEE905A76BA1D0B7321A95C8C4D3607C5781932B7AFB87"
        "11497DFA751BF40B58B3BCC32300B1487F3DB34085EEF013BF08F4A44D6FEF0D"
    )
    public_key = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    told = signing_input(bytes.fromhex("A201270300"), b"This is the content.")
    assert SCHEMES[Algorithm.ED25519].verify(public_key, signature, told)


def test_a_signed_thing_comes_back_as_it_was() -> None:
    one = Signed(-8, b"12345678", b"payload", b"s" * 64)
    assert decode(one.encode()) == one
    assert read_code(code())[1] == CERTIFICATE
    assert read_register(published(register()))[0] == register()


BY_HAND = {
    "no tag": "8443a10127a0424142584073",
    "another tag": "d18443a10127a0424142584073",
    "an unsigned header": "d28443a10127a10442313141414141",
    "three parts": "d28343a10127a04142",
    "a length in too many bytes": "d2845803a10127a041414141",
    "no definite length": "d29f43a10127a041414141ff",
    "something behind": "d28443a10127a04141414100",
    "a header with more": "d28448a3012703000441aaa041414141",
    "no key": "d28443a10127a041414141",
    "a key that is true for one": "d2844da204483132333435363738f527a041414141",
    "a key of 1.0 for one": "d2844fa204483132333435363738f93c0027a041414141",
    "nested without end": "81" * 500,
    "a pattern": "d823632861",
    "a shared reference": "d81c81d81d00",
    "a huge length": "9bffffffffffffffff",
    "nothing": "",
}


@pytest.mark.parametrize("what", BY_HAND)
def test_cose_is_read_in_one_way_only(what: str) -> None:
    with pytest.raises(Malformed):
        decode(bytes.fromhex(BY_HAND[what]))


@pytest.mark.parametrize(
    "what", [b"\xd8\x23\x63(a)", b"\xc1\x01", b"\xd8\x1c\x81\xd8\x1d\x00", b"\xc2\x41\x01"]
)
def test_a_tag_makes_nothing(what: bytes) -> None:
    with pytest.raises(Malformed):
        loads(what)


@given(st.binary(max_size=200))
@example(b"\xd2\x84")
@example(b"\xa1\x81\x01\x02")
@example(b"\xf9\x7e\x01")
def test_any_bytes_are_read_or_refused(untrusted: bytes) -> None:
    for read in (loads, decode, certificate_of, register_of, read_register):
        try:
            read(untrusted)
        except Malformed:
            continue
        assert read is loads  # nothing that short and that random is more than a value
        assert dumps(loads(untrusted)) == untrusted


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(untrusted: str) -> None:
    for text in (untrusted, PREFIX + untrusted):
        with pytest.raises(Malformed):
            read_code(text)


# claims --------------------------------------------------------------------------------------------------------------

CLAIMS = loads(CERTIFICATE.encode())


@pytest.mark.parametrize(
    "change",
    [
        {1: 5}, {1: "a" * 501}, {1: "line\nbreak"}, {4: -1}, {4: 2**60}, {4: True}, {4: "soon"}, {7: "text"},
        {7: b"\xff"},
        {-65537: ["residence", "王**"]}, {-65537: ["residence", "王**", 7]}, {-65537: "residence"}, {99: 1},
        {-65537: ["\u202eresidence", "王**", "001X"]},
    ],
)  # fmt: skip
def test_claims_have_bounds(change: dict[int, object]) -> None:
    with pytest.raises(Malformed):
        certificate_of(dumps({**CLAIMS, **change}))
    assert certificate_of(dumps(CLAIMS)) == CERTIFICATE


def test_a_rare_name_of_the_private_use_area_is_a_name() -> None:
    claims = {**CLAIMS, -65537: ["residence", "\ue863**", "001X"]}
    assert certificate_of(dumps(claims)).holder == "\ue863**"


def test_a_register_that_was_changed_is_none() -> None:
    good = bytearray(published(register()))
    for place in range(len(good)):
        bad = bytes([*good[:place], good[place] ^ 1, *good[place + 1 :]])
        with pytest.raises(Malformed):
            read_register(bad)


def test_nothing_of_the_holder_is_in_a_repr() -> None:
    assert "王" not in repr(CERTIFICATE)
    assert "001X" not in repr(read_code(code())[1])
    assert signed().payload  # the bytes are the holder's own and travel in the code alone
