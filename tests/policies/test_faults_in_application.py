"""Each mistake in how a pack lets people apply is told: routes, forms, conditions."""

from pathlib import Path

import pytest

from apps.policies.acts import ACTS
from tests.policies.planting import Fault, assert_told

LAST_STEPS = """          - {act: notice, office: region, days: {ask: notice_days}}
          - {act: finalisation, office: region}
"""
PAST_CITY = """          - {act: review, office: county}
          - {act: notice, office: region, days: {ask: notice_days}}
"""
NOTICE = "          - {act: notice, office: region, days: 7}\n"
AGE = "require: {fact: person.age, at_least: 18}"
EDUCATION = "{fact: person.education, at_least: 大专}"

EXECUTABLE = f"可用：{'、'.join(act.key for act in ACTS.values() if act.executable)}"

PLANTED: dict[str, Fault] = {
    "office that is not there": (
        [("{act: review, office: city}", "{act: review, office: town}")],
        [("office: town", "没有“town”这一办理机关", "在 offices 中补上")],
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
    "route without a final act": (
        [(PAST_CITY + LAST_STEPS.splitlines()[1], PAST_CITY[:-1].replace("{ask: notice_days}", "7"))],
        [("days: 7}", "最后一步不是终审行为", "以 finalisation 等结束")],
    ),
    "act that nothing carries out": (
        [("{act: review, office: city}", "{act: vote, office: city}")],
        [("{act: vote,", "没有程序办理“vote”这一行为", EXECUTABLE)],
    ),
    "notice that is agreed to in writing": (
        [("office: county}\n          - {act: notice, office: region, days: {ask: notice_days}}",
          "office: county}\n          - {act: notice, office: region, written: true, days: {ask: notice_days}}")],
        [("written: true, days", "公示期满由系统转办，没有人填写意见", "删去 written")],
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
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_told_with_its_place_and_what_to_do(name: str, tmp_path: Path):
    assert_told(PLANTED[name], tmp_path)
