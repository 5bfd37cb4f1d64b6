"""Each mistake that people make in a pack is told with its place, in words, and with what to do."""

import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from tests.policies.packs import SHIPPED, edited, line_with

FOUR = "于7月31日之前发送县级科技行政主管部门"
LAST_STEPS = """          - {act: notice, office: region, days: {ask: notice_days}}
          - {act: finalisation, office: region}
"""
PAST_CITY = """          - {act: review, office: county}
          - {act: notice, office: region, days: {ask: notice_days}}
"""
NOTICE = "          - {act: notice, office: region, days: 7}\n"
ADULT = """remedy: 请核对出生日期。
        asks: who_may_apply"""
AGE = "require: {fact: person.age, at_least: 18}"
EDUCATION = "{fact: person.education, at_least: 大专}"

PLANTED = {
    "unknown key": (
        [('jurisdiction: "45"', 'jurisdiction: "45"\ncolour: red')],
        [("colour: red", "不认识的键", "检查拼写，或删去")],
    ),
    "misspelt key deep inside": (
        [("label: 网上申请,", "label: 网上申请, grace_day: 3,")],
        [("grace_day: 3", "不认识的键", "检查拼写，或删去")],
    ),
    "missing key": (
        [("    resubmission: resumes\n", "")],
        [("  application:\n    asks: application_form", "缺少必填的键", "补上")],
    ),
    "office that is not there": (
        [("{act: review, office: city}", "{act: review, office: town}")],
        [("office: town", "没有“town”这一办理机关", "在 offices 中补上")],
    ),
    "question that is not there": (
        [("begins: {ask: term_begins}", "begins: {ask: first_day}")],
        [
            ("begins: {ask: first_day}", "待定事项“first_day”不存在", "在 open_questions 中补上"),
            ("- id: term_begins", "待定事项“term_begins”没有规则引用", "删去，或由规则引用"),
        ],
    ),
    "window that is not there": (
        [("    window: application\n", "    window: applying\n")],
        [("window: applying", "没有“applying”这一窗口", "在 calendar.windows 中补上")],
    ),
    "value that is not on the scale": (
        [("at_least: 大专}", "at_least: 中专}")],
        [("at_least: 中专}", "“中专”不是“学历”的取值", "从 scales 或 choices 中选用")],
    ),
    "fact that is not there": (
        [("fact: person.age,", "fact: person.height,")],
        [("fact: person.height", "没有“person.height”这一事实", "从事实登记表中选用")],
    ),
    "fact that nobody types": (
        [("- {fact: person.sex}", "- {fact: unit.kind}")],
        [("- {fact: unit.kind}", "“unit.kind”不能由申请人填写", "从事实登记表中选用")],
    ),
    "fact that has no values to choose from": (
        [("  sex: {男: 男, 女: 女}\n", "")],
        [("- {fact: person.sex}", "“性别”没有可选的值", "在 scales 或 choices 中补 sex")],
    ),
    "route behind one for everybody": (
        [("        if_chosen: {ask: application_route, is: through_city}\n", "")],
        [("- id: past_city", "路径“past_city”永远走不到", "把无条件的路径放在最后，条件不要重复")],
    ),
    "route whose condition can never hold": (
        [
            (
                "is: past_city}\n",
                "is: past_city}\n        when: {all: [{fact: person.in_service, is: true}, "
                "{fact: person.in_service, is: false}]}\n",
            )
        ],
        [("- id: past_city", "路径“past_city”永远走不到", "把无条件的路径放在最后，条件不要重复")],
    ),
    "option that is not offered": (
        [("{ask: application_route, is: past_city}", "{ask: application_route, is: by_air}")],
        [
            ("- id: past_city", "路径“past_city”永远走不到", "把无条件的路径放在最后，条件不要重复"),
            ("is: by_air", "待定事项“application_route”没有“by_air”这一选项", "从其 options 中选用"),
        ],
    ),
    "route without a final act": (
        [(PAST_CITY + LAST_STEPS.splitlines()[1], PAST_CITY[:-1].replace("{ask: notice_days}", "7"))],
        [("days: 7}", "最后一步不是终审行为", "以 finalisation 等结束")],
    ),
    "act that nothing carries out": (
        [("{act: review, office: city}", "{act: vote, office: city}")],
        [("{act: vote,", "没有程序办理“vote”这一行为", "可用：consent、review、notice、finalisation")],
    ),
    "notice without days": (
        [("office: county}\n          - {act: notice, office: region, days: {ask: notice_days}}",
          "office: county}\n          - {act: notice, office: region}")],
        [("{act: notice, office: region}", "公示没有期限", "补 days，或 days: {ask: …}")],
    ),
    "notice as the first act": (
        [("          - {act: consent, office: unit}\n" + PAST_CITY, NOTICE)],
        [("days: 7}", "公示不能是第一步", "先审核，后公示")],
    ),
    "notice by an office that cannot publish": (
        [(PAST_CITY, PAST_CITY.replace("notice, office: region", "notice, office: county"))],
        [
            (
                "{act: notice, office: county",
                "公示只能由本级协调办公室发布",
                "改为 body: coordination_office、scope: jurisdiction 的机关",
            )
        ],
    ),
    "applicant who reviews himself": (
        [("unit: {body: dispatching_unit, scope: applicant.unit,", "unit: {body: applicant, scope: record.person,"),
         ("{act: review, office: city}", "{act: review, office: unit}")],
        [
            ("{act: review, office: unit}", "申请人不能办理这一行为", "改为其他机关"),
            ("- {act: consent, office: unit}\n          - {act: review, office: county}\n          - {act: notice",
             "本人没有可选的不同意理由", "在 grounds 中补一项，offices: [unit]"),
        ],
    ),
    "office whose body cannot sit there": (
        [("dispatching_unit, scope: applicant.unit,", "dispatching_unit, scope: jurisdiction,")],
        [("unit: {body:", "dispatching_unit 不能设在 jurisdiction", "scope 可用：applicant.unit")],
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
        [(FOUR, "7月31日")],
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
        [("- id: county_team", "- id: own_county")],
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
    "route that nobody of the pack starts": (
        [("      - id: past_city\n", "      - id: past_city\n        starts: mayor\n")],
        [("starts: mayor", "没有“mayor”这一办理机关", "写 applicant，或在 offices 中补上")],
    ),
    "office that is too low to start": (
        [("      - id: past_city\n", "      - id: past_city\n        starts: county\n")],
        [("starts: county", "只有设在 jurisdiction 的机关可以发起", "改为本级机关")],
    ),
    "page asked of those who start nothing": (
        [("      - title: 承诺\n", "      - title: 承诺\n        starts: [city]\n")],
        [
            ("starts: [city]", "没有由“city”发起的路径", "从 routes 的 starts 中选用"),
            ("{fact: application.joins_county_team, is: true}",
             "表单没有询问“加入县级服务团”，此条件无从判断", "在 form 中加入"),
            ("{fact: application.declaration, is: true}",
             "表单没有询问“承诺所填内容真实”，此条件无从判断", "在 form 中加入"),
        ],
    ),
    "rule for those who start nothing": (
        [("      - id: county_team\n", "      - id: county_team\n        starts: [region]\n")],
        [("starts: [region]", "没有由“region”发起的路径", "从 routes 的 starts 中选用")],
    ),
    "host whom the form does not ask for": (
        [("unit: {body: dispatching_unit, scope: applicant.unit,", "unit: {body: host, scope: record.host,")],
        [
            ("- {act: consent, office: unit}\n          - {act: review, office: county}\n          - {act: review",
             "表单没有询问“服务单位”，此环节无从确定", "在 form 中加入"),
            ("- {act: consent, office: unit}\n          - {act: review, office: county}\n          - {act: notice",
             "表单没有询问“服务单位”，此环节无从确定", "在 form 中加入"),
        ],
    ),
    "person who is asked and cannot refuse": (
        [("unit: {body: dispatching_unit, scope: applicant.unit,", "unit: {body: applicant, scope: record.person,")],
        [
            ("- {act: consent, office: unit}\n          - {act: review, office: county}\n          - {act: notice",
             "本人没有可选的不同意理由", "在 grounds 中补一项，offices: [unit]"),
        ],
    ),
    "ground of an office that is not there": (
        [("- {id: needs, label", "- {id: needs, offices: [town], label")],
        [("offices: [town]", "没有“town”这一办理机关", "在 offices 中补上")],
    ),
    "column of the roster that nobody can fill": (
        [('    roster_title: "{year}', '    roster: {name: 姓名, phone: 手机号}\n    roster_title: "{year}')],
        [("phone: 手机号", "名单没有“phone”这一栏", "可用：name、unit、host、county")],
    ),
    "presence beside another comparison": (
        [(AGE, "require: {fact: person.age, at_least: 18, present: true}")],
        [("require: {fact: person.age", "present 不能与其他比较并写", "只留其他比较：没有填写的本就不符合")],
    ),
    "presence that is denied": (
        [(AGE, "require: {fact: person.age, present: false}")],
        [("present: false", "值不在可选范围内", "可用：True")],
    ),
    "entry that a rule needs and nobody is asked for": (
        [("          - {fact: person.birth_date}\n", "")],
        [(AGE, "表单没有询问“出生日期”，此条件无从判断", "在 form 中加入")],
    ),
    "entry asked twice": (
        [("- {fact: person.sex}", "- {fact: person.name}")],
        [("- {fact: person.name}\n          - {fact: person.birth", "“person.name”重复", "删去一处")],
    ),
    "document asked twice": (
        [("{id: other, label", "{id: diploma, label")],
        [("{id: diploma, label: 其他", "附件“diploma”重复", "改名或删去")],
    ),
    "page without content": (
        [("      - title: 承诺\n", "      - title: 空白\n      - title: 承诺\n")],
        [("- title: 空白", "这一步没有内容", "删去，或补填写项")],
    ),
    "comparison that the fact does not allow": (
        [("{fact: person.in_service, is: true}", "{fact: person.in_service, at_least: true}")],
        [("{fact: person.in_service, at", "“是否在职”不能比较大小", "改用 is 或 in")],
    ),
    "number compared with text": (
        [("years_of_service, at_least: 5}", "years_of_service, at_least: 五}")],
        [("at_least: 五}", "“五”不是“从事科技服务年限”的取值", "写成整数")],
    ),
    "yes or no compared with a word": (
        [("{fact: person.in_service, is: true}", "{fact: person.in_service, is: yes}")],
        [("is: yes}", "“yes”不是“是否在职”的取值", "写成 true 或 false")],
    ),
    "condition without a comparison": (
        [(EDUCATION, "{fact: person.education}")],
        [("- {fact: person.education}\n            -", "没有比较方式", "补 is、in、at_least 等")],
    ),
    "condition that says two things": (
        [(AGE, "require: {fact: person.age, at_least: 18, all: [{fact: person.in_service, is: true}]}")],
        [("require: {fact: person.age", "条件应恰有 all、any、not、fact 之一", "拆开书写")],
    ),
    "condition without content": (
        [(AGE, "require: {all: []}")],
        [("require: {all: []}", "条件没有内容", "补上，或删去")],
    ),
    "several-valued fact compared with one value": (
        [(AGE, "require: {fact: application.industries, is: rice}")],
        [("industries, is: rice", "“服务产业”可有多项，不能用 is", "改用 in")],
    ),
    "kind of file that is not taken": (
        [("kinds: [jpg, png, pdf], at", "kinds: [jpg, exe, pdf], at")],
        [("kinds: [jpg, exe", "值不在可选范围内", "可用：'jpg', 'png', 'pdf', 'docx' or 'xlsx'")],
    ),
    "number too large": (
        [("at_most_files: 3,", "at_most_files: 300,")],
        [("at_most_files: 300", "数值过大", "不大于20")],
    ),
    "source text that is not there": (
        [("file: source.txt", "file: policy.txt")],
        [("file: policy.txt", "找不到政策原文“policy.txt”", "把原文放在包的同一目录下")],
    ),
    "source text outside the folder": (
        [("file: source.txt", "file: ../source.txt")],
        [("file: ../source.txt", "找不到政策原文“../source.txt”", "把原文放在包的同一目录下")],
    ),
    "bracket left open": (
        [("education: [高中及以下, 大专, 本科, 硕士, 博士]", "education: [高中及以下, 大专")],
        [("title: [无职称", "格式有误：expected ',' or ']', but got ':'", "检查缩进、冒号和括号")],
    ),
    "tab in the margin": (
        [("    asks: application_form\n    window", "\tasks: application_form\n    window")],
        [("\tasks", "格式有误：found character '\\t' that cannot start any token", "检查缩进、冒号和括号")],
    ),
    "key written twice": (
        [("    resubmission: resumes\n", "    resubmission: resumes\n    resubmission: starts_over\n")],
        [("resubmission: starts_over", "同一个键写了两次", "合并，或删去一处")],
    ),
    "anchor": (
        [("education: [高中", "education: &levels [高中")],
        [("&levels", "不允许使用锚点与别名", "把内容写全")],
    ),
    "alias": (
        [("title: [无职称, 初级, 中级, 副高级, 正高级]", "title: *levels")],
        [("*levels", "不允许使用锚点与别名", "把内容写全")],
    ),
    "tag": (
        [("education: [高中", "education: !!python/tuple [高中")],
        [("!!python", "不允许使用类型标记", "去掉以 ! 开头的标记")],
    ),
    "second document in the file": (
        [("\nopen_questions:\n", "\n---\nopen_questions:\n")],
        [("---\n", "格式有误：but found another document", "检查缩进、冒号和括号")],
    ),
    "control character": (
        [("title: 聘书", "title: 聘\x07书")],
        [("聘\x07书", "含有不可见的控制字符", "删去")],
    ),
}  # fmt: skip


def run(path: Path) -> list[str]:
    """Check a pack that is at fault and return the lines printed."""
    out = StringIO()
    with pytest.raises(CommandError) as raised:
        call_command("policy", "check", str(path), stdout=out)
    assert raised.value.returncode == 1
    return out.getvalue().splitlines()


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_told_with_its_place_and_what_to_do(name: str, tmp_path: Path):
    edits, expected = PLANTED[name]
    path = edited(tmp_path, *edits)
    told = [line.split(": ", 1)[0] + " " + line.split(": ", 2)[2] for line in run(path)]
    wanted = [f"{path}:{line_with(path, words)} {message} — {remedy}" for words, message, remedy in expected]
    assert sorted(told) == sorted(wanted)


FILES = {
    "not UTF-8": ("标题: 甲".encode("gbk"), "不是 UTF-8 文本", "另存为 UTF-8"),
    "too large": (b"# " + b"x" * 1_000_000, "文件超过 1 MB", "政策包只放规则与原文"),
    "empty": (b"", "内容应为键值对", "从已有的包开始改写"),
    "a list": (b"- a\n- b\n", "内容应为键值对", "从已有的包开始改写"),
    "nested without end": (b"a: " + b"[" * 5000 + b"]" * 5000, "嵌套过深", "按同类的包改写"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_pack_at_all_is_refused_in_words(name: str, tmp_path: Path):
    data, message, remedy = FILES[name]
    (tmp_path / "pack.yaml").write_bytes(data)
    (told,) = run(tmp_path)
    assert told.startswith(f"{tmp_path / 'pack.yaml'}:1: ")
    assert message in told
    assert told.endswith(f" — {remedy}")


def test_a_source_text_that_is_not_utf_8_is_refused(tmp_path: Path):
    edited(tmp_path)
    (tmp_path / "source.txt").write_bytes("政策".encode("gbk"))
    assert run(tmp_path) == [f"{tmp_path / 'source.txt'}:1: source.txt: 不是 UTF-8 文本 — 另存为 UTF-8"]


def test_a_pack_that_does_not_exist_is_named_with_those_that_do(tmp_path: Path):
    missing = tmp_path / "nowhere"
    assert run(missing) == [f"{missing}:1: pack: 找不到政策包 — 给出目录或文件，或已有的包：guangxi-2023、jinzhong"]


def test_every_fault_of_a_pack_is_told_at_once_in_the_order_of_its_lines(tmp_path: Path):
    edited(
        tmp_path,
        ("fact: person.age,", "fact: person.height,"),
        ("title: 聘书", "title: 聘{x}书"),
        (FOUR, "无此引文无此引文"),
    )
    lines = [int(line.split(":")[1]) for line in run(tmp_path)]
    assert len(lines) == 3
    assert lines == sorted(lines)


def test_the_command_ends_with_1_for_a_faulty_pack_and_with_0_for_a_sound_one(tmp_path: Path):
    faulty = edited(tmp_path, ("office: city}", "office: town}"))
    command = [sys.executable, "manage.py", "policy", "check"]
    ended = subprocess.run([*command, str(faulty)], cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (1, "CommandError: 1 处错误\n")
    assert (
        subprocess.run([*command, str(SHIPPED)], cwd=settings.BASE_DIR, capture_output=True, check=False).returncode
        == 0
    )
