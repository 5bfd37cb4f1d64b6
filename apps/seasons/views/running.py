"""Screens on which a season is prepared, started and closed."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from apps.core.problems import problems_of
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post
from apps.policies import checking, loading
from apps.seasons import selectors, services
from apps.seasons.forms import PrepareForm
from apps.seasons.models import Season
from apps.seasons.views.common import as_opened, managed, status_of, token_for


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
        return "批次已开始，申请人可在申请窗口内提交申请。"

    return _confirm(request, managed(request, pk), "seasons/start.html", act)


@login_required
@get_or_post
def close(request: ViewerRequest, pk: int) -> HttpResponse:
    """Ask once more, then end the season."""

    def act(opened: Season, token: str) -> str:
        services.close(season=opened, by=request.viewer, at=request.at, token=token)
        return "批次已结束。"

    return _confirm(request, managed(request, pk), "seasons/close.html", act)


def _confirm(request: ViewerRequest, season: Season, template: str, act: Callable[[Season, str], str]) -> HttpResponse:
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
        "refusals": refusals,
        "token": token_for(season),
    }
    return render(request, template, context, status=409 if refusals else 200)
