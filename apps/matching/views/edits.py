"""Screens on which villages and key clients are taken off their lists, and which tell what was ever edited of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core.door import BATCH_LIMIT
from apps.core.exports import answer, is_wanted
from apps.core.problems import problems_of
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post
from apps.core.tables import arranged
from apps.matching import exports
from apps.matching.forms import GivingUpForm
from apps.matching.selectors import edits as selectors
from apps.matching.selectors import lists
from apps.matching.services import removals as services
from apps.matching.tables import ClientFilter, EditFilter, EditTable, VillageFilter
from apps.matching.views.places import NOT_YOURS, kept, load
from apps.seasons.models import Season


@dataclass(frozen=True)
class _Sort:
    """What of one sort of sites is taken off its list: their page, how they are narrowed, chosen and taken off."""

    label: str
    page: str
    narrowed: Callable[[ViewerRequest, Season, Any], Any]
    chosen: Callable[..., list[selectors.Chosen]]
    remove: Callable[..., Sequence[selectors.Chosen]]


_VILLAGES = _Sort(
    "村（社区）",
    "matching:villages",
    lambda request, season, rules: VillageFilter(
        request.GET, lists.villages_seen(request.viewer, season, request.at), request=request, kinds=rules.villages
    ),
    selectors.villages_chosen,
    lambda keys, **act: services.remove_villages(villages=keys, **act),
)
_CLIENTS = _Sort(
    "服务对象",
    "matching:clients",
    lambda request, season, rules: ClientFilter(
        request.GET, lists.clients_seen(request.viewer, season, request.at), request=request, kinds=rules.clients
    ),
    selectors.clients_chosen,
    lambda keys, **act: services.remove_clients(clients=keys, **act),
)


@login_required
@never_cache
@get_or_post
def remove_villages(request: ViewerRequest, season: int) -> HttpResponse:
    """Show what stands against taking villages off the list, then take off the others, with a reason."""
    return _remove(request, season, _VILLAGES)


@login_required
@never_cache
@get_or_post
def remove_clients(request: ViewerRequest, season: int) -> HttpResponse:
    """Show what stands against taking key clients off the list, then take off the others, with a reason."""
    return _remove(request, season, _CLIENTS)


def _remove(request: ViewerRequest, pk: int, sort: _Sort) -> HttpResponse:
    season, rules = load(request, pk)
    keeps = kept(request, season)
    if not keeps:
        raise PermissionDenied(NOT_YOURS)
    if request.method == "GET" and "all" in request.GET:
        rows = sort.narrowed(request, season, rules).qs.filter(county__in=keeps)
        keys = list(rows.values_list("pk", flat=True)[:BATCH_LIMIT])
    else:
        sent = (request.POST if request.method == "POST" else request.GET).getlist("site")[:BATCH_LIMIT]
        keys = [int(key) for key in sent if key.isdecimal() and len(key) < 19]
    form = GivingUpForm(request.POST if request.method == "POST" else None)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            return _removed(request, season, sort, keys, form.cleaned_data["reason"])
        except Refused as refused:
            refusals = refused.refusals
    chosen = sorted(sort.chosen(request.viewer, season, keys, request.at), key=lambda each: each.against is not None)
    problems = problems_of(form)
    context = {
        "season": season, "sort": sort, "chosen": chosen, "form": form, "refusals": refusals, "problems": problems,
        "free": sum(each.against is None for each in chosen),
    }  # fmt: skip
    status = 409 if refusals else 422 if problems else 200
    return render(request, "matching/remove_sites.html", context, status=status)


def _removed(request: ViewerRequest, season: Season, sort: _Sort, keys: Sequence[int], reason: str) -> HttpResponse:
    outcomes = sort.remove(keys, season=season, reason=reason, by=request.viewer, at=request.at)
    against = [each.against for each in outcomes if each.against]
    messages.success(request, f"已移出{len(outcomes) - len(against)}个{sort.label}。")
    for refusal in against:
        messages.error(request, str(refusal))
    return redirect(sort.page, season.pk)


@login_required
@require_safe
def list_edits(request: ViewerRequest, season: int) -> HttpResponseBase:
    """List what was ever edited in the lists of villages and key clients in the viewer's sight; as a workbook too."""
    found, _ = load(request, season)
    narrowed = EditFilter(request.GET, selectors.edits_seen(request.viewer, found, request.at), request=request)
    table = arranged(EditTable(narrowed.qs), request)
    if is_wanted(request):
        rows = table.data.data.iterator()
        return answer("名单变更记录", exports.OF_EDITS, (line for entry in rows for line in selectors.lines_of(entry)))
    context: Mapping[str, Any] = {"season": found, "filter": narrowed, "table": table}
    return render(request, "matching/list_edits.html", context)
