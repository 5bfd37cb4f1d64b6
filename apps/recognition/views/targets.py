"""Screens of those recognised: for everybody, for those who deal with them, one of them, acts on the list."""

from collections.abc import Mapping

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core import log
from apps.core.exports import answer, is_wanted
from apps.core.refs import Ref
from apps.core.requests import ViewerRequest, get_or_post
from apps.core.tables import arranged
from apps.directory.selectors import desk_labels
from apps.matching.views.acting import Act, carry_out, offered
from apps.recognition import exports, selectors, services
from apps.recognition.models import Target
from apps.recognition.permissions import invites_experts, looks_in
from apps.recognition.states import TargetAction
from apps.recognition.tables import PublicTargetFilter, PublicTargetTable, TargetFilter, TargetTable

ACTS: Mapping[str, Act] = {
    TargetAction.TAKE_OFF: Act(
        "调出后不再是服务对象，对方将看到依据和理由；以后可以调回。",
        services.take_off,
        is_reason=True,
        is_danger=True,
        grounds=selectors.removal_grounds,
    ),
    TargetAction.PUT_BACK: Act("调回后自今日起重新列入名单，对方将看到理由。", services.put_back, is_reason=True),
}


@require_safe
def public_targets(request: ViewerRequest) -> HttpResponseBase:
    """List those recognised for everybody, narrowed as he asks; the same as a workbook."""
    narrowed = PublicTargetFilter(request.GET, selectors.listed_now(), request=request)
    table = arranged(PublicTargetTable(narrowed.qs), request)
    if is_wanted(request):
        return answer("服务对象", exports.OF_PUBLIC_TARGETS, table.data.data)
    context = {"filter": narrowed, "table": table, "looks_in": looks_in(request.viewer, request.at)}
    return render(request, "recognition/public_targets.html", context)


@login_required
@require_safe
def targets(request: ViewerRequest) -> HttpResponseBase:
    """List those recognised with whom a viewer deals, taken off or not; the same as a workbook."""
    if not looks_in(request.viewer, request.at):
        raise PermissionDenied("服务对象名册由服务对象、苏木乡镇和科技管理部门查看，公开名单在“服务对象”中。")
    narrowed = TargetFilter(request.GET, selectors.targets_of(request.viewer, request.at), request=request)
    table = arranged(TargetTable(narrowed.qs), request)
    if is_wanted(request):
        return answer("服务对象名册", exports.OF_TARGETS, table.data.data)
    kept = selectors.lists_kept(request.viewer, request.at)
    return render(request, "recognition/targets.html", {"filter": narrowed, "table": table, "kept": kept})


def _load(request: ViewerRequest, pk: int) -> Target:
    return get_object_or_404(selectors.targets_of(request.viewer, request.at), pk=pk)


@login_required
@require_safe
def target(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show one of those recognised, with what may be done and was done."""
    found = _load(request, pk)
    context = {
        "target": found,
        "keeper": desk_labels([found.keeper])[found.keeper],
        "acts": offered(request, found, ACTS),
        "may_invite": invites_experts(request.viewer, found, request.at),
        "log": log.entries_of(Ref(selectors.TARGET, str(pk))),
    }
    return render(request, "recognition/target.html", context)


@login_required
@never_cache
@get_or_post
def act_target(request: ViewerRequest, pk: int, action: str) -> HttpResponse:
    """Take one off the list, or put one back."""
    return carry_out(request, _load(request, pk), "target", ACTS, action)
