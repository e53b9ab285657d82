"""Fictional persons with their cards, as the emulated reader plays them.

Names and numbers belong to nobody; the pictures are US government works in the public domain (faces/README.md).
The text block is built here, from a table of this module, so that a mistake of the parser cannot agree with itself.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

FACES: Final = Path(__file__).parent / "faces"
PHOTO_HEAD: Final = bytes((0x57, 0x4C, 0x66, 0x00, 0x7E, 0x00, 0x32, 0x00))
PHOTO_SIZE: Final = 1024
BLOCK_SIZE: Final = 256

# field: (place, bytes), by kind of card
PLACES: Final = {
    "resident": {
        "name": (0, 30), "sex": (30, 2), "ethnicity": (32, 4), "birth": (36, 16), "address": (52, 70),
        "number": (122, 36), "issuer": (158, 30), "from": (188, 16), "to": (204, 16), "kind": (248, 2),
    },
    "hmt": {
        "name": (0, 30), "sex": (30, 2), "ethnicity": (32, 4), "birth": (36, 16), "address": (52, 70),
        "number": (122, 36), "issuer": (158, 30), "from": (188, 16), "to": (204, 16), "permit": (220, 18),
        "issues": (238, 4), "kind": (248, 2),
    },
    "foreigner_i": {
        "english": (0, 120), "sex": (120, 2), "number": (122, 30), "nation": (152, 6), "name": (158, 30),
        "from": (188, 16), "to": (204, 16), "birth": (220, 16), "version": (236, 4), "authority": (240, 8),
        "kind": (248, 2),
    },
    "foreigner_y": {
        "name": (0, 30), "sex": (30, 2), "renewals": (32, 4), "birth": (36, 16), "english": (52, 70),
        "number": (122, 36), "from": (188, 16), "to": (204, 16), "english2": (220, 22), "nation": (242, 6),
        "kind": (248, 2),
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """One card: its layout, its fields, the picture on its chip, additional addresses."""

    layout: str
    fields: dict[str, str]
    photo: str = "jia"
    new_addresses: tuple[str, ...] = ()

    def text_block(self) -> bytes:
        """256 bytes, UTF-16LE, padded with spaces."""
        block = bytearray(" ".encode("utf-16-le") * (BLOCK_SIZE // 2))
        for name, value in self.fields.items():
            place, size = PLACES[self.layout][name]
            coded = value.encode("utf-16-le")[:size]
            block[place : place + len(coded)] = coded
        return bytes(block)

    def photo_block(self) -> bytes:
        """1024 bytes: the header of real blocks, then a WebP picture of 102 x 126 in the stand-in codec."""
        picture = (FACES / f"{self.photo}.webp").read_bytes()
        return (PHOTO_HEAD + picture).ljust(PHOTO_SIZE, b"\0")

    def address_block(self) -> bytes:
        """70 bytes an additional address."""
        return b"".join(address.ljust(35).encode("utf-16-le")[:70] for address in self.new_addresses)


def _resident(name: str, number: str, until: str = "长期", **more: str) -> dict[str, str]:
    return {
        "name": name, "sex": "1" if int(number[16]) % 2 else "2", "ethnicity": "01", "birth": number[6:14],
        "address": "北京市示例区示例街1号", "number": number, "issuer": "示例市公安局", "from": "20200101", "to": until,
        **more,
    }  # fmt: skip


PEOPLE: Final = {
    "jia": Person("resident", _resident("测试人甲", "11010519900101023X"), new_addresses=("上海市示例路3号",)),
    "yi": Person("resident", _resident("测试人乙", "440524198001010072", "20400101"), photo="yi"),
    "old": Person("resident", _resident("测试人辛", "110105195001010071")),
    "expired": Person("resident", _resident("测试人丙", "110105198512310133", "20240101")),
    "rare": Person("resident", _resident("\U00020bb7\ue863测", "360426199101010071")),
    "badnumber": Person("resident", _resident("测试人丁", "110105194912310021")),
    "hmt": Person(
        "hmt",
        {
            **_resident("测试人戊", "810000199408230021", "20350101", ethnicity=""),
            "permit": "H12345678", "issues": "01", "kind": "J",
        },
    ),
    "foreigner_i": Person(
        "foreigner_i",
        {
            "english": "TESTER, ALPHA", "sex": "1", "number": "KAZ110090123105", "nation": "KAZ", "name": "测试己",
            "from": "20200101", "to": "20350101", "birth": "19901231", "version": "01", "authority": "1500",
            "kind": "I",
        },
    ),
    "foreigner_y": Person(
        "foreigner_y",
        {
            "name": "测试庚", "sex": "2", "renewals": "00", "birth": "19901231", "english": "TESTER, BETA",
            "number": "911398199012310021", "from": "20230101", "to": "20350101", "nation": "KAZ", "kind": "Y",
        },
    ),
}  # fmt: skip
