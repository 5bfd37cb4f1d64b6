"""What the screens of the season office share: whose season it is, and how one setting is saved."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from apps.core import tokens
from apps.core.problems import problems_of
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest
from apps.seasons import selectors
from apps.seasons.models import Season
from apps.seasons.permissions import manages_the_season


def seen(request: ViewerRequest, pk: int) -> Season:
    """Return a season the viewer may look into or run."""
    return get_object_or_404(selectors.in_sight(request.viewer, request.at), pk=pk)


def managed(request: ViewerRequest, pk: int, what: str = "批次设置") -> Season:
    """Return a season the viewer runs; tell a colleague who does what he asks for, and a stranger nothing."""
    season = seen(request, pk)
    if not manages_the_season(request.viewer, season, request.at):
        raise PermissionDenied(f"{what}由{season.jurisdiction}协调办公室办理，您当前的任职没有此权限。")
    return season


def as_opened(request: ViewerRequest, season: Season) -> tuple[Season, str]:
    """Return the season at the version the form was opened on, and the form's key."""
    ticket = tokens.read(request.POST.get("token", ""), "season")
    opened = seen(request, season.pk)
    opened.version = ticket.seen.get(season.pk, -1)
    return opened, ticket.key


def token_for(season: Season) -> str:
    """Return the ticket of a form on a season."""
    return tokens.issue("season", {season.pk: season.version})


def place_in_settings(season: Season, section: str) -> str:
    """Return the address of a section of the settings."""
    return f"{reverse('seasons:settings', args=[season.pk])}#{section}"


def change(
    request: ViewerRequest,
    season: Season,
    form: Form,
    save: Callable[[Form, Season, str], str],
    context: Mapping[str, Any],
    template: str = "seasons/change.html",
) -> HttpResponse:
    """Save what was set and go back to the section it stands in; a refusal keeps what was typed."""
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, save(form, *as_opened(request, season)))
            return redirect(place_in_settings(season, context["section"]))
        except Refused as refused:
            refusals = refused.refusals
    context = {
        "basis": None,
        "button": "保存",
        "hearers": None,
        **context,
        "season": season,
        "form": form,
        "problems": problems_of(form),
        "refusals": refusals,
        "token": token_for(season),
    }
    return render(request, template, context, status=status_of(form, refusals))


def status_of(form: Form, refusals: tuple[Refusal, ...]) -> int:
    """Return the status under which a page tells how its form fared."""
    if refusals:
        return 409
    return 422 if form.is_bound else 200
