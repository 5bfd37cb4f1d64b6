"""Screens on which a host applies to be recognised: start, form, check, receipt; and the list of all that apply."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core import log, tokens
from apps.core.exports import answer, is_wanted
from apps.core.refs import Ref
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post, status_of, text_sent
from apps.core.tables import arranged
from apps.desks.states import WRITING, DeskState
from apps.directory.states import Role
from apps.policies.values import Problem
from apps.recognition import exports, selectors, services
from apps.recognition.forms import PageForm
from apps.recognition.models import Recognition
from apps.recognition.permissions import looks_in
from apps.recognition.tables import RecognitionFilter, RecognitionTable

NOTHING_CHOSEN = Refusal("nothing_chosen", "没有选择申报类别。", "请从下列类别中选择。")


def _status_of(refusals: Sequence[Refusal]) -> int:
    return status_of(Refused(*refusals)) if refusals else 200


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
            return redirect("recognition:form" if begun.state in WRITING else "recognition:receipt", begun.pk)
    context = {"openings": openings, "refusals": refusals}
    return render(request, "recognition/start.html", context, status=_status_of(refusals))


def _mine(request: ViewerRequest, pk: int) -> Recognition:
    """Return a recognition the viewer's host writes in; another's does not exist for him."""
    return get_object_or_404(selectors.started_by(request.viewer, request.at), pk=pk)


@login_required
@never_cache
@get_or_post
def form(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show the form, keep what was typed, and go on to the check."""
    recognition = _mine(request, pk)
    if recognition.state not in WRITING:
        return redirect("recognition:receipt", pk)
    if request.method != "POST":
        problems = selectors.case_of(recognition, request.at).problems if "check" in request.GET else ()
        return _show(request, recognition, recognition.content, problems)
    typed = {name: value for page in _pages(recognition, request.POST) for name, value in page.typed().items()}
    try:
        services.save(recognition=recognition, typed=typed, by=request.viewer, at=request.at)
    except Refused as refused:
        return _show(request, recognition, {**recognition.content, **typed}, refusals=refused.refusals)
    if "later" in request.POST:
        messages.success(request, "草稿已保存，可随时回来继续填写。")
        return redirect("recognition:form", pk)
    return redirect("recognition:check", pk)


def _pages(recognition: Recognition, typed: Mapping[str, Any], problems: Sequence[Problem] = ()) -> list[PageForm]:
    pages = selectors.kind_of(recognition).form
    return [PageForm(recognition, page, typed, problems=problems) for page in pages]


def _show(
    request: ViewerRequest,
    recognition: Recognition,
    typed: Mapping[str, Any],
    problems: Sequence[Problem] = (),
    refusals: tuple[Refusal, ...] = (),
) -> HttpResponse:
    pages = zip(selectors.kind_of(recognition).form, _pages(recognition, typed, problems), strict=True)
    context = {
        "recognition": recognition,
        "pages": list(pages),
        "problems": problems,
        "refusals": refusals,
        "given_back": _given_back(recognition),
    }
    return render(request, "recognition/form.html", context, status=_status_of(refusals))


def _given_back(recognition: Recognition) -> Any:
    """Return the row of the log by which it was given back, None where it was not."""
    if recognition.state != DeskState.RETURNED:
        return None
    return log.entries_of(Ref(selectors.KIND, str(recognition.pk))).filter(action="send_back").last()


@login_required
@never_cache
@get_or_post
def check(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show everything that would be handed in with what is still wrong, and hand it in."""
    recognition = _mine(request, pk)
    if recognition.state not in WRITING:
        return redirect("recognition:receipt", pk)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST":
        try:
            key = tokens.as_checked(recognition, request.POST, selectors.KIND)
            services.submit(recognition=recognition, by=request.viewer, at=request.at, token=key)
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, "已提交。请记下编号。")
            return redirect("recognition:receipt", pk)
    case = selectors.case_of(recognition, request.at)
    context = {
        "recognition": recognition,
        "pages": selectors.shown(recognition),
        "case": case,
        "given_back": _given_back(recognition),
        "refusals": refusals,
        "may_submit": case.is_in_season and not (case.problems or case.shortfalls or case.no_route),
        "token": tokens.issue(selectors.KIND, {pk: recognition.version}),
    }
    return render(request, "recognition/check.html", context, status=_status_of(refusals))


@login_required
@require_safe
def receipt(request: ViewerRequest, pk: int) -> HttpResponse:
    """Tell that it was handed in, under which number, and what comes next."""
    recognition = _mine(request, pk)
    if recognition.submitted is None:
        if recognition.state in WRITING:
            return redirect("recognition:check", pk)
        return redirect("home:record", selectors.KIND, pk)
    context = {"recognition": recognition, "next": selectors.next_step(recognition)}
    return render(request, "recognition/receipt.html", context)
