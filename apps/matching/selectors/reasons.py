"""Why a person serves a site, in plain Chinese."""

from collections.abc import Iterator, Mapping, Sequence

from apps.matching.models import KeyClient, Placement, Serving, Village
from apps.matching.selectors.bases import Mine, base_of, places_of
from apps.matching.selectors.contacts import contact_in_words, contacts_by, rule_of
from apps.matching.selectors.grounds import industries_of
from apps.policies.matching import placing_of
from apps.seasons.selectors import pack_of


def mine_of(person: int) -> list[Mine]:
    """Return where a person serves, in each season in which his placement is confirmed."""
    return [_mine(placement, person) for placement in places_of(person)]


def _mine(placement: Placement, person: int) -> Mine:
    served = Serving.objects.filter(placement=placement, person=person).order_by("village__region", "client__name")
    rows = list(served.select_related("village__region__parent", "village__county", "client__county"))
    industries = industries_of(placement.season, placement.group, [person]).get(person, [])
    placing = placing_of(pack_of(placement.season))
    kinds, sorts = (placing.villages, placing.clients) if placing else ({}, {})
    rule = rule_of(placement.season)
    entered = contacts_by([person], placement.season_id) if rule else {}
    said = {village: contact_in_words(each.said(), rule) for (_, village), each in entered.items() if rule}
    return Mine(
        placement=placement,
        villages=[
            (row.village, why_village(row, industries, kinds), said.get(row.village.pk, ""))
            for row in rows
            if row.village
        ],
        rule=rule,
        clients=[(row.client, why_client(row, industries, sorts)) for row in rows if row.client],
        base=base_of(person, placement.season_id),
    )


def why_village(serving: Serving, industries: Sequence[str], kinds: Mapping[str, str]) -> str:
    """Say why a person serves a village: what village it is, what they have in common, who put him there."""
    village = serving.village
    assert isinstance(village, Village)
    named = "、".join(kinds.get(kind, kind) for kind in village.kinds)
    return "；".join(
        [
            f"{named}，须全覆盖" if named else "按需服务",
            *_in_common(village.industries, industries),
            *(["上年由本人挂村"] if village.last_person_id == serving.person_id else []),
            _by_whom(serving),
        ]
    )


def why_client(serving: Serving, industries: Sequence[str], kinds: Mapping[str, str]) -> str:
    """Say why a person looks after a key client."""
    client = serving.client
    assert isinstance(client, KeyClient)
    common = [f"产业相同：{client.industry}"] if client.industry and client.industry in industries else []
    return "；".join([kinds.get(client.kind, client.kind), *common, _by_whom(serving)])


def _in_common(scales: Mapping[str, int], industries: Sequence[str]) -> Iterator[str]:
    common = [f"{name}（规模{scales[name]}）" for name in industries if name in scales]
    if common:
        yield f"产业相同：{'、'.join(common)}"


def _by_whom(serving: Serving) -> str:
    return f"县级调整：{serving.reason}" if serving.reason else "由系统按全覆盖和产业匹配安排"
