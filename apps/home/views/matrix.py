"""The table of permissions on a screen."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.core import exports
from apps.core.requests import ViewerRequest
from apps.home.exports import columns
from apps.home.forms import MatrixFilter
from apps.home.matrix import whole
from apps.home.permissions import reads_the_matrix


@login_required
@require_safe
def permissions(request: ViewerRequest) -> HttpResponseBase:
    """Show one area of what everybody is answered, narrowed to a role or a page; all areas of it as a workbook."""
    if not reads_the_matrix(request.viewer, request.at):
        raise PermissionDenied("权限矩阵由系统管理员和审计人员查看。")
    form = MatrixFilter(request.GET, matrix=whole())
    matrix = form.narrowed()
    if exports.is_wanted(request):
        return exports.answer("权限矩阵", columns(matrix), matrix.lines())
    area = form.area()
    return render(
        request, "home/permissions.html", {"matrix": matrix.of_area(area), "area": area, "filter": {"form": form}}
    )
