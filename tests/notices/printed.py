"""Contents of documents to print, and what was printed of them."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from typing import Any

import pdfplumber
from django.conf import settings
from pdfplumber.pdf import PDF

from apps.notices.printing import render

ADDRESS = "http://127.0.0.1:8000/verify/7KQ2M9XWPD4RT8HV/"
COLUMNS = ["序号", "姓名", "派出单位", "服务县（市、区）"]
LONG_UNIT = "广西壮族自治区亚热带作物研究所（广西亚热带农产品加工研究所）"


def divisions(level: str = "") -> list[str]:
    """Return the names of all divisions, or of those of a level."""
    path = settings.BASE_DIR / "apps" / "directory" / "divisions" / "45.csv"
    with path.open(encoding="utf-8") as rows:
        return [row["name"] for row in csv.DictReader(rows) if level in ("", row["level"])]


COUNTIES = divisions("county")


def a_roster(count: int) -> dict[str, Any]:
    """Return a roster of so many people."""
    people = islice(zip(cycle("覃韦黄梁陆禤"), cycle("建国玥珮濛海文"), cycle(COUNTIES), strict=False), count)
    rows = [[str(n), f"{a}{b}{n:03}", f"{c}农业技术推广站", c] for n, (a, b, c) in enumerate(people, 1)]
    return {"title": "2026年度南宁市乡村科技特派员名单", "columns": COLUMNS, "rows": rows}


def a_notice(**changes: Any) -> dict[str, Any]:
    """Return a notice, but for what is changed."""
    return {
        "layout": "official",
        "head": "广西壮族自治区科学技术厅文件",
        "number": "桂科农字〔2026〕1号",
        "title": "自治区乡村科技特派员工作协调机制办公室关于聘任2026年度南宁市乡村科技特派员的通知",
        "main_recipients": "南宁市及所辖县（市、区）科技行政主管部门，各有关单位：",
        "body": [
            "决定聘任下列同志为乡村科技特派员（名单见附件）。现就有关事项通知如下：",
            "一、加入服务团",
            "（一）统筹安排。每位科技特派员应当加入服务县的“一县一团”。",
            "未尽事宜，请与自治区科技特派员协调办联系。",
        ],
        "roster": None,
        "signed_by": ["广西壮族自治区乡村科技特派员", "工作协调机制办公室（代章）"],
        "date": "2026年8月5日",
        "public": True,
        "copies_to": "",
        "contact": "",
        "printed_by": "广西壮族自治区科学技术厅办公室",
        "printed_on": "2026年8月5日",
        "verify_url": ADDRESS,
        **changes,
    }


def a_certificate(**changes: Any) -> dict[str, Any]:
    """Return a certificate, but for what is changed."""
    return {
        "layout": "certificate",
        "head": "聘书",
        "number": "桂科特聘〔2026〕00001号",
        "title": "聘书",
        "body": [
            "兹聘任禤玥濛同志为广西壮族自治区乡村科技特派员，服务隆安县。",
            "聘期自2026年1月1日至2026年12月31日。",
        ],
        "signed_by": ["广西壮族自治区乡村科技特派员", "工作协调机制办公室"],
        "date": "2026年8月5日",
        "verify_url": ADDRESS,
        **changes,
    }


RECEIPT = {
    "layout": "receipt",
    "title": "申请回执",
    "number": "SQ2026000123",
    "rows": [["申请人", "覃建国"], ["派出单位", LONG_UNIT], ["提交时间", "2026年6月12日 10:32"]],
    "note": "请妥善保存本回执。",
    "verify_url": ADDRESS,
}


@contextmanager
def opened(content: dict[str, Any]) -> Iterator[PDF]:
    """Print a content and open what was printed."""
    with pdfplumber.open(io.BytesIO(render(content))) as pdf:
        yield pdf


def text_of(pdf: PDF) -> str:
    """Return all characters that are printed."""
    return "".join(char["text"] for page in pdf.pages for char in page.chars)
