"""How a need comes about: written, looked through, published, met."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.core import door
from apps.core.actors import Actor
from apps.core.masking import personal_number_in
from apps.core.models import Reveal
from apps.core.refusals import Refusal, Refused
from apps.directory.models import Organization, Region
from apps.matching.models import Need
from apps.matching.permissions import posts_it
from apps.matching.selectors import needs as selectors
from apps.matching.states import NEED_WRITING, NeedAction
from apps.policies.matching import industries
from apps.seasons.models import Season
from apps.seasons.selectors import pack_of

ENTRIES = ("place", "industry", "title", "detail", "wanted", "contact", "phone")


def write_need(
    *, season: Season, place_of_post: Organization | Region, said: Mapping[str, Any], by: Actor, at: datetime
) -> Need:
    """Begin a need at the desk of a host, or of a county for a place in it. Raises Refused for another's desk."""
    poster = selectors.poster_desk(place_of_post)
    county = selectors.county_of(place_of_post.region if isinstance(place_of_post, Organization) else place_of_post)
    if not by.sits_at(poster, at):
        raise Refused(Refusal("not_yours", "您当前的任职不能以此单位名义提出需求。", "请由该单位经办人员填写。"))
    if county is None or not selectors.seasons_for(county).filter(pk=season.pk).exists():
        raise Refused(Refusal("not_in_season", "该单位所在地不在本批次范围内。", "请选择所在地正在进行的批次。"))
    host = place_of_post if isinstance(place_of_post, Organization) else None
    need = Need(season=season, poster=poster, host=host, county=county, created=at, **_entries(season, county, said))
    return door.create([need], by=by, at=at)[0]


def _entries(season: Season, county: Region, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was written, once industry and place are known to be the season's and the county's."""
    if said["industry"] not in industries(pack_of(season)):
        raise Refused(Refusal("unknown_industry", "所选产业不在本批次的产业清单中。", "请从列表中重新选择。"))
    place = said.get("place")
    if place is not None and not place.path.startswith(county.path):
        raise Refused(Refusal("place_elsewhere", f"所选地点不在{county}。", "请从列表中重新选择。"))
    if sort := personal_number_in(f"{said['title']}\n{said['detail']}"):
        raise Refused(
            Refusal(
                "personal",
                f"标题或内容中有{sort}，发布后所有人都能看到。",
                "请删去；联系方式填在“联系人”“联系电话”，不公开。",
            )
        )
    return {name: said.get(name) for name in ENTRIES}


@transaction.atomic
def rewrite_need(*, need: Need, said: Mapping[str, Any], by: Actor, at: datetime) -> Need:
    """Keep what was written anew, as long as the need is not handed in."""
    mine = Need.objects.select_for_update(of=("self",)).select_related("season", "county").get(pk=need.pk)
    if mine.state not in NEED_WRITING or not posts_it(by, mine, at):
        raise Refused(Refusal("read_only", "需求已提交，不能再修改。", "如需更正，请联系审核机关退回修改。"))
    for name, value in _entries(mine.season, mine.county, said).items():
        setattr(mine, name, value)
    mine.save(update_fields=[*ENTRIES, "pinyin"])
    return mine


def submit_need(*, need: Need, by: Actor, at: datetime, opinion: str = "", token: str = "") -> Need:
    """Hand a need in: it goes to the offices that the pack names, one after the other, and is then published."""
    details = {"route": selectors.route_of(need)}
    return door.advance_one(need, NeedAction.SUBMIT, token_key=token, by=by, at=at, opinion=opinion, details=details)


def pass_need(*, need: Need, by: Actor, at: datetime, opinion: str = "", token: str = "") -> Need:
    """Agree to a need: it goes on to the next office, after the last it is published."""
    return door.advance_one(need, NeedAction.PASS_UP, token_key=token, by=by, at=at, opinion=opinion)


def send_need_back(*, need: Need, by: Actor, at: datetime, opinion: str, token: str = "") -> Need:
    """Give a need back to who posted it, with a reason."""
    return door.advance_one(need, NeedAction.SEND_BACK, token_key=token, by=by, at=at, opinion=opinion)


def meet_need(*, need: Need, by: Actor, at: datetime, opinion: str = "", token: str = "") -> Need:
    """Say that help was found: the need leaves the public list."""
    return door.advance_one(need, NeedAction.MEET, token_key=token, by=by, at=at, opinion=opinion)


def close_need(*, need: Need, by: Actor, at: datetime, opinion: str, token: str = "") -> Need:
    """Take a need back, or take it off the list, with a reason."""
    return door.advance_one(need, NeedAction.CLOSE, token_key=token, by=by, at=at, opinion=opinion)


def reveal_contact(*, need: Need, by: Actor, reason: str, at: datetime) -> str:
    """Return whom to ask and under what number, and keep who read it, when and why. Raises Refused without a reason."""
    if by.user_id is None or not reason.strip():
        raise Refused(Refusal("no_reason", "没有填写查看理由。", "查看联系方式须登录并写明理由，留有记录。"))
    Reveal.objects.create(
        user_id=by.user_id, actor=by.name, ref=f"need:{need.pk}", field="phone", reason=reason.strip()[:200], at=at
    )
    return f"{need.contact} {need.phone}"
