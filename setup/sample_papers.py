"""Draws `config/services/pictures`, what papers of the guide look like: `python -m setup.sample_papers`.

Outlines that nobody can take for a real paper: no coat of arms, no name of anybody, the word "sample" across each.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

from drivers.escpos.fonts import find_fonts

OUT: Final = Path(__file__).resolve().parent.parent / "config" / "services" / "pictures"
SIZE: Final = 952, 1100
INK, GREY, PALE, RED = "#14202E", "#6B7480", "#E8ECF0", "#9A1F18"
Pen = ImageDraw.ImageDraw
Box = tuple[int, int, int, int]


def _write(
    pen: Pen, at: tuple[int, int], said: str, size: int = 34, colour: str = INK, anchor: str = "la"
) -> None:
    pen.text(at, said, fill=colour, font=find_fonts().regular.at(size), anchor=anchor)


def _lines(pen: Pen, box: Box, labels: str, gap: int) -> None:
    """Labels with a line to write on."""
    left, top, right, _ = box
    for row, label in enumerate(labels.split()):
        y = top + row * gap
        _write(pen, (left, y), label)
        start = left + 40 + 34 * max(len(one) for one in labels.split())
        pen.line((start, y + 42, right, y + 42), fill=GREY, width=2)


def _person(pen: Pen, box: Box, ground: str = PALE) -> None:
    """A photograph of nobody."""
    left, top, right, bottom = box
    middle, wide = (left + right) // 2, right - left
    pen.rectangle(box, fill=ground, outline=GREY, width=3)
    pen.chord(
        (middle - wide * 2 // 5, bottom - wide * 2 // 5, middle + wide * 2 // 5, bottom + wide * 2 // 5),
        180, 360, fill=GREY,
    )  # fmt: skip
    head = wide * 11 // 50
    pen.ellipse((middle - head, top + wide // 5, middle + head, top + wide // 5 + head * 5 // 2), fill=GREY)


def _id_card(pen: Pen) -> None:
    _write(pen, (476, 84), "正反两面，印在同一张 A4 纸的同一面", 36, anchor="mm")
    for top in (150, 620):
        pen.rounded_rectangle((166, top, 786, top + 390), 28, outline=INK, width=4)
    _lines(pen, (206, 190, 540, 0), "姓名 性别 出生 住址", 66)
    _person(pen, (580, 190, 746, 400))
    _write(pen, (206, 474), "公民身份号码  000000000000")
    _write(pen, (476, 720), "居民身份证", 56, anchor="mm")
    _lines(pen, (246, 850, 706, 0), "签发机关 有效期限", 66)


def _licence(pen: Pen) -> None:
    pen.rectangle((60, 170, 892, 930), outline=INK, width=10)
    pen.rectangle((82, 192, 870, 908), outline=GREY, width=3)
    _write(pen, (476, 280), "营业执照", 84, anchor="mm")
    _write(pen, (476, 362), "统一社会信用代码  0000000000000000XX", 30, GREY, "mm")
    _lines(pen, (130, 420, 560, 0), "名称 类型 经营者 经营场所 经营范围", 74)
    pen.rectangle((640, 430, 800, 590), outline=GREY, width=3)
    _write(pen, (720, 510), "二维码", 34, GREY, "mm")
    _seal(pen, 720, 770)
    _write(pen, (476, 1000), "四边和印章都要完整、看得清", 36, anchor="mm")


def _seal(pen: Pen, x: int, y: int) -> None:
    pen.ellipse((x - 84, y - 84, x + 84, y + 84), outline=RED, width=6)
    _write(pen, (x, y), "印章", 40, RED, "mm")


def _form(pen: Pen) -> None:
    pen.rectangle((110, 50, 842, 1050), outline=GREY, width=3)
    _write(pen, (476, 120), "申 请 表", 56, anchor="mm")
    for row, label in enumerate(("姓名", "身份证号码", "联系电话", "住址", "申请事项")):
        top = 190 + row * 92
        pen.rectangle((150, top, 802, top + 92), outline=INK, width=3)
        pen.line((370, top, 370, top + 92), fill=INK, width=3)
        _write(pen, (260, top + 46), label, 36, anchor="mm")
        _write(pen, (400, top + 46), "填写清楚，不涂改", 34, GREY, "lm")
    pen.rectangle((150, 650, 802, 890), outline=INK, width=3)
    _write(pen, (180, 676), "本人承诺所填内容真实。", 36)
    _write(pen, (180, 776), "申请人签名：", 36)
    pen.line((400, 826, 770, 826), fill=RED, width=4)
    _write(pen, (585, 800), "本人手写", 36, RED, "mm")
    _write(pen, (180, 930), "日期：      年    月    日", 36)
    pen.line((280, 980, 640, 980), fill=RED, width=4)


def _plan(pen: Pen) -> None:
    pen.rectangle((110, 210, 842, 850), outline=INK, width=10)
    pen.line((110, 560, 520, 560), fill=INK, width=6)
    pen.line((520, 210, 520, 850), fill=INK, width=6)
    for at, room in (
        ((315, 380), "营业区"),
        ((315, 700), "仓库"),
        ((680, 380), "操作间"),
        ((680, 700), "洗手间"),
    ):
        _write(pen, at, room, 46, anchor="mm")
        _write(pen, (at[0], at[1] + 60), "面积：    平方米", 32, GREY, "mm")
    pen.line((520, 620, 842, 620), fill=INK, width=6)
    pen.rectangle((240, 842, 390, 858), fill="white")
    _write(pen, (315, 900), "大门", 36, anchor="mm")
    for line in ((110, 160, 842, 160), (60, 210, 60, 850)):
        pen.line(line, fill=GREY, width=3)
    _write(pen, (476, 124), "长：    米", 34, GREY, "mm")
    _write(pen, (820, 70), "北 ↑", 40, anchor="mm")
    _write(pen, (476, 1000), "手画也可以：写上用途、尺寸和大门", 36, anchor="mm")


def _photograph(pen: Pen) -> None:
    _person(pen, (276, 160, 676, 720), "white")
    _write(pen, (476, 800), "正面、免冠、白底、近六个月内", 40, anchor="mm")
    _write(pen, (476, 870), "背面用铅笔写上姓名", 40, anchor="mm")
    _write(pen, (476, 940), "尺寸和张数以材料清单为准", 36, GREY, "mm")


PICTURES: Final[dict[str, Callable[[Pen], None]]] = {
    "id-card-copy": _id_card, "business-licence": _licence, "signed-form": _form, "floor-plan": _plan,
    "photograph": _photograph,
}  # fmt: skip


def _marked(sheet: Image.Image) -> Image.Image:
    mark = Image.new("RGBA", sheet.size)
    pen = ImageDraw.Draw(mark)
    for y in (300, 820):
        _write(pen, (476, y), "样 张  SAMPLE", 110, f"{RED}30", "mm")
    mark = mark.rotate(24, resample=Image.Resampling.BICUBIC)
    return Image.alpha_composite(sheet.convert("RGBA"), mark).convert("RGB")


def draw() -> None:
    """All of them, anew."""
    OUT.mkdir(exist_ok=True)
    for name, drawing in PICTURES.items():
        sheet = Image.new("RGB", SIZE, "white")
        pen = ImageDraw.Draw(sheet)
        drawing(pen)
        ImageDraw.Draw(sheet).rectangle((0, 0, SIZE[0] - 1, SIZE[1] - 1), outline=GREY, width=2)
        _marked(sheet).quantize(48).save(OUT / f"{name}.png", optimize=True)


if __name__ == "__main__":
    draw()
