"""Screens on which a season is prepared, started and closed."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from apps.core.days import written_day
from apps.core.problems import problems_of
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post
from apps.policies import checking, loading
from apps.seasons import selectors, services
from apps.seasons.forms import DiscardForm, PrepareForm
from apps.seasons.models import Season
from apps.seasons.views.common import as_opened, change, managed, status_of, token_for


@login_required
@get_or_post
def prepare(request: ViewerRequest) -> HttpResponse:
    """Make a season from a shipped pack, to be set before it starts."""
    places = list(selectors.places_to_run(request.viewer, request.at))
    if not places:
        raise PermissionDenied("建立年度批次由区域的协调办公室办理，您当前的任职没有此权限。")
    year = timezone.localdate(request.at).year
    packs, unfit = checking.shipped()
    form = PrepareForm(
        request.POST or None,
        initial={"year": year, "title": f"{year}年度科技特派员选派"},
        packs=packs,
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
    context = {"form": form, "problems": problems_of(form), "refusals": refusals, "unfit": unfit}
    return render(request, "seasons/prepare.html", context, status=status_of(form, refusals))


@login_required
@get_or_post
def start(request: ViewerRequest, pk: int) -> HttpResponse:
    """Ask once more, then let people apply."""

    def act(opened: Season, token: str) -> str:
        services.start(season=opened, by=request.viewer, at=request.at, token=token)
        return f"批次已开始，{_from_when(opened, request.at)}。"

    season = managed(request, pk)
    alike = selectors.seasons_alike(season.pack_id, season.jurisdiction_id, season.year, besides=season.pk)
    return _confirm(request, season, "seasons/start.html", act, {"alike": alike})


def _from_when(season: Season, at: datetime) -> str:
    """Say from when until when people may apply."""
    status = selectors.window_status(season, selectors.pack_of(season).processes.application.window, at)
    assert status
    assert status.opens
    assert status.last_day
    begins = f"自{written_day(status.opens)}起可以提交申请" if status.is_before else "现在即可提交申请"
    return f"申请人{begins}，至{written_day(status.last_day)}截止"


@login_required
@get_or_post
def discard(request: ViewerRequest, pk: int) -> HttpResponse:
    """Ask why, then give up a season that was never started."""
    season = managed(request, pk)

    def save(form: Form, opened: Season, token: str) -> str:
        services.discard(season=opened, **form.cleaned_data, by=request.viewer, at=request.at, token=token)
        return "批次已作废，不再列入年度批次；变更记录保留在本页。"

    context = {
        "heading": "作废本批次",
        "section": "about",
        "note": "批次尚未开始，作废后不能恢复，名称可以另用。",
        "button": "作废",
        "is_danger": True,
    }
    return change(request, season, DiscardForm(request.POST or None), save, context)


@login_required
@get_or_post
def close(request: ViewerRequest, pk: int) -> HttpResponse:
    """Ask once more, then end the season."""

    def act(opened: Season, token: str) -> str:
        services.close(season=opened, by=request.viewer, at=request.at, token=token)
        return "批次已结束。"

    return _confirm(request, managed(request, pk), "seasons/close.html", act)


def _confirm(
    request: ViewerRequest,
    season: Season,
    template: str,
    act: Callable[[Season, str], str],
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Ask once more before a final act, then do it."""
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST":
        try:
            messages.success(request, act(*as_opened(request, season)))
            return redirect("seasons:settings", season.pk)
        except Refused as refused:
            refusals = refused.refusals
    context = {
        "season": season,
        "windows": selectors.windows_shown(season, selectors.pack_of(season), request.at),
        "today": timezone.localdate(request.at),
        "refusals": refusals,
        "token": token_for(season),
        **(more or {}),
    }
    return render(request, template, context, status=409 if refusals else 200)
