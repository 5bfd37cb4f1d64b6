"""What the door must know of the two-way selection."""

from collections.abc import Sequence
from operator import attrgetter

from django.db.models import Prefetch

from apps.core import outbox, sets
from apps.core.days import written_day
from apps.core.kinds import Decision, Kind, Outcome
from apps.matching import guards, papers
from apps.matching.models import (
    Adjustment,
    AllocationRun,
    Need,
    Pairing,
    Placement,
    PoolEntry,
    Serving,
    SiteList,
    VillageContact,
    Wish,
    WishList,
)
from apps.matching.models import Outcome as Placed
from apps.matching.selectors import (
    adjustments,
    allocation,
    contacts,
    edits,
    grounds,
    needs,
    pairings,
    places,
    pool,
    wishes,
)
from apps.matching.selectors.market import pk_of
from apps.matching.states import (
    ADJUSTMENT_TONES,
    NEED_TONES,
    NEED_WRITING,
    PAIRING_TONES,
    PLACEMENT_TONES,
    POOL_TONES,
    AdjustmentAction,
    AdjustmentState,
    ContactAction,
    ContactState,
    NeedAction,
    NeedState,
    PairingAction,
    PairingState,
    PlacementAction,
    PlacementState,
    PoolAction,
    PoolState,
    RunAction,
    RunState,
    SiteListAction,
    SiteListState,
    WishListAction,
    WishListState,
)


def follow_wishes(outcomes: Sequence[Outcome], decision: Decision) -> None:
    """Write the wishes of what was handed in, take away those taken back, keep what a county said."""
    records = [outcome.record for outcome in outcomes]
    if decision.action == WishListAction.SUBMIT:
        sets.insert([wish for record in records for wish in _wishes(record)])
    elif decision.action == WishListAction.RESTORE:
        kept = decision.details["handed_in"]
        sets.insert([wish for record in records for wish in wishes.handed_in_again(record, kept)])
    elif decision.action == WishListAction.TAKE_BACK:
        Wish.objects.filter(list__in=records).delete()
    elif decision.action == WishListAction.JUDGE:
        said = decision.details
        Wish.objects.filter(list__in=records, group=said["group"]).update(
            word=said["word"],
            points=said["points"],
            reason=decision.opinion,
            judged=decision.at,
            judged_by=decision.by.name,
        )


def _wishes(record: WishList) -> list[Wish]:
    return [
        Wish(list=record, rank=rank, group_id=entry["group"], industry=entry["industry"])
        for rank, entry in enumerate(record.entries, 1)
    ]


WISHES = Kind(
    name=wishes.WISH_LIST,
    model=WishList,
    label="志愿",
    states=WishListState,
    actions=WishListAction,
    guards={
        WishListAction.SUBMIT: [
            guards.before_the_freeze,
            guards.wishes_are_as_checked,
            guards.within_the_window,
            guards.within_the_round,
            guards.wishes_are_in_order,
            guards.wishes_have_room,
        ],
        WishListAction.TAKE_BACK: [guards.before_the_freeze, guards.within_the_round],
        WishListAction.JUDGE: [guards.before_the_freeze, guards.speaks_for_the_county, guards.refusal_has_reason],
    },
    facts=wishes.facts_for_door,
    follow=follow_wishes,
    editable=frozenset({WishListState.DRAFT}),
    tones={WishListState.DRAFT: "warning", WishListState.SUBMITTED: "success"},
)

COMPUTE, ROUND, FALLEN = "allocation.compute", "matching.round", "matching.fallen"
"""The effects that compute an allocation once its number was drawn, and that tell of a round and of moves that fell."""
_OF_ROUNDS = (RunAction.SUPPLEMENT, RunAction.CALL_OFF, RunAction.DISCARD)


def follow_runs(outcomes: Sequence[Outcome], decision: Decision) -> None:
    """Wish for the computation once a number was drawn, and for people to be told of a round; write who got what.

    That is written whenever it was reckoned anew.
    """
    for outcome in outcomes:
        if decision.action == RunAction.DISCARD:
            told = {"run": outcome.pk, "why": decision.opinion}
            outbox.emit([outbox.Wish(FALLEN, f"{FALLEN}:{outcome.pk}", told)], at=decision.at)
        if decision.action == RunAction.DRAW:
            outbox.emit([outbox.Wish(COMPUTE, f"{COMPUTE}:{outcome.pk}", {"run": outcome.pk})], at=decision.at)
        elif decision.action in (RunAction.COMPUTE, RunAction.ADJUST):
            _write_outcomes(outcome.record)
        elif RunState.SUPPLEMENTING in (outcome.record.state, outcome.from_state):
            outbox.emit(_news_of_round(outcome.record, decision), at=decision.at)


def _write_outcomes(run: AllocationRun) -> None:
    """Let the rows of a run say what its newest result says; those that say it already stay."""
    told = [field.attname for field in Placed._meta.concrete_fields if not field.primary_key]
    wanted = {attrgetter(*told)(each): each for each in allocation.outcomes_in(run)}
    rows = Placed.objects.filter(run=run)
    there = {tuple(row): pk for pk, *row in rows.values_list("pk", *told)}
    rows.filter(pk__in=[pk for row, pk in there.items() if row not in wanted]).delete()
    sets.insert([each for row, each in wanted.items() if row not in there])


def _news_of_round(run: AllocationRun, decision: Decision) -> list[outbox.Wish]:
    """Wish for people to be told of a round that was opened, put off or ended without a new version."""
    if decision.action not in _OF_ROUNDS:
        return []
    key = f"{ROUND}:{run.pk}:{run.version}"
    until = written_day(run.until) if run.until and decision.action == RunAction.SUPPLEMENT else ""
    told = {"until": until, "why": decision.opinion, "restored": decision.details.get("restored", [])}
    return [outbox.Wish(ROUND, key, {"run": run.pk, "key": key, **told})]


OF_RUN = Prefetch("run", AllocationRun.objects.defer("market", "report"))
"""What an act on a move or a placement needs of its run: neither the market nor the report, which are large."""

ALLOCATION = Kind(
    name=allocation.RUN,
    model=AllocationRun,
    label="分配",
    states=RunState,
    actions=RunAction,
    guards={
        RunAction.DRAW: [guards.is_drawn_once],
        RunAction.COMPUTE: [guards.was_drawn],
        RunAction.SUPPLEMENT: [
            guards.everybody_has_answered,
            guards.is_reckoned,
            guards.somebody_is_left,
            guards.last_day_is_to_come,
        ],
        RunAction.CALL_OFF: [guards.says_why],
        RunAction.GO_ON: [guards.round_is_over],
        RunAction.CONFIRM: [guards.everybody_has_answered, guards.is_reckoned],
        RunAction.ANNOUNCE: [guards.notice_days_are_to_come, guards.notice_is_as_long_as_set],
        RunAction.PUBLISH: [guards.notice_is_over],
        RunAction.DISCARD: [guards.run_is_given_up_with_reason],
    },
    facts=allocation.facts_for_door,
    follow=follow_runs,
    related=("season",),
    tones={
        RunState.DRAFTED: "warning",
        RunState.COMPUTED: "info",
        RunState.ADJUSTED: "info",
        RunState.CONFIRMED: "info",
        RunState.ON_NOTICE: "warning",
        RunState.PUBLISHED: "success",
        RunState.SUPPLEMENTING: "warning",
        RunState.SUPERSEDED: "muted",
        RunState.DISCARDED: "muted",
    },
    page="matching:run",
)

ADJUSTMENT = Kind(
    name=adjustments.ADJUSTMENT,
    model=Adjustment,
    label="分配调整",
    states=AdjustmentState,
    actions=AdjustmentAction,
    guards={
        AdjustmentAction.AGREE: [guards.run_is_in_hand, guards.speaks_for_who_is_asked],
        AdjustmentAction.DECLINE: [guards.run_is_in_hand, guards.speaks_for_who_is_asked, guards.says_why],
        AdjustmentAction.WITHDRAW: [guards.run_is_in_hand, guards.says_why],
    },
    facts=adjustments.facts_for_door,
    follow=papers.follow_adjustments,
    related=(OF_RUN, "run__season", "person", "to", "consents"),
    tones=ADJUSTMENT_TONES,
    page="matching:adjustment",
)

PLACED = "matching.placed"
"""The effect that tells people where they serve, once it is confirmed."""


def follow_placements(outcomes: Sequence[Outcome], decision: Decision) -> None:
    """Write who serves what whenever it was reckoned or edited; clear and fill desks; wish for all to be told."""
    for outcome in outcomes:
        _write_servings(outcome.record, decision)
    papers.follow(outcomes, decision)
    if decision.action == PlacementAction.CONFIRM:
        told = [{"placement": outcome.pk, "version": outcome.record.version} for outcome in outcomes]
        wishes = [outbox.Wish(PLACED, "{placement}:{version}".format(**each), each) for each in told]
        outbox.emit(wishes, at=decision.at)


def _write_servings(placement: Placement, decision: Decision) -> None:
    rows = Serving.objects.filter(placement=placement.pk)
    if decision.action == PlacementAction.COMPUTE:
        rows.delete()
        sets.insert(grounds.servings_in(placement))
    elif decision.action == PlacementAction.EDIT:
        name = decision.details["person"]
        rows.filter(person=pk_of(name)).delete()
        sets.insert(grounds.servings_in(placement, [name], decision.opinion))


PLACEMENT = Kind(
    name=places.PLACEMENT,
    model=Placement,
    label="挂村联户安排",
    states=PlacementState,
    actions=PlacementAction,
    guards={
        PlacementAction.COMPUTE: [guards.is_of_the_newest_allocation],
        PlacementAction.EDIT: [guards.says_why, *guards.OF_SITES],
        PlacementAction.SUBMIT: [
            guards.is_of_the_newest_allocation,
            guards.everybody_has_his_sites,
            guards.worse_cover_is_explained,
        ],
        PlacementAction.SEND_BACK: [guards.says_why],
        PlacementAction.CONFIRM: [guards.is_not_about_himself, guards.is_of_the_newest_allocation],
    },
    facts=places.facts_of_placements,
    follow=follow_placements,
    related=(OF_RUN, "run__season", "season", "group"),
    tones=PLACEMENT_TONES,
    page="matching:placement",
)

SITE_LIST = Kind(
    name=edits.SITE_LIST,
    model=SiteList,
    label="县级名单",
    states=SiteListState,
    actions=SiteListAction,
    guards={SiteListAction.TAKE_OFF: [guards.says_why]},
    related=("season",),
)

CONTACT = Kind(
    name=contacts.VILLAGE_CONTACT,
    model=VillageContact,
    label="村级联系",
    states=ContactState,
    actions=ContactAction,
    guards={
        ContactAction.WRITE: [
            guards.serves_the_village,
            guards.says_of_contact_what_is_asked,
            guards.contact_is_within_his_time,
        ]
    },
    facts=contacts.facts_of_contacts,
    related=("village__season",),
)

NEED = Kind(
    name=needs.NEED,
    model=Need,
    label="科技需求",
    states=NeedState,
    actions=NeedAction,
    guards={
        NeedAction.SUBMIT: [guards.need_is_in_time],
        NeedAction.SEND_BACK: [guards.says_why],
        NeedAction.CLOSE: [guards.says_why],
    },
    facts=needs.facts_of_needs,
    follow=papers.follow,
    editable=frozenset(NEED_WRITING),
    related=("season",),
    tones=NEED_TONES,
    page="matching:need",
)

POOL_ENTRY = Kind(
    name=pool.POOL,
    model=PoolEntry,
    label="储备库登记",
    states=PoolState,
    actions=PoolAction,
    guards={
        PoolAction.SUBMIT: [guards.is_in_season, guards.says_what_he_offers],
        PoolAction.ACCEPT: [guards.is_in_season],
        PoolAction.ADMIT: [guards.is_in_season],
        PoolAction.SEND_BACK: [guards.says_why],
        PoolAction.REFUSE: [guards.says_why],
        PoolAction.LEAVE: [guards.says_why],
        PoolAction.EXPIRE: [guards.place_is_over],
    },
    facts=pool.facts_of_entries,
    follow=papers.follow,
    editable=frozenset({PoolState.DRAFT, PoolState.INVITED}),
    related=("person",),
    tones=POOL_TONES,
    page="matching:pool_entry",
)

PAIRING = Kind(
    name=pairings.PAIRING,
    model=Pairing,
    label="双向对接",
    states=PairingState,
    actions=PairingAction,
    guards={
        PairingAction.AGREE: [
            guards.is_in_season,
            guards.speaks_on_these_terms,
            guards.answers_in_time,
            guards.is_not_supported_twice,
        ],
        PairingAction.DECLINE: [guards.speaks_on_these_terms, guards.says_why],
        PairingAction.WITHDRAW: [guards.says_why],
        PairingAction.LAPSE: [guards.pairing_is_over],
    },
    facts=pairings.facts_of_pairings,
    follow=papers.follow_pairings,
    related=("person", "host", "county"),
    tones=PAIRING_TONES,
    page="matching:pairing",
)
