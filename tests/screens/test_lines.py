"""Where lines break in Chinese and in English."""

from screens.lines import balanced, broken, pieces


def _measure(part: str) -> float:
    return sum(1.0 if ord(char) > 0x2E80 else 0.5 for char in part)


def test_pieces_joined_are_the_text() -> None:
    for sample in (
        "空柜：小 6 个，中 4 个。",
        "Free lockers: 6 small, 4 medium",
        "A-03 号柜门开了",
        " 两 端 ",
    ):
        assert "".join(pieces(sample)) == sample


def test_no_line_starts_with_closing_punctuation() -> None:
    sample = "只在本机比对，不保存、不上传。请放心！"
    for width in range(3, 12):
        assert not any(line[0] in "，、。！" for line in broken(sample, width, _measure))


def test_a_number_stays_with_its_measure() -> None:
    assert not any(line.endswith("6") for line in broken("空柜小 6 个中 4 个", 4.5, _measure))


def test_no_line_is_too_wide_and_nothing_is_lost() -> None:
    sample = "Unbreakablecompoundword and 中文 mixed, 12345 times"
    lines = broken(sample, 5, _measure)
    assert all(_measure(line) <= 5 for line in lines)
    assert "".join(lines).replace(" ", "") == sample.replace(" ", "")


def test_two_lines_part_at_a_pause_or_in_the_middle() -> None:
    assert balanced("里面是空的", 4, _measure) == ["里面是", "空的"]
    assert balanced("上次停电，您的材料已收好", 10, _measure) == ["上次停电，", "您的材料已收好"]
    assert balanced("Leave it for later", 7, _measure) == ["Leave it", "for later"]
    assert balanced("不保存。\n换一种方式", 4, _measure) == ["不保存。", "换一种", "方式"]


def test_what_is_not_two_lines_breaks_as_ever() -> None:
    for sample, width in (
        ("继续", 4),
        ("只在这台机器里比对，照片不保存，不上传", 7),
        ("Unbreakablecompound", 6),
    ):
        assert balanced(sample, width, _measure) == broken(sample, width, _measure)
