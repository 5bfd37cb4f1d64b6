"""What is done with participants and wishes: admitted, written, handed in, judged by the counties."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from apps.core import door, sets
from apps.core.actors import CLOCK, Actor
from apps.core.days import written_moment
from apps.core.kinds import Outcome
from apps.core.open_forms import WRITTEN_ELSEWHERE, OpenForm
from apps.core.refusals import Refusal, Refused
from apps.matching.models import AllocationRun, GroupIndustry, Participant, Wish, WishList
from apps.matching.models.wishes import MOST_POINTS
from apps.matching.selectors import wishes as selectors
from apps.matching.selectors.quotas import divided_industries
from apps.matching.states import WishListAction, WishListState
from apps.policies.conditions import evaluate
from apps.policies.schema import Pack
from apps.seasons.models import Season, ServiceGroup
from apps.seasons.permissions import manages_the_season
from apps.seasons.selectors import pack_of

WHO_WISHES = "who_wishes"
"""What the packs call the requirement on who lists wishes."""


@dataclass(frozen=True)
class Named:
    """Somebody named for a season: his person, unit, the level of this, and the county of his appointment."""

    person: int
    unit: int | None
    level: str | None
    county: str


def admit(*, season: Season, named: Sequence[Named]) -> None:
    """Let people named take part in the allocation of a season; who is in already stays as he is.

    Whether somebody lists wishes or serves his own county is the pack's to say. A pack without wishes admits nobody.
    """
    pack = pack_of(season)
    if selectors.limit_of(pack) is None:
        return
    rows = [
        Participant(
            season=season,
            person_id=each.person,
            unit_id=each.unit,
            county_id=None if _chooses(pack, each.level) else each.county,
        )
        for each in named
    ]
    sets.insert(rows, skip_known=True)


def _chooses(pack: Pack, level: str | None) -> bool:
    rules = [rule for rule in pack.sheet.requirements if rule.id == WHO_WISHES]
    return all(evaluate(rule.require, {"unit.level": level}, pack).holds for rule in rules)


@transaction.atomic
def save_wishes(
    *,
    participant: Participant,
    entries: Sequence[Mapping[str, Any]],
    by: Actor,
    at: datetime,
    opened: OpenForm | None = None,
) -> WishList:
    """Keep what a person has written so far, right or wrong; the first time begins his list.

    Raises Refused for another person, once it is handed in, and where the form was `opened` before the list was
    written otherwise in another window.
    """
    if by.person_id != participant.person_id:
        raise Refused(Refusal("not_yours", "志愿由本人填写。", "请用本人账号登录。"))
    WishList.objects.select_for_update().filter(season=participant.season_id, person=participant.person_id).first()
    wishes = selectors.list_of(participant)
    if wishes is None:
        return _begin(participant, entries, by, at, opened)
    if wishes.state != WishListState.DRAFT:
        raise Refused(Refusal("submitted", "志愿已提交，不能再改。", "如需修改，请先撤回。"))
    is_other = wishes.entries != list(entries)
    if opened and is_other and opened.is_overtaken(wishes.entries, wishes.written):
        raise Refused(WRITTEN_ELSEWHERE)
    wishes.entries, wishes.saved, wishes.written = list(entries), at, opened.mark if opened else ""
    wishes.save(update_fields=["entries", "saved", "written"])
    return wishes


def _begin(
    participant: Participant, entries: Sequence[Mapping[str, Any]], by: Actor, at: datetime, opened: OpenForm | None
) -> WishList:
    new = WishList(season=participant.season, person_id=participant.person_id, entries=list(entries), saved=at)
    new.written = opened.mark if opened else ""
    try:
        with transaction.atomic():
            return door.create([new], by=by, at=at)[0]
    except IntegrityError as error:
        raise Refused(Refusal("begun", "志愿已在另一页面开始填写。", "请重新打开本页。")) from error


def submit_wishes(
    *, wishes: WishList, by: Actor, at: datetime, opinion: str = "", checked: str = "", token: str = ""
) -> WishList:
    """Hand wishes in, each to its county; what comes late needs a reason; `checked` digests what was looked at."""
    details = {"checked": checked} if checked else {}
    return door.advance_one(
        wishes, WishListAction.SUBMIT, token_key=token, by=by, at=at, opinion=opinion, details=details
    )


def take_back_wishes(*, wishes: WishList, by: Actor, at: datetime, token: str = "") -> WishList:
    """Take wishes back to change them; what counties said of them is gone."""
    details = {"handed_in": selectors.handed_in(wishes)}
    return door.advance_one(wishes, WishListAction.TAKE_BACK, token_key=token, by=by, at=at, details=details)


def restore_wishes(*, run: AllocationRun, reason: str, at: datetime) -> list[int]:
    """Let the clock hand in again, with their verdicts, wishes taken back in a round that ends; return whose."""
    restored = selectors.taken_back_in(run)
    for wishes, handed_in in restored:
        details = {"handed_in": handed_in}
        door.insist(wishes, WishListAction.RESTORE, by=CLOCK, at=at, opinion=reason, details=details)
    return [wishes.person_id for wishes, _ in restored]


def judge_wishes(
    *,
    wishes: Sequence[int],
    word: str,
    points: int | None,
    opinion: str = "",
    seen: Mapping[int, str] | None = None,
    by: Actor,
    at: datetime,
    token: str = "",
) -> list[Outcome]:
    """Say for a county what it thinks of wishes aimed at it, one or many; tell what became of each.

    `seen` holds for each wish the mark of what its county had said when it was looked at: what a colleague has said
    since is not overwritten. None where nobody looked.

    A wish that was taken back meanwhile is another wish, and refused. Raises Refused for points out of bounds, and
    where none of the wishes is the county's.
    """
    if points is not None and not 0 <= points <= MOST_POINTS:
        raise Refused(Refusal("points", f"评分应为0至{MOST_POINTS}分。", "请更正。"))
    found = selectors.wishes_to_judge(by, wishes, at)
    if not found:
        raise Refused(Refusal("missing", "所选志愿不是报给您的，或已由本人撤回。", "请返回名单重新选择。"))
    said = (word, points, opinion)
    overtaken = [] if seen is None else [wish for wish in found if seen.get(wish.pk) != wish.mark and wish.said != said]
    together: dict[tuple[int, str], dict[int, int]] = defaultdict(dict)
    for wish in found:
        if wish in overtaken:
            continue
        together[wish.group_id, selectors.desk_for(by, wish, at)][wish.list_id] = wish.list.version
    outcomes = [Outcome(wish.list_id, wish.list, refusals=(_judged_meanwhile(wish),)) for wish in overtaken]
    for (group, desk), versions in together.items():
        details = {"group": group, "desk": desk, "word": word, "points": points}
        for chunk in _chunks(versions):
            outcomes += door.advance(
                WishList, chunk, WishListAction.JUDGE, by=by, at=at, opinion=opinion, token=token, details=details
            )
    return outcomes


def _judged_meanwhile(wish: Wish) -> Refusal:
    """Say what a colleague has said of a wish since it was looked at."""
    points = "" if wish.points is None else f"，{wish.points}分"
    when = written_moment(wish.judged) if wish.judged else ""
    return Refusal(
        "judged_meanwhile",
        f"打开本页之后，{wish.judged_by}已于{when}审核{wish.list.person.name}的{wish}：{wish.get_word_display()}{points}。"
        "本次填写的没有记录。",
        "请与现有意见核对；确需更改的，请再次保存。",
    )


def _chunks(seen: Mapping[int, int]) -> list[dict[int, int]]:
    rows = list(seen.items())
    return [dict(rows[start : start + door.BATCH_LIMIT]) for start in range(0, len(rows), door.BATCH_LIMIT)]


@transaction.atomic
def set_industries(*, group: ServiceGroup, industries: Sequence[str], by: Actor, at: datetime) -> None:
    """Keep the industries of a service group; an empty list lets all of the policy be chosen.

    Raises Refused for who does not run the season, once its wishes are frozen, and for one without an industry that
    has places of its own.
    """
    if not manages_the_season(by, group.season, at):
        raise Refused(Refusal("not_yours", "产业清单由协调办公室维护。", "如需增删产业，请联系协调办公室。"))
    if selectors.is_frozen(group.season_id):
        raise Refused(Refusal("frozen", "志愿已冻结，产业清单不能再改。", "作废本次分配后可以更改。"))
    if divided := divided_industries(group) - set(industries or selectors.industries_known(group.season)):
        said = f"{'、'.join(sorted(divided))}已设分产业名额，不能从清单中删去。"
        raise Refused(Refusal("has_places", said, "请先取消该产业的名额。"))
    GroupIndustry.objects.filter(group=group).delete()
    GroupIndustry.objects.bulk_create(GroupIndustry(group=group, industry=each) for each in dict.fromkeys(industries))
