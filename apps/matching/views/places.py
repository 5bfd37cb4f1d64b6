"""Screens of what people are placed by: villages, key clients; and how far the villages are covered."""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core import worksheets
from apps.core.exports import answer, is_wanted
from apps.core.problems import problems_of
from apps.core.refusals import Problem, Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post
from apps.core.tables import arranged
from apps.core.uploads import MEDIA_TYPES, accept, shown_name
from apps.matching import exports
from apps.matching.forms import ClientForm, WorkbookForm
from apps.matching.permissions import has_a_place
from apps.matching.selectors import coverage as coverages
from apps.matching.selectors import lists as selectors
from apps.matching.selectors.places import groups_waiting, placements_seen
from apps.matching.services import lists as services
from apps.matching.services.village_rows import known_for, villages_in
from apps.matching.tables import (
    ClientFilter,
    ClientTable,
    PlacementFilter,
    PlacementTable,
    VillageFilter,
    VillageTable,
)
from apps.policies.matching import placing_of
from apps.policies.schema import Placing
from apps.seasons.models import Season
from apps.seasons.selectors import pack_of

_KINDS, _MOST_MEGABYTES = ("xlsx",), 5
MOST_VILLAGES, MOST_TOLD = 20_000, 50
"""Villages that a workbook may hold, and faults of it that the page tells one by one."""
NOT_YOURS = "名单由协调办公室和该县科技部门维护，您当前的任职没有此权限。"


@login_required
@require_safe
def placing(request: ViewerRequest) -> HttpResponseBase:
    """List the seasons that place people, each leading to its lists and its coverage, and the placements."""
    if not has_a_place(request.viewer, request.at):
        raise PermissionDenied("挂村联户安排供科技部门和本人查看，您当前的账号没有此权限。")
    narrowed = PlacementFilter(request.GET, placements_seen(request.viewer, request.at), request=request)
    table = arranged(PlacementTable(narrowed.qs), request)
    if is_wanted(request):
        return answer("挂村联户安排", exports.OF_PLACEMENTS, table.data.data)
    context = {
        "seasons": selectors.seasons_placed(request.viewer, request.at),
        "filter": narrowed,
        "table": table,
        "waiting": groups_waiting(request.viewer, request.at),
    }
    return render(request, "matching/placing.html", context)


def load(request: ViewerRequest, pk: int) -> tuple[Season, Placing]:
    """Return a season in sight that places people, and how it does; raise Http404 for any other."""
    season = selectors.season_placed(request.viewer, pk, request.at)
    rules = placing_of(pack_of(season)) if season else None
    if season is None or rules is None:
        raise Http404
    return season, rules


@login_required
@require_safe
def villages(request: ViewerRequest, season: int) -> HttpResponseBase:
    """List the villages of a season, narrowed as the viewer asks; the same as a workbook to fill in."""
    found, rules = load(request, season)
    rows = selectors.villages_seen(request.viewer, found, request.at)
    narrowed = VillageFilter(request.GET, rows, request=request, kinds=rules.villages)
    keeps = kept(request, found)
    table = arranged(VillageTable(narrowed.qs, kinds=rules.villages, kept=keeps), request)
    if is_wanted(request):
        return answer("挂村名单", exports.villages_with(rules.villages), table.data.data, MOST_VILLAGES)
    context = {"season": found, "filter": narrowed, "table": table, "keeps": keeps}
    return render(request, "matching/villages.html", context)


def kept(request: ViewerRequest, season: Season) -> set[str]:
    """Return the codes of the counties whose lists the viewer keeps."""
    return {county.pk for county in selectors.counties_kept(request.viewer, season, request.at)}


@login_required
@never_cache
@get_or_post
def import_villages(request: ViewerRequest, season: int) -> HttpResponse:
    """Read villages out of a workbook into the list; a faulty one comes back marked, and nothing is kept of it."""
    found, _ = load(request, season)
    if not kept(request, found):
        raise PermissionDenied(NOT_YOURS)
    sent = request.method == "POST"
    form = WorkbookForm(request.POST if sent else None, request.FILES if sent else None)
    if not sent or not form.is_valid():
        return _importing(request, found, form, problems_of(form))
    try:
        data = accept(form.cleaned_data["workbook"].name, form.cleaned_data["workbook"], _KINDS, _MOST_MEGABYTES).data
        cells = worksheets.read(data, MOST_VILLAGES)
        rows, faults = villages_in(cells, known_for(found, cells, request.viewer, request.at))
        if faults:
            return _importing(request, found, form, _told(faults), marked=_marked(data, faults))
        opinion = f"导入工作簿“{shown_name(str(form.cleaned_data['workbook'].name))}”"
        done = services.keep_villages(season=found, rows=rows, by=request.viewer, at=request.at, opinion=opinion)
    except Refused as refused:
        return _importing(request, found, form, [], refusals=refused.refusals)
    messages.success(request, f"已导入：{done}。")
    return redirect("matching:villages", found.pk)


def _marked(data: bytes, faults: Mapping[tuple[int, int], str]) -> bytes:
    """Return the workbook with its faults marked, nothing where that takes too much; they are told all the same."""
    try:
        return worksheets.marked(data, faults)
    except Refused:
        return b""


def _told(faults: Mapping[tuple[int, int], str]) -> list[Problem]:
    """Return the first faults of a workbook as the summary tells them, and how many more there are."""
    told = [f"第{row}行第{column}列：{text}" for (row, column), text in islice(faults.items(), MOST_TOLD)]
    if more := len(faults) - MOST_TOLD if len(faults) > MOST_TOLD else 0:
        marked = min(len(faults), worksheets.MOST_MARKED)
        told.append(f"另有{more:,}处；工作簿中标出前{marked:,}处，更正后再导入。")
    return [Problem("workbook", text) for text in told]


def _importing(
    request: ViewerRequest,
    season: Season,
    form: WorkbookForm,
    problems: Sequence[Problem],
    *,
    refusals: tuple[Refusal, ...] = (),
    marked: bytes = b"",
) -> HttpResponse:
    address = f"data:{MEDIA_TYPES['xlsx']};base64,{b64encode(marked).decode()}" if marked else ""
    context = {
        "season": season, "form": form, "problems": problems, "refusals": refusals, "marked": address,
        "most": MOST_VILLAGES,
    }  # fmt: skip
    return render(request, "matching/import_villages.html", context, status=422 if problems or refusals else 200)


@login_required
@require_safe
def clients(request: ViewerRequest, season: int) -> HttpResponseBase:
    """List the key clients of a season, narrowed as the viewer asks; the same as a workbook."""
    found, rules = load(request, season)
    keeps = kept(request, found)
    rows = selectors.clients_seen(request.viewer, found, request.at)
    narrowed = ClientFilter(request.GET, rows, request=request, kinds=rules.clients)
    table = arranged(ClientTable(narrowed.qs, kinds=rules.clients, kept=keeps), request)
    if is_wanted(request):
        return answer("重点服务对象", exports.clients_with(rules.clients), table.data.data)
    context = {"season": found, "filter": narrowed, "table": table, "keeps": keeps}
    return render(request, "matching/clients.html", context)


@login_required
@never_cache
@get_or_post
def new_client(request: ViewerRequest, season: int) -> HttpResponse:
    """Register a key client of a county."""
    found, rules = load(request, season)
    counties = selectors.counties_kept(request.viewer, found, request.at)
    if not counties:
        raise PermissionDenied(NOT_YOURS)
    form = ClientForm(
        request.POST if request.method == "POST" else None, counties=counties, kinds=rules.clients,
        initial={"county": counties[0].pk},
    )  # fmt: skip

    def save(said: Mapping[str, Any]) -> str:
        services.add_client(season=found, row=services.ClientRow(**said), by=request.viewer, at=request.at)
        return "已登记。"

    return _write(request, found, form, save, {"title": "登记重点服务对象", "client": None})


@login_required
@never_cache
@get_or_post
def client(request: ViewerRequest, pk: int) -> HttpResponse:
    """Correct a key client."""
    found = selectors.client_kept(request.viewer, pk, request.at)
    if found is None:
        raise Http404
    form = ClientForm(
        request.POST if request.method == "POST" else None,
        counties=[found.county],
        kinds=load(request, found.season_id)[1].clients,
        initial={"county": found.county_id, "name": found.name, "kind": found.kind, "industry": found.industry},
    )

    def save(said: Mapping[str, Any]) -> str:
        words = {name: said[name] for name in ("name", "kind", "industry")}
        services.rewrite_client(client=found, by=request.viewer, at=request.at, **words)
        return "已保存。"

    return _write(request, found.season, form, save, {"title": "更正重点服务对象", "client": found})


def _write(
    request: ViewerRequest,
    season: Season,
    form: ClientForm,
    save: Callable[[Mapping[str, Any]], str],
    context: Mapping[str, Any],
) -> HttpResponse:
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, save(form.cleaned_data))
            return redirect("matching:clients", season.pk)
        except Refused as refused:
            refusals = refused.refusals
    context = {**context, "season": season, "form": form, "refusals": refusals, "problems": problems_of(form)}
    status = 409 if refusals else 422 if form.errors else 200
    return render(request, "matching/client_form.html", context, status=status)


@login_required
@require_safe
def coverage(request: ViewerRequest, season: int) -> HttpResponseBase:
    """Show how far the villages in the viewer's sight are covered: by city, and of one city village by village."""
    found, rules = load(request, season)
    counties = coverages.coverage_of(found, selectors.counties_seen(request.viewer, found, request.at))
    if is_wanted(request):
        return answer("挂村覆盖情况", exports.coverage_with(rules.villages, rules.contacts), counties)
    cities = coverages.by_city(counties)
    asked = request.GET.get("city", "") if len(cities) > 1 else cities[0].place.pk if cities else ""
    context = {
        "season": found,
        "whole": coverages.together(found.jurisdiction, counties),
        "cities": cities,
        "counties": [county for county in counties if county.city.pk == asked],
        "city": next((city for city in cities if city.place.pk == asked), None),
        "target": coverages.target_of(found),
        "looks": coverages.LOOKS,
        "kinds": list(rules.villages.values()),
        "contacts": rules.contacts,
    }
    return render(request, "matching/coverage.html", context)
