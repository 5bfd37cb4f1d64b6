"""Screens of an allocation: its run from the freeze to the publication, its results and why, moves proposed."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core import log, tokens
from apps.core.exports import answer, is_wanted
from apps.core.paging import page_of
from apps.core.problems import problems_of
from apps.core.refs import Ref
from apps.core.refusals import Refusal, Refused, refuse
from apps.core.requests import ViewerRequest, get_or_post
from apps.core.tables import arranged
from apps.matching import exports, services
from apps.matching.forms import DaysForm, DrawForm, FreezeForm, GivingUpForm, MoveForm
from apps.matching.models import AllocationRun
from apps.matching.selectors import adjustments, effects
from apps.matching.selectors import allocation as selectors
from apps.matching.selectors import market as markets
from apps.matching.selectors.verdicts import forecasts_in
from apps.matching.states import RunAction, RunState, TieRule
from apps.matching.tables import OutcomeFilter, OutcomeTable, PublicOutcomeTable
from apps.seasons.models import Season, ServiceGroup
from apps.seasons.permissions import manages_the_season
from apps.seasons.selectors import in_sight, managed_by

_NOT_YOURS = "分配由协调办公室办理，您当前的任职没有此权限。"
_BALANCE = "balance"
_OFFERED = {
    RunState.DRAFTED: (RunAction.DRAW, RunAction.DISCARD),
    RunState.COMPUTED: (_BALANCE, RunAction.CONFIRM, RunAction.DISCARD),
    RunState.ADJUSTED: (_BALANCE, RunAction.CONFIRM, RunAction.DISCARD),
    RunState.CONFIRMED: (RunAction.ANNOUNCE, RunAction.DISCARD),
    RunState.ON_NOTICE: (RunAction.PUBLISH, RunAction.DISCARD),
}
_LABELS = {
    RunAction.DRAW: "登记摇号并计算",
    _BALANCE: "生成补足下限的建议",
    RunAction.CONFIRM: "确认结果",
    RunAction.ANNOUNCE: "公示",
    RunAction.PUBLISH: "公布",
    RunAction.DISCARD: "作废",
}
_FORMS: dict[str, type[forms.Form]] = {
    RunAction.DRAW: DrawForm,
    RunAction.ANNOUNCE: DaysForm,
    RunAction.DISCARD: GivingUpForm,
}
_VERBS: dict[str, Callable[..., Any]] = {
    RunAction.DRAW: services.draw,
    _BALANCE: services.balance,
    RunAction.CONFIRM: services.confirm,
    RunAction.ANNOUNCE: services.announce,
    RunAction.PUBLISH: services.publish,
    RunAction.DISCARD: services.discard,
}


@login_required
@require_safe
def runs(request: ViewerRequest) -> HttpResponse:
    """List the allocations in the viewer's sight, and the seasons for which he may freeze one."""
    found = list(selectors.runs_seen(request.viewer, request.at))
    seasons = list(managed_by(request.viewer, request.at))
    return render(request, "matching/runs.html", {"runs": found, "seasons": seasons})


def _season(request: ViewerRequest, pk: int) -> Season:
    return get_object_or_404(in_sight(request.viewer, request.at), pk=pk)


@login_required
@require_safe
def outlook(request: ViewerRequest, season: int) -> HttpResponse:
    """Tell which counties stay short with today's wishes, so that they may invite, and who is without a verdict."""
    found = _season(request, season)
    rows = forecasts_in(found)
    context = {
        "season": found,
        "rows": rows,
        "missing": sum(row.missing for row in rows),
        "unjudged": sum(row.unjudged for row in rows),
    }
    return render(request, "matching/outlook.html", context)


@login_required
@never_cache
@get_or_post
def freeze(request: ViewerRequest, season: int) -> HttpResponse:
    """Tell what the freeze brings about, then freeze wishes and verdicts of a season."""
    found = _season(request, season)
    if not manages_the_season(request.viewer, found, request.at):
        raise PermissionDenied(_NOT_YOURS)
    form = FreezeForm(request.POST if request.method == "POST" else None)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            frozen = services.freeze(season=found, by=request.viewer, at=request.at, **form.cleaned_data)
            messages.success(request, "已冻结。请公开摇号，登记结果后开始计算。")
            return redirect("matching:run", frozen.pk)
        except Refused as refused:
            refusals = refused.refusals
    context = {"season": found, "ties": dict(TieRule.choices).get(markets.ties_in(found), "")}
    return _form(request, "matching/freeze.html", form, refusals, context)


def _form(
    request: ViewerRequest,
    template: str,
    form: forms.Form,
    refusals: tuple[Refusal, ...],
    context: Mapping[str, Any],
) -> HttpResponse:
    problems = problems_of(form)
    status = 409 if refusals else 422 if problems else 200
    return render(
        request, template, {**context, "form": form, "problems": problems, "refusals": refusals}, status=status
    )


def _load(request: ViewerRequest, pk: int) -> AllocationRun:
    return get_object_or_404(selectors.runs_seen(request.viewer, request.at), pk=pk)


def _managed(request: ViewerRequest, pk: int) -> AllocationRun:
    found = _load(request, pk)
    if not manages_the_season(request.viewer, found.season, request.at):
        raise PermissionDenied(_NOT_YOURS)
    return found


def _token(run: AllocationRun) -> str:
    return tokens.issue(selectors.RUN, {run.pk: run.version})


@login_required
@require_safe
def run(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show an allocation: how far it is, its numbers by county and by choice, what was adjusted, what differs."""
    found = _load(request, pk)
    manages = manages_the_season(request.viewer, found.season, request.at)
    offered = _OFFERED.get(RunState(found.state), ()) if manages else ()
    context = {
        "run": found,
        "groups": selectors.by_group(found) if found.report else [],
        "ranks": selectors.by_rank(found) if found.report else [],
        "is_computing": bool(found.seed) and (not found.report or selectors.is_behind(found)),
        "fault": selectors.fault_of(found) if manages else "",
        "wishes": selectors.wishes_in(found),
        "unplaced": len(found.market["left"]) - found.report.get("placed", 0),
        "adjustments": list(adjustments.adjustments_of(found)),
        "difference": effects.difference(found),
        "offered": [(action, _LABELS[action]) for action in offered],
        "people": len(found.market["left"]),
        "log": log.entries_of(Ref(selectors.RUN, str(pk))),
    }
    return render(request, "matching/run.html", context)


@login_required
@never_cache
@get_or_post
def act_run(request: ViewerRequest, pk: int, action: str) -> HttpResponse:
    """Ask once more, then carry an allocation one step on."""
    if action not in _VERBS:
        raise Http404
    found = _managed(request, pk)
    form = _FORMS.get(action, forms.Form)(request.POST if request.method == "POST" else None)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            ticket = tokens.read(request.POST.get("token", ""), selectors.RUN)
            found.version = ticket.seen.get(found.pk, -1)
            _VERBS[action](run=found, by=request.viewer, at=request.at, token=ticket.key, **form.cleaned_data)
            messages.success(request, f"已办理：{_LABELS[action]}。")
            return redirect("matching:run", pk)
        except Refused as refused:
            refusals, found = refused.refusals, _managed(request, pk)
    context = {"run": found, "title": _LABELS[action], "token": _token(found)}
    return _form(request, "matching/act_run.html", form, refusals, context)


@login_required
@require_safe
def outcomes(request: ViewerRequest, pk: int) -> HttpResponseBase:
    """List who got what, narrowed as the viewer asks; the same as a workbook."""
    found = _load(request, pk)
    narrowed = OutcomeFilter(request.GET, selectors.outcomes_of(found), request=request)
    table = arranged(OutcomeTable(narrowed.qs), request)
    if is_wanted(request):
        return answer("分配结果", exports.OF_OUTCOMES, table.data.data)
    return render(request, "matching/outcomes.html", {"run": found, "filter": narrowed, "table": table})


@login_required
@never_cache
@get_or_post
def outcome(request: ViewerRequest, pk: int, person: int) -> HttpResponse:
    """Tell why a person got what he got; who runs it sees what a move would bring about, and proposes it."""
    found = _load(request, pk)
    row = get_object_or_404(selectors.outcomes_of(found), person=person)
    is_open = found.state in (RunState.COMPUTED, RunState.ADJUSTED)
    may_move = is_open and manages_the_season(request.viewer, found.season, request.at)
    if request.method == "POST" and not may_move:
        raise PermissionDenied(_NOT_YOURS)
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
            refusals, found = refused.refusals, _load(request, pk)
    why = selectors.why_in(found).of_person(person)
    context = {
        "run": found, "row": row, "why": why, "effect": effect, "may_move": may_move, "token": _token(found)
    }  # fmt: skip
    return _form(request, "matching/outcome.html", form, refusals, context)


@login_required
@require_safe
def group(request: ViewerRequest, pk: int, group: int) -> HttpResponse:
    """Tell a county who was taken, who was refused, and why."""
    found = _load(request, pk)
    results = selectors.by_group(found) if found.report else []
    result = next((each for each in results if each.group.pk == group), None)
    if result is None:
        raise Http404
    return render(
        request, "matching/group.html", {"run": found, "result": result, "why": selectors.why_in(found).of_group(group)}
    )


@require_safe
def public_run(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show anybody an allocation on notice or published: who serves where, the hashes, what the checker found."""
    found = get_object_or_404(selectors.public_runs(), pk=pk)
    narrowed = OutcomeFilter(request.GET, selectors.outcomes_of(found).exclude(group=None), request=request)
    table = arranged(PublicOutcomeTable(narrowed.qs), request)
    context = {
        "run": found,
        "filter": narrowed,
        "table": table,
        "ranks": selectors.by_rank(found),
        "difference": effects.difference(found, public=True),
        "others": list(selectors.public_runs().filter(season=found.season_id).exclude(pk=found.pk)),
    }
    return render(request, "matching/public_run.html", context)


@require_safe
def public_runs(request: ViewerRequest) -> HttpResponse:
    """List the allocations that anybody may see, the newest first."""
    page = page_of(selectors.public_runs(), request.GET.get("page"))
    return render(request, "matching/public_runs.html", {"page": page})
