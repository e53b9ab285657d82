"""The page that a technician prints to judge a printer: every kind of line that a receipt has, nothing of a person."""

from datetime import datetime
from typing import Final

from drivers.contracts.paper import Align, Paper, TextSize

DIGITS: Final = "0123456789"
HAN: Final = "天地玄黄宇宙洪荒日月盈昃辰宿列张"  # even strokes in every direction: clogged dots show
LATIN: Final = "The quick brown fox jumps over the lazy dog."


def render_test(paper: Paper, kiosk_name: str, place: str, at: datetime) -> bytes:
    """The finished job on fresh `paper`, cut included."""
    paper.head_band(kiosk_name, place)
    paper.feed(28)
    paper.heading("打印测试  Test")
    paper.feed(12)
    paper.big_number("大号数字", "8", "边框须完整")
    paper.feed(20)
    paper.pairs([("时间 Time", at.strftime("%Y-%m-%d %H:%M:%S")), ("数字 Digits", DIGITS)])
    paper.rule()
    paper.text(HAN, bold=True)
    paper.text(HAN)
    paper.text(HAN, size=TextSize.SMALL)
    paper.text(LATIN)
    paper.rule(strong=True)
    paper.qr(f"nightdesk test {at.isoformat(timespec='seconds')}")
    paper.feed(12)
    paper.text("无断线、无缺点、裁切整齐即为正常", align=Align.CENTER)
    paper.text("No broken lines, no missing dots, a clean cut", align=Align.CENTER, size=TextSize.SMALL)
    paper.feed(30)
    paper.cut()
    return paper.to_bytes()
