"""Screens of an allocation: its run from the freeze to the publication, its results and why, moves proposed."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core import log, tokens
from apps.core.problems import problems_of
from apps.core.refs import Ref
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post
from apps.matching import services
from apps.matching.forms import DaysForm, DrawForm, FreezeForm, GivingUpForm, RoundForm
from apps.matching.models import AllocationRun
from apps.matching.selectors import adjustments, effects, freezing, results, rounds
from apps.matching.selectors import allocation as selectors
from apps.matching.selectors import market as markets
from apps.matching.selectors.notice import notice_from
from apps.matching.selectors.verdicts import forecasts_in
from apps.matching.selectors.wishes import limit_of
from apps.matching.states import AdjustmentState, RunAction, RunState, TieRule
from apps.seasons.models import Season, ServiceGroup
from apps.seasons.permissions import manages_the_season
from apps.seasons.selectors import in_sight, managed_by, pack_of

NOT_YOURS = "分配由协调办公室办理，您当前的任职没有此权限。"
_BALANCE = "balance"
_OFFERED = {
    RunState.DRAFTED: (RunAction.DRAW, RunAction.DISCARD),
    RunState.COMPUTED: (_BALANCE, RunAction.SUPPLEMENT, RunAction.CONFIRM, RunAction.DISCARD),
    RunState.ADJUSTED: (_BALANCE, RunAction.SUPPLEMENT, RunAction.CONFIRM, RunAction.DISCARD),
    RunState.SUPPLEMENTING: (RunAction.SUPPLEMENT, RunAction.CALL_OFF, RunAction.DISCARD),
    RunState.CONFIRMED: (RunAction.ANNOUNCE, RunAction.DISCARD),
    RunState.ON_NOTICE: (RunAction.PUBLISH, RunAction.DISCARD),
}
_LABELS = {
    RunAction.DRAW: "登记摇号并计算",
    _BALANCE: "生成补足下限的建议",
    RunAction.SUPPLEMENT: "补充志愿",
    RunAction.CALL_OFF: "停止补充志愿",
    RunAction.CONFIRM: "确认结果",
    RunAction.ANNOUNCE: "公示",
    RunAction.PUBLISH: "公布",
    RunAction.DISCARD: "作废",
}
_BRINGS_ABOUT: Mapping[str, str] = {
    RunAction.DRAW: "号码登记后开始计算，不能更改；作废后内容没有变化的，同一号码继续有效，作废的版本和号码一并公布。",
    RunAction.SUPPLEMENT: "未安排的人员可以撤回并重新填报志愿，只能选尚有空余名额的县（市、区），截止前（含当日）提交；"
    "已安排的人员不变。系统通知本人和有空余名额的县（市、区）。截止后冻结新的一版，接续分配。",
    RunAction.CALL_OFF: "结果恢复到补充志愿之前，期间改填的志愿不用于本版；撤回后没有重新提交的，"
    "恢复为撤回前提交的志愿和意见。系统通知本人和有关县（市、区）。",
}
_NO_NEW_DRAW = "冻结的志愿、意见和名额与已作废的{run}完全相同，其摇号结果“{drawn}”继续有效，不再摇号。"
_FORMS: dict[str, type[forms.Form]] = {
    RunAction.DRAW: DrawForm,
    RunAction.ANNOUNCE: DaysForm,
    RunAction.DISCARD: GivingUpForm,
    RunAction.SUPPLEMENT: RoundForm,
    RunAction.CALL_OFF: GivingUpForm,
}
_VERBS: dict[str, Callable[..., Any]] = {
    RunAction.DRAW: services.draw,
    _BALANCE: services.balance,
    RunAction.CONFIRM: services.confirm,
    RunAction.ANNOUNCE: services.announce,
    RunAction.PUBLISH: services.publish,
    RunAction.DISCARD: services.discard,
    RunAction.SUPPLEMENT: services.supplement,
    RunAction.CALL_OFF: services.call_off,
}


@login_required
@require_safe
def runs(request: ViewerRequest) -> HttpResponse:
    """List the allocations in the viewer's sight, and the seasons with wishes for which he may freeze one."""
    found = list(selectors.runs_seen(request.viewer, request.at).defer("market", "report"))
    seasons = [each for each in managed_by(request.viewer, request.at) if limit_of(pack_of(each))]
    return render(request, "matching/runs.html", {"runs": found, "seasons": seasons})


def _season(request: ViewerRequest, pk: int) -> Season:
    return get_object_or_404(in_sight(request.viewer, request.at), pk=pk)


@login_required
@require_safe
def outlook(request: ViewerRequest, season: int) -> HttpResponse:
    """Tell which counties stay short with today's wishes, so that they may invite, and who is without a verdict."""
    found = _season(request, season)
    forecasts = forecasts_in(found)
    rows = forecasts.rows
    parts = {
        "预计缺人的": [row for row in rows if row.missing],
        "预计不缺人的": [row for row in rows if not row.missing and row.is_set],
        "名额尚未设定、无法预计的": [row for row in rows if not row.missing and not row.is_set],
    }
    context = {
        "season": found,
        "parts": [(label, some) for label, some in parts.items() if some],
        "missing": sum(row.missing for row in rows),
        "unset": sum(not row.is_set for row in rows),
        "cities": forecasts.cities,
        "unjudged": sum(row.unjudged for row in rows),
        "manages": manages_the_season(request.viewer, found, request.at),
    }
    return render(request, "matching/outlook.html", context)


@login_required
@never_cache
@get_or_post
def freeze(request: ViewerRequest, season: int) -> HttpResponse:
    """Tell what the freeze brings about, then freeze wishes and verdicts of a season."""
    found = _season(request, season)
    if not manages_the_season(request.viewer, found, request.at):
        raise PermissionDenied(NOT_YOURS)
    base = rounds.run_with_round(found.pk) or selectors.published_for(found.pk)
    is_amendment = base is not None and base.state == RunState.PUBLISHED
    form = FreezeForm(
        request.POST if request.method == "POST" else None,
        is_amendment=is_amendment,
        initial={"reason": base.reason if base and not is_amendment else ""},
    )
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        kept = base if form.cleaned_data.pop("keep", True) else None
        try:
            frozen = services.freeze(season=found, base=kept, by=request.viewer, at=request.at, **form.cleaned_data)
            messages.success(request, "已冻结。请公开摇号，登记结果后开始计算。")
            return redirect("matching:run", frozen.pk)
        except Refused as refused:
            refusals = refused.refusals
    ties = dict(TieRule.choices).get(markets.ties_in(found), "")
    context = {
        "season": found, "ties": ties, "base": base, "is_amendment": is_amendment,
        "cut": freezing.cut_off(found, base, request.at),
    }  # fmt: skip
    return form_page(request, "matching/freeze.html", form, refusals, context)


def form_page(
    request: ViewerRequest,
    template: str,
    form: forms.Form,
    refusals: tuple[Refusal, ...],
    context: Mapping[str, Any],
) -> HttpResponse:
    """Show a form with what is wrong in it and why it was refused."""
    problems = problems_of(form)
    status = 409 if refusals else 422 if problems else 200
    return render(
        request, template, {**context, "form": form, "problems": problems, "refusals": refusals}, status=status
    )


def load(request: ViewerRequest, pk: int) -> AllocationRun:
    """Return an allocation in the viewer's sight; strangers get 404."""
    return get_object_or_404(selectors.runs_seen(request.viewer, request.at), pk=pk)


def _managed(request: ViewerRequest, pk: int) -> AllocationRun:
    found = load(request, pk)
    if not manages_the_season(request.viewer, found.season, request.at):
        raise PermissionDenied(NOT_YOURS)
    return found


def token_of(run: AllocationRun) -> str:
    """Return the token of a form on an allocation as it is seen."""
    return tokens.issue(selectors.RUN, {run.pk: run.version})


@login_required
@require_safe
def run(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show an allocation: how far it is, its numbers by county and by choice, what was adjusted, what differs."""
    found = load(request, pk)
    manages = manages_the_season(request.viewer, found.season, request.at)
    offered = _OFFERED.get(RunState(found.state), ()) if manages else ()
    moves = list(adjustments.adjustments_of(found))
    opened = adjustments.adjustments_for(request.viewer, request.at).filter(run=found)
    unplaced = len(found.market["left"]) - found.report.get("placed", 0)
    context = {
        "run": found,
        "stage": results.stage_of(found),
        "follower": selectors.follower_of(found),
        "kept": len(markets.kept_in(found)) if found.report else len(found.market["pins"]),
        "moved": selectors.outcomes_of(found).filter(is_moved=True).count(),
        "round": _round(found),
        "places": results.by_city(found, request.GET.get("city")) if found.report else None,
        "ranks": results.by_rank(found) if found.report else [],
        "is_computing": bool(found.seed) and (not found.report or selectors.is_behind(found)),
        "fault": selectors.fault_of(found) if manages else "",
        "wishes": selectors.wishes_in(found),
        "unplaced": unplaced,
        "opened": set(opened.values_list("pk", flat=True)),
        "asked": [each for each in moves if each.state == AdjustmentState.PROPOSED],
        "settled": [each for each in moves if each.state != AdjustmentState.PROPOSED],
        "difference": effects.difference(found),
        "offered": [(act, _called(act, found)) for act in offered if act != RunAction.SUPPLEMENT or unplaced],
        "people": len(found.market["left"]),
        "log": log.entries_of(Ref(selectors.RUN, str(pk))),
    }
    return render(request, "matching/run.html", context)


def _called(action: str, run: AllocationRun) -> str:
    """Name an act on an allocation; a round that is open is put off."""
    is_open = action == RunAction.SUPPLEMENT and run.state == RunState.SUPPLEMENTING
    return "推后补充志愿截止日" if is_open else _LABELS[action]


def _round(run: AllocationRun) -> dict[str, Any]:
    """Return how far the supplementary round of a run is, nothing where none is open."""
    if run.state != RunState.SUPPLEMENTING:
        return {}
    found = rounds.round_of(run)
    groups = ServiceGroup.objects.filter(pk__in=found.seats).order_by("pk")
    return {
        "until": found.until,
        "people": len(found.people),
        "left": rounds.left_to_do(found),
        "seats": found.free,
        "groups": [(group, found.seats[group.pk]) for group in groups],
    }


def _days_of_notice(run: AllocationRun, at: datetime) -> dict[str, date | None]:
    """Return from when until when an allocation is before the public that is announced today."""
    opens = localdate(at)
    period = notice_from(run.season, opens)
    return {"opens": opens, "closes": period.closes if period else None}


@login_required
@never_cache
@get_or_post
def act_run(request: ViewerRequest, pk: int, action: str) -> HttpResponse:
    """Ask once more, then carry an allocation one step on."""
    if action not in _VERBS:
        raise Http404
    found = _managed(request, pk)
    label = _called(action, found)
    holds = selectors.draw_that_holds(found) if action == RunAction.DRAW else None
    initial = {"until": found.until, **dict.fromkeys(("drawn", "again"), holds.drawn if holds else "")}
    initial |= _days_of_notice(found, request.at) if action == RunAction.ANNOUNCE else {}
    form = _FORMS.get(action, forms.Form)(request.POST if request.method == "POST" else None, initial=initial)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            ticket = tokens.read(request.POST.get("token", ""), selectors.RUN)
            found.version = ticket.seen.get(found.pk, -1)
            _VERBS[action](run=found, by=request.viewer, at=request.at, token=ticket.key, **form.cleaned_data)
            messages.success(request, f"已办理：{label}。")
            return redirect("matching:run", pk)
        except Refused as refused:
            refusals, found = refused.refusals, _managed(request, pk)
    brings = _NO_NEW_DRAW.format(run=holds, drawn=holds.drawn) if holds else _BRINGS_ABOUT.get(action, "")
    words = {"title": label, "brings": brings, "is_danger": action == RunAction.DISCARD}
    context = {"run": found, "token": token_of(found), **words}
    return form_page(request, "matching/act_run.html", form, refusals, context)
