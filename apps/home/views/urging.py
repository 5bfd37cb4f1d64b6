"""Urging by hand (催办): telling the desk that has a record to deal with it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from apps.core.refusals import Refused
from apps.core.requests import ViewerRequest, post_only, status_of, text_sent
from apps.desks import services as desks
from apps.home.views.records import address, load, page


@login_required
@never_cache
@post_only("home:record", "kind", "pk")
def urge(request: ViewerRequest, kind: str, pk: int) -> HttpResponse:
    """Urge the desk that has a record, as often as its policy allows."""
    walk, found = load(request, kind, pk)
    try:
        desks.urge(record=found, by=request.viewer, at=request.at, note=text_sent(request.POST, "note"))
    except Refused as refused:
        return page(request, walk, found, refusals=refused.refusals, status=status_of(refused, otherwise=409))
    messages.success(request, "已催办，对方已收到消息。")
    return redirect(address(walk, pk))
