"""Checks of joint acts, sealed lists and filings, wherever a route stands."""

from apps.policies.acts import ACTS
from apps.policies.checking.found import Found, number
from apps.policies.schema import APPLICANT, HEARD, OF_MANY, Pack, Route, Step, Verdicts
from apps.policies.walking import Where, walk

DECIDING = frozenset({"selection", "verdicts", "meeting", "finalisation", "resolution"})
COUNTED = frozenset({"quorum", "average"})


def verdicts(pack: Pack, source: str) -> Found:
    """Find joint acts that say nothing of whom they ask, verdicts where nobody asks, and rules that cannot be met."""
    for where, node in walk(pack):
        if not isinstance(node, Step):
            continue
        act = ACTS.get(node.act)
        if act is not None and act.is_joint and node.verdicts is None:
            yield where, f"“{act.label}”没有写明由谁表态", "补 verdicts: {of: […], rule: …}"
        elif act is not None and not act.is_joint and node.verdicts is not None:
            yield (
                (*where, "verdicts"),
                f"“{act.label}”不由多方表态",
                "删去，或改用 verdicts、scores、opinions、resolution",
            )
        elif node.verdicts is not None:
            yield from _asked(node.verdicts, (*where, "verdicts"), pack)
            yield from _rule(node.verdicts, (*where, "verdicts"), pack)
            yield from _silence(node, (*where, "verdicts", "silence"), pack)


def _asked(asked: Verdicts, where: Where, pack: Pack) -> Found:
    for place, name in enumerate(asked.of):
        office = pack.offices.get(name)
        if office is None:
            yield (*where, "of"), f"没有“{name}”这一办理机关", "在 offices 中补上"
        elif office.body == APPLICANT:
            yield (*where, "of"), "申请人不能为自己的事表态", "从 of 中删去"
        if name in asked.of[:place]:
            yield (*where, "of"), f"“{name}”重复", "删去一处"
    least = number(asked.at_least, pack)
    if least is not None and least < 1:
        yield (*where, "at_least"), "没有写明至少几方表态", "at_least 不小于1"
    elif least is not None and not _has_many(asked, pack) and least > len(asked.of):
        yield (*where, "at_least"), f"只有{len(asked.of)}方，不可能有{least}方表态", "减小 at_least，或增加 of"


def _has_many(asked: Verdicts, pack: Pack) -> bool:
    return any((office := pack.offices.get(name)) and office.body in OF_MANY for name in asked.of)


def _rule(asked: Verdicts, where: Where, pack: Pack) -> Found:
    is_counted, least = asked.rule in COUNTED, number(asked.least, pack)
    if is_counted and asked.least is None:
        yield where, f"{asked.rule} 没有写明最低数", "补 least"
    elif not is_counted and asked.least is not None:
        yield (*where, "least"), f"{asked.rule} 不看最低数", "删去 least，或改用 quorum、average"
    if asked.rule == "average" and not asked.sheet:
        yield where, "取平均分而没有评分表", "补 sheet"
    elif asked.rule != "average" and asked.sheet:
        yield (*where, "sheet"), f"{asked.rule} 不看评分", "删去 sheet，或改用 average"
    if asked.rule == HEARD and asked.one_refusal == "blocks":
        yield (*where, "one_refusal"), "只听取意见的，一方不同意不起作用", "删去 one_refusal"
    most = _most(asked, pack)
    if is_counted and least is not None and most is not None and not 1 <= least <= most:
        yield (*where, "least"), f"最低数{least}无法达到或没有意义", f"写1至{most}"


def _most(asked: Verdicts, pack: Pack) -> int | None:
    """Return the most that verdicts can come to, None where it is not known yet."""
    if asked.rule == "average":
        return sum(line.most for line in asked.sheet) or None
    return None if _has_many(asked, pack) else len(asked.of)


def _silence(step: Step, where: Where, pack: Pack) -> Found:
    silence = step.verdicts.silence if step.verdicts else None
    if silence is None or step.verdicts is None:
        return
    if step.verdicts.rule == HEARD:
        yield where, "只听取意见的，不表态没有后果", "删去 silence"
    if step.verdicts.rule == "average" and pack.answer(silence.means, {}) != "abstains":
        yield where, "没有打分的不能算作同意或不同意", "means: abstains"
    after, most = number(silence.after_days, pack), number(step.days, pack)
    if after is not None and most is not None and after > most:
        yield where, "期限已过才算默认", f"after_days 不超过{most}天"


def lists(pack: Pack, source: str) -> Found:
    """Find sealed lists of others than dispatching units."""
    for where, node in walk(pack):
        if isinstance(node, Step) and node.listed:
            office = pack.offices.get(node.office)
            if node.act != "consent" or (office is not None and office.body != "dispatching_unit"):
                yield where, "只有派出单位同意时才能用一张名单", "删去 listed"


def filings(pack: Pack, source: str) -> Found:
    """Find filings of what nobody has decided and somebody still has to."""
    for where, node in walk(pack):
        if isinstance(node, Route):
            acts = [step.act for step in node.steps]
            for place, act in enumerate(acts[:-1]):
                if act == "filing" and not DECIDING & set(acts[:place]):
                    yield (*where, "steps", place), "决定之前无从备案", "放在作出决定的环节之后，或放在最后"
