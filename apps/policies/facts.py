"""The typed registry of facts that rules and forms may speak of."""

from dataclasses import dataclass

TEXT, LONG_TEXT, INTEGER, BOOLEAN, DATE = "text", "longtext", "integer", "boolean", "date"
SCALE, CHOICE, CHOICES, COUNTY, TOWNSHIP = "scale", "choice", "choices", "county", "township"
UNIT, HOST = "unit", "host"
ORGANIZATIONS = (UNIT, HOST)

FORM, FILE, DERIVED, LATER = "form", "file", "derived", "later"


@dataclass(frozen=True)
class Fact:
    """One fact: its name, Chinese label, type, and who provides it.

    `options` names the scale or the list of choices of the pack that its values come from. Provider: `form` is typed
    by the applicant, `file` is typed too but filled in from the person's file, `derived` is worked out from those
    it `needs`, `later` will be counted by a process that is not there yet: no application can be judged by it.
    """

    name: str
    label: str
    type: str
    provider: str = FORM
    options: str = ""
    at_most: int = 0
    needs: tuple[str, ...] = ()
    unit: str = ""

    @property
    def is_typed(self) -> bool:
        """Tell whether somebody types it into a form."""
        return self.provider in (FORM, FILE)


FACTS = {
    fact.name: fact
    for fact in (
        Fact("person.name", "姓名", TEXT, FILE, at_most=50),
        Fact("person.sex", "性别", CHOICE, FILE, options="sex"),
        Fact("person.birth_date", "出生日期", DATE, FILE),
        Fact("person.age", "年龄", INTEGER, DERIVED, needs=("person.birth_date",)),
        Fact("person.education", "学历", SCALE, FILE, options="education"),
        Fact("person.title", "职称", SCALE, FILE, options="title"),
        Fact("person.specialty", "专业特长", TEXT, FILE, at_most=100),
        Fact("person.years_of_service", "从事科技服务年限", INTEGER, FILE, at_most=70, unit="年"),
        Fact("person.in_service", "是否在职", BOOLEAN),
        Fact("person.unit", "派出单位", UNIT, FILE),
        Fact("unit.kind", "派出单位性质", CHOICE, DERIVED, options="unit_kind", needs=("person.unit",)),
        Fact("unit.level", "派出单位层级", SCALE, DERIVED, options="unit_level", needs=("person.unit",)),
        Fact("application.category", "申请类别", CHOICE, options="category"),
        Fact("application.county", "服务县（市、区）", COUNTY),
        Fact(
            "application.serves_own_county", "服务本县", BOOLEAN, DERIVED, needs=("person.unit", "application.county")
        ),
        Fact("application.host", "服务单位", HOST),
        Fact("host.kind", "服务单位性质", CHOICE, DERIVED, options="unit_kind", needs=("application.host",)),
        Fact(
            "application.host_in_county",
            "服务单位在服务县内",
            BOOLEAN,
            DERIVED,
            needs=("application.host", "application.county"),
        ),
        Fact("application.industries", "服务产业", CHOICES, options="industries"),
        Fact("application.experience", "科技服务经历", LONG_TEXT, at_most=2000),
        Fact("application.achievements", "主要业绩成果", LONG_TEXT, at_most=2000),
        Fact("application.plan", "服务计划", LONG_TEXT, at_most=2000),
        Fact("application.joins_county_team", "加入县级服务团", BOOLEAN),
        Fact("application.pledge", "承诺符合基本条件", BOOLEAN),
        Fact("application.declaration", "承诺所填内容真实", BOOLEAN),
        Fact("recognition.township", "所在乡镇（苏木）", TOWNSHIP),
        Fact("recognition.industries", "主导产业", CHOICES, options="industries"),
        Fact("recognition.business", "生产经营情况", LONG_TEXT, at_most=1000),
        Fact("recognition.wanted", "希望得到的服务", LONG_TEXT, at_most=1000),
        Fact("recognition.voluntary", "自愿报名", BOOLEAN),
        Fact("recognition.declaration", "承诺所填内容真实", BOOLEAN),
        Fact("change.area", "调整服务区域", BOOLEAN),
        Fact("change.county", "新服务县（市、区）", COUNTY),
        Fact("change.host", "新服务单位", HOST),
        Fact("change.task", "调整任务", BOOLEAN),
        Fact("change.plan", "新任务", LONG_TEXT, at_most=2000),
        Fact("change.person", "变更人员", BOOLEAN),
        Fact("change.reason", "调整的原因", LONG_TEXT, at_most=2000),
        Fact("year.services", "本年度服务次数", INTEGER, LATER),
        Fact("year.on_site_services", "本年度实地服务次数", INTEGER, LATER),
        Fact("year.on_site_days", "本年度实地服务天数", INTEGER, LATER),
        Fact("year.trainings", "本年度集中培训次数", INTEGER, LATER),
        Fact("year.trainees", "本年度培训人数", INTEGER, LATER),
        Fact("year.problems_solved", "本年度解决技术问题项数", INTEGER, LATER),
        Fact("year.false_check_ins", "经核实的不实签到次数", INTEGER, LATER),
        Fact("year.is_unqualified", "本年度考核未通过", BOOLEAN, LATER),
        Fact("team.size", "团队人数", INTEGER, LATER),
        Fact("team.has_corps", "服务县已有科技特派团", BOOLEAN, LATER),
        Fact("check_in.travel_hours", "单向导航行程小时数", INTEGER, LATER),
        Fact("check_in.travel_days", "核加往返天数", INTEGER, LATER),
        Fact("check_in.on_travel_day", "往返当天另有签到", BOOLEAN, LATER),
        Fact("team.leaders_chosen", "团长、副团长人选已选定", BOOLEAN, LATER),
    )
}
