"""Screens on which a host begins to apply to be recognised, and the list of all that apply."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core.exports import answer, is_wanted
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post, status_of, text_sent
from apps.core.tables import arranged
from apps.directory.states import Role
from apps.recognition import exports, selectors, services
from apps.recognition.permissions import looks_in
from apps.recognition.tables import RecognitionFilter, RecognitionTable
from apps.writing.writings import page_of

NOTHING_CHOSEN = Refusal("nothing_chosen", "没有选择申报类别。", "请从下列类别中选择。")


@login_required
@require_safe
def recognitions(request: ViewerRequest) -> HttpResponseBase:
    """List the recognitions that a viewer may see, narrowed as he asks; the same as a workbook."""
    if not looks_in(request.viewer, request.at):
        raise PermissionDenied("认定申请由申报单位（户）、苏木乡镇和科技管理部门查看。")
    narrowed = RecognitionFilter(request.GET, selectors.listed(request.viewer, request.at), request=request)
    table = arranged(RecognitionTable(narrowed.qs), request)
    if is_wanted(request):
        return answer("认定申请", exports.OF_RECOGNITIONS, table.data.data)
    context = {"filter": narrowed, "table": table, "is_host": request.viewer.has_role(Role.HOST, request.at)}
    return render(request, "recognition/recognitions.html", context)


@login_required
@never_cache
@get_or_post
def start(request: ViewerRequest) -> HttpResponse:
    """Show as what the viewer's hosts may be recognised, and begin."""
    if not request.viewer.has_role(Role.HOST, request.at):
        raise PermissionDenied("认定由服务对象自愿申报，请由申报单位（户）的经办人办理。")
    openings = selectors.openings(request.viewer, request.at)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST":
        asked = text_sent(request.POST, "opening")
        opening = next((each for each in openings if each.key == asked), None)
        try:
            if opening is None:
                raise Refused(NOTHING_CHOSEN)
            begun = services.start(
                season=opening.season, host=opening.host, kind=opening.kind, by=request.viewer, at=request.at
            )
        except Refused as refused:
            refusals = refused.refusals
        else:
            return redirect(page_of(begun))
    context = {"openings": openings, "refusals": refusals}
    return render(request, "recognition/start.html", context, status=status_of(Refused(*refusals)) if refusals else 200)
