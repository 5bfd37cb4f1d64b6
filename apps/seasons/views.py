"""Screens of the season office: prepare, set, start and close a season, and read its policy."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from apps.core import tokens
from apps.core.problems import problems_of
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest
from apps.policies import beside, loading
from apps.seasons import selectors, services
from apps.seasons.forms import AnswerForm, PrepareForm, QuotaForm, ReasonForm, WindowForm
from apps.seasons.models import Season
from apps.seasons.permissions import manages_the_season
from apps.seasons.states import SeasonState

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@get_or_post
def prepare(request: ViewerRequest) -> HttpResponse:
    """Make a season from a shipped pack, to be set before it starts."""
    places = list(selectors.places_to_run(request.viewer, request.at))
    if not places:
        raise PermissionDenied("建立年度批次由区域的协调办公室办理，您当前的任职没有此权限。")
    year = timezone.localdate(request.at).year
    form = PrepareForm(
        request.POST or None,
        initial={"year": year, "title": f"{year}年度科技特派员选派"},
        packs=loading.shipped(),
        places=places,
    )
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            season = services.prepare(
                files=loading.read(said["pack"]),
                jurisdiction=form.places[said["jurisdiction"]],
                year=said["year"],
                title=said["title"],
                by=request.viewer,
                at=request.at,
            )
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, "批次已建立。请核对时间窗口、名额和文件未尽事项，然后开始。")
            return redirect("seasons:settings", season.pk)
    context = {"form": form, "problems": problems_of(form), "refusals": refusals}
    return render(request, "seasons/prepare.html", context, status=_status(form, refusals))


@login_required
@require_safe
def settings(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show a season's windows, quotas, open questions and what was changed."""
    season = _season(request, pk)
    pack = selectors.pack_of(season)
    is_office = manages_the_season(request.viewer, season, request.at)
    context = {
        "season": season,
        "pack": pack,
        "windows": selectors.windows_shown(season, pack, request.at),
        "quotas": selectors.quota_tables(season, pack),
        "questions": selectors.questions_shown(season, pack),
        "changes": selectors.changes_of(season, pack),
        "is_office": is_office,
        "may_change": is_office and season.state != SeasonState.CLOSED,
    }
    return render(request, "seasons/settings.html", context)


@login_required
@require_safe
def policy(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show the policy's text with the rules beside the words they cite."""
    season = _season(request, pk)
    pack = selectors.pack_of(season)
    context = {
        "season": season,
        "pack": pack,
        "paragraphs": beside.paragraphs(pack, season.source_text, season.answers),
        "set_by_office": beside.set_by_office(pack, season.answers),
        "is_office": manages_the_season(request.viewer, season, request.at),
    }
    return render(request, "seasons/policy.html", context)


@login_required
@get_or_post
def window(request: ViewerRequest, pk: int, window: int) -> HttpResponse:
    """Move one window, with a reason."""
    season = _managed(request, pk)
    row = get_object_or_404(selectors.windows_of(season), pk=window)
    initial = {"opens": row.opens, "closes": row.closes, "grace_days": row.grace_days}
    pack = selectors.pack_of(season)

    def save(form: Form, seen: Season, token: str) -> str:
        row.season = seen
        services.set_window(window=row, **form.cleaned_data, by=request.viewer, at=request.at, token=token)
        return f"窗口“{row.label}”已调整。"

    context = {
        "heading": row.label,
        "section": "windows",
        "basis": pack.basis(pack.calendar.windows[row.key]),
        "note": "起止日均含当日；留空表示该侧不限。",
    }
    return _change(request, season, WindowForm(request.POST or None, initial=initial), save, context)


@login_required
@get_or_post
def quota(request: ViewerRequest, pk: int, quota: int) -> HttpResponse:
    """Set the places of one service group, with a reason; go on to the next one if asked to."""
    season = _managed(request, pk)
    row = get_object_or_404(selectors.quotas_of(season), pk=quota)
    pack = selectors.pack_of(season)
    rule = pack.quotas[row.key]
    after = selectors.next_quota(row)
    initial = {"places": row.places, "reason": request.GET.get("reason", "")[:500]}

    def save(form: Form, seen: Season, token: str) -> str:
        row.season = seen
        services.set_quota(quota=row, **form.cleaned_data, by=request.viewer, at=request.at, token=token)
        return f"{row.group}的名额已设定。"

    context = {
        "heading": f"{row.group}：{rule.label}",
        "section": "quotas",
        "basis": pack.basis(rule),
        "note": f"村（社区）数：{row.villages}。留空表示尚未设定。",
        "after": reverse("seasons:quota", args=[season.pk, after.pk]) if after else "",
    }
    return _change(request, season, QuotaForm(request.POST or None, initial=initial), save, context)


@login_required
@get_or_post
def answer(request: ViewerRequest, pk: int, question: str) -> HttpResponse:
    """Choose otherwise where the policy is silent, with a reason, before the season starts."""
    season = _managed(request, pk)
    shown = selectors.question_shown(season, selectors.pack_of(season), question)
    if shown is None:
        raise Http404

    def save(form: Form, seen: Season, token: str) -> str:
        services.answer(
            season=seen, question=question, **form.cleaned_data, by=request.viewer, at=request.at, token=token
        )
        return f"“{shown.question.text}”已另行选定。"

    context = {
        "heading": shown.question.text,
        "section": "questions",
        "note": f"政策包选定：{shown.default}。理由：{shown.question.why}。",
    }
    form = AnswerForm(request.POST or None, initial={"chosen": shown.chosen}, options=shown.options)
    return _change(request, season, form, save, context)


@login_required
@get_or_post
def start(request: ViewerRequest, pk: int) -> HttpResponse:
    """Ask once more, then let people apply."""

    def act(seen: Season, token: str) -> str:
        services.start(season=seen, by=request.viewer, at=request.at, token=token)
        return "批次已开始，申请人可在申请窗口内提交申请。"

    return _confirm(request, _managed(request, pk), "seasons/start.html", act)


@login_required
@get_or_post
def close(request: ViewerRequest, pk: int) -> HttpResponse:
    """Ask once more, then end the season."""

    def act(seen: Season, token: str) -> str:
        services.close(season=seen, by=request.viewer, at=request.at, token=token)
        return "批次已结束。"

    return _confirm(request, _managed(request, pk), "seasons/close.html", act)


def _season(request: ViewerRequest, pk: int) -> Season:
    return get_object_or_404(selectors.in_sight(request.viewer, request.at), pk=pk)


def _managed(request: ViewerRequest, pk: int) -> Season:
    """Return a season the viewer runs; tell a colleague who does, and a stranger nothing."""
    season = _season(request, pk)
    if not manages_the_season(request.viewer, season, request.at):
        raise PermissionDenied(f"批次设置由{season.jurisdiction}协调办公室办理，您当前的任职没有此权限。")
    return season


def _as_seen(request: ViewerRequest, season: Season) -> tuple[Season, str]:
    """Return the season at the version the form was opened on, and the form's key."""
    ticket = tokens.read(request.POST.get("token", ""), "season")
    seen = _season(request, season.pk)
    seen.version = ticket.seen.get(season.pk, -1)
    return seen, ticket.key


def _change(
    request: ViewerRequest,
    season: Season,
    form: ReasonForm,
    save: Callable[[Form, Season, str], str],
    context: Mapping[str, Any],
) -> HttpResponse:
    """Save one setting and go back to the table it stands in; a refusal keeps what was typed."""
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, save(form, *_as_seen(request, season)))
            return redirect(_onward(request, season, form, context))
        except Refused as refused:
            refusals = refused.refusals
    context = {
        "basis": None,
        "after": "",
        **context,
        "season": season,
        "form": form,
        "problems": problems_of(form),
        "refusals": refusals,
        "token": tokens.issue("season", {season.pk: season.version}),
    }
    return render(request, "seasons/change.html", context, status=_status(form, refusals))


def _onward(request: ViewerRequest, season: Season, form: ReasonForm, context: Mapping[str, Any]) -> str:
    if "onward" in request.POST and context.get("after"):
        return f"{context['after']}?{urlencode({'reason': form.cleaned_data['reason']})}"
    return f"{reverse('seasons:settings', args=[season.pk])}#{context['section']}"


def _status(form: Form, refusals: tuple[Refusal, ...]) -> int:
    if refusals:
        return 409
    return 422 if form.is_bound else 200


def _confirm(request: ViewerRequest, season: Season, template: str, act: Callable[[Season, str], str]) -> HttpResponse:
    """Ask once more before a final act, then do it."""
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST":
        try:
            messages.success(request, act(*_as_seen(request, season)))
            return redirect("seasons:settings", season.pk)
        except Refused as refused:
            refusals = refused.refusals
    context = {
        "season": season,
        "windows": selectors.windows_shown(season, selectors.pack_of(season), request.at),
        "refusals": refusals,
        "token": tokens.issue("season", {season.pk: season.version}),
    }
    return render(request, template, context, status=409 if refusals else 200)
