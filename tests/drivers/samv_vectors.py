"""The worked text block of docs/protocols/sam-v.md, from its bytes."""


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
