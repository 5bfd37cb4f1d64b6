"""The list of appointees."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.appointments import exports, selectors
from apps.appointments.tables import AppointmentFilter, AppointmentTable
from apps.core.exports import MEDIA_TYPE
from apps.core.requests import ViewerRequest
from apps.core.tables import arranged


@login_required
@require_safe
def appointments(request: ViewerRequest) -> HttpResponseBase:
    """List the appointees the viewer may see, narrowed as he asks; the same as a workbook."""
    rows = selectors.listed(request.viewer, request.at)
    narrowed = AppointmentFilter(request.GET, rows, request=request)
    table = arranged(AppointmentTable(narrowed.qs), request)
    if request.GET.get("export") == "xlsx":
        found = exports.appointments(table.data.data)
        return FileResponse(found, as_attachment=True, filename="受聘人员.xlsx", content_type=MEDIA_TYPE)
    return render(request, "appointments/list.html", {"filter": narrowed, "table": table})
