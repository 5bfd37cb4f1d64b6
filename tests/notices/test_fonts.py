"""Which faces print a character, and what is said where none does."""

import unicodedata
from pathlib import Path

import pytest
from django.conf import settings
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from apps.notices.fonts import MissingFonts, shelf
from apps.notices.printing import MissingGlyphs, missing_characters, render_many
from tests.notices.printed import a_certificate, a_notice, a_roster, divisions, opened


def test_every_place_name_can_be_printed():
    names = "".join(divisions())
    assert missing_characters({"title": [name for name in names if unicodedata.category(name) != "Co"]}) == ""


def test_rare_characters_come_from_the_next_face_of_the_chain():
    with opened(a_certificate(body=["圐圙垱埇玥"])) as pdf:
        faces = {char["text"]: char["fontname"].partition("+")[2] for char in pdf.pages[0].chars}
    assert {faces[character] for character in "圐圙垱埇玥"} == {"LXGWWenKai-Light"}


def test_a_character_without_glyph_is_refused_by_name_and_nothing_is_printed():
    content = a_notice(roster={**a_roster(0), "rows": [["1", "覃𪚥\ue000", "", "隆安县"]]})
    assert missing_characters(content) == "\ue000𪚥"
    with pytest.raises(MissingGlyphs) as refused:
        render_many([a_notice(), content])
    assert str(refused.value) == (
        "下列字符没有字体可以打印：“\ue000”（U+E000）、“𪚥”（U+2A6A5）。"
        f"请核对原文；确需使用的，请把收有这些字的字体放入 {settings.FONTS_DIR} 后重新启动。"
    )


def test_spaces_and_marks_without_width_are_no_missing_characters():
    assert missing_characters({"body": ["覃 建国\n\u200b\t"]}) == ""


def test_a_font_added_by_the_office_lends_its_characters(settings, tmp_path):
    for font in settings.FONTS_DIR.iterdir():
        (tmp_path / font.name).symlink_to(font)
    _save_font(tmp_path / "office.ttf", "\ue000")
    settings.FONTS_DIR = tmp_path
    with opened(a_certificate(body=["覃\ue000"])) as pdf:
        faces = {char["text"]: char["fontname"].partition("+")[2] for char in pdf.pages[0].chars}
    assert faces["\ue000"] == "Office"


def _save_font(path: Path, character: str) -> None:
    pen = TTGlyphPen(None)
    for point, draw in (((0, 0), pen.moveTo), ((0, 800), pen.lineTo), ((800, 0), pen.lineTo)):
        draw(point)
    pen.closePath()
    drawn = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "own"])
    builder.setupCharacterMap({ord(character): "own"})
    builder.setupGlyf({".notdef": drawn, "own": drawn})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "own": (1000, 0)})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "Office", "styleName": "Regular", "psName": "Office"})
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120)
    builder.setupPost()
    builder.save(path)


def test_missing_fonts_are_named_with_where_to_get_them(tmp_path):
    with pytest.raises(MissingFonts) as refused:
        shelf(tmp_path)
    assert "FandolFang R（400）" in str(refused.value)
    assert "请运行 make setup" in str(refused.value)
    assert f"fonts-lxgw-wenkai、fonts-noto-cjk、texlive-lang-chinese 取得后放入 {tmp_path}" in str(refused.value)
