"""The policies that seasons run by, for anybody: which there are, and their texts with the rules beside them."""

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.core.requests import ViewerRequest
from apps.policies import beside
from apps.seasons import selectors
from apps.seasons.permissions import manages_the_season


@require_safe
def policies(request: ViewerRequest) -> HttpResponse:
    """Show anybody the policies of the seasons in progress."""
    return render(request, "seasons/policies.html", {"policies": selectors.policies_in_force()})


@require_safe
def policy(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show the policy's text with the rules beside the words they cite: anybody's, once the season is open."""
    season = selectors.read_by(request.viewer, request.at).filter(pk=pk).first()
    if season is None and not request.viewer.user_id:
        return redirect_to_login(request.get_full_path())
    if season is None:
        raise Http404
    pack = selectors.pack_of(season)
    context = {
        "season": season,
        "pack": pack,
        "paragraphs": beside.paragraphs(pack, season.source_text, season.answers),
        "set_by_office": beside.set_by_office(pack, season.answers),
        "is_office": manages_the_season(request.viewer, season, request.at),
        "is_in_sight": selectors.in_sight(request.viewer, request.at).filter(pk=pk).exists(),
    }
    return render(request, "seasons/policy.html", context)
