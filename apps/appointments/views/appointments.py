"""The list of appointees."""

from django.contrib.auth.decorators import login_required
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.appointments import selectors
from apps.appointments.exports import COLUMNS
from apps.appointments.tables import AppointmentFilter, AppointmentTable
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
    return render(request, "appointments/list.html", {"filter": narrowed, "table": table})
