"""Screens of the lists as they are filed: all of them, one, its acts, and the handing in."""

from collections.abc import Mapping

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core import log
from apps.core.exports import answer, is_wanted
from apps.core.refs import Ref
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post, text_sent
from apps.core.tables import arranged
from apps.directory.selectors import desk_labels
from apps.matching.views.acting import Act, carry_out, offered
from apps.recognition import exports, selectors, services
from apps.recognition.models import ListFiling
from apps.recognition.permissions import looks_in
from apps.recognition.states import FilingAction
from apps.recognition.tables import FilingFilter, FilingTable
from apps.seasons.selectors import pack_of

ACTS: Mapping[str, Act] = {
    FilingAction.FILE: Act("备案后此名单存档，报送机关将收到消息。", services.file_list),
    FilingAction.SEND_BACK: Act("退回后由报送机关更正，再次报送。", services.send_list_back, is_reason=True),
    FilingAction.SUBMIT: Act("按名单现状重新报送。", services.hand_list_in_again),
}


@login_required
@require_safe
def filings(request: ViewerRequest) -> HttpResponseBase:
    """List the filed lists that a viewer has to do with; the same as a workbook."""
    if not looks_in(request.viewer, request.at):
        raise PermissionDenied("名单备案由科技管理部门和备案机关办理。")
    narrowed = FilingFilter(request.GET, selectors.filings_of(request.viewer, request.at), request=request)
    table = arranged(FilingTable(narrowed.qs), request)
    if is_wanted(request):
        return answer("名单备案", exports.OF_FILINGS, table.data.data)
    return render(request, "recognition/filings.html", {"filter": narrowed, "table": table})


@login_required
@never_cache
@get_or_post
def hand_in(request: ViewerRequest) -> HttpResponse:
    """Show a list as it would be filed, and hand it in."""
    lists = selectors.lists_kept(request.viewer, request.at)
    sent = request.POST if request.method == "POST" else request.GET
    if not lists:
        raise PermissionDenied("名单由管理名单的机关报送备案，您当前没有需要报送的名单。")
    asked = {
        "kind": text_sent(sent, "kind") or lists[0].kind,
        "county": text_sent(sent, "county") or lists[0].county.pk,
    }
    kept = next((each for each in lists if {"kind": each.kind, "county": each.county.pk} == asked), None)
    if kept is None:
        raise Http404
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST":
        try:
            made = services.hand_list_in(kind=kept.kind, county=kept.county.pk, by=request.viewer, at=request.at)
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"已报送：{made.title}。")
            return redirect("recognition:filing", made.pk)
    pack = pack_of(kept.season)
    filing = pack.processes.recognised[kept.kind].keeping.filing
    context = {
        "kept": kept,
        "list": selectors.drawn(kept.kind, kept.county.pk),
        "office": pack.offices[kept.office].label,
        "basis": pack.basis(filing) if filing else None,
        "refusals": refusals,
    }
    return render(request, "recognition/hand_in.html", context, status=409 if refusals else 200)


def _load(request: ViewerRequest, pk: int) -> ListFiling:
    return get_object_or_404(selectors.filings_of(request.viewer, request.at).defer(None), pk=pk)


@login_required
@require_safe
def filing(request: ViewerRequest, pk: int) -> HttpResponseBase:
    """Show a list as it was handed in, with what may be done and was done; the same as a workbook."""
    found = _load(request, pk)
    if is_wanted(request):
        return answer(found.title, exports.OF_LINES, found.lines)
    names = desk_labels([found.keeper, found.desk])
    context = {
        "filing": found,
        "keeper": names[found.keeper],
        "office": names[found.desk],
        "acts": offered(request, found, ACTS),
        "log": log.entries_of(Ref(selectors.FILING, str(pk))),
    }
    return render(request, "recognition/filing.html", context)


@login_required
@never_cache
@get_or_post
def act_filing(request: ViewerRequest, pk: int, action: str) -> HttpResponse:
    """Do one act on a list that was handed in."""
    return carry_out(request, _load(request, pk), "filing", ACTS, action)
