"""The lists of the two-way selection as workbooks."""

from collections.abc import Mapping, Sequence
from typing import Any

from apps.core.exports import Column
from apps.matching.selectors.allocation import how_it_came
from apps.matching.selectors.edits import SORTS
from apps.matching.selectors.lists import industries_in_words
from apps.matching.selectors.needs import industry_of
from apps.matching.selectors.pool import labels_of_industries, served
from apps.matching.services.village_rows import CODE, INDUSTRIES, KINDS, LAST
from apps.matching.states import NeedState, PairingState, PlacementState, PoolState
from apps.policies.schema import VillageContacts

# Needs, the pool, pairings


OF_PUBLIC_NEEDS: Sequence[Column] = (
    ("需求", lambda need: need.title),
    ("内容", lambda need: need.detail),
    ("产业", industry_of),
    ("县（市、区）", lambda need: need.county),
    ("乡镇、村", lambda need: need.place),
    ("受援单位", lambda need: need.host),
    ("需要人数", lambda need: need.wanted),
    ("发布时间", lambda need: need.published),
)
OF_NEEDS: Sequence[Column] = (*OF_PUBLIC_NEEDS, ("状态", lambda need: NeedState(need.state).label))
OF_POOL: Sequence[Column] = (
    ("编号", lambda entry: entry.number),
    ("姓名", lambda entry: entry.person.name),
    ("工作单位", lambda entry: entry.person.unit),
    ("职称", lambda entry: entry.person.title),
    ("服务产业", labels_of_industries),
    ("能提供的服务", lambda entry: entry.offer),
    ("状态", lambda entry: PoolState(entry.state).label),
    ("有效期至", lambda entry: entry.until),
)
OF_COMMISSIONERS: Sequence[Column] = (
    ("姓名", lambda person: person.name),
    ("工作单位", lambda person: person.unit),
    ("职称", lambda person: person.title),
    ("专业特长", lambda person: person.specialty),
    ("服务经历", served),
)
OF_PAIRINGS: Sequence[Column] = (
    ("编号", lambda pairing: pairing.number),
    ("人选", lambda pairing: pairing.person.name),
    ("受援单位", lambda pairing: pairing.host),
    ("县（市、区）", lambda pairing: pairing.county),
    ("产业", industry_of),
    ("服务内容", lambda pairing: pairing.terms),
    ("提出方", lambda pairing: "人选" if pairing.by_person else str(pairing.host or pairing.county)),
    ("状态", lambda pairing: PairingState(pairing.state).label),
    ("答复截止", lambda pairing: pairing.until),
)

# Wishes

OF_WISHES: Sequence[Column] = (
    ("批次", lambda wish: wish.list.season.title),
    ("姓名", lambda wish: wish.list.person.name),
    ("派出单位", lambda wish: wish.list.person.unit),
    ("职称", lambda wish: wish.list.person.title),
    ("专业特长", lambda wish: wish.list.person.specialty),
    ("县（市、区）", lambda wish: wish.group),
    ("志愿", lambda wish: wish.rank),
    ("产业", lambda wish: wish.industry),
    ("县级意见", lambda wish: wish.get_word_display() or "未审核"),
    ("评分", lambda wish: wish.points),
    ("理由", lambda wish: wish.reason),
)

# Allocation

OF_OUTCOMES: Sequence[Column] = (
    ("姓名", lambda outcome: outcome.person.name),
    ("派出单位", lambda outcome: outcome.unit),
    ("县（市、区）", lambda outcome: outcome.group),
    ("结果", how_it_came),
)

OF_CHANGES: Sequence[Column] = (
    ("姓名", lambda row: row.person.name),
    ("派出单位", lambda row: row.unit),
    ("原安排", lambda row: row.before or "未安排"),
    ("现安排", lambda row: row.after or "未安排"),
)

# Placement


def villages_with(kinds: Mapping[str, str]) -> Sequence[Column]:
    """Return the columns of a workbook of villages, which may be filled in and sent back; `kinds` have their labels."""
    return (
        (CODE, lambda village: village.region_id),
        ("县（市、区）", lambda village: village.county),
        ("乡镇", lambda village: village.region.parent),
        ("村（社区）", lambda village: village.region),
        (KINDS, lambda village: "、".join(kinds.get(kind, kind) for kind in village.kinds)),
        (INDUSTRIES, industries_in_words),
        (LAST, lambda village: _with_unit(village.last_person)),
        ("挂村人员", lambda village: "已安排" if village.is_served else "未安排"),
        ("数据来源", lambda village: "生成数据" if village.is_generated else village.kept_by),
    )


def _with_unit(person: Any) -> str:
    if person is None:
        return ""
    return f"{person.name}（{person.unit}）" if person.unit else str(person.name)


def clients_with(kinds: Mapping[str, str]) -> Sequence[Column]:
    """Return the columns of a workbook of key clients."""
    return (
        ("县（市、区）", lambda client: client.county),
        ("名称", lambda client: client.name),
        ("类别", lambda client: kinds.get(client.kind, client.kind)),
        ("产业", lambda client: client.industry),
        ("服务人员", lambda client: "已安排" if client.is_served else "未安排"),
        ("考核基地绑定人", lambda client: client.bound_by),
        ("数据来源", lambda client: "生成数据" if client.is_generated else client.kept_by),
    )


def coverage_with(kinds: Mapping[str, str], rule: VillageContacts | None) -> Sequence[Column]:
    """Return the columns of a workbook of how far the villages of counties are covered, each kind by itself.

    Where people are to keep contact with their villages, it tells in how many they do.
    """
    of_contacts: Sequence[Column] = (
        ("已安排人员的村", lambda county: county.coverage.served),
        ("其中已建立联系", lambda county: county.coverage.contacted),
    )
    of_kinds = [
        (f"{label}{what}", lambda county, number=number, part=part: county.coverage.by_kind[number][part])
        for number, label in enumerate(kinds.values())
        for part, what in ((2, "数"), (1, "已覆盖"))
    ]
    return (
        ("设区市", lambda county: county.city),
        ("县（市、区）", lambda county: county.coverage.place),
        ("名单村数", lambda county: county.coverage.villages),
        ("须覆盖", lambda county: county.coverage.needed),
        ("已覆盖", lambda county: county.coverage.covered),
        ("未覆盖", lambda county: county.coverage.uncovered),
        ("覆盖率（%）", lambda county: county.coverage.percent),
        *of_kinds,
        *(of_contacts if rule else ()),
        ("安排状态", lambda county: PlacementState(county.placement.state).label if county.placement else "未计算"),
    )


OF_PLACEMENTS: Sequence[Column] = (
    ("县（市、区）", lambda placement: placement.group),
    ("批次", lambda placement: placement.season),
    ("分配", lambda placement: placement.run),
    ("状态", lambda placement: PlacementState(placement.state).label),
    ("计算时间", lambda placement: placement.computed),
)
OF_EDITS: Sequence[Column] = (
    ("时间", lambda line: line.entry.at),
    ("县（市、区）", lambda line: line.entry.county_name),
    ("名单", lambda line: SORTS[line.entry.details["sort"]]),
    ("办理", lambda line: line.what),
    ("村或服务对象", lambda line: line.site),
    ("原为", lambda line: line.old),
    ("改为", lambda line: line.new),
    ("说明", lambda line: line.entry.opinion),
    ("办理人", lambda line: line.entry.actor),
    ("职务", lambda line: line.entry.post),
)


def placed_with(rule: VillageContacts | None) -> Sequence[Column]:
    """Return the columns of a workbook of the people of a placement, with their contacts where such are asked for."""
    of_contacts: Sequence[Column] = (
        ("已联系的村数", lambda row: len(row.villages) - len(row.out_of_contact())),
        ("尚未联系的村", lambda row: "、".join(map(str, row.out_of_contact()))),
    )
    return (
        ("姓名", lambda row: row.person.name),
        ("工作单位", lambda row: row.person.unit),
        ("挂村", lambda row: "、".join(str(village) for village in row.villages)),
        ("重点服务对象", lambda row: "、".join(str(client) for client in row.clients)),
        *(of_contacts if rule else ()),
        ("县级调整理由", lambda row: row.reason),
    )
