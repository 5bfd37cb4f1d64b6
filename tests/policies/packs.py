"""Packs for tests: the shipped one, copies of it with a fault planted, and one of quite another kind."""

import shutil
from pathlib import Path

from apps.policies import loading
from apps.policies.schema import Pack

SHIPPED = loading.FOLDER / "guangxi-2023"


def guangxi() -> Pack:
    """Return the first shipped pack."""
    return _shipped("guangxi-2023")


def jinzhong() -> Pack:
    """Return the pack of a city, with two ways to start."""
    return _shipped("jinzhong")


def _shipped(name: str) -> Pack:
    files = loading.read(name)
    return loading.parse(files.pack_text, str(files.path))


def edited(folder: Path, *edits: tuple[str, str]) -> Path:
    """Copy the shipped pack, replace texts that stand there exactly once, and return the copy's pack file."""
    shutil.copytree(SHIPPED, folder, dirs_exist_ok=True)
    path = folder / "pack.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in edits:
        assert text.count(old) == 1, f"stands there {text.count(old)} times: {old}"
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return path


def line_with(path: Path, words: str) -> int:
    """Return the line (from 1) on which some words first stand."""
    text = path.read_text(encoding="utf-8")
    return text[: text.index(words)].count("\n") + 1


TWO_DESKS = """\
id: two-desks
title: 某盟科技特派员
source: {file: text.txt, title: 某盟科技特派员办法, issuer: 某盟行政公署, issued: 2024-03-01}
jurisdiction: "15"
levels: {region: 自治区, city: 盟, county: 旗, township: 苏木, village: 嘎查}
scales: {education: [中专, 大学]}
choices: {}
offices:
  banner: {body: sci_tech_authority, scope: record.county_served, label: 旗科技局}
  league: {body: coordination_office, scope: jurisdiction, label: 盟特派员办公室}
calendar:
  counting: working_days
  windows:
    intake:
      label: 受理申请
      opens: 03-01
      closes: 12-31
      clause: {ref: 第二条, quote: 每年三月一日起受理申请，至年底为止}
processes:
  application:
    clause: {ref: 第一条, quote: 本办法适用于全盟科技特派员的选派}
    window: intake
    form:
      - title: 申请
        fields: [{fact: person.unit}, {fact: application.county}, {fact: person.education}]
    eligibility:
      - id: schooling
        require: {fact: person.education, at_least: 大学}
        message: 须大学毕业。
        clause: {ref: 第三条, quote: 应当具有大学毕业文凭}
    routes:
      - id: banner_then_league
        clause: {ref: 第四条, quote: 由旗科技局审核，盟特派员办公室聘任}
        steps: [{act: review, office: banner}, {act: finalisation, office: league}]
    grounds: []
    resubmission: starts_over
    term: {begins: 01-01, years: 5, clause: {ref: 第五条, quote: 聘期五年，自当年一月一日起算}}
documents:
  publicity_list: {title: 公示, body: ["共{count}人"], signed_by: [盟特派员办公室], asks: wording}
  appointment_notice:
    title: "{city}聘任通知"
    number: {word: 盟科, left: （, right: ）, suffix: 号}
    body: ["聘任{count}人"]
    signed_by: [盟特派员办公室]
    asks: wording
  certificate:
    title: 聘书
    number: {word: 盟科聘, left: （, right: ）, suffix: 号}
    body: ["聘任{name}"]
    signed_by: [盟特派员办公室]
    asks: wording
open_questions:
  - {id: wording, text: 文本未定, chosen: 按本包文本, why: 从简}
"""
TWO_DESKS_TEXT = """\
第一条 本办法适用于全盟科技特派员的选派。
第二条 每年三月一日起受理申请，
至年底为止。
第三条 应当具有大学毕业文凭。
第四条 由旗科技局审核，盟特派员办公室聘任。
第五条 聘期五年，自当年一月一日起算。
第六条 各旗可以根据当地实际另行制定实施细则，报盟特派员办公室。
"""


def two_desks(folder: Path) -> Path:
    """Write a pack of another region: two desks, other names of levels, no consent of a unit, working days."""
    (folder / "pack.yaml").write_text(TWO_DESKS, encoding="utf-8")
    (folder / "text.txt").write_text(TWO_DESKS_TEXT, encoding="utf-8")
    return folder
