"""Where lines break in Chinese and in English."""

from screens.lines import broken, pieces


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
