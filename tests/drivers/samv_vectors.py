"""Text blocks of docs/protocols/sam-v.md: the worked one from its bytes, one of each other kind field after field."""


def worked_text() -> bytes:
    """The resident block of the protocol page, from its bytes."""
    blank = "2000"
    return bytes.fromhex(
        "4B6DD58BBA4E3275" + blank * 11 + "3200" + "30003100" + "31003900340039003100320033003100"
        "1753AC4E025E1D6733963A533A798B4FEF8D3100F753" + blank * 24 + "310031003000310030003500"
        "31003900340039003100320033003100300030003200" + "5800"
        "3A798B4F025E6C51895B405C" + blank * 9 + "32003000320030003000310030003100"
        "7F951F67" + blank * 6 + blank * 9 + blank * 2 + blank * 3 + blank + blank * 3
    )


def _in_a_row(*fields: tuple[str, int]) -> bytes:
    """Fields of so many characters one behind the other, as the protocol page has them; places follow."""
    block = "".join(text.ljust(size) for text, size in fields)
    assert len(block) == 128
    return block.encode("utf-16-le")


FOREIGNER_I = _in_a_row(
    ("TESTER, ALPHA", 60), ("1", 1), ("KAZ110090123105", 15), ("KAZ", 3), ("测试己", 15), ("20200101", 8),
    ("20350101", 8), ("19901231", 8), ("01", 2), ("1500", 4), ("I", 1), ("", 3),
)  # fmt: skip
FOREIGNER_Y = _in_a_row(
    ("测试庚", 15), ("2", 1), ("00", 2), ("19901231", 8), ("TESTER, BETA", 35), ("911398199012310021", 18), ("", 15),
    ("20230101", 8), ("20350101", 8), ("", 11), ("KAZ", 3), ("Y", 1), ("", 3),
)  # fmt: skip
PERMIT_J = _in_a_row(
    ("测试人戊", 15), ("2", 1), ("", 2), ("19940823", 8), ("北京市示例区示例街1号", 35), ("810000199408230021", 18),
    ("示例市公安局", 15), ("20200101", 8), ("20350101", 8), ("H12345678", 9), ("01", 2), ("", 3), ("J", 1), ("", 3),
)  # fmt: skip
