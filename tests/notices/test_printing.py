"""Official documents as printed: the grid is measured, the words are read back, what cannot be printed is refused."""

import hashlib
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice, pairwise
from typing import Any

import pytest
from django.conf import settings
from pdfplumber.page import Page

from apps.notices.printing import column_widths, render, render_many
from tests.notices.printed import (
    ADDRESS,
    COLUMNS,
    COUNTIES,
    LONG_UNIT,
    RECEIPT,
    a_certificate,
    a_notice,
    a_roster,
    opened,
    text_of,
)

MILLIMETRE = 72 / 25.4
RED = pytest.approx((0xC8 / 255, 0x10 / 255, 0x2E / 255), abs=0.01)
SPECIALS = r"""#let x = 1 *粗* _斜_ $x^2$ \ // @ref <tag> `code` -- ~ "引号" [括]"""


def _lines(page: Page, size: float = 15.75) -> list[list[dict[str, Any]]]:
    """Return the characters of one size, line by line from the top."""
    lines: dict[float, list[dict[str, Any]]] = {}
    for char in page.chars:
        if abs(char["size"] - size) < 0.01:
            lines.setdefault(round(char["top"], 1), []).append(char)
    return [sorted(lines[top], key=lambda char: char["x0"]) for top in sorted(lines)]


def _words(line: list[dict[str, Any]]) -> str:
    return "".join(char["text"] for char in line)


def _faces(line: list[dict[str, Any]]) -> list[str]:
    return [char["fontname"].partition("+")[2] for char in line]


def _rules(page: Page) -> list[dict[str, Any]]:
    return [line for line in page.lines if line["x1"] - line["x0"] > 155 * MILLIMETRE]


def _text_area(page: Page) -> tuple[float, float, float, float]:
    """Return the edges left, top, right, bottom of a page's lines in millimetres.

    A line is one character high: 0.88 of it above the base line, 0.12 below.
    """
    lines = _lines(page)
    tops = [min(page.height - char["matrix"][5] for char in line) for line in lines]
    edges = (
        min(line[0]["x0"] for line in lines),
        tops[0] - 0.88 * 15.75,
        max(line[-1]["x1"] for line in lines),
        tops[-1] + 0.12 * 15.75,
    )
    return tuple(edge / MILLIMETRE for edge in edges)


def test_a_full_page_has_22_lines_of_28_characters_between_the_margins():
    with opened(a_notice(body=["".join(islice(cycle("隆安马山上林宾阳横州"), 28 * 22 * 3))])) as pdf:
        first, second, third = (_lines(page) for page in pdf.pages[:3])
        assert [len(line) for line in first] == [12, 27, 26, *[28] * 6]
        assert [len(line) for line in second] == [28] * 22
        assert [len(line) for line in third] == [28] * 22
        pitches = [low[0]["top"] - high[0]["top"] for high, low in pairwise(second)]
        assert pitches == pytest.approx([28.99] * 21, abs=0.01)
        assert _text_area(pdf.pages[1]) == pytest.approx((28, 37, 184, 37 + 220.3), abs=0.5)


def test_paragraphs_and_headings_stand_on_the_same_grid():
    with opened(
        a_notice(body=["一、加入服务团", "（一）统筹安排。每位科技特派员应当加入。", "隆安、马山。"] * 30)
    ) as pdf:
        for page in pdf.pages[1:4]:
            tops = [line[0]["top"] for line in _lines(page)]
            assert len(tops) in (21, 22)
            assert [round((top - tops[0]) / 28.99, 2) for top in tops] == list(range(len(tops)))


def test_a_paragraph_may_leave_one_line_behind_so_that_every_page_is_full():
    with opened(a_notice(body=["".join(islice(cycle("隆安马山上林宾阳横州"), 26 + 28 + 9))] * 30)) as pdf:
        assert [len(_lines(page)) for page in pdf.pages[1:4]] == [22, 22, 22]


def test_punctuation_is_not_squeezed_to_put_more_into_a_line():
    with opened(a_notice(body=["经个人申请、派出单位推荐、县级和设区市科技行政主管部门审核", "特此通知。"])) as pdf:
        assert "经个人申请、派出单位推荐、县级和设区市科技行政主管部" in map(_words, _lines(pdf.pages[0]))


def test_paragraphs_are_indented_by_two_characters_and_recipients_are_not():
    with opened(a_notice()) as pdf:
        starts = {_words(line)[:3]: line[0]["x0"] / MILLIMETRE for line in _lines(pdf.pages[0])}
    assert starts["南宁市"] == pytest.approx(28, abs=0.1)
    assert starts["决定聘"] == pytest.approx(28 + 2 * 15.75 / MILLIMETRE, abs=0.1)


def test_headings_are_set_in_their_own_faces_up_to_the_first_full_stop():
    with opened(a_notice()) as pdf:
        lines = {_words(line)[:3]: _faces(line) for page in pdf.pages for line in _lines(page)}
    assert set(lines["一、加"]) == {"FandolHei-Regular"}
    assert lines["（一）"][:8] == ["FandolKai-Regular"] * 8
    assert set(lines["（一）"][8:]) == {"FandolFang-Regular"}


def test_the_red_head_fits_the_text_width_and_stands_35_millimetres_below_the_margin():
    with opened(a_notice()) as pdf:
        page = pdf.pages[0]
        head = [char for char in page.chars if char["size"] > 40]
    assert _words(head) == "广西壮族自治区科学技术厅文件"
    assert [char["non_stroking_color"] for char in head] == [RED] * 14
    assert (head[0]["x0"] / MILLIMETRE, head[-1]["x1"] / MILLIMETRE) == pytest.approx((28, 184), abs=0.5)
    base_line = page.height - head[0]["matrix"][5]
    assert (base_line - 0.88 * head[0]["size"]) / MILLIMETRE == pytest.approx(37 + 35, abs=1)


def test_a_notice_without_a_head_is_printed_all_the_same():
    with opened(a_notice(head="")) as pdf:
        assert "桂科农字" in text_of(pdf)


def test_a_red_rule_as_wide_as_the_text_stands_four_millimetres_below_the_number():
    with opened(a_notice()) as pdf:
        (rule,) = _rules(pdf.pages[0])
        number = _lines(pdf.pages[0])[0]
    assert _words(number) == "桂科农字〔2026〕1号"
    assert (rule["x0"] / MILLIMETRE, rule["x1"] / MILLIMETRE) == pytest.approx((28, 184), abs=0.1)
    assert (rule["top"] - number[0]["bottom"]) / MILLIMETRE == pytest.approx(4, abs=1)
    assert rule["stroking_color"] == RED
    middle = (number[0]["x0"] + number[-1]["x1"]) / 2 / MILLIMETRE
    assert middle == pytest.approx(106, abs=0.5)


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("关于召开年会的通知", ["关于召开年会的通知"]),
        (
            "自治区乡村科技特派员工作协调机制办公室关于聘任2026年度防城港市乡村科技特派员的通知",
            ["自治区乡村科技特派员工作协调机制办公室", "关于聘任2026年度防城港市", "乡村科技特派员的通知"],
        ),
        ("关于调整2026年度南宁市科技特派员服务区域的通知", ["关于调整2026年度南宁市", "科技特派员服务区域的通知"]),
        (
            "关于公布环江毛南族自治县第一批科技特派员名单的通知",
            ["关于公布环江毛南族自治县", "第一批科技特派员名单的通知"],
        ),
    ],
)
def test_a_long_title_breaks_before_about_and_between_words(title, lines):
    with opened(a_notice(title=title)) as pdf:
        assert [_words(line) for line in _lines(pdf.pages[0], 22)] == lines


def test_the_date_ends_four_characters_from_the_right_under_the_middle_of_the_signers():
    with opened(a_notice(signed_by=["南宁市科学技术局"])) as pdf:
        lines = {_words(line): line for page in pdf.pages for line in _lines(page)}
    signer, date = lines["南宁市科学技术局"], lines["2026年8月5日"]
    assert (184 * MILLIMETRE - date[-1]["x1"]) / 15.75 == pytest.approx(4, abs=0.2)
    assert signer[0]["x0"] + signer[-1]["x1"] == pytest.approx(date[0]["x0"] + date[-1]["x1"], abs=0.5)


def test_long_signers_end_at_the_margin():
    with opened(a_notice()) as pdf:
        lines = {_words(line): line for page in pdf.pages for line in _lines(page)}
    assert lines["广西壮族自治区乡村科技特派员"][-1]["x1"] / MILLIMETRE == pytest.approx(184, abs=0.5)


def test_a_short_last_paragraph_goes_with_the_signature_to_the_next_page():
    for lines_before in range(20, 30):
        with opened(a_notice(body=["隆安。"] * lines_before + ["特此通知。"])) as pdf:
            (page,) = [page for page in pdf.pages if "特此通知" in page.extract_text()]
            assert "2026年8月5日" in [_words(line) for line in _lines(page)]


def test_pages_are_numbered_at_the_outer_edges():
    with opened(a_notice(roster=a_roster(30))) as pdf:
        numbers = [page.crop((0, 265 * MILLIMETRE, page.width, page.height)) for page in pdf.pages]
        found = [[char for char in foot.chars if char["size"] == pytest.approx(14)] for foot in numbers]
    assert [_words(chars).replace(" ", "") for chars in found] == [f"—{n}—" for n in range(1, len(found) + 1)]
    for n, chars in enumerate(found, 1):
        edge = chars[-1]["x1"] / MILLIMETRE if n % 2 else chars[0]["x0"] / MILLIMETRE
        assert edge == pytest.approx(184 - 5.6 if n % 2 else 28 + 5.6, abs=0.6)


def test_the_colophon_ends_with_the_text_area_of_the_last_page():
    with opened(a_notice(roster=a_roster(60), copies_to="自治区农业农村厅，广西大学。")) as pdf:
        *_, last = pdf.pages
        assert max(rule["top"] for rule in _rules(last)) / MILLIMETRE == pytest.approx(262, abs=0.3)
        assert "抄送：自治区农业农村厅，广西大学。" in text_of(pdf)
        assert "2026年8月5日印发" in last.extract_text()


def test_a_document_without_roster_has_no_attachment():
    with opened(a_notice(body=["隆安。"])) as pdf:
        assert len(pdf.pages) == 2
        assert "附件" not in text_of(pdf)


def test_the_roster_repeats_its_head_on_each_page_and_holds_everybody_in_order():
    roster = a_roster(300)
    with opened(a_notice(roster=roster)) as pdf:
        tables = [table.extract() for page in pdf.pages for table in page.find_tables()]
        assert "附件：2026年度南宁市乡村科技特派员名单" in text_of(pdf)
    assert len(tables) > 10
    assert [table[0] for table in tables] == [COLUMNS] * len(tables)
    rows = [[cell.replace("\n", "") for cell in row] for table in tables for row in table[1:]]
    assert rows == roster["rows"]


def test_a_row_of_several_lines_is_not_torn_between_two_pages():
    roster = {**a_roster(0), "rows": [[str(n), "覃建国", LONG_UNIT, "环江毛南族自治县"] for n in range(1, 101)]}
    with opened(a_notice(roster=roster)) as pdf:
        units = [row[2] for page in pdf.pages for table in page.find_tables() for row in table.extract()[1:]]
    assert [unit.replace("\n", "") for unit in units] == [LONG_UNIT] * 100


def test_columns_share_the_width_by_need():
    widths = column_widths(["序号", "姓名"], [["1", "覃建国"]])
    assert widths == pytest.approx([36 * 3 / 7, 36 * 4 / 7])


def test_columns_too_wide_for_the_page_are_cut_to_one_width():
    assert column_widths(["序号", "甲", "乙"], [["1", "字" * 50, "字" * 20]]) == [3, 16.5, 16.5]


def test_signs_of_markup_are_printed_as_they_are():
    roster = {**a_roster(0), "rows": [["1", SPECIALS, "#pagebreak()", "隆安县"]]}
    content = a_notice(title=f"关于{SPECIALS}的通知", body=[SPECIALS, "未尽事宜。"], roster=roster, contact=SPECIALS)
    with opened(content) as pdf:
        printed = text_of(pdf).replace(" ", "")
    assert printed.count(SPECIALS.replace(" ", "")) == 4
    assert "#pagebreak()" in printed


def test_the_proof_leads_to_the_verification_page():
    for content in (a_notice(), a_certificate(), RECEIPT):
        with opened(content) as pdf:
            assert [link["uri"] for page in pdf.pages for link in page.annots] == [ADDRESS]
            assert "扫码核验" in text_of(pdf)
            assert "核验码 7KQ2M9XWPD4RT8HV" in text_of(pdf)


@pytest.mark.parametrize("made", [a_notice, a_certificate], ids=["official", "certificate"])
def test_the_newest_seal_stands_below_the_code_and_moves_nothing_else(made):
    seal = "第128号 3f2a 9c01 77de 0b12"
    with opened(made()) as without, opened(made(seal=seal)) as pdf:
        assert f"核验码 7KQ2M9XWPD4RT8HV封印 {seal}" in text_of(pdf)
        assert "封印" not in text_of(without)
        assert len(pdf.pages) == len(without.pages)
        page = pdf.pages[0]
        line = [char for char in page.chars if char["size"] == pytest.approx(9)][-len("封印 " + seal) :]
        assert _words(line) == f"封印 {seal}"
        assert max(char["bottom"] for char in line) < page.height - 5 * MILLIMETRE
        others = [char for char in page.chars if char["size"] != pytest.approx(9)]
        assert not any(_overlap(one, other) for one in line for other in others)


def _overlap(one, other) -> bool:
    beside = one["x1"] <= other["x0"] or other["x1"] <= one["x0"]
    above = one["bottom"] <= other["top"] or other["bottom"] <= one["top"]
    return not (beside or above)


def test_a_draft_is_marked_on_every_page_and_has_no_proof():
    with opened(a_notice(is_draft=True, verify_url="")) as pdf:
        marks = [_words([char for char in page.chars if char["size"] > 100]) for page in pdf.pages]
        assert marks == ["草稿"] * len(pdf.pages)
        assert "核验" not in text_of(pdf)


def test_an_issued_document_is_not_marked_as_a_draft():
    with opened(a_notice()) as pdf:
        assert "草稿" not in text_of(pdf)


def test_a_certificate_is_one_landscape_page_and_a_long_text_ends_above_the_signers():
    long = f"兹聘任欧阳濛玥同志（{LONG_UNIT}）为广西壮族自治区乡村科技特派员，服务{'、'.join(COUNTIES[:12])}。"
    for body in (["兹聘任覃建国同志。"], [long], ["覃建国同志：", long, long]):
        with opened(a_certificate(body=body, signed_by=["工作协调机制办公室"])) as pdf:
            (page,) = pdf.pages
            words = text_of(pdf)
        assert page.width > page.height
        start, signer = words.index("".join(body)), words.index("工作协调机制办公室")
        text = page.chars[start : start + len("".join(body))]
        assert max(char["bottom"] for char in text) < page.chars[signer]["top"]


def test_a_receipt_is_one_page_with_all_rows():
    with opened(RECEIPT) as pdf:
        (page,) = pdf.pages
        (table,) = page.find_tables()
        assert [[cell.replace("\n", "") for cell in row] for row in table.extract()] == RECEIPT["rows"]


def test_the_same_content_gives_the_same_bytes_in_another_process():
    contents = [a_notice(roster=a_roster(40)), a_certificate(), RECEIPT]
    program = (
        "import hashlib, json, sys; from apps.notices.printing import render_many; "
        "print(*(hashlib.sha256(pdf).hexdigest() for pdf in render_many(json.load(sys.stdin))))"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(contents),
        cwd=settings.BASE_DIR,
        env={"DJANGO_SETTINGS_MODULE": "config.settings.test", "KETEPAI_FONTS": str(settings.FONTS_DIR)},
        capture_output=True,
        text=True,
        check=True,
    )
    here = render_many(reversed(contents))
    assert elsewhere.stdout.split() == [hashlib.sha256(pdf).hexdigest() for pdf in reversed(here)]
    assert [b"CreationDate" in pdf for pdf in here] == [False] * 3


def test_several_threads_may_print_at_once():
    contents = [a_certificate(number=f"桂科特聘〔2026〕{n:05}号") for n in range(12)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(render, contents)) == render_many(contents)


def test_an_unknown_layout_is_an_error_of_the_caller():
    with pytest.raises(ValueError, match="no layout is called 'letter'"):
        render(a_notice(layout="letter"))
