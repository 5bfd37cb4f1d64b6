"""Personal data in lists shows only what tells two people apart."""

import pytest

from apps.core.masking import mask_name, mask_number


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
