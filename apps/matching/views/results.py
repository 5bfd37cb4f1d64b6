"""Screens of what came of an allocation: who got what and why, moves proposed, what anybody may see."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core import tokens
from apps.core.exports import answer, is_wanted
from apps.core.paging import page_of
from apps.core.refusals import Refusal, Refused, refuse
from apps.core.requests import ViewerRequest, get_or_post
from apps.core.tables import arranged
from apps.matching import exports, services
from apps.matching.forms import MoveForm
from apps.matching.models import AllocationRun
from apps.matching.selectors import adjustments, effects, results
from apps.matching.selectors import allocation as selectors
from apps.matching.selectors import market as markets
from apps.matching.states import IN_HAND
from apps.matching.tables import ChangeFilter, ChangeTable, OutcomeFilter, OutcomeTable, PublicOutcomeTable
from apps.matching.views.allocation import NOT_YOURS, form_page, load, token_of
from apps.seasons.models import ServiceGroup
from apps.seasons.permissions import manages_the_season


@login_required
@require_safe
def outcomes(request: ViewerRequest, pk: int) -> HttpResponseBase:
    """List who got what, narrowed as the viewer asks; the same as a workbook."""
    found = load(request, pk)
    narrowed = OutcomeFilter(request.GET, selectors.outcomes_of(found), request=request)
    table = arranged(OutcomeTable(narrowed.qs), request)
    if is_wanted(request):
        return answer("分配结果", exports.OF_OUTCOMES, table.data.data)
    return render(request, "matching/outcomes.html", {"run": found, "filter": narrowed, "table": table})


@login_required
@require_safe
def changes(request: ViewerRequest, pk: int) -> HttpResponseBase:
    """List who is elsewhere than in the version before, narrowed as the viewer asks; the same as a workbook."""
    found = load(request, pk)
    return _changes(request, found, effects.difference(found), reverse("matching:run", args=[pk]))


@require_safe
def public_changes(request: ViewerRequest, pk: int) -> HttpResponseBase:
    """List for anybody who is elsewhere than in what was published before; the same as a workbook."""
    found = get_object_or_404(selectors.public_runs(), pk=pk)
    told = effects.difference(found, public=True)
    return _changes(request, found, told, reverse("matching:public_run", args=[pk]))


def _changes(
    request: ViewerRequest, found: AllocationRun, told: effects.Difference | None, back: str
) -> HttpResponseBase:
    rows = told.rows if told else effects.changed(found, found)
    narrowed = ChangeFilter(request.GET, rows, run=found)
    table = arranged(ChangeTable(narrowed.qs), request)
    if is_wanted(request):
        return answer("去处变化", exports.OF_CHANGES, table.data.data)
    context = {"run": found, "difference": told, "filter": narrowed, "table": table, "back": back}
    return render(request, "matching/changes.html", context)


@login_required
@never_cache
@get_or_post
def outcome(request: ViewerRequest, pk: int, person: int) -> HttpResponse:
    """Tell why a person got what he got; who runs it sees what a move would bring about, and proposes it."""
    found = load(request, pk)
    row = get_object_or_404(selectors.outcomes_of(found), person=person)
    is_open = found.state in IN_HAND
    may_move = is_open and manages_the_season(request.viewer, found.season, request.at)
    if request.method == "POST" and not may_move:
        raise PermissionDenied(NOT_YOURS)
    groups = ServiceGroup.objects.filter(season=found.season_id).order_by("pk")
    form = MoveForm(request.POST if request.method == "POST" else None, groups=groups)
    refusals: tuple[Refusal, ...] = ()
    effect = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            if "sure" in request.POST:
                ticket = tokens.read(request.POST.get("token", ""), selectors.RUN)
                found.version = ticket.seen.get(found.pk, -1)
                services.adjust(
                    run=found, person=row.person, by=request.viewer, at=request.at, token=ticket.key, **said
                )
                messages.success(request, "已提出调整，正在征求本人、派出单位和接收县的意见。")
                return redirect("matching:run", pk)
            refuse(adjustments.no_room_for(found, person, said["to"]))
            effect = effects.effect_of(found, person, said["to"], said["reason"])
        except Refused as refused:
            refusals, found = refused.refusals, load(request, pk)
    whys = selectors.whys_of(found, person)
    context = {
        "run": found,
        "row": row,
        "whys": whys,
        "tells_standing": selectors.tells_standing(whys),
        "effect": effect,
        "may_move": may_move,
        "token": token_of(found),
    }
    return form_page(request, "matching/outcome.html", form, refusals, context)


@login_required
@require_safe
def group(request: ViewerRequest, pk: int, group: int) -> HttpResponse:
    """Tell a county who was taken, who was refused, and why."""
    found = load(request, pk)
    rows = results.by_group(found) if found.report else []
    result = next((each for each in rows if each.group.pk == group), None)
    if result is None:
        raise Http404
    return render(
        request, "matching/group.html", {"run": found, "result": result, "why": selectors.why_in(found).of_group(group)}
    )


@require_safe
def public_run(request: ViewerRequest, pk: int) -> HttpResponseBase:
    """Show anybody an allocation on notice or published: who serves where, the hashes, what the checker found.

    Who serves where is to be had as a workbook too.
    """
    found = get_object_or_404(selectors.public_runs(), pk=pk)
    narrowed = OutcomeFilter(request.GET, selectors.outcomes_of(found).exclude(group=None), request=request)
    table = arranged(PublicOutcomeTable(narrowed.qs), request)
    if is_wanted(request):
        return answer("分配结果", exports.OF_OUTCOMES, table.data.data)
    context = {
        "run": found,
        "kept": len(markets.kept_in(found)),
        "places": results.by_city(found, request.GET.get("city")),
        "filter": narrowed,
        "table": table,
        "ranks": results.by_rank(found),
        "difference": effects.difference(found, public=True),
        "given_up": selectors.draws_given_up(found.season_id),
        "others": list(
            selectors.public_runs().defer("market", "report").filter(season=found.season_id).exclude(pk=found.pk)
        ),
    }
    return render(request, "matching/public_run.html", context)


@require_safe
def public_runs(request: ViewerRequest) -> HttpResponse:
    """List the allocations that anybody may see, the newest first."""
    page = page_of(selectors.public_runs().defer("market", "report"), request.GET.get("page"))
    return render(request, "matching/public_runs.html", {"page": page})
