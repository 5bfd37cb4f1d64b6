"""Screens of changes within a term: the list, and how one is begun."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.appointments import exports, selectors, services
from apps.appointments.tables import ChangeFilter, ChangeTable
from apps.core.exports import answer, is_wanted
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post
from apps.core.tables import arranged
from apps.policies.routing import chain
from apps.seasons.selectors import pack_of, policies_around
from apps.writing.writings import page_of


@login_required
@require_safe
def changes(request: ViewerRequest) -> HttpResponseBase:
    """List the changes the viewer may see, narrowed as he asks; the same as a workbook."""
    narrowed = ChangeFilter(request.GET, selectors.changes_listed(request.viewer, request.at), request=request)
    table = arranged(ChangeTable(narrowed.qs), request)
    if is_wanted(request):
        return answer("聘任调整", exports.OF_CHANGES, table.data.data)
    is_own = not request.viewer.is_in_office(request.at)
    context = {"filter": narrowed, "table": table, "adjusts": partial(_adjusts, request), "is_own": is_own}
    return render(request, "appointments/changes.html", context)


def _adjusts(request: ViewerRequest) -> bool:
    """Tell whether any policy with which the viewer deals lets something change within the term."""
    return any(pack.sheet.adjustments for pack in policies_around(request.viewer, request.at))


@login_required
@never_cache
@get_or_post
def begin(request: ViewerRequest, pk: int, key: str) -> HttpResponse:
    """Say what the policy wants and who resolves it, then begin to report a change."""
    found = get_object_or_404(selectors.visible_to(request.viewer, request.at), pk=pk)
    pack = pack_of(found.season)
    if selectors.adjustment_named(pack, key) is None:
        raise Http404
    starts = {start.adjustment.id: start for start in selectors.starts_of(found, request.viewer, request.at)}
    if key not in starts:
        raise PermissionDenied("此项调整在聘期内由政策规定的人员或单位提出，您当前不能提出。")
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST":
        try:
            begun = services.begin_change(appointment=found, key=key, by=request.viewer, at=request.at)
            return redirect(page_of(begun))
        except Refused as refused:
            refusals = refused.refusals
    start = starts[key]
    context = {
        "appointment": found,
        "adjustment": start.adjustment,
        "basis": pack.basis(start.adjustment),
        "chain": chain(start.route, pack),
        "refusals": refusals,
    }
    return render(request, "appointments/begin_change.html", context, status=409 if refusals else 200)
