"""Screens on which an application is started: one's own, or as an office for a person of the directory."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from apps.applications import selectors, services
from apps.applications.forms import StartForForm, StartForm
from apps.applications.models import Application
from apps.core.problems import problems_of
from apps.core.refusals import Problem, Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post
from apps.desks.permissions import is_its_starter
from apps.writing.writings import page_of


@login_required
@never_cache
@get_or_post
def start(request: ViewerRequest) -> HttpResponse:
    """Show the seasons one may apply in, and begin."""
    if not request.viewer.person_id:
        raise PermissionDenied("申请须由科技人员本人办理，您的账号没有个人档案。请联系派出单位经办人登记档案后再试。")
    form = StartForm(request.POST or None)
    problems: Sequence[Any] = ()
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            application = services.start(
                season=form.cleaned_data["season"],
                person=selectors.person_of(request.viewer),
                by=request.viewer,
                at=request.at,
            )
        except Refused as refused:
            refusals = refused.refusals
        else:
            return redirect(_where_it_stands(request, application))
    elif request.method == "POST":
        problems = problems_of(form) or [Problem("season", "没有选择批次。", "请从下列批次中选择。")]
    openings = selectors.openings(request.viewer, request.at)
    context = {"openings": openings, "problems": problems, "refusals": refusals}
    return render(request, "applications/start.html", context, status=422 if problems or refusals else 200)


def _where_it_stands(request: ViewerRequest, application: Application) -> str:
    if is_its_starter(request.viewer, application, request.at):
        return page_of(application)
    return reverse("home:record", args=[selectors.KIND, application.pk])


@login_required
@get_or_post
def start_for(request: ViewerRequest) -> HttpResponse:
    """Look for a person, and start an application for him as the office that the policy lets start one."""
    starts = {start.season.pk: start for start in selectors.starts_open(request.viewer, request.at)}
    if not starts:
        raise PermissionDenied("为他人发起申请由政策规定的机关办理，您当前没有可发起的批次。")
    form = StartForForm(
        request.POST if request.method == "POST" else None, seasons=[start.season for start in starts.values()]
    )
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            application = services.start_for(**form.cleaned_data, by=request.viewer, at=request.at)
        except Refused as refused:
            refusals = refused.refusals
        else:
            return redirect(_where_it_stands(request, application))
    need = selectors.need_named(request.GET.get("need", ""))
    context = {
        "starts": [each for each in starts.values() if need is None or each.season.pk == need.season_id],
        "need": need,
        "people": selectors.people_sought(request.GET.get("q", ""), request.GET.get("person", "")),
        "searched": request.GET.get("q", ""),
        "problems": problems_of(form),
        "refusals": refusals,
    }
    return render(request, "applications/start_for.html", context, status=422 if form.errors or refusals else 200)
