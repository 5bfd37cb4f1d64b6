"""The list of applications."""

from django.contrib.auth.decorators import login_required
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.applications import selectors
from apps.applications.exports import COLUMNS
from apps.applications.tables import ApplicationFilter, ApplicationTable, OwnApplicationTable
from apps.core.exports import answer, is_wanted
from apps.core.requests import ViewerRequest
from apps.core.tables import arranged


@login_required
@require_safe
def applications(request: ViewerRequest) -> HttpResponseBase:
    """List the applications the viewer may see, narrowed as he asks; the same as a workbook."""
    rows = selectors.listed(request.viewer, request.at)
    narrowed = ApplicationFilter(request.GET, rows, request=request)
    is_own = not (request.viewer.is_in_office(request.at) or request.viewer.lent(selectors.KIND, request.at))
    table = arranged((OwnApplicationTable if is_own else ApplicationTable)(narrowed.qs), request)
    if is_wanted(request):
        return answer("申请", COLUMNS, table.data.data)
    context = {
        "filter": narrowed,
        "table": table,
        "may_start": bool(selectors.starts_open(request.viewer, request.at)),
        "is_own": is_own,
    }
    return render(request, "applications/list.html", context)
