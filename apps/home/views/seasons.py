"""The seasons, and the page of one: papers by step and place, windows, what waits, what the clock did."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from apps.core.requests import ViewerRequest
from apps.home import dashboards
from apps.notices.permissions import issues_in
from apps.seasons import selectors
from apps.seasons.permissions import manages_the_season


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
    season = get_object_or_404(selectors.in_sight(request.viewer, request.at), pk=pk)
    pack = selectors.pack_of(season)
    context = {
        "season": season,
        "windows": selectors.windows_shown(season, pack, request.at),
        "board": dashboards.dashboard(season, pack, request.GET.get("city", ""), request.viewer, request.at),
        "waiting": dashboards.waiting(season, request.viewer, request.at),
        "runs": dashboards.runs(request.at) if manages_the_season(request.viewer, season, request.at) else None,
        "is_office": issues_in(request.viewer, season, request.at),
    }
    return render(request, "home/season.html", context)
