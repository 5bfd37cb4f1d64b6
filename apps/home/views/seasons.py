"""The seasons, and the page of one: papers by step and place, windows, what waits, runs, what the clock did."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from apps.core import tokens
from apps.core.refusals import Refused
from apps.core.requests import ViewerRequest, post_only
from apps.desks.selectors import AGES
from apps.home import dashboards
from apps.notices.permissions import issues_in
from apps.seasons import selectors, services
from apps.seasons.models import Season
from apps.seasons.permissions import manages_the_season
from apps.seasons.views import common

TICKET = "season_run"


@login_required
@require_safe
def seasons(request: ViewerRequest) -> HttpResponse:
    """List the seasons a viewer may look into or run."""
    context = {
        "seasons": selectors.overview(request.viewer, request.at),
        "may_prepare": selectors.places_to_run(request.viewer, request.at).exists(),
    }
    return render(request, "home/seasons.html", context)


@login_required
@require_safe
def season(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show how a season stands."""
    season = common.seen(request, pk)
    pack = selectors.pack_of(season)
    seen = dashboards.sight(season, pack, request.GET.get("city", ""), request.viewer, request.at)
    context = {
        "season": season,
        "windows": selectors.windows_shown(season, pack, request.at),
        "board": dashboards.board(seen, pack),
        "waiting": dashboards.waiting(season, request.viewer, request.at),
        "runs_it": manages_the_season(request.viewer, season, request.at),
        "is_office": issues_in(request.viewer, season, request.at),
    }
    return render(request, "home/season.html", context)


@login_required
@require_safe
def pace(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show for how long papers lie at each step, and what came in and went out by day or week."""
    season = common.seen(request, pk)
    pack = selectors.pack_of(season)
    by = dashboards.BY_WEEK if request.GET.get("by") == dashboards.BY_WEEK else dashboards.BY_DAY
    seen = dashboards.sight(season, pack, request.GET.get("city", ""), request.viewer, request.at)
    days = seen.days(dashboards.begins(by, request.at))
    context = {
        "season": season,
        "city": seen.city,
        "ages": dashboards.ages(seen, days, dashboards.columns(season, pack)),
        "spans": AGES,
        "places": dashboards.places(seen),
        "trend": dashboards.trend(seen, days, by),
        "runs_it": manages_the_season(request.viewer, season, request.at),
        "is_office": issues_in(request.viewer, season, request.at),
    }
    return render(request, "home/pace.html", context)


@login_required
@require_safe
def runs(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show how the runs of the calendar stand and what the clock did; the page asks again while one is underway."""
    season = common.managed(request, pk, "到期事项")
    context = {**_clockwork(request, season), "is_office": issues_in(request.viewer, season, request.at)}
    if request.htmx:
        return render(request, "home/_runs.html", context)
    return render(request, "home/runs.html", {**context, "clock_acts": dashboards.clock_acts(request.at)})


@login_required
@post_only("home:runs", "pk")
def run(request: ViewerRequest, pk: int) -> HttpResponse:
    """Ask for everything that is due to be done at once."""
    season = common.managed(request, pk, "到期事项")
    try:
        ticket = tokens.read(request.POST.get("token", ""), TICKET)
        services.ask_run(season=season, by=request.viewer, at=request.at, token=ticket.key)
    except Refused as refused:
        messages.error(request, "".join(f"{refusal.reason}{refusal.remedy}" for refusal in refused.refusals))
    else:
        messages.success(request, "已发起执行，进度见“到期事项”。")
    return redirect("home:runs", season.pk)


def _clockwork(request: ViewerRequest, season: Season) -> dict[str, Any]:
    return {
        "season": season,
        "clockwork": dashboards.clockwork(season, request.at),
        "token": tokens.issue(TICKET, {season.pk: season.version}),
    }
