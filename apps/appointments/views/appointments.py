"""The list of appointees, and one appointment."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from apps.appointments import selectors
from apps.appointments.exports import COLUMNS
from apps.appointments.tables import AppointmentFilter, AppointmentTable
from apps.core import log
from apps.core.exports import answer, is_wanted
from apps.core.requests import ViewerRequest
from apps.core.tables import arranged


@login_required
@require_safe
def appointments(request: ViewerRequest) -> HttpResponseBase:
    """List the appointees the viewer may see, narrowed as he asks; the same as a workbook."""
    rows = selectors.listed(request.viewer, request.at)
    narrowed = AppointmentFilter(request.GET, rows, request=request)
    table = arranged(AppointmentTable(narrowed.qs), request)
    if is_wanted(request):
        return answer("受聘人员", COLUMNS, table.data.data)
    is_own = not request.viewer.is_in_office(request.at)
    return render(request, "appointments/list.html", {"filter": narrowed, "table": table, "is_own": is_own})


@login_required
@require_safe
def appointment(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show an appointment as it stands: where and with what task, its agreements, its changes and its log."""
    found = get_object_or_404(selectors.visible_to(request.viewer, request.at), pk=pk)
    ref = selectors.ref_of(pk)
    context = {
        "appointment": found,
        "starts": selectors.starts_of(found, request.viewer, request.at),
        "changes": selectors.changes_of(pk, request.viewer, request.at),
        "agreements": selectors.agreements_of(request.viewer, request.at).filter(about=str(ref)).order_by("pk"),
        "log": log.entries_of(ref),
    }
    return render(request, "appointments/appointment.html", context)
