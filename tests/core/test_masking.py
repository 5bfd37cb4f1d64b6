"""Personal data in lists shows only what tells two people apart."""

import pytest

from apps.core.masking import mask_name, mask_number, personal_number_in


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("138****5678", "13812345678"),
        ("450***********1234", "450126198503211234"),
        ("138*5678", "13815678"),
        ("*******", "1381234"),
        ("***", "138"),
        ("", ""),
    ],
)
def test_the_middle_of_a_number_is_hidden_and_a_short_one_is_hidden_whole(shown: str, text: str):
    assert mask_number(text) == shown


@pytest.mark.parametrize(("shown", "text"), [("韦*", "韦强"), ("欧**", "欧阳兰"), ("韦", "韦"), ("", "")])
def test_only_the_first_character_of_a_name_is_shown(shown: str, text: str):
    assert mask_name(text) == shown


@pytest.mark.parametrize(
    ("sort", "text"),
    [
        ("手机号码", "请联系13812345678。"),
        ("手机号码", "138-1234 5678"),
        ("身份证号码", "身份证11010519491231002X"),
        ("身份证号码", "110105 19491231 002x，电话13812345678"),
        ("", "11010519491231002X0"),
        ("", "450126198503211234，编号而已"),
        ("", "种植柑橘1200亩，2026年3月12日起，座机0771-5851235"),
        ("", ""),
    ],
)
def test_a_number_of_one_person_alone_is_found_in_a_text(sort: str, text: str):
    assert personal_number_in(text) == sort
