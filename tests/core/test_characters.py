"""A text that somebody types has only characters with a shape on paper; whatever else it has is told in words."""

import pytest
from django import forms

from apps.core.characters import has_unseen, without_unseen
from apps.core.inputs import WordsField
from apps.core.problems import problems_of

UNSEEN = {"NUL": "\0", "direction": "\u202e", "no width": "\u200b", "private": "\ue000", "half": "\ud800"}


class Words(forms.Form):
    line = WordsField(label="标题", required=False)
    lines = WordsField(label="正文", required=False, widget=forms.Textarea)


@pytest.mark.parametrize("character", UNSEEN.values(), ids=UNSEEN)
def test_a_character_without_a_shape_is_refused_under_the_label_of_its_entry(character: str):
    form = Words({"line": f"通知{character}", "lines": f"全文{character}"})
    told = "含有不可见或无法印出的字符，请删去后再提交。"
    assert [problem.message for problem in problems_of(form)] == [f"标题：{told}", f"正文：{told}"]


def test_lines_are_broken_only_where_there_are_several():
    form = Words({"line": "甲\n乙", "lines": "甲\r\n\t乙"})
    assert set(form.errors) == {"line"}
    assert form.cleaned_data == {"lines": "甲\r\n\t乙"}


def test_rare_characters_and_signs_are_words_like_others():
    rare = "𠮷𡃁·（）—“”½①😀"
    assert Words({"line": rare}).is_valid()
    assert not has_unseen(rare)


def test_what_no_form_judges_is_kept_without_them():
    assert without_unseen("甲\u202e\0乙\n丙") == "甲乙\n丙"
