"""A route in plain Chinese, and as a flowchart."""

from collections.abc import Iterator
from dataclasses import dataclass

from apps.policies.acts import ACTS
from apps.policies.answers import in_words
from apps.policies.calendar import span
from apps.policies.schema import APPLICANT, OF_MANY, IfChosen, Pack, Route, Step, Verdicts

_RULES = {
    "all": "都同意", "any": "其一同意", "quorum": "不少于{least}方同意", "average": "平均不少于{least}分",
    "heard": "可提出意见",
}  # fmt: skip
_SILENCE = {"agrees": "视为同意", "refuses": "视为不同意", "abstains": "视为弃权"}
_ONWARD = {"notice": "公示期满", "filing": "已备案"}


def starter(key: str, pack: Pack) -> str:
    """Return who starts a route, in words."""
    return "本人" if key == APPLICANT else pack.offices[key].label


def if_chosen_in_words(condition: IfChosen | None, pack: Pack) -> str:
    """Return under which answer to an open question something holds, empty where it always does."""
    return f"（选“{in_words(pack, condition.ask, condition.is_)}”时）" if condition else ""


def act_in_words(step: Step) -> str:
    """Return what the act of a step is called: in the pack's own words if it has any."""
    return step.called or f"{'书面' if step.written else ''}{ACTS[step.act].label}"


def chain(route: Route, pack: Pack) -> str:
    """Return who starts a route unless it is the person himself, and its desks in their order."""
    started = [] if route.starts == APPLICANT else [f"{starter(route.starts, pack)}发起"]
    return " → ".join(started + [f"{pack.offices[step.office].label}{_act(step, pack)}" for step in route.steps])


def _act(step: Step, pack: Pack) -> str:
    asked = f"（{verdicts_in_words(step.verdicts, pack)}）" if step.verdicts else ""
    return f"{act_in_words(step)}{'（一张名单）' if step.listed else ''}{asked}"


def verdicts_in_words(asked: Verdicts, pack: Pack) -> str:
    """Return whom a joint act asks and what their verdicts must come to, numbers as the pack chose them."""
    who = "、".join(_who(name, asked, pack) for name in asked.of)
    rule = _RULES[asked.rule].format(least=pack.answer(asked.least, {}))
    blocks = "，一方不同意即不通过" if asked.one_refusal == "blocks" and asked.rule != "all" else ""
    return f"{who}{rule}{blocks}{_silence(asked, pack)}"


def _who(name: str, asked: Verdicts, pack: Pack) -> str:
    office = pack.offices[name]
    known = sum(pack.offices[each].body not in OF_MANY for each in asked.of)
    least = pack.answer(asked.at_least, {}) - known
    is_one = office.body not in OF_MANY or (known and least <= 1)
    return office.label if is_one else f"不少于{least}位{office.label}"


def _silence(asked: Verdicts, pack: Pack) -> str:
    if asked.silence is None:
        return ""
    means = _SILENCE[pack.answer(asked.silence.means, {})]
    return f"，{span(asked.silence.after_days, asked.silence, pack, {})}不表态{means}"


@dataclass(frozen=True)
class Drawing:
    """One route to be drawn: of which process, of what, and what a return does where the pack says."""

    process: str
    title: str
    route: Route
    resubmission: str = ""


def drawings(pack: Pack) -> Iterator[Drawing]:
    """Yield every route of a pack: of application and recognition, of teams, of the assessment, of ends and changes."""
    application, sheet = pack.processes.application, pack.sheet
    for route in application.routes:
        yield Drawing("application", "申请", route, application.resubmission)
    for kind in pack.processes.recognised.values():
        yield from (Drawing("recognition", f"{kind.label}认定", route, kind.resubmission) for route in kind.routes)
    for team in sheet.teams.values():
        yield from (Drawing("teams", f"{team.label}组建", route) for route in team.routes)
        for seat in team.seats.values():
            yield from (Drawing("teams", f"{team.label}{seat.label}", route) for route in seat.routes)
    for route in sheet.assessment.routes if sheet.assessment else ():
        yield Drawing("assessments", "年度考核", route)
    for dismissal in sheet.dismissals:
        yield from (Drawing("appointments", f"解聘：{dismissal.label}", route) for route in dismissal.routes)
    for adjustment in sheet.adjustments:
        title = f"调整：{adjustment.label}"
        yield from (Drawing("appointments", title, route, adjustment.resubmission) for route in adjustment.routes)


def flowchart(pack: Pack, route: Route, resubmission: str = "") -> Iterator[str]:
    """Yield a route as a Mermaid flowchart: its steps, and where giving back and turning down lead."""
    keys = [f"s{number}" for number in range(1, len(route.steps) + 1)]
    offices = " & ".join(key for key, step in zip(keys, route.steps, strict=True) if step.act != "notice")
    yield "flowchart TD"
    yield f"    draft([{starter(route.starts, pack)}填写]) -->|提交| s1"
    for key, step, after in zip(keys, route.steps, [*keys[1:], "passed"], strict=True):
        asked = f"<br>{verdicts_in_words(step.verdicts, pack)}" if step.verdicts else ""
        yield f'    {key}["{pack.offices[step.office].label}<br>{act_in_words(step)}{asked}"]'
        yield f"    {key} -->|{_ONWARD.get(step.act, '同意')}| {after}"
    yield "    passed([已通过])"
    yield f"    {offices} -.->|退回修改| returned([退回修改])"
    yield f"    {offices} -.->|不同意| rejected([未通过])"
    if resubmission:
        yield f"    returned -->|再次提交| {'resumed([退回的环节])' if resubmission == 'resumes' else 's1'}"


def mermaid(pack: Pack) -> str:
    """Return every route of a pack as a flowchart of its own, each in a fence under its title."""
    return "\n\n".join(
        "\n".join(
            [
                f"## {each.title}（{each.route.id}）",
                "",
                "```mermaid",
                *flowchart(pack, each.route, each.resubmission),
                "```",
            ]
        )
        for each in drawings(pack)
    )
