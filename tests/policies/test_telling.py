"""The parameter sheet reads in plain Chinese, whatever a pack may say."""

from typing import Any, get_args

import pytest

from apps.policies import loading, showing, telling
from apps.policies.schema import Dismissal, Limit, Pack, Provision, Requirement, Seat, Subject, Team
from tests.policies.packs import guangxi, jinzhong


def values(model: type[Any], field: str) -> set[str]:
    """Return the values that a field of the schema may take."""
    return set(get_args(model.model_fields[field].annotation))


def test_there_are_words_for_all_that_the_schema_allows():
    assert values(Provision, "process") == set(telling.PROCESSES) == values(Requirement, "process")
    assert values(Provision, "strength") | values(Limit, "strength") == set(telling.STRENGTHS)
    assert values(Subject, "of") == set(telling.OF)
    assert values(Seat, "per") | values(Team, "per") <= set(telling.PER)


@pytest.mark.parametrize("name", loading.installed())
def test_every_rule_of_every_sheet_is_told_once(name: str):
    pack = loading.parse(loading.read(name).pack_text, name)
    told = list(telling.sheet(pack, None))
    sheet = pack.sheet
    assert len({id(rule) for _, _, rule in told}) == len(told)
    assert all(words and "None" not in words for _, words, _ in told)
    for part in (sheet.provisions, sheet.requirements, sheet.dismissals, *map(tuple, (
        sheet.limits.values(), sheet.teams.values(), sheet.returns.values(), sheet.targets.values(),
    ))):  # fmt: skip
        assert [rule for rule in part if not any(rule is each for _, _, each in told)] == []


@pytest.mark.parametrize(
    ("pack", "lines"),
    [
        (guangxi(), [
            "  重点服务县和产业1至3",
            "  同日签到的普通服务人员（不区分单位级别）每天不超过4",
            "  一县一团（每个服务片区），设3至5个组",
            "  产业服务团（每个产业），5至20人，领域：种苗、种养、土肥、植保、贮藏、加工、销售等",
            "  一县一团团长每团1名，（原则上）派出单位层级为自治区、设区市之一，个人介绍不超过1000字",
            "  一县一团副团长每团1名，按职务：县级科技行政主管部门分管领导",
            "  产业服务团秘书长，当团队人数多于10时可设",
            "  一县一团产业组长：县级科技行政主管部门共同选定（服务团团长、县级科技行政主管部门都同意）",
            "  服务对象满意度占10%",
            "  “一县一团”副团长和联络员信息表（附件4）（每年）：副团长、各级联络员 → 市科技局（8月5日前） → "
            "自治区科技特派员协调办（8月8日前）",
            "  全区每年宣传的典型不少于100个",
            "  8月21日起补签到的期限：15天内",
            "  满7天提醒办理人，满10天提醒同事，满14天报上一级，满30天不再提醒，可人工催办，每3天一次，最多3次",
            "  副团长和联络员信息表（附件4）：8月5日止，截止后15天内可说明理由补报",
        ]),
        (jinzhong(), [
            "  本年度实地服务次数不少于5；且本年度集中培训次数不少于2；且本年度培训人数不少于50；"
            "且本年度解决技术问题项数不少于5",
            "  优秀，表彰、优先安排",
            "  科技特派员由县级科技管理部门考核，结果报市科学技术局",
            "  选派协议：由市科学技术局、科技特派员、服务单位、派出单位、县级科技管理部门签订",
            "  服务年度内的调整：对接区域、任务目标、人员变更",
        ]),
    ],
    ids=["guangxi", "jinzhong"],
)  # fmt: skip
def test_the_sheet_is_shown_in_official_words(pack: Pack, lines: list[str]):
    shown = showing.show(pack).splitlines()
    assert [line for line in lines if line not in shown] == []


def test_a_dismissal_tells_its_condition_and_its_circular():
    (dismissal,) = guangxi().sheet.dismissals
    assert isinstance(dismissal, Dismissal)
    told = [words for sort, words, _ in telling.sheet(guangxi(), None) if sort == "解聘"]
    assert told == [f"{dismissal.label}（经核实的不实签到次数不少于1），并通报"]


def test_numbers_are_those_that_the_season_chose():
    told = [words for sort, words, _ in telling.sheet(guangxi(), {"weight_effect": 55}) if sort == "考核内容"]
    assert told[1].startswith("服务成效占55%：科技成果转化、")
