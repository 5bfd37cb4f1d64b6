"""The recognition of hosts and the parameter sheet in plain Chinese: each rule with its sort and its words."""

from collections.abc import Iterator, Mapping
from typing import Any

from apps.policies.calendar import day_in_words, span
from apps.policies.conditions import render
from apps.policies.facts import FACTS
from apps.policies.routing import act_in_words, chain, if_chosen_in_words, verdicts_in_words
from apps.policies.schema import (
    Adjustment,
    Agreement,
    Allocation,
    Ask,
    Assessment,
    Between,
    Cap,
    Dismissal,
    FormField,
    Grade,
    Grounded,
    Pack,
    Placing,
    RecognisedKind,
    Return,
    Route,
    ScorePart,
    Seat,
    Team,
    VillageContacts,
)

Told = Iterator[tuple[str, str, Grounded]]
"""Of each rule: its sort, its words, and itself."""
PROCESSES = {
    "application": "申请", "matching": "双向选择", "teams": "组团", "appointments": "聘任", "fieldwork": "服务",
    "assessments": "考核", "returns": "填报", "notices": "公文", "recognition": "认定表彰", "reports": "统计通报",
    "administration": "管理",
}  # fmt: skip
STRENGTHS = {"must": "", "in_principle": "（原则上）", "should": "（优先）", "informs": "（提倡）"}
OF = {
    "commissioner": "科技特派员", "team": "团队", "county": "县", "unit": "派出单位", "host": "服务对象",
    "leader": "团长", "workstation": "工作站",
}  # fmt: skip
_PARTIES = {"person": "科技特派员", "team": "团队"}
PER = {
    "service_group": "每个服务片区", "industry": "每个产业", "county": "每县", "jurisdiction": "全域", "team": "每团",
    "group": "每组", "city": "每市", "township": "每乡镇", "village": "每村", "day": "每天", "year": "每年",
    "season": "每批",
}  # fmt: skip
_TIES = {"lottery": "公开摇号", "promotion": "所选各县均未录取的优先，再公开摇号"}
_EVERY = {"once": "一次", "quarter": "每季度", "half_year": "每半年", "year": "每年"}
_BRINGS = {
    "certificate": "发给证书", "commendation": "表彰", "priority": "优先安排", "renewal_first": "优先续聘",
    "continues": "继续聘用", "exit": "退出", "circular": "通报", "funding": "给予补助",
}  # fmt: skip
_ROUNDING = {"down": "舍去小数", "half_up": "四舍五入", "up": "进位取整"}


def _by(day: str | None) -> str:
    return f"（{day_in_words(day)}前）" if day else ""


def sheet(pack: Pack, answers: Mapping[str, Any] | None = None) -> Told:
    """Yield every rule of the sheet in its order, those in force under some answers or all."""
    return _Teller(pack, answers).all()


def recognition(pack: Pack) -> Told:
    """Yield every rule by which hosts are recognised, kind by kind."""
    process = pack.processes.recognition
    if process is None:
        return
    yield "认定", f"{process.label}的认定和管理", process
    for kind in process.kinds.values():
        yield "认定", f"{kind.label}须经申报认定", kind
        yield from (("认定申请表", f"{kind.label}：{_asked(field)}", field) for field in _fields(kind) if field.clause)
        yield from (("认定条件", f"{kind.label}：{rule.message}", rule) for rule in kind.eligibility)
        for route in kind.routes:
            yield "认定办理", f"{kind.label}：{chain(route, pack)}", route
            yield from (("认定环节", act_in_words(step), step) for step in route.steps if step.clause)
            yield from (
                ("多方表态", verdicts_in_words(step.verdicts, pack), step.verdicts)
                for step in route.steps
                if step.verdicts
            )
        yield from (("不予认定的理由", f"{kind.label}：{ground.label}", ground) for ground in kind.grounds)
        yield from _keeping(kind, pack)


def _fields(kind: RecognisedKind) -> tuple[FormField, ...]:
    return tuple(field for page in kind.form for field in page.fields)


def _asked(field: FormField) -> str:
    return field.label or FACTS[field.fact].label


def _keeping(kind: RecognisedKind, pack: Pack) -> Told:
    keeping = kind.keeping
    office = pack.offices[keeping.office].label
    yield "名单管理", f"{kind.label}名单由{office}动态调整", keeping
    yield from (("调出的理由", f"{kind.label}：{ground.label}", ground) for ground in keeping.grounds)
    if keeping.filing:
        filed = pack.offices[keeping.filing.office].label
        yield "名单备案", f"{kind.label}名单调整后由{office}报{filed}备案", keeping.filing


class _Teller:
    """Tell the sheet of one pack under the answers of one season, or of none."""

    def __init__(self, pack: Pack, answers: Mapping[str, Any] | None) -> None:
        self.pack, self.answers = pack, answers

    def all(self) -> Told:
        sheet = self.pack.sheet
        for limit in sheet.limits.values():
            per = PER.get(limit.per or "", "")
            yield "限额", f"{STRENGTHS[limit.strength]}{limit.label}{per}{self.between(limit.between)}", limit
        for team in sheet.teams.values():
            yield from self.team(team)
        yield from self.assessment(sheet.assessment) if sheet.assessment else ()
        for dismissal in sheet.dismissals:
            yield from self.dismissal(dismissal)
        for adjustment in sheet.adjustments:
            yield from self.adjustment(adjustment)
        for agreement in sheet.agreements.values():
            yield "协议", self.agreement(agreement), agreement
            yield "协议文本", f"{agreement.label}的文本：{agreement.text.title}", agreement.text
        for form in sheet.returns.values():
            yield "填报", self.form(form), form
        yield from self.figures()
        for wanted in sheet.requirements:
            yield PROCESSES[wanted.process], f"{STRENGTHS[wanted.strength]}{wanted.message}", wanted
        for provision in sheet.provisions:
            words = f"{STRENGTHS[provision.strength]}{provision.who}：{provision.words}"
            yield PROCESSES[provision.process], words, provision

    def figures(self) -> Told:
        sheet = self.pack.sheet
        for voucher in sheet.vouchers.values():
            where = "可以" if voucher.holds_elsewhere else "不得"
            yield "服务券", f"{voucher.label}：{voucher.settled_by}；{where}异地使用", voucher
        for funding in sheet.fundings.values():
            yield "经费", f"{funding.label}{self.between(funding.between)}元（{_EVERY[funding.every]}）", funding
        for target in sheet.targets.values():
            by = f"，{day_in_words(target.by.isoformat())}前" if target.by else ""
            yield "目标", f"{target.label}{self.between(target.between)}{target.unit}{by}", target
        if allocation := sheet.allocation:
            yield "分配", f"{allocation.label}：{self.ties(allocation)}", allocation
        if placing := sheet.placing:
            yield "挂村", self.placing(placing), placing
            if contacts := placing.contacts:
                yield "挂村", self.contacts(contacts), contacts
        for deadline in sheet.deadlines.values():
            within = span(deadline.days, deadline, self.pack, self.answers or {})
            yield "期限", f"{deadline.label}：{within}内", deadline

    def team(self, team: Team) -> Told:
        size = f"，{self.between(team.size)}人" if team.size else ""
        groups = f"，设{self.between(team.groups)}个组" if team.groups else ""
        domains = f"，领域：{'、'.join(team.domains)}{'等' if team.is_open else ''}" if team.domains else ""
        mix = "".join(f"，{share.label}不少于{self.number(share.at_least)}人" for share in team.mix)
        yield "团队", f"{team.label}（{PER[team.per]}）{size}{groups}{domains}{mix}", team
        yield from self.routes("组团", team.label, team.routes)
        for seat in team.seats.values():
            yield "席位", f"{team.label}{self.seat(seat)}", seat
            yield from self.routes("席位产生", f"{team.label}{seat.label}", seat.routes)

    def seat(self, seat: Seat) -> str:
        count = f"{PER[seat.per]}{self.number(seat.count)}名" if seat.count is not None else ""
        parts = [
            f"按职务：{seat.ex_officio}" if seat.ex_officio else "",
            "由成员推选" if seat.elected else "",
            f"当{render(seat.when, self.pack)}时可设" if seat.when else "",
            f"{STRENGTHS[seat.strength]}{render(seat.require, self.pack)}" if seat.require else "",
            f"个人介绍不超过{self.number(seat.statement_at_most)}字" if seat.statement_at_most is not None else "",
        ]
        return "，".join([f"{seat.label}{count}", *(part for part in parts if part)])

    def routes(self, sort: str, whose: str, routes: tuple[Route, ...]) -> Told:
        for route in routes:
            if self.answers is None or self.pack.holds(route.if_chosen, self.answers):
                chosen = if_chosen_in_words(route.if_chosen, self.pack) if self.answers is None else ""
                yield sort, f"{chosen}{whose}：{chain(route, self.pack)}", route

    def assessment(self, assessment: Assessment) -> Told:
        yield "考核", "年度考核", assessment
        for subject in assessment.subjects:
            to = f"，结果报{self.office(subject.reported_to)}" if subject.reported_to else ""
            yield "考核对象", f"{OF[subject.of]}由{self.office(subject.by)}考核{to}", subject
        for part in assessment.parts:
            yield "考核内容", self.part(part), part
        if workload := assessment.workload:
            yield "工作量", f"{STRENGTHS[workload.strength]}{render(workload.require, self.pack)}", workload
        for grade in assessment.grades:
            yield "考核等次", self.grade(grade), grade
        yield from self.routes("考核", "年度考核", assessment.routes)

    def part(self, part: ScorePart) -> str:
        weight = f"占{self.number(part.weight)}%" if part.weight is not None else ""
        ways = f"，方式：{'、'.join(part.ways)}" if part.ways else ""
        items = f"：{'、'.join(part.items)}" if part.items else ""
        return f"{part.label}{weight}{items}{ways}"

    def grade(self, grade: Grade) -> str:
        least = f"，{self.number(grade.least)}分以上" if grade.least is not None else ""
        brings = f"，{'、'.join(_BRINGS[each] for each in grade.brings)}" if grade.brings else ""
        return f"{grade.name}{least}{self.cap(grade.cap) if grade.cap else ''}{brings}"

    def cap(self, cap: Cap) -> str:
        base = self.pack.answer(cap.base, self.answers or {})
        question = self.pack.question(cap.base.ask) if isinstance(cap.base, Ask) else None
        of = question.options.get(str(base), str(base)) if question else str(base)
        return f"，不超过{self.number(cap.percent)}%（以{of}为基数，{_ROUNDING[cap.rounding]}）"

    def dismissal(self, dismissal: Dismissal) -> Told:
        when = f"（{render(dismissal.when, self.pack)}）" if dismissal.when else ""
        circular = "，并通报" if dismissal.circular else ""
        yield "解聘", f"{dismissal.label}{when}{circular}", dismissal
        yield from self.routes("解聘办理", dismissal.label, dismissal.routes)

    def adjustment(self, adjustment: Adjustment) -> Told:
        yield "调整", f"{adjustment.label}：{'、'.join(adjustment.changes.values())}", adjustment
        for wanted in adjustment.attachments:
            yield "附件", wanted.label, wanted
        for ground in adjustment.grounds:
            yield "不同意的理由", ground.label, ground
        yield from self.routes("调整办理", adjustment.label, adjustment.routes)

    def agreement(self, agreement: Agreement) -> str:
        parties = "、".join(_PARTIES.get(name) or self.office(name) for name in agreement.parties)
        return f"{agreement.label}：由{parties}{'依次' if agreement.in_order else ''}签订"

    def form(self, form: Return) -> str:
        up = " → ".join(f"{self.office(each.office)}{_by(each.by)}" for each in form.up)
        columns = f"；栏目：{'、'.join(form.columns)}" if form.columns else ""
        return f"{form.label}（{_EVERY[form.every]}）：{form.reporter} → {up}{columns}"

    def ties(self, allocation: Allocation) -> str:
        return _TIES[self.pack.answer(allocation.ties, self.answers or {})]

    def placing(self, placing: Placing) -> str:
        villages, clients = ("、".join(kinds.values()) for kinds in (placing.villages, placing.clients))
        weights = f"产业规模权重{self.number(placing.fit)}，原挂点加{self.number(placing.had)}"
        further = f"每增加一处减{self.number(placing.further)}"
        return f"{placing.label}：{villages}全部覆盖；重点服务对象为{clients}；{weights}，{further}"

    def contacts(self, contacts: VillageContacts) -> str:
        offices = "、".join(contacts.offices.values())
        return f"{contacts.label}：逐村登记与{offices}建立联系的日期，应邀加入{contacts.group}的日期和邀请方"

    def office(self, key: str | None) -> str:
        return self.pack.offices[key].label if key else ""

    def number(self, value: Any) -> str:
        return str(self.pack.answer(value, self.answers or {}))

    def between(self, between: Between) -> str:
        least, most = between.at_least, between.at_most
        if least is not None and most is not None:
            low, high = self.number(least), self.number(most)
            return low if low == high else f"{low}至{high}"
        return f"不少于{self.number(least)}" if least is not None else f"不超过{self.number(most)}"
