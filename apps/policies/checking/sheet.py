"""Checks of the parameter sheet: offices that exist, numbers in their order, seats that can be taken."""

from collections.abc import Iterator
from itertools import pairwise

from apps.policies import answers, wording
from apps.policies.checking.found import Found, number
from apps.policies.schema import (
    PERSON,
    TEAM,
    Agreement,
    Ask,
    Assessment,
    Between,
    Collected,
    Pack,
    Seat,
    Subject,
    Team,
)
from apps.policies.walking import Where, walk

PARTIES = frozenset({PERSON, TEAM})
"""Parties of an agreement that are no offices."""
WISHES, TIES = "wishes", ("lottery", "promotion")
"""What a pack calls the number of wishes of a person, and the ways to put people of equal standing in order."""


def offices(pack: Pack, source: str) -> Found:
    """Find offices that the sheet names and the pack does not know."""
    for where, node in walk(pack.sheet, ("sheet",)):
        for key, name in _named(node):
            if name not in pack.offices:
                yield (*where, key), f"没有“{name}”这一办理机关", "在 offices 中补上"


def _named(node: object) -> Iterator[tuple[str, str]]:
    if isinstance(node, Subject):
        yield from ((key, name) for key in ("by", "reported_to") if (name := getattr(node, key)))
    elif isinstance(node, Collected):
        yield "office", node.office
    elif isinstance(node, Agreement):
        yield from (("parties", name) for name in node.parties if name not in PARTIES)


def bounds(pack: Pack, source: str) -> Found:
    """Find bounds that bound nothing, or that no number meets, and mixes too large for their team."""
    for where, node in walk(pack.sheet, ("sheet",)):
        if isinstance(node, Between):
            least, most = number(node.at_least, pack), number(node.at_most, pack)
            if node.at_least is None and node.at_most is None:
                yield where, "没有上限也没有下限", "补 at_least 或 at_most"
            elif least is not None and most is not None and most < least:
                yield where, "上限小于下限", "更正 at_least 与 at_most"
        elif isinstance(node, Team) and node.mix and node.size:
            wanted, most = sum(number(share.at_least, pack) or 0 for share in node.mix), number(node.size.at_most, pack)
            if most is not None and wanted > most:
                yield (*where, "mix"), f"各类人员合计{wanted}人，超过团队上限{most}人", "更正 mix 或 size"


def agreements(pack: Pack, source: str) -> Found:
    """Find agreements that one party signs twice, and placeholders of their texts that nobody fills in."""
    for where, node in walk(pack.sheet, ("sheet",)):
        if isinstance(node, Agreement):
            if len(set(node.parties)) < len(node.parties):
                yield (*where, "parties"), "同一方签了两次", "删去一处"
            yield from _unfilled(node, (*where, "text"))


def _unfilled(agreement: Agreement, where: Where) -> Found:
    known = wording.OF_A_TEAM if agreement.is_of_team else wording.OF_A_PERSON
    for place, node in walk(agreement.text, where):
        for name in wording.unknown(node, known) if isinstance(node, str) else ():
            yield place, f"没有“{name}”这一占位", f"可用：{'、'.join(f'{{{each}}}' for each in known)}"


def allocations(pack: Pack, source: str) -> Found:
    """Find wishes by which nobody would be allocated, and options for ties that no allocation knows."""
    allocation = pack.sheet.allocation
    if WISHES in pack.sheet.limits and allocation is None:
        yield ("sheet", "limits", WISHES), "有志愿而没有规定同等条件的先后", "在 sheet 中补 allocation"
    if allocation and isinstance(allocation.ties, Ask):
        for option in set(dict(answers.options(pack, allocation.ties.ask))) - set(TIES):
            yield ("sheet", "allocation", "ties"), f"不能按“{option}”排定先后", f"可用：{'、'.join(TIES)}"


def adjustments(pack: Pack, source: str) -> Found:
    """Find areas that may change within a term though something else settles or attests them."""
    for place, adjustment in enumerate(pack.sheet.adjustments):
        where = ("sheet", "adjustments", place, "changes")
        if "area" in adjustment.changes and WISHES in pack.sheet.limits:
            yield where, "服务县按志愿分配，不能由调整改变", "删去 area"
        if "area" in adjustment.changes and pack.documents.certificate:
            yield where, "聘书写明服务县，没有程序换发", "删去 area，或删去 certificate"


def scores(pack: Pack, source: str) -> Found:
    """Find weights that do not come to a hundred, and grades out of their order."""
    for where, node in walk(pack.sheet, ("sheet",)):
        if isinstance(node, Assessment):
            yield from _weights(node, (*where, "parts"), pack)
            yield from _grades(node, (*where, "grades"), pack)


def _weights(assessment: Assessment, where: Where, pack: Pack) -> Found:
    weights = [weight for part in assessment.parts if (weight := number(part.weight, pack)) is not None]
    if weights and len(weights) == len(assessment.parts) and sum(weights) != 100:
        yield where, f"权重合计{sum(weights)}，应为100", "更正 weight"
    elif weights and len(weights) < len(assessment.parts):
        yield where, "有的部分有权重，有的没有", "都写，或都不写"


def _grades(assessment: Assessment, where: Where, pack: Pack) -> Found:
    points = [(place, number(grade.least, pack)) for place, grade in enumerate(assessment.grades)]
    given = [(place, least) for place, least in points if least is not None]
    for (_, above), (place, least) in pairwise(given):
        if least >= above:
            yield (*where, place), "等次应从高到低排列，起点分逐级降低", f"小于上一等次的{above}分"
    for place, grade in enumerate(assessment.grades):
        if grade.name in [each.name for each in assessment.grades[:place]]:
            yield (*where, place), f"等次“{grade.name}”重复", "改名，或删去一处"


def seats(pack: Pack, source: str) -> Found:
    """Find seats that are taken in two ways at once."""
    for where, node in walk(pack.sheet, ("sheet",)):
        if isinstance(node, Seat):
            ways = [bool(node.ex_officio), node.elected, bool(node.routes)]
            if sum(ways) > 1:
                yield where, "席位有两种产生办法", "ex_officio、elected、routes 只留其一"
            if node.statement_at_most is not None and not node.routes:
                yield (*where, "statement_at_most"), "席位不经申请，用不着个人介绍", "删去，或补 routes"
