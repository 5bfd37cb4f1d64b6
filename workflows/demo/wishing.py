"""How counties are chosen in the demonstration: quotas and industries set, wishes written, each county's word on them.

Quotas and the industries of counties are generated: neither list has been published.
"""

from collections import Counter, defaultdict
from datetime import timedelta

from django.db.models import QuerySet

from apps.directory.selectors import actor_for
from apps.matching import services
from apps.matching.engine.coverage import floor_of
from apps.matching.models import Participant, Wish, WishList
from apps.matching.selectors import wishes as selectors
from apps.matching.selectors.market import needed_in, quotas_in
from apps.matching.selectors.rounds import Round
from apps.matching.states import WishListState, WishWord
from apps.seasons import services as seasons
from apps.seasons.models import ServiceGroup
from apps.seasons.selectors import most_villages, pack_of
from workflows.demo import placing
from workflows.demo.play import Play

GENERATED = "演示数据：生成"
WISHING_DAYS, WISHING_ANEW = 10, 20
INDUSTRIES_OF_A_COUNTY = (3, 5)
UNPOPULAR = 0.1
"""How much somebody minds the least wanted county, where he cares for the most wanted once."""
WORDS = {WishWord.INVITE: 0.15, WishWord.RECOMMEND: 0.25, WishWord.ACCEPT: 0.5, WishWord.REFUSE: 0.05, "": 0.05}
POINTS = {WishWord.INVITE: 90, WishWord.RECOMMEND: 80, WishWord.ACCEPT: 70}
REFUSED_BECAUSE = "专业与本县产业需求不符。"


def prepare(play: Play, participants: int) -> None:
    """Set the days of wishing, the industries of each group, the villages to be served, and the places they ask for."""
    window = play.season.windows.get(key=selectors.WINDOW)
    opens = play.today
    play.season = seasons.set_window(
        window=window,
        opens=opens,
        closes=opens + timedelta(days=WISHING_DAYS),
        grace_days=0,
        reason=GENERATED,
        by=play.office,
        at=play.at,
    )
    known = list(pack_of(play.season).choices.get("industries", {}).values())
    rows = quotas_in(play.season)
    for row in rows:
        chosen = play.chance.sample(known, play.chance.randint(*INDUSTRIES_OF_A_COUNTY))
        services.set_industries(group=row.group, industries=chosen, by=play.office, at=play.at)
    listed = placing.list_villages(play, participants)
    needed, most = needed_in(play.season) or Counter[int](), most_villages(play.season, pack_of(play.season)) or 1
    places = {row.pk: max(1, floor_of(needed[row.group_id], most_villages=most, fixed=0)) for row in rows}
    play.season = seasons.set_quotas(
        season=play.season, key=rows[0].key, places=places, reason=GENERATED, by=play.office, at=play.at
    )
    play.say(f"生成须覆盖的村{listed}个，按村数设定名额{sum(places.values())}个")


def wish_all(play: Play) -> int:
    """Let all who may choose write down their wishes and hand them in; return how many did."""
    groups = list(ServiceGroup.objects.filter(season=play.season).order_by("pk"))
    wanted = [play.chance.random() + UNPOPULAR for _ in groups]
    industries = selectors.industries_of(play.season)
    least, most = selectors.bounds_of(play.season)
    choosing = Participant.objects.filter(season=play.season, county=None).order_by("pk")
    for participant in choosing.select_related("person__user").iterator():
        participant.season = play.season
        number = play.chance.randint(max(least, 1), most)
        drawn = dict.fromkeys(each.pk for each in play.chance.choices(groups, wanted, k=3 * most))
        entries = [{"group": pk, "industry": play.chance.choice(industries[pk])} for pk in list(drawn)[:number]]
        by = actor_for(participant.person.user)
        draft = services.save_wishes(participant=participant, entries=entries, by=by, at=play.at)
        services.submit_wishes(wishes=draft, by=by, at=play.at)
    return choosing.count()


def wish_anew(play: Play, found: Round) -> int:
    """Let some of those without a place wish for groups with free seats, and their counties judge; return how many."""
    groups, industries = sorted(found.seats), selectors.industries_of(play.season)
    _, most = selectors.bounds_of(play.season)
    rows = WishList.objects.filter(season=play.season, state=WishListState.SUBMITTED, person__in=found.people)
    lists = list(rows.select_related("season", "person__user").order_by("pk")[:WISHING_ANEW])
    for wishes in lists:
        by = actor_for(wishes.person.user)
        chosen = play.chance.sample(groups, min(most, len(groups)))
        entries = [{"group": pk, "industry": play.chance.choice(industries[pk])} for pk in chosen]
        services.take_back_wishes(wishes=wishes, by=by, at=play.at)
        participant = selectors.participation(by, play.season.pk)
        assert participant is not None
        draft = services.save_wishes(participant=participant, entries=entries, by=by, at=play.at)
        services.submit_wishes(wishes=draft, by=by, at=play.at)
    judge_all(play, Wish.objects.filter(list__in=lists))
    return len(lists)


def judge_all(play: Play, asked: QuerySet[Wish] | None = None) -> None:
    """Let each county say of the wishes aimed at it whom it wants, how much, and whom not, all alike in one act."""
    words = list(WORDS)
    said: dict[tuple[str, str], list[int]] = defaultdict(list)
    rows = Wish.objects.filter(list__season=play.season) if asked is None else asked
    for wish, county in rows.order_by("pk").values_list("pk", "group__counties"):
        said[str(county), play.chance.choices(words, list(WORDS.values()))[0]].append(wish)
    for (county, word), wishes in said.items():
        if word:
            services.judge_wishes(
                wishes=wishes,
                word=word,
                points=POINTS.get(WishWord(word)),
                opinion=REFUSED_BECAUSE if word == WishWord.REFUSE else "",
                by=play.holder_of(selectors.county_desk(county)),
                at=play.at,
            )
