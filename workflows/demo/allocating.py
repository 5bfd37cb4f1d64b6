"""How people are allocated to counties in the demonstration, from the freeze to what is published."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from apps.core.actors import Actor
from apps.core.refusals import Refused
from apps.matching import services
from apps.matching.models import Adjustment, AllocationRun, Consent, Outcome
from apps.matching.selectors import results, rounds
from apps.matching.selectors.adjustments import open_in
from apps.matching.states import ConsentParty
from workflows import steps
from workflows.demo import wishing
from workflows.demo.play import Play

NOTICE_DAYS = 5
ROUND_DAYS = 3
NOT_WAITING = "演示：各县已审核完毕，不再等待逾期补报"
ROUNDS = 3
"""How often floors are balanced before offers are made to who has no county."""
DECLINED = 0.04
"""How many of a hundred of those asked do not consent."""


def allocate(play: Play) -> AllocationRun | None:
    """Freeze, draw, compute, balance, let wish anew, offer, settle and publish; None where nothing is allocated."""
    run = begin(play)
    return run and settle(play, adjust(play, run))


def begin(play: Play) -> AllocationRun | None:
    """Freeze wishes and verdicts, draw, compute; None where there is nothing to allocate."""
    try:
        frozen = services.freeze(season=play.season, reason=NOT_WAITING, by=play.office, at=play.at)
    except Refused as refused:
        play.say(f"不进行分配：{refused}")
        return None
    return _draw(play, frozen)


def adjust(play: Play, run: AllocationRun) -> AllocationRun:
    """Balance, let wish anew and offer, with the consents of all who are asked; return what stands then."""
    moved = _balance(play, run)
    run = _supplement(play, _again(run))
    moved += _offer(play, run)
    play.say(f"建议调整{moved}人并征求意见")
    return _again(run)


def _draw(play: Play, frozen: AllocationRun) -> AllocationRun:
    """Draw the number in public and let the result be computed."""
    drawn = f"{play.chance.randrange(10_000):04d}"
    services.draw(run=frozen, drawn=drawn, by=play.office, at=play.at)
    steps.compute_allocations(play.at)
    run = _again(frozen)
    placed, short = run.report["placed"], run.report["shortage"]
    play.say(f"{run}冻结并摇号（{drawn}），已计算：安排{placed}人，距下限缺{short}人")
    return run


def _supplement(play: Play, run: AllocationRun) -> AllocationRun:
    """Let a few of those left out wish anew for the seats that are free, and go on from there; return what stands."""
    last = play.today + timedelta(days=ROUND_DAYS)
    try:
        run = services.supplement(run=run, until=last, by=play.office, at=play.at)
    except Refused:
        return run
    found = rounds.round_of(run)
    wished = wishing.wish_anew(play, found)
    play.say(f"开放补充志愿至{last}：{len(found.people)}人未安排，{wished}人重新填报，各县已审核")
    play.sleep(ROUND_DAYS + 1)
    return _draw(play, services.freeze(season=play.season, base=run, by=play.office, at=play.at))


def _again(run: AllocationRun) -> AllocationRun:
    return AllocationRun.objects.select_related("season").get(pk=run.pk)


def _balance(play: Play, run: AllocationRun) -> int:
    """Let the office ask for the fewest moves that fill the floors, again after refusals; return how many it asked."""
    asked = 0
    for _ in range(ROUNDS):
        try:
            asked += services.balance(run=_again(run), by=play.office, at=play.at)
        except Refused:
            break
        play.sleep(1)
        _answer_all(play, run)
    return asked


def _offer(play: Play, run: AllocationRun) -> int:
    """Offer what stays short to people without a county, outside their wishes; return how many were asked."""
    idle = Outcome.objects.filter(run=run, group=None).select_related("person").order_by("pk")
    seats = [result.group for result in results.by_group(_again(run)) for _ in range(result.missing)]
    offers = list(zip(idle, seats, strict=False))
    for outcome, group in offers:
        services.adjust(
            run=_again(run),
            person=outcome.person,
            to=group,
            reason=f"{group}的人数下限尚未补足，在志愿之外征求意见",
            basis="演示：协调办公室会议纪要",
            by=play.office,
            at=play.at,
        )
    play.sleep(1)
    _answer_all(play, run)
    return len(offers)


def _answer_all(play: Play, run: AllocationRun) -> None:
    """Let everybody asked answer on the same day: the people, then their units, then the counties."""
    with transaction.atomic():  # so that the run is reckoned anew once, around all that hold by then
        for party in ConsentParty:
            for desk, moves in _asked(run, party).items():
                _answer(play, play.holder_of(desk), moves)
    services.reckon(run=run.pk, at=play.at)


def _asked(run: AllocationRun, party: str) -> dict[str, list[int]]:
    """Return the moves about which one sort of party is still asked, by the first of its desks."""
    waiting = Consent.objects.filter(adjustment__in=open_in(run), party=party, word="").order_by("pk")
    found: dict[str, list[int]] = defaultdict(list)
    for adjustment, desks in waiting.values_list("adjustment", "desks"):
        found[desks[0]].append(adjustment)
    return found


def _answer(play: Play, by: Actor, moves: Sequence[int]) -> None:
    """Let one desk answer: who declines says why, and the others are asked no more."""
    declined = [pk for pk in moves if play.chance.random() < DECLINED]
    for adjustment in Adjustment.objects.filter(pk__in=declined).order_by("pk"):
        services.decline_move(adjustment=adjustment, opinion="难以到任。", by=by, at=play.at)
    if agreed := sorted({*moves}.difference(declined)):
        services.agree_to_moves(adjustments=agreed, by=by, at=play.at)


def settle(play: Play, run: AllocationRun) -> AllocationRun:
    """Confirm the result, show it for some days, then let it stand."""
    run = services.confirm(run=run, by=play.office, at=play.at)
    play.say(f"已确认：安排{run.report['placed']}人，距下限缺{run.report['shortage']}人")
    opens = play.today
    closes = opens + timedelta(days=NOTICE_DAYS - 1)
    run = services.announce(run=run, opens=opens, closes=closes, by=play.office, at=play.at)
    play.sleep(NOTICE_DAYS)
    run = services.publish(run=_again(run), by=play.office, at=play.at)
    play.say(f"分配结果公示{opens}至{closes}后公布，结果哈希 {run.output_digest[:12]}")
    return run
