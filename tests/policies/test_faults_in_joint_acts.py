"""Each mistake in joint acts, lists, filings, deadlines and hours is told."""

from pathlib import Path

import pytest

from tests.policies.packs import TWO_DESKS
from tests.policies.planting import Fault, assert_told

OF = "of: [members]"
OPINIONS = "act: opinions\n"
REVIEW = "{act: review, office: banner}"
FINAL = "{act: finalisation, office: league}"
QUORUM = "rule: quorum\n              least: 2"
LEAST = "least: 2\n"
SILENCE = "silence: {after_days: 10, means: abstains}"
OFFICE = "  members: {body: member_unit, scope: jurisdiction, label: 成员单位}"
LAPSE = "    lapse: {returned_after_days: 20"
HOURS = "  counting: working_days\n"
ON_DUTY = "clause: {ref: 第一条, quote: 本办法适用于全盟科技特派员的选派}"
SHEET = "sheet: [{id: skill, label: 能力, most: 60}, {id: plan, label: 计划, most: 40}]"


def remind(days: str) -> str:
    return f"    remind: {{{days}, asks: wording}}\n{LAPSE}"


def on_duty(spans: str) -> str:
    return f"{HOURS}  duty_hours: {{every_day: true, spans: {spans}, {ON_DUTY}}}\n"


PLANTED: dict[str, Fault] = {
    "days of a reminder that count in no known way": (
        [(LAPSE, remind("after_days: 5, counting: {ask: base_of_first}"))],
        [("remind:", "选项不是计算天数的办法", "可用：natural_days、working_days")],
    ),
    "days to hand in again that count in no known way": (
        [(LAPSE, f"{LAPSE}, counting: {{ask: base_of_first}}")],
        [("lapse:", "选项不是计算天数的办法", "可用：natural_days、working_days")],
    ),
    "joint act that asks nobody": (
        [(FINAL, "{act: verdicts, office: league}")],
        [("{act: verdicts,", "“共同选定”没有写明由谁表态", "补 verdicts: {of: […], rule: …}")],
    ),
    "verdicts where one office decides": (
        [(OPINIONS, "act: review\n")],
        [("verdicts:", "“审核”不由多方表态", "删去，或改用 verdicts、scores、opinions、resolution")],
    ),
    "verdict of an office that is not there": (
        [(OF, "of: [members, guild]")],
        [("of: [members, guild]", "没有“guild”这一办理机关", "在 offices 中补上")],
    ),
    "verdict of the applicant": (
        [(OFFICE, f"{OFFICE}\n  person: {{body: applicant, scope: record.person, label: 本人}}"),
         (OF, "of: [members, person]")],
        [("of: [members, person]", "申请人不能为自己的事表态", "从 of 中删去")],
    ),
    "those only heard whose refusal blocks and whose silence counts": (
        [(QUORUM, "rule: heard\n              one_refusal: blocks")],
        [("one_refusal: blocks", "只听取意见的，一方不同意不起作用", "删去 one_refusal"),
         (SILENCE, "只听取意见的，不表态没有后果", "删去 silence")],
    ),
    "one office asked twice": (
        [(OF, "of: [members, members]")],
        [("of: [members, members]", "“members”重复", "删去一处")],
    ),
    "nobody need speak": (
        [("at_least: 3", "at_least: 0")],
        [("at_least: 0", "没有写明至少几方表态", "at_least 不小于1")],
    ),
    "more must speak than are asked": (
        [(OF, "of: [banner, league]")],
        [("at_least: 3", "只有2方，不可能有3方表态", "减小 at_least，或增加 of")],
    ),
    "quorum without a number": (
        [("              least: 2\n", "")],
        [("verdicts:", "quorum 没有写明最低数", "补 least")],
    ),
    "average without a number": (
        [(QUORUM, f"rule: average\n              {SHEET}")],
        [("verdicts:", "average 没有写明最低数", "补 least")],
    ),
    "number that the rule does not look at": (
        [("rule: quorum", "rule: all")],
        [("least: 2\n", "all 不看最低数", "删去 least，或改用 quorum、average")],
    ),
    "average of nothing": (
        [("rule: quorum", "rule: average")],
        [("verdicts:", "取平均分而没有评分表", "补 sheet")],
    ),
    "score sheet that nobody reads": (
        [(LEAST, f"least: 2\n              {SHEET}\n")],
        [("sheet: [{id", "quorum 不看评分", "删去 sheet，或改用 average")],
    ),
    "quorum larger than those asked": (
        [(OF, "of: [banner, league]"), ("at_least: 3", "at_least: 2"), (QUORUM, QUORUM.replace("2", "3"))],
        [("              least: 3\n", "最低数3无法达到或没有意义", "写1至2")],
    ),
    "average above the sheet": (
        [(QUORUM, f"rule: average\n              least: 101\n              {SHEET}")],
        [("least: 101", "最低数101无法达到或没有意义", "写1至100")],
    ),
    "line of a score sheet twice": (
        [(QUORUM, f"rule: average\n              least: 60\n              {SHEET.replace('id: plan', 'id: skill')}")],
        [("sheet: [{id", "“skill”重复", "改名，或删去一处")],
    ),
    "silence that gives no points but agrees": (
        [(QUORUM, f"rule: average\n              least: 60\n              {SHEET}"),
         ("means: abstains", "means: agrees")],
        [("silence:", "没有打分的不能算作同意或不同意", "means: abstains")],
    ),
    "silence longer than the step": (
        [(OPINIONS, f"{OPINIONS}            days: 5\n")],
        [("silence:", "期限已过才算默认", "after_days 不超过5天")],
    ),
    "silence that means something else": (
        [("means: abstains", "means: nothing")],
        [("silence:", "值不在可选范围内", "可用：'agrees', 'refuses' or 'abstains'")],
    ),
    "sealed list of an authority": (
        [(REVIEW, "{act: review, office: banner, listed: true}")],
        [("listed: true", "只有派出单位同意时才能用一张名单", "删去 listed")],
    ),
    "filing before anybody decides": (
        [(REVIEW, "{act: filing, office: banner}")],
        [("{act: filing,", "决定之前无从备案", "放在作出决定的环节之后，或放在最后")],
    ),
    "leader of a team in an application": (
        [(OFFICE, f"{OFFICE}\n  leader: {{body: team_leader, scope: record.team, label: 团长}}"),
         (REVIEW, "{act: review, office: leader}")],
        [("{act: review, office: leader}", "申请还没有所属的团队", "改为其他机关")],
    ),
    "colleagues told before the holder": (
        [(LAPSE, remind("after_days: 7, then_colleagues_after: 5"))],
        [("remind:", "提醒的天数应逐级增加", "大于上一级的7天")],
    ),
    "reminders that end before they begin": (
        [(LAPSE, remind("after_days: 7, then_level_above_after: 14, stop_after: 14"))],
        [("remind:", "提醒的天数应逐级增加", "大于上一级的14天")],
    ),
    "lateness without a last day": (
        [("      closes: 12-31\n", "      late: {days: 5, asks: wording}\n")],
        [("late:", "没有截止日，无所谓逾期", "补 closes，或删去 late")],
    ),
    "hours that end before they begin": (
        [(HOURS, on_duty('[["15:00", "12:00"]]'))],
        [("duty_hours:", "值班时段在开始之前就已结束", "更正时段")],
    ),
    "hours that overlap": (
        [(HOURS, on_duty('[["09:00", "12:00"], ["11:00", "18:00"]]'))],
        [("duty_hours:", "值班时段重叠或次序颠倒", "按先后书写，不要重叠")],
    ),
    "hour that no clock shows": (
        [(HOURS, on_duty('[["09:00", "25:00"]]'))],
        [("duty_hours:", "写法不对", "应符合 ^([01][0-9]|2[0-3]):[0-5][0-9]$")],
    ),
    "no days at all before a case lapses": (
        [("returned_after_days: 20", "returned_after_days: 0")],
        [("returned_after_days: 0", "数值过小", "不小于1")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_told_with_its_place_and_what_to_do(name: str, tmp_path: Path):
    assert_told(PLANTED[name], tmp_path, of=TWO_DESKS)
