"""Captured and worked bytes of every device that `drivers.explain` knows: hex, name, some of the fields.

Sources, by device:
cu16            tests of public drivers for the board; 36, 38 and the pulse time by the checksum rule
cu48            public drivers of its dialects (0x80: one source only)
8a80            public drivers (ROS2, OpenLuat, FaceLocker, Open-Locker); no vendor document was seen
wkly            public drivers (Java LockCtlBoardUtil, EasyIot, Arcen-Locker) and their captures
winnsen         "Lock Control Board Serial Command Document V202104" as public drivers quote it
modbus          Waveshare's documentation of the relay boards; CRCs recomputed
samv            public re-implementations of the readers' host library
escpos-status   Epson's ESC/POS reference, as read in public drivers
at, pdu         python-gsmmodem's tests; 3GPP TS 23.040
"""

from typing import Any, Final

from tests.drivers.samv_vectors import FOREIGNER_I, FOREIGNER_Y, PERMIT_J, worked_text

Vector = tuple[str, str, dict[str, Any]]

PHOTO: Final = bytes.fromhex("574C66007E003200") + bytes(1016)
NEW_ADDRESS: Final = "AA AA AA 96 69 00 4A 00 00 90 0A4E776D025E3A798B4FEF8D3300F753" + "2000" * 27 + "8A"
LONG_1: Final = (
    "00412A0D91683108108300F000088C0500032A020130100058005894F6884C30115C0A656C76845BA26237FF0C"
    + "5C0A656C76845BA26237FF0C" * 9
    + "5C0A"
)
LONG_2: Final = (
    "00412A0D91683108108300F00008440500032A0202656C76845BA26237FF0C"
    + "5C0A656C76845BA26237FF0C" * 4
    + "5B8C3002"
)

CU16: Final[list[Vector]] = [
    ("02 00 30 03 35", "status query", {"board": 0}),
    ("02 20 30 03 55", "status query", {"board": 2}),
    ("02 00 31 03 36", "unlock", {"board": 0, "channel": 1}),
    ("02 02 31 03 38", "unlock", {"board": 0, "channel": 3}),
    ("02 0F 31 03 45", "unlock", {"board": 0, "channel": 16}),
    ("02 10 31 03 46", "unlock", {"board": 1, "channel": 1}),
    ("02 1F 31 03 55", "unlock", {"board": 1, "channel": 16}),
    ("02 F0 32 03 27", "status query to all boards", {}),
    ("02 00 32 03 37", "status query to all boards", {}),
    ("02 00 33 03 38", "unlock all", {"board": 0}),
    ("02 00 37 03 3C", "pulse time query", {}),
    ("02 00 37 00 32 03 6E", "set pulse time", {"pulse_ms": 500}),
    ("02 00 35 FF FF 00 00 03 38", "status reply", {}),
    (
        "02 00 35 FE FF 03 00 03 3A",
        "status reply",
        {
            "latches": {"wire": "FE FF", "one": list(range(2, 17)), "zero": [1]},
            "infrared": {"wire": "03 00", "one": [1, 2], "zero": list(range(3, 17))},
        },
    ),
    (
        "02 10 35 FF FF 00 81 03 C9",
        "status reply",
        {
            "board": 1,
            "infrared": {"wire": "00 81", "one": [9, 16], "zero": [*range(1, 9), *range(10, 16)]},
        },
    ),
    ("02 10 36 FF FF 00 81 03 CA", "status reply to the query to all boards", {"board": 1}),
    ("02 00 38 00 32 03 6F", "pulse time reply", {"pulse_ms": 500}),
]

CU48: Final[list[Vector]] = [
    ("02 00 00 50 03 55", "status query", {"board": 0}),
    ("02 00 00 51 03 56", "unlock", {"channel": 1}),
    ("02 00 09 51 03 5F", "unlock", {"channel": 10}),
    ("02 00 2F 51 03 85", "unlock", {"channel": 48}),
    ("02 00 00 65 FF FF FF FF FF FF 03 64", "status reply", {"board": 0}),
    (
        "02 00 00 65 FE FF FF FF FF FF 03 63",
        "status reply",
        {"locks": {"wire": "FE FF FF FF FF FF", "one": list(range(2, 49)), "zero": [1]}},
    ),
    (
        "02 00 00 65 FF FD FF FF FF FF 03 62",
        "status reply",
        {"locks": {"wire": "FF FD FF FF FF FF", "one": [*range(1, 10), *range(11, 49)], "zero": [10]}},
    ),
    ("02 00 00 60 03 65", "status query", {}),
    ("02 00 00 61 03 66", "unlock", {"channel_by_byte_2": 1}),
    ("02 00 01 61 03 67", "unlock", {"channel_by_byte_2": 2, "channel_by_byte_1": 1}),
    ("02 00 00 80 00 00 03 85", "status query", {"board": 0}),
    ("02 00 00 8F 00 00 03 94", "version query", {"board": 0}),
    ("02 00 00 81 00 02 01 F4 03 7D", "unlock", {"channel": 1, "pulse_ms": 500}),
]

_ZERO_24: Final = {"wire": "00 00 00", "one": [], "zero": list(range(1, 25))}


def _states_24(wire: str, low_last: int) -> dict[str, Any]:
    zero = [number for number in range(1, 25) if number != low_last]
    return {"locks_if_last_byte_is_1_to_8": {"wire": wire, "one": [low_last], "zero": zero}}


LOCK_8A80: Final[list[Vector]] = [
    ("8A 01 01 11 9B", "open one, or the answer that repeats it", {"board": 1, "lock": 1}),
    ("8A 02 0C 11 95", "open one, or the answer that repeats it", {"board": 2, "lock": 12}),
    ("8A 01 18 11 82", "open one, or the answer that repeats it", {"board": 1, "lock": 24}),
    ("8A 01 03 11 05 9C", "open one and hold", {"lock": 3, "hold_s": 5}),
    ("8A 01 00 11 9A", "open all", {"board": 1}),
    ("80 01 01 33 B3", "query one", {"lock": 1}),
    ("80 01 05 33 B7", "query one", {"lock": 5}),
    ("80 01 00 33 B2", "query all", {"board": 1}),
    ("80 02 00 33 B1", "query all", {"board": 2}),
    ("90 01 02 02 02 93", "open several", {"board": 1}),
    ("90 01 05 00 00 00 00 00 00 94", "open several", {"board": 1}),
    ("90 01 FF FF FF FF FF FF 03 92", "open several", {"board": 1}),
    ("9A 01 01 11 8B", "keep power on", {"lock": 1}),
    ("9B 01 01 11 8A", "keep power off", {"lock": 1}),
    ("8A 01 01 00 8A", "open one, answer", {"lock": 1, "state": "00"}),
    ("80 01 01 11 91", "query one, answer", {"lock": 1, "state": "11"}),
    ("80 01 01 00 80", "query one, answer", {"lock": 1, "state": "00"}),
    ("82 01 01 11 93", "door event", {"lock": 1, "state": "11"}),
    ("82 01 01 00 82", "door event", {"lock": 1, "state": "00"}),
    ("81 01 01 11 90", "door event", {"lock": 1, "state": "11"}),
    ("80 01 00 00 00 33 B2", "query all, answer", {"locks_if_last_byte_is_1_to_8": _ZERO_24}),
    ("80 01 00 00 02 33 B0", "query all, answer", _states_24("00 00 02", 2)),
    ("80 01 00 00 20 33 92", "query all, answer", _states_24("00 00 20", 6)),
    ("80 01 00 01 00 33 B3", "query all, answer", _states_24("00 01 00", 9)),
    ("80 01 80 00 00 33 32", "query all, answer", _states_24("80 00 00", 24)),
    ("80 01 FF FF FF 33 4D", "query all, answer", {"board": 1}),
    ("80 01 00 00 00 00 00 00 00 33 B2", "query all, answer", {"board": 1}),
]

_DOORS_12: Final = {"doors": {"wire": " ".join(["01"] * 12), "one": list(range(1, 13)), "zero": []}}
WKLY: Final[list[Vector]] = [
    ("57 4B 4C 59 09 00 81 01 80", "flash channel lamp", {"channel": 1}),
    ("57 4B 4C 59 0A 00 81 00 01 83", "flash channel lamp, answer", {"status": "00 done", "channel": 1}),
    ("57 4B 4C 59 09 00 82 01 83", "open one", {"board": 0, "channel": 1}),
    ("57 4B 4C 59 0B 00 82 00 01 00 81", "open one, answer", {"channel": 1, "door": "00 open"}),
    ("57 4B 4C 59 09 00 83 01 82", "query one", {"channel": 1}),
    ("57 4B 4C 59 0B 00 83 00 01 01 81", "query one, answer", {"door": "01 closed"}),
    ("57 4B 4C 59 08 00 84 85", "query all", {"board": 0}),
    ("57 4B 4C 59 15 00 84 0C 01 01 01 01 01 01 01 01 01 01 01 01 94", "query all, answer", _DOORS_12),
    ("57 4B 4C 59 0A 01 85 04 00 83", "door event", {"board": 1, "channel": 4, "door": "00 open"}),
    ("57 4B 4C 59 0A 01 85 04 01 82", "door event", {"board": 1, "channel": 4, "door": "01 closed"}),
    ("57 4B 4C 59 08 01 86 86", "open all, one after the other", {"board": 1}),
    ("57 4B 4C 59 09 00 86 00 86", "open all, one after the other, answer", {"status": "00 done"}),
    ("57 4B 4C 59 0B 00 87 03 05 07 84", "open several, one after the other", {"channels": "3, 5, 7"}),
    ("57 4B 4C 59 09 00 88 08 80", "keep channel on", {"channel": 8}),
    ("57 4B 4C 59 09 00 89 01 88", "keep channel off", {"channel": 1}),
    ("57 4B 4C 59 09 01 82 02 81", "open one", {"board": 1, "channel": 2}),
    ("57 4B 4C 59 09 01 82 0B 88", "open one", {"board": 1, "channel": 11}),
    ("57 4B 4C 59 0B 01 82 00 04 00 85", "open one, answer", {"board": 1, "channel": 4}),
]

WINNSEN: Final[list[Vector]] = [
    ("90 06 05 01 01 03", "open one", {"station": 1, "lock": 1}),
    ("90 07 85 01 01 01 03", "open one, answer", {"lock": 1, "status": "01 done"}),
    ("90 07 85 01 01 00 03", "open one, answer", {"lock": 1, "status": "00 failed"}),
    ("90 07 A5 01 01 01 03", "open one, answer", {"lock": 1, "status": "01 done"}),
    ("90 07 02 01 FF FF 03", "query all", {"station": 1}),
    (
        "90 07 82 01 01 00 03",
        "query all, answer",
        {"locks": {"wire": "01 00", "one": [1], "zero": list(range(2, 17))}},
    ),
    (
        "90 07 82 01 00 81 03",
        "query all, answer",
        {"locks": {"wire": "00 81", "one": [9, 16], "zero": [*range(1, 9), *range(10, 16)]}},
    ),
    ("90 06 12 02 05 03", "query one", {"station": 2, "lock": 5}),
    ("90 07 92 02 02 05 03", "query one, answer", {"lock": 5, "status": "02 rejected"}),
]

MODBUS: Final[list[Vector]] = [
    ("01 05 00 00 FF 00 8C 3A", "write coil", {"unit": 1, "meaning": "number 1 on"}),
    ("01 05 00 00 00 00 CD CA", "write coil", {"meaning": "number 1 off"}),
    ("01 05 00 01 FF 00 DD FA", "write coil", {"meaning": "number 2 on"}),
    ("01 05 00 00 55 00 F2 9A", "write coil", {"meaning": "number 1 toggle"}),
    ("01 05 00 FF FF 00 BC 0A", "write coil", {"meaning": "all on"}),
    ("01 05 00 FF 00 00 FD FA", "write coil", {"meaning": "all off"}),
    ("01 05 02 00 00 07 8D B0", "write coil", {"meaning": "number 1 on for 700 ms, then off"}),
    ("01 05 02 00 00 05 0C 71", "write coil", {"meaning": "number 1 on for 500 ms, then off"}),
    ("01 05 04 00 00 08 CD 3C", "write coil", {"meaning": "number 1 off for 800 ms, then on"}),
    ("01 01 00 00 00 08 3D CC", "read coils", {"first": 0, "count": 8}),
    (
        "01 01 01 01 90 48",
        "read coils, answer",
        {"bits": {"wire": "01", "one": [1], "zero": list(range(2, 9))}},
    ),
    ("01 02 00 00 00 08 79 CC", "read inputs", {"first": 0, "count": 8}),
    (
        "01 02 01 00 A1 88",
        "read inputs, answer",
        {"bits": {"wire": "00", "one": [], "zero": list(range(1, 9))}},
    ),
    (
        "01 02 01 05 61 8B",
        "read inputs, answer",
        {"bits": {"wire": "05", "one": [1, 3], "zero": [2, 4, 5, 6, 7, 8]}},
    ),
    ("01 0F 00 00 00 08 01 FF BE D5", "write coils", {"first": 0, "count": 8}),
    ("01 0F 00 00 00 08 54 0D", "write coils, answer", {"first": 0, "count": 8}),
    ("01 85 02 C3 51", "write coil, refused", {"code": 2, "reason": "illegal address"}),
    ("01 82 02 C1 61", "read inputs, refused", {"code": 2}),
    ("00 03 40 00 00 01 90 1B", "read registers", {"unit": 0, "first": 0x4000, "count": 1}),
    ("00 06 40 00 00 01 5C 1B", "write register", {"address": "40 00", "value": "00 01"}),
]


def _samv(body: str) -> str:
    return "AA AA AA 96 69 " + body


def _reading(lengths: str, blocks: bytes) -> str:
    """A whole answer to a reading, its XOR made here: the one of the worked text is B9 in public sources."""
    counted = bytes.fromhex("000090" + lengths) + blocks
    counted = (len(counted) + 1).to_bytes(2, "big") + counted
    xor = 0
    for byte in counted:
        xor ^= byte
    return "AAAAAA9669" + counted.hex() + f"{xor:02X}"


def reading_of(text: bytes) -> str:
    """The answer to "read text and photo" of a card with this text block."""
    return _reading("01000400", text + PHOTO)


READING: Final = reading_of(worked_text())
_FINGERPRINT: Final = _reading("010004000400", worked_text() + PHOTO + bytes(1024))
_WITHOUT: Final = _reading("010004000000", worked_text() + PHOTO)

SAMV: Final[list[Vector]] = [
    (_samv("00 03 10 FF EC"), "reset module", {}),
    (_samv("00 03 11 FF ED"), "module status", {"command": "11 FF"}),
    (_samv("00 03 12 FF EE"), "module number", {}),
    (_samv("00 03 20 01 22"), "find card", {}),
    (_samv("00 03 20 02 21"), "select card", {}),
    (_samv("00 03 30 01 32"), "read text and photo", {}),
    (_samv("00 03 30 10 23"), "read text, photo and fingerprint", {}),
    (_samv("00 03 30 03 30"), "read additional addresses", {}),
    (_samv("00 03 30 05 36"), "read card body number", {}),
    (_samv("00 03 60 00 63"), "set speed", {"speed_baud": 115200}),
    (_samv("00 03 60 04 67"), "set speed", {"speed_baud": 9600}),
    (_samv("00 04 61 FF 58 C2"), "set RF frame size", {"data": "58"}),
    (_samv("00 04 00 00 90 94"), "answer", {"status": "00 00 90", "meaning": "success"}),
    (_samv("00 08 00 00 9F 00 00 00 00 97"), "answer", {"meaning": "found"}),
    (_samv("00 04 00 00 80 84"), "answer", {"meaning": "find failed"}),
    (_samv("00 0C 00 00 90 00 00 00 00 00 00 00 00 9C"), "answer", {"meaning": "success"}),
    (_samv("00 04 00 00 81 85"), "answer", {"meaning": "select failed"}),
    (_samv("00 04 00 00 41 45"), "answer", {"meaning": "read failed"}),
    (_samv("00 04 00 00 91 95"), "answer", {"meaning": "no such item"}),
    (_samv("00 04 00 00 10 14"), "answer", {"meaning": "checksum error"}),
    (_samv("00 04 00 00 11 15"), "answer", {"meaning": "length error"}),
    (_samv("00 04 00 00 21 25"), "answer", {"meaning": "unknown command"}),
    (_samv("00 04 00 00 60 64"), "answer", {"meaning": "self test failed"}),
    (_samv("00 04 00 00 66 62"), "answer", {"meaning": "not authorised"}),
    (_samv("00 04 00 00 32 36"), "answer", {"meaning": "sam rejects card"}),
    (
        _samv("00 14 00 00 90 05 00 01 00 D1 95 33 01 F1 FF 07 00 B0 E0 A0 00 0F"),
        "answer",
        {"module_number": "05.01-20157905-0000524273-0010543280"},
    ),
    (_samv("00 20 00 00 90 " + bytes(range(28)).hex() + "B0"), "answer", {}),
    (READING, "answer", {"text_bytes": 256, "photo_bytes": 1024, "card": "resident"}),
    (reading_of(FOREIGNER_I), "answer", {"card": "foreigner 2017"}),
    (reading_of(FOREIGNER_Y), "answer", {"card": "foreigner 2023"}),
    (reading_of(PERMIT_J), "answer", {"card": "permit of a Hong Kong, Macau or Taiwan resident"}),
    (_FINGERPRINT, "answer", {"fingerprint_bytes": 1024}),
    (_WITHOUT, "answer", {"fingerprint_bytes": 0}),
    (NEW_ADDRESS, "answer", {"meaning": "success"}),
]

ESCPOS: Final[list[Vector]] = [
    *((f"10 04 0{n}", "DLE EOT request", {"n": n}) for n in (1, 2, 3, 4)),
    ("10 05 02", "DLE ENQ request", {"n": 2}),
    ("1D 72 01", "GS r request", {"n": 1}),
    ("1B 40", "initialise, switches automatic status off", {}),
    ("10 14 08 01 03 14 01 06 02 08", "clear the buffers", {}),
    ("37 25 00", "buffers cleared", {}),
    ("1D 61 0F", "GS a request", {"tells": ["drawer", "offline", "errors", "paper"]}),
    ("1D 61 00", "GS a request", {"tells": ["nothing, switched off"]}),
    ("12", "DLE EOT answer", {"n": None, "said": ["nothing amiss"]}),
    ("1A", "DLE EOT answer", {"said_if_n_1": ["offline"], "said_if_n_3": ["cutter"]}),
    ("16", "DLE EOT answer", {"said_if_n_2": ["cover open"]}),
    ("32", "DLE EOT answer", {"said_if_n_2": ["paper stop"], "said_if_n_4": ["end"]}),
    ("52", "DLE EOT answer", {"said_if_n_2": ["error"], "said_if_n_3": ["head hot"]}),
    ("1E", "DLE EOT answer", {"said_if_n_4": ["near end"]}),
    ("72", "DLE EOT answer", {"said_if_n_4": ["end"]}),
    ("7E", "DLE EOT answer", {"said_if_n_4": ["near end", "end"]}),
    ("10 00 00 00", "automatic status", {"said": ["nothing amiss"]}),
    ("38 00 00 00", "automatic status", {"said": ["offline", "cover open"]}),
    ("10 00 03 00", "automatic status", {"said": ["near end"]}),
    ("18 00 0F 00", "automatic status", {"said": ["offline", "near end", "end"]}),
    ("18 08 00 00", "automatic status", {"said": ["offline", "cutter"]}),
    ("00", "GS r answer", {"said": ["nothing amiss"]}),
    ("03", "GS r answer", {"said": ["near end"]}),
    ("0F", "GS r answer", {"said": ["near end", "end"]}),
]


def _line(text: str) -> str:
    return text.encode("ascii").hex()


AT: Final[list[Vector]] = [
    (_line("AT+CPIN?\r"), "command", {"name": "AT+CPIN"}),
    (_line("\r\n+CPIN: READY\r\n"), "information", {"name": "+CPIN", "values": "READY"}),
    (_line("\r\nOK\r\n"), "OK", {}),
    (
        _line("\r\n+CME ERROR: 10\r\n"),
        "+CME ERROR",
        {"number": 10, "meaning": "SIM not inserted", "class": "operator"},
    ),
    (_line("\r\n+CSQ: 18,99\r\n"), "information", {"signal": "-77 dBm"}),
    (_line("\r\n+CREG: 0,1\r\n"), "information", {"state": "registered, home"}),
    (_line("\r\n+CREG: 5\r\n"), "information", {"state": "registered, roaming"}),
    (_line("AT+CMGS=38\r"), "command", {"tpdu_octets": 38}),
    (_line("\r\n> "), "prompt", {}),
    (
        _line("0001000D91683108108300F000081860A8768453D64EF67801662F003100320033003400350036\x1a"),
        "SMS-SUBMIT",
        {"tpdu_octets": 38, "coding": "UCS2"},
    ),
    (_line("\r\n+CMGS: 42\r\n"), "information", {"reference": 42}),
    (_line("\r\n+CMS ERROR: 38\r\n"), "+CMS ERROR", {"meaning": "network out of order", "class": "retry"}),
    (_line('+CMTI: "SM",3\r\n'), "information", {"meaning": "a message came in", "values": '"SM",3'}),
    (_line("+CMGR: 0,,24\r\n"), "information", {"tpdu_octets": 24}),
    (_line("+CDS: 25\r\n"), "information", {"tpdu_octets": 25}),
    (_line("ERROR\r\n"), "ERROR", {}),
    (_line("RING\r\n"), "RING", {}),
    ("1B", "leave the prompt", {}),
]

PDU: Final[list[Vector]] = [
    (
        "0001000D91683108108300F000081860A8768453D64EF67801662F003100320033003400350036",
        "SMS-SUBMIT",
        {"tpdu_octets": 38, "coding": "UCS2", "report_wanted": False},
    ),
    (
        "0021000D91683108108300F000081860A8768453D64EF67801662F003100320033003400350036",
        "SMS-SUBMIT",
        {"report_wanted": True},
    ),
    (
        "0001000BA13108108300F0000818" + "60A8768453D64EF67801662F003100320033003400350036",
        "SMS-SUBMIT",
        {"tpdu_octets": 37},
    ),
    ("0001000D91683108108300F00008044F60597D", "SMS-SUBMIT", {"tpdu_octets": 18}),
    ("0001000BA13108108300F0000005E8329BFD06", "SMS-SUBMIT", {"tpdu_octets": 18, "coding": "7 bit"}),
    (LONG_1, "SMS-SUBMIT", {"tpdu_octets": 154, "part": "1 of 2", "part_reference": 42}),
    (LONG_2, "SMS-SUBMIT", {"tpdu_octets": 82, "part": "2 of 2", "part_reference": 42}),
    ("0001000B917228001011F100000CC8329BFD065DDF72363904", "SMS-SUBMIT", {"coding": "7 bit"}),
    ("07914400000000F01100099121436587F90008F40A4E16754C60A8597DFF01", "SMS-SUBMIT", {"validity": "F4"}),
    (
        "07915892000000F0040B915892214365F700007040213252242331493A283D0795C3F33C88FE06C9CB6132885EC6D341EDF27C1E3E97"
        "E7207B3A0C0A5241E377BB1D7693E72E",
        "SMS-DELIVER",
        {"at": "2007-04-12T23:25:42+08:00", "coding": "7 bit"},
    ),
    (
        "0006D60B911326880736F4111011719551401110117195714000",
        "SMS-STATUS-REPORT",
        {"reference": 0xD6, "at": "2011-01-11T17:59:15+01:00", "status": "00", "meaning": "delivered"},
    ),
]

VECTORS: Final[dict[str, list[Vector]]] = {
    "cu16": CU16,
    "cu48": CU48,
    "8a80": LOCK_8A80,
    "wkly": WKLY,
    "winnsen": WINNSEN,
    "modbus": MODBUS,
    "samv": SAMV,
    "escpos-status": ESCPOS,
    "at": AT,
    "pdu": PDU,
}

# device -> what identifies a person in the bytes, as it must never stand in an explanation unasked
PERSONAL: Final[dict[str, list[tuple[str, tuple[str, ...]]]]] = {
    "samv": [
        (READING, ("测试人甲", "11010519491231002X", "19491231", "上海市", "4B 6D D5 8B")),
        (NEW_ADDRESS, ("上海市示例路3号", "0A 4E 77 6D")),
        (_samv("00 0C 00 00 90 01 02 03 04 05 06 07 08 94"), ("01 02 03 04",)),
    ],
    "at": [
        (_line('AT+CMGS="+8613800138000"\r'), ("13800138000", "31 33 38 30")),
        (_line("AT+CPIN=1234\r"), ("1234", "31 32 33 34")),
        (_line('+CMGR: "REC READ","13800138000"\r\nhello Li\r\n'), ("13800138000", "hello")),
        (_line("0001000BA13108108300F0000005E8329BFD06\x1a"), ("13800138000", "hello", "3108108300")),
    ],
    "pdu": [
        (LONG_1, ("13800138000", "尊敬", "31 08 10 83")),
        ("0001000BA13108108300F0000005E8329BFD06", ("13800138000", "hello", "E8 32 9B")),
    ],
}
