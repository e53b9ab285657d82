"""The paper's bytes, and the picture that an interpreter which does not know the driver draws from them."""

import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.emulators.escpos_render import Job, interpret
from drivers.escpos.fonts import find_fonts
from drivers.escpos.paper import ReceiptPaper, cells, without_real_time
from drivers.escpos.typeset import spelled
from drivers.escpos.wrapping import balanced, wrap

ROOT = Path(__file__).resolve().parents[2]
RARE = "\U0002b820"  # Extension E: no face here has it


def drawn(paper: ReceiptPaper) -> Job:
    paper.cut()
    job = interpret(paper.to_bytes())
    assert job.unknown == []
    return job


def test_chinese_goes_as_gb18030_in_chinese_mode() -> None:
    paper = ReceiptPaper()
    paper.text("业务回执")
    assert bytes.fromhex("1C 26 D2 B5 CE F1 BB D8 D6 B4 0A") in paper.to_bytes()
    assert paper.to_bytes().startswith(b"\x1b\x40")
    assert drawn(paper).text == "业务回执\n"


def test_qr_by_the_printer_as_documented() -> None:
    paper = ReceiptPaper()
    paper.qr("A1B2", module=6)
    expected = (
        "1D 28 6B 04 00 31 41 32 00 1D 28 6B 03 00 31 43 06 1D 28 6B 03 00 31 45 31"
        "1D 28 6B 07 00 31 50 30 41 31 42 32 1D 28 6B 03 00 31 51 30"
    )
    assert bytes.fromhex(expected) in paper.to_bytes()
    assert drawn(paper).qr_contents == ["A1B2"]


@pytest.mark.parametrize("codepage", ["gb18030", "raster"])
def test_a_camera_reads_the_qr_code(codepage: str) -> None:
    paper = ReceiptPaper(codepage=codepage)
    paper.feed(60)
    paper.qr("ND-261122-0007")
    paper.feed(60)
    content, _, _ = cv2.QRCodeDetector().detectAndDecode(np.asarray(drawn(paper).picture))
    assert content == "ND-261122-0007"


@pytest.mark.parametrize("char", ["𠮷", "㐀", "\ue863", "😀"])
def test_what_printers_lack_is_drawn(char: str) -> None:
    paper = ReceiptPaper()
    paper.text(f"王{char}")
    job = drawn(paper)
    assert job.text == ""
    assert b"\x1d\x76\x30\x00" in paper.to_bytes()
    assert job.picture.getextrema() == (0, 255)


def test_a_character_without_any_glyph_becomes_its_code() -> None:
    assert "".join(run for run, _ in spelled(f"王{RARE}", find_fonts())) == "王〈2B820〉"


@given(st.text(min_size=1, max_size=60))
def test_no_text_becomes_a_command(text: str) -> None:
    paper = ReceiptPaper()
    paper.text(text)
    paper.pairs([(text, text)])
    job = drawn(paper)
    assert len(job.cuts) == 1
    assert job.qr_contents == []


@pytest.mark.parametrize("codepage", ["gb18030", "raster"])
@pytest.mark.parametrize("columns_dots", [576, 384])
def test_nothing_stands_beyond_the_edge(codepage: str, columns_dots: int) -> None:
    paper = ReceiptPaper(codepage=codepage, columns_dots=columns_dots)
    paper.head_band(
        "不打烊政务柜 Nightdesk", "一个名字很长很长很长很长很长很长的银行网点二十四小时自助服务区"
    )
    paper.big_number("Compartment", "AB-123", "closed and locked for certain")
    paper.pairs([("办件编号", "居住证办理（首次申领）" * 6), ("Case", "W" * 100)])
    paper.items(["Tenancy agreement or proof of residence, original"])
    paper.rule(strong=True)
    assert np.asarray(drawn(paper).picture)[:, columns_dots:].min(initial=255) == 255


@given(st.binary(max_size=200))
def test_a_picture_holds_no_real_time_command(dots: bytes) -> None:
    safe = without_real_time(dots.replace(b"\x00", b"\x10\x04").replace(b"\x01", b"\x10\x10\x04\x14"))
    assert not any(command in safe for command in (b"\x10\x04", b"\x10\x05", b"\x10\x14"))


def test_lines_break_between_words_and_never_before_a_closing_mark() -> None:
    assert wrap("one two three", 7, len) == ["one two", "three"]
    assert wrap("柜门已锁好，请放心。", 5, len) == ["柜门已锁", "好，请放", "心。"]
    assert wrap("abcdefghij", 4, len) == ["abcd", "efgh", "ij"]
    assert "".join(wrap("（首次）申领", 3, len)) == "（首次）申领"


def test_the_interpreter_reports_what_it_does_not_know() -> None:
    assert interpret(b"\x1b\x07A").unknown == ["at 0: unknown command 1b 07"]
    assert interpret(b"\x1d\x76\x30\x00\x48").unknown == ["at 0: job ends inside 1d 76 30 00 48"]
    assert interpret(b"\x95\x34\xb2\x35").unknown != []  # four bytes: most printers have no such character
    assert interpret(b"\x1c\x2e\xd2\xb5").unknown != []  # Chinese outside Chinese mode


def test_no_temporary_folder_is_left(tmp_path: Path) -> None:
    """In a process of its own: the folder is made when python-escpos is imported."""
    program = "from drivers.escpos.paper import ReceiptPaper; ReceiptPaper()"
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", program], env=environment, cwd=ROOT, check=True, timeout=60)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("width", [120, 200, 300, 384])
def test_no_paragraph_ends_with_a_lonely_word(width: int) -> None:
    def measure(text: str) -> int:
        return cells(text) * 12

    for text in (
        "柜门关闭后只能由工作人员打开。",
        "Only staff can open the door now.",
        "仅核验证件，未做人脸核验",
    ):
        plain, even = wrap(text, width, measure), balanced(text, width, measure)
        assert len(even) == len(plain)
        assert "".join(even).replace(" ", "") == text.replace(" ", "")
        assert max(map(measure, even)) <= width
        assert measure(even[-1]) >= measure(plain[-1])
