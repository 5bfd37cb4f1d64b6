"""Each mistake in the words of a pack is told: names, quotes, days, answers, placeholders."""

from pathlib import Path

import pytest

from tests.policies.planting import Fault, assert_told

FOUR = "quote: 于7月31日之前发送县级科技行政主管部门"
ADULT = """remedy: 请核对出生日期。
        asks: who_may_apply"""

PLANTED: dict[str, Fault] = {
    "unknown key": (
        [('jurisdiction: "45"', 'jurisdiction: "45"\ncolour: red')],
        [("colour: red", "不认识的键", "检查拼写，或删去")],
    ),
    "misspelt key deep inside": (
        [("label: 网上申请,", "label: 网上申请, grace_day: 3,")],
        [("grace_day: 3", "不认识的键", "检查拼写，或删去")],
    ),
    "two offices that are no offices": (
        [("unit: {body: dispatching_unit, scope: applicant.unit, label: 派出单位}", "unit: 派出单位"),
         ("city: {body: sci_tech_authority, scope: record.county_served.supervisor, label: 市科技局}",
          "city: 市科技局")],
        [("  unit: 派出单位", "应为键值对", "按同类的包改写"), ("  city: 市科技局", "应为键值对", "按同类的包改写")],
    ),
    "missing key": (
        [("    resubmission: resumes\n", "")],
        [("  application:\n    asks: application_form", "缺少必填的键", "补上")],
    ),
    "question that is not there": (
        [("begins: {ask: term_begins}", "begins: {ask: first_day}")],
        [
            ("begins: {ask: first_day}", "待定事项“first_day”不存在", "在 open_questions 中补上"),
            ("- id: term_begins", "待定事项“term_begins”没有规则引用", "删去，或由规则引用"),
        ],
    ),
    "window that closes before it opens": (
        [("opens: 06-01, closes: 07-15", "opens: 07-15, closes: 06-01")],
        [("opens: 07-15", "窗口在开始之前就已截止", "更正 opens 与 closes")],
    ),
    "day that does not exist": (
        [("      closes: 08-08\n", "      closes: 02-30\n")],
        [("closes: 02-30", "没有“02-30”这一天", "写成 08-05 或 2023-08-05")],
    ),
    "day written otherwise": (
        [("      closes: 08-08\n", "      closes: 8月8日\n")],
        [("closes: 8月8日", "写法不对", "应符合 ^([0-9]{4}-)?[0-9]{2}-[0-9]{2}$")],
    ),
    "date of issue that does not exist": (
        [("issued: 2023-07-26", "issued: 2023-02-30")],
        [("issued: 2023-02-30", "没有这一天", "写成 2023-07-26")],
    ),
    "quote that is not in the text": (
        [(FOUR, FOUR.replace("31", "30"))],
        [(FOUR.replace("31", "30"), "引文不在政策原文中", "逐字摘录原文（空白不计）")],
    ),
    "quote too short to prove anything": (
        [(FOUR, "quote: 7月31日")],
        [("quote: 7月31日", "引文过短：“7月31日”", "至少摘录6字")],
    ),
    "rule that rests on nothing": (
        [(ADULT, ADULT.splitlines()[0])],
        [("- id: adult", "规则既无条款依据，也未列入待定事项", "补 clause，或补 asks")],
    ),
    "rule that rests on both": (
        [(ADULT, ADULT + "\n        clause: {ref: 三（三）, quote: 每位科技特派员必须加入“一县一团”}")],
        [("- id: adult", "同时写了条款与待定事项", "只留一个")],
    ),
    "two rules of one name": (
        [("- id: county_team\n        require", "- id: own_county\n        require")],
        [("- id: own_county\n        require", "“own_county”重复", "改名，或删去一处")],
    ),
    "two questions of one name": (
        [("  - id: application_form\n", "  - id: application_window\n")],
        [
            ("  application:\n    asks", "待定事项“application_form”不存在", "在 open_questions 中补上"),
            ("- {id: diploma", "待定事项“application_form”不存在", "在 open_questions 中补上"),
            ("- {id: other", "待定事项“application_form”不存在", "在 open_questions 中补上"),
            ("- id: declaration", "待定事项“application_form”不存在", "在 open_questions 中补上"),
            ("- id: application_window\n    text: 原文所列", "“application_window”重复", "改名，或删去一处"),
        ],
    ),
    "one value twice on a scale": (
        [("[无职称, 初级, 中级,", "[无职称, 初级, 初级, 中级,")],
        [("title: [无职称", "“初级”重复", "改名，或删去一处")],
    ),
    "answer that does not fit": (
        [("chosen: 5\n", "chosen: 五天\n")],
        [("- id: notice_days", "选定的“五天”不合要求：应填写1至366的整数（天）", "更正 chosen")],
    ),
    "answer that is not an option": (
        [("chosen: qualified", "chosen: anybody")],
        [("- id: who_may_apply", "选定的“anybody”不合要求：请从所列选项中选择", "更正 chosen")],
    ),
    "option that is not offered": (
        [("{ask: application_route, is: past_city}", "{ask: application_route, is: by_air}")],
        [
            ("- id: past_city", "路径“past_city”永远走不到", "把无条件的路径放在最后，条件不要重复"),
            ("is: by_air", "待定事项“application_route”没有“by_air”这一选项", "从其 options 中选用"),
        ],
    ),
    "placeholder that means nothing": (
        [("兹聘任{name}同志", "兹聘任{surname}同志")],
        [("{surname}", "没有“surname”这一占位", "可用：{name}、{unit}、{host}、{county}、{term_from}、{term_to}")],
    ),
    "placeholder of another document": (
        [("乡村科技特派员，服务{county}。", "乡村科技特派员，服务{city}。")],
        [("服务{city}。", "没有“city”这一占位", "可用：{name}、{unit}、{host}、{county}、{term_from}、{term_to}")],
    ),
    "brace without a partner": (
        [("乡村科技特派员，服务{county}。", "乡村科技特派员，服务{county}}。")],
        [("服务{county}}。", "没有“}”这一占位", "可用：{name}、{unit}、{host}、{county}、{term_from}、{term_to}")],
    ),
    "certificate without a number": (
        [("    number: {word: 桂科特聘, left: 〔, right: 〕, suffix: 号, digits: 5}\n", "")],
        [("  certificate:", "没有编号格式", "补 number")],
    ),
    "column of the roster that nobody can fill": (
        [('    roster_title: "{year}', '    roster: {name: 姓名, phone: 手机号}\n    roster_title: "{year}')],
        [("phone: 手机号", "名单没有“phone”这一栏", "可用：name、unit、host、county")],
    ),
    "kind of file that is not taken": (
        [("kinds: [jpg, png, pdf], at", "kinds: [jpg, exe, pdf], at")],
        [("kinds: [jpg, exe", "值不在可选范围内", "可用：'jpg', 'png', 'pdf', 'docx' or 'xlsx'")],
    ),
    "number too large": (
        [("at_most_files: 3,", "at_most_files: 300,")],
        [("at_most_files: 300", "数值过大", "不大于20")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_told_with_its_place_and_what_to_do(name: str, tmp_path: Path):
    assert_told(PLANTED[name], tmp_path)
