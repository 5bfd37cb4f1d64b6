"""Each mistake in the parameter sheet is told: teams, seats, assessment, returns, bounds, facts."""

from pathlib import Path

import pytest

from apps.policies.acts import ACTS
from apps.policies.wording import OF_A_PERSON
from tests.policies.planting import Fault, assert_told

BY_POST = "          ex_officio: 市科技局相关业务科长\n"
BOTH = "at_least: 2, rule: all, one_refusal: blocks"
JOINTLY = f"steps: [{{act: verdicts, office: region, verdicts: {{of: [team_leader, region], {BOTH}}}}}]\n"
NEXT = "        secretary_general"
CONSENT = "- {act: consent, office: unit, called: 出具意见, written: true}"
QUESTION = """\
  - id: weight_satisfaction
    text: 服务对象满意度“约占10%”，是约数
    chosen: 10
    why: 取原文数字，三部分合计为100
"""
SEAT = "        secretary_general:\n          label: 秘书长\n"
ASSESSED = "    subjects:\n      - {of: commissioner, by: region,"
GRADE = "asks: score_standard}"
TIES = "志愿和县级意见都相同的先后"
FALSE = "when: {fact: year.false_check_ins, at_least: 1}"
WEIGHT = "weight: {ask: weight_satisfaction}, "


def grades(second: str) -> str:
    first = f"{{id: good, name: 好, least: 80, {GRADE}"
    return f"    grades: [{first}, {{{second}, {GRADE}]\n{ASSESSED}"


def moved(sort: str, office: str) -> str:
    """Return a change of one sort that one office resolves, before the grounds of dismissals."""
    route = f"{{id: up, asks: document_wording, steps: [{{act: finalisation, office: {office}}}]}}"
    what = f"id: moved, label: 调整, changes: {{{sort}: 调整}}, resubmission: resumes"
    return f"  adjustments: [{{{what}, asks: document_wording, routes: [{route}]}}]\n  dismissals:\n"


def pact(parties: str) -> str:
    number = "{word: 协, left: 〔, right: 〕, suffix: 号}"
    text = f"{{title: 协议, number: {number}, body: [条款], asks: document_wording}}"
    return (
        f"  agreements: {{pact: {{label: 协议, parties: {parties}, asks: document_wording, text: {text}}}}}\n"
        "  dismissals:\n"
    )


PLANTED: dict[str, Fault] = {
    "assessment by an office that is not there": (
        [("- {of: leader, by: region,", "- {of: leader, by: court,")],
        [("by: court", "没有“court”这一办理机关", "在 offices 中补上")],
    ),
    "result for an office that is not there": (
        [("- {of: leader, by: region,", "- {of: leader, by: region, reported_to: court,")],
        [("reported_to: court", "没有“court”这一办理机关", "在 offices 中补上")],
    ),
    "return to an office that is not there": (
        [("up: [{office: city, by: 08-05}", "up: [{office: mayor, by: 08-05}")],
        [("office: mayor", "没有“mayor”这一办理机关", "在 offices 中补上")],
    ),
    "agreement with an office that is not there": (
        [("  dismissals:\n",
          pact("[person, court]"))],
        [("  agreements:", "没有“court”这一办理机关", "在 offices 中补上")],
    ),
    "agreement of one party with itself": (
        [("  dismissals:\n",
          pact("[person, person]"))],
        [("  agreements:", "同一方签了两次", "删去一处")],
    ),
    "agreement that asks for what nobody fills in": (
        [("  dismissals:\n",
          pact("[person, county]").replace("[条款]", "['{team}服务{county}']"))],
        [("  agreements:", "没有“team”这一占位", f"可用：{'、'.join(f'{{{name}}}' for name in OF_A_PERSON)}")],
    ),
    "wishes without a rule for ties": (
        [(f"  allocation: {{label: {TIES}, ties: {{ask: equal_standing}}, asks: equal_standing}}\n", "")],
        [("    wishes: {label: 重点", "有志愿而没有规定同等条件的先后", "在 sheet 中补 allocation"),
         ("- id: equal_standing", "待定事项“equal_standing”没有规则引用", "删去，或由规则引用")],
    ),
    "ties put in order by an unknown rule": (
        [("      promotion: 所选各县", "      seniority: 所选各县")],
        [("ties: {ask: equal_standing}", "不能按“seniority”排定先后", "可用：lottery、promotion")],
    ),
    "change that goes to an office that is not there": (
        [("  dismissals:\n",
          moved("task", "court"))],
        [("  adjustments:", "没有“court”这一办理机关", "在 offices 中补上")],
    ),
    "area that changes though wishes settle it and a certificate attests it": (
        [("  dismissals:\n",
          moved("area", "city"))],
        [("  adjustments:", "服务县按志愿分配，不能由调整改变", "删去 area"),
         ("  adjustments:", "聘书写明服务县，没有程序换发", "删去 area，或删去 certificate")],
    ),
    "return that comes up before it is sent": (
        [("{office: city, by: 08-05}, {office: region, by: 08-08}",
          "{office: city, by: 08-08}, {office: region, by: 08-05}")],
        [("{office: city, by: 08-08}", "上一级的截止日早于下一级", "更正 by")],
    ),
    "return on a day that does not exist": (
        [("{office: region, by: 08-12}", "{office: region, by: 02-30}")],
        [("by: 02-30", "没有“02-30”这一天", "写成 08-05 或 2023-08-05")],
    ),
    "bounds the wrong way round": (
        [("size: {at_least: 5, at_most: 20}", "size: {at_least: 20, at_most: 5}")],
        [("size: {", "上限小于下限", "更正 at_least 与 at_most")],
    ),
    "bounds that bound nothing": (
        [("between: {at_least: 5379}", "between: {}")],
        [("between: {}", "没有上限也没有下限", "补 at_least 或 at_most")],
    ),
    "mix larger than the team": (
        [("      size: {at_least: 5, at_most: 20}\n",
          "      size: {at_least: 5, at_most: 20}\n      mix: [{label: 高校, at_least: 21}]\n")],
        [("mix:", "各类人员合计21人，超过团队上限20人", "更正 mix 或 size")],
    ),
    "weights that do not come to a hundred": (
        [("    chosen: 60\n    why: 取原文数字", "    chosen: 50\n    why: 取原文数字")],
        [("    parts:", "权重合计90，应为100", "更正 weight")],
    ),
    "weights of some parts only": (
        [(WEIGHT, ""), (QUESTION, "")],
        [("    parts:", "有的部分有权重，有的没有", "都写，或都不写")],
    ),
    "part of the score twice": (
        [("- {id: satisfaction, label", "- {id: effect, label")],
        [("- {id: effect, label", "“effect”重复", "改名，或删去一处")],
    ),
    "grades the wrong way round": (
        [(ASSESSED, grades("id: best, name: 最好, least: 90"))],
        [("    grades:", "等次应从高到低排列，起点分逐级降低", "小于上一等次的80分")],
    ),
    "two grades of one name": (
        [(ASSESSED, grades("id: best, name: 好, least: 70"))],
        [("    grades:", "等次“好”重复", "改名，或删去一处")],
    ),
    "cap that asks a question that is not there": (
        [(ASSESSED, grades("id: fair, name: 中, cap: {percent: 15, base: all, rounding: down, asks: whole}"))],
        [("    grades:", "待定事项“whole”不存在", "在 open_questions 中补上")],
    ),
    "cap of a base that is not offered": (
        [(ASSESSED, grades("id: fair, name: 中, cap: {percent: 15, base: {ask: notice_days}, rounding: down}"))],
        [("- id: notice_days", "选定的“5”不合要求：请从所列选项中选择", "更正 chosen")],
    ),
    "seat by post and by election": (
        [(BY_POST, BY_POST + "          elected: true\n")],
        [("        city_liaison:", "席位有两种产生办法", "ex_officio、elected、routes 只留其一")],
    ),
    "seat by post and by application": (
        [(SEAT, SEAT + "          ex_officio: 秘书\n")],
        [("        secretary_general:", "席位有两种产生办法", "ex_officio、elected、routes 只留其一")],
    ),
    "statement for a seat that nobody applies for": (
        [(BY_POST, BY_POST + "          statement_at_most: 1000\n")],
        [("statement_at_most: 1000\n          clause: {ref: 三（五）3",
          "席位不经申请，用不着个人介绍", "删去，或补 routes")],
    ),
    "route of a seat without a decision": (
        [(JOINTLY + NEXT, "steps: [{act: nomination, office: region}]\n" + NEXT)],
        [("steps: [{act: nomination, office: region}]", "最后一步不是终审行为", "以 finalisation 等结束")],
    ),
    "route of a seat over an office that is not there": (
        [(CONSENT, "- {act: consent, office: dean, called: 出具意见}")],
        [("office: dean", "没有“dean”这一办理机关", "在 offices 中补上")],
    ),
    "route of a seat by an act that is not there": (
        [(CONSENT, "- {act: blessing, office: unit}")],
        [("act: blessing", "没有程序办理“blessing”这一行为", f"可用：{'、'.join(ACTS)}")],
    ),
    "route of a seat that only publishes after nothing": (
        [(f"{CONSENT}\n                - {{act: selection, office: region}}\n                "
          "- {act: notice, office: region, days: {ask: notice_days}}", "- {act: notice, office: region, days: 5}")],
        [("- {act: notice, office: region, days: 5}", "公示不能是第一步", "先审核，后公示")],
    ),
    "dismissal that nobody starts": (
        [("          starts: county\n", "          starts: sheriff\n")],
        [("starts: sheriff", "没有“sheriff”这一办理机关", "写 applicant，或在 offices 中补上")],
    ),
    "joint act of a seat that asks nobody": (
        [(f"                  verdicts: {{of: [team_leader, county], {BOTH}}}\n", "")],
        [("                - act: verdicts\n", "“共同选定”没有写明由谁表态", "补 verdicts: {of: […], rule: …}")],
    ),
    "two duties of one name": (
        [("- {id: spot_checks, who", "- {id: real_service, who")],
        [("- {id: real_service, who: 县级", "“real_service”重复", "改名，或删去一处")],
    ),
    "condition of a dismissal over a fact that is not there": (
        [(FALSE, "when: {fact: year.lies, at_least: 1}")],
        [("year.lies", "没有“year.lies”这一事实", "从事实登记表中选用")],
    ),
    "condition of a seat off the scale": (
        [("require: {fact: unit.level, at_least: county}", "require: {fact: unit.level, at_least: province}")],
        [("at_least: province", "“province”不是“派出单位层级”的取值", "从 scales 或 choices 中选用")],
    ),
    "application judged by what nobody counts yet": (
        [("require: {fact: person.age, at_least: 18}", "require: {fact: year.services, at_least: 5}")],
        [("fact: year.services", "“本年度服务次数”尚无程序提供，申请时无从判断", "改用申请时已知的事实")],
    ),
    "form that asks what nobody counts yet": (
        [("- {fact: person.sex}", "- {fact: year.services}")],
        [("- {fact: year.services}", "“year.services”不能由申请人填写", "从事实登记表中选用")],
    ),
    "limit that rests on nothing": (
        [("what: leader_candidacies, between: {at_most: 1}, "
          "clause: {ref: 三（五）2, quote: 一个科技特派员最多申请一个团长和一个产业组长}}",
          "what: leader_candidacies, between: {at_most: 1}}")],
        [("    leader_candidacies:", "规则既无条款依据，也未列入待定事项", "补 clause，或补 asks")],
    ),
    "duty of a strength that is not there": (
        [("{id: small_groups, who: 县级科技行政主管部门, process: fieldwork, strength: should",
          "{id: small_groups, who: 县级科技行政主管部门, process: fieldwork, strength: maybe")],
        [("strength: maybe", "值不在可选范围内", "可用：'must', 'should' or 'informs'")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_told_with_its_place_and_what_to_do(name: str, tmp_path: Path):
    assert_told(PLANTED[name], tmp_path)
