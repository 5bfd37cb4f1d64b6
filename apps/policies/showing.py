"""A pack in plain Chinese, for an office that wants to read what the system will do."""

from collections.abc import Iterator, Sequence

from apps.policies.acts import ACTS
from apps.policies.answers import in_words
from apps.policies.conditions import render
from apps.policies.facts import FACTS
from apps.policies.schema import APPLICANT, Grounded, Pack, Route, Rule, Step


def show(pack: Pack) -> str:
    """Return the pack as readable text, each rule with its clause or the question that chose it."""
    return "\n".join(line for part in (_head, _windows, _form, _rules, _routes, _questions) for line in part(pack))


def _head(pack: Pack) -> Iterator[str]:
    source = pack.source
    status = "" if source.status == "in_force" else "（征求意见稿）"
    written = f"{source.issued:%Y年%m月%d日}" if source.issued else "未署日期"
    yield f"{pack.title}{status}"
    yield f"依据：{source.issuer}《{source.title}》{source.number}，{written}"
    yield f"层级：{'—'.join(pack.levels.values())}"


def _windows(pack: Pack) -> Iterator[str]:
    yield "\n时间"
    for window in pack.calendar.windows.values():
        yield f"  {window.label}：{window.opens or '不限'} 至 {window.closes or '不限'}{_because(window, pack)}"


def _form(pack: Pack) -> Iterator[str]:
    yield "\n申请表"
    for number, step in enumerate(pack.processes.application.form, 1):
        asked = [field.label or FACTS[field.fact].label for field in step.fields]
        handed_in = [f"附件：{wanted.label}" for wanted in step.attachments]
        yield f"  {number}. {step.title}{_of(step.starts, pack)}：{'、'.join([*asked, *handed_in])}"


def _rules(pack: Pack) -> Iterator[str]:
    yield "\n申请条件"
    for rule in pack.processes.application.eligibility:
        yield f"  {_rule(rule, pack)}{_because(rule, pack)}"


def _rule(rule: Rule, pack: Pack) -> str:
    when = f"{_if_chosen(rule, pack)}当{render(rule.when, pack)}时，" if rule.when else _if_chosen(rule, pack)
    strength = "" if rule.strength == "must" else "（原则上；不符合的须说明理由）"
    return f"{_of(rule.starts, pack)}{when}{strength}{render(rule.require, pack)}"


def _of(starters: Sequence[str], pack: Pack) -> str:
    return f"（{'、'.join(starter(each, pack) for each in starters)}发起的）" if starters else ""


def starter(key: str, pack: Pack) -> str:
    """Return who starts a route, in words."""
    return "本人" if key == APPLICANT else pack.offices[key].label


def _routes(pack: Pack) -> Iterator[str]:
    yield "\n办理路径"
    for route in pack.processes.application.routes:
        when = f"当{render(route.when, pack)}时：" if route.when else ""
        yield f"  {_if_chosen(route, pack)}{when}{chain(route, pack)}{_because(route, pack)}"


def chain(route: Route, pack: Pack) -> str:
    """Return who starts a route unless it is the person himself, and its desks in their order."""
    started = [] if route.starts == APPLICANT else [f"{starter(route.starts, pack)}发起"]
    return " → ".join(started + [f"{pack.offices[step.office].label}{act_in_words(step)}" for step in route.steps])


def act_in_words(step: Step) -> str:
    """Return what the act of a step is called: in the pack's own words if it has any."""
    return step.called or f"{'书面' if step.written else ''}{ACTS[step.act].label}"


def _if_chosen(rule: Rule | Route, pack: Pack) -> str:
    if rule.if_chosen is None:
        return ""
    return f"（选“{in_words(pack, rule.if_chosen.ask, rule.if_chosen.is_)}”时）"


def _because(rule: Grounded, pack: Pack) -> str:
    basis = pack.basis(rule)
    return f"\n    {basis.ref}：“{basis.quote}”" if basis.quote else f"\n    办理机关设定：{basis.question}"


def _questions(pack: Pack) -> Iterator[str]:
    yield "\n待定事项（批次开始前可由办公室另行选定）"
    for question in pack.open_questions:
        chosen = in_words(pack, question.id, question.chosen)
        yield f"  {question.id}：{question.text}。选定：{chosen}。理由：{question.why}"
        yield from (f"    可选：{label}" for label in question.options.values())
