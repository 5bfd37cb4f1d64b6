"""Screens of moves in an allocation: what each is, who has said what, and the answers of those asked, one or many."""

from collections.abc import Mapping

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core import log
from apps.core.door import BATCH_LIMIT
from apps.core.problems import problems_of
from apps.core.refs import Ref
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post
from apps.matching import services
from apps.matching.forms import OpinionForm
from apps.matching.models import Adjustment
from apps.matching.selectors import adjustments as selectors
from apps.matching.states import IN_HAND, AdjustmentAction, RunState
from apps.matching.views.acting import Act, carry_out, offered
from apps.seasons.permissions import manages_the_season

ACTS: Mapping[str, Act] = {
    AdjustmentAction.AGREE: Act(
        "本人、派出单位和接收县（市、区）全部同意后，这一调整才生效。答复后不能更改。", services.agree_to_move
    ),
    AdjustmentAction.DECLINE: Act(
        "一方不同意，这一调整即告终止，对方将看到您的理由。答复后不能更改。",
        services.decline_move,
        is_reason=True,
        is_danger=True,
    ),
    AdjustmentAction.WITHDRAW: Act(
        "撤销后如同没有这一调整，已生效的将重新计算结果；被征求意见的各方将看到您的理由。",
        services.withdraw_adjustment,
        is_reason=True,
        is_danger=True,
    ),
}


def _load(request: ViewerRequest, pk: int) -> Adjustment:
    found = selectors.adjustment_for(request.viewer, pk, request.at)
    if found is None:
        raise Http404
    return found


@login_required
@require_safe
def adjustment(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show a move: from where to where and why, what each party has said, what the viewer may do now."""
    found = _load(request, pk)
    context = {
        "adjustment": found,
        "rank": selectors.rank_wished(found),
        "fell": found.run.state == RunState.DISCARDED,
        "acts": offered(request, found, ACTS) if found.run.state in IN_HAND else [],
        "speaks_for": selectors.party_spoken_for(request.viewer, found, request.at),
        "is_office": manages_the_season(request.viewer, found.run.season, request.at),
        "log": log.entries_of(Ref(selectors.ADJUSTMENT, str(pk))),
    }
    return render(request, "matching/adjustment.html", context)


@login_required
@never_cache
@get_or_post
def act_adjustment(request: ViewerRequest, pk: int, action: str) -> HttpResponse:
    """Say yes or no to a move for the party at whose desk one sits, or take it out again."""
    return carry_out(request, _load(request, pk), "adjustment", ACTS, action)


@login_required
@never_cache
@get_or_post
def moves(request: ViewerRequest) -> HttpResponse:
    """List the moves about which one is asked, and say yes to those chosen in one act."""
    form = OpinionForm(request.POST if request.method == "POST" else None, is_reason=False)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            return _agreed(request, form.cleaned_data["opinion"])
        except Refused as refused:
            refusals = refused.refusals
    problems = problems_of(form)
    context = {
        "moves": selectors.moves_asked(request.viewer, request.at),
        "chosen": request.POST.getlist("move"),
        "form": form,
        "refusals": refusals,
        "problems": problems,
    }
    return render(request, "matching/moves.html", context, status=409 if refusals else 422 if problems else 200)


def _agreed(request: ViewerRequest, opinion: str) -> HttpResponse:
    keys = [int(key) for key in request.POST.getlist("move")[:BATCH_LIMIT] if key.isdecimal() and len(key) < 19]
    outcomes = services.agree_to_moves(adjustments=keys, by=request.viewer, at=request.at, opinion=opinion)
    refusals = list(dict.fromkeys(refusal for outcome in outcomes for refusal in outcome.refusals))
    done = sum(outcome.done for outcome in outcomes)
    if not done:
        raise Refused(*refusals)
    messages.success(request, f"已同意{done}项调整。")
    for refusal in refusals:
        messages.error(request, str(refusal))
    return redirect("matching:moves")
