"""The keys by which a name is found by its sound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.pinyin import LONGEST, keys, typed


@pytest.mark.parametrize(
    ("name", "sought"),
    [
        ("覃小红", "qinxiaohong"),
        ("覃小红", "tanxiaohong"),
        ("覃小红", "qxh"),
        ("单良", "shanliang"),
        ("单良", "danliang"),
        ("曾国庆", "zengguoqing"),
        ("吕布", "lvbu"),
        ("重庆农科院", "chongqingnongkeyuan"),
        ("ABC合作社", "abchezuoshe"),
    ],
)
def test_a_name_has_the_keys_of_its_readings(name: str, sought: str) -> None:
    assert f" {sought}" in keys(name)


@given(st.text(max_size=100))
def test_the_keys_of_any_name_fit_their_column(name: str) -> None:
    assert len(keys(name)) <= LONGEST


@pytest.mark.parametrize(
    ("text", "read"),
    [("Qin XH", "qinxh"), ("lü", "lv"), ("xi'an", "xian"), ("覃", ""), ("qin覃", ""), ("a1", ""), ("", "")],
)
def test_what_is_typed_in_latin_letters_is_read_as_a_sound(text: str, read: str) -> None:
    assert typed(text) == read
