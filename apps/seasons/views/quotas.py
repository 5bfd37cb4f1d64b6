"""Screens on which the season office sets the quotas of all counties at once, by hand or by a workbook."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.core import exports, tokens, worksheets
from apps.core.problems import problems_of
from apps.core.refusals import Problem, Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post
from apps.core.uploads import MEDIA_TYPES, accept
from apps.seasons import selectors, services
from apps.seasons.exports import QUOTA_COLUMNS
from apps.seasons.forms import CeilingsForm, OverrunForm, QuotasForm, QuotaUploadForm, quotas_in
from apps.seasons.models import Season
from apps.seasons.selectors import QuotaTable
from apps.seasons.views.common import change, managed, seen, token_for

_KINDS, _MOST_MEGABYTES = ("xlsx",), 1


def _table(season: Season, key: str) -> QuotaTable:
    table = selectors.quota_table(season, selectors.pack_of(season), key)
    if table is None:
        raise Http404
    return table


@login_required
@get_or_post
def quotas(request: ViewerRequest, pk: int, key: str) -> HttpResponse:
    """Set places and parts of all service groups on one page, with a reason; fill what is not set by villages."""
    season = managed(request, pk)
    table = _table(season, key)
    form = QuotasForm(request.POST or None, table=table)
    if not form.is_measuring:
        return _edit(request, season, table, form)
    filled = form.measured() if form.is_valid() else None
    if filled:
        return _show(request, season, table, filled, note="已按村（社区）数测算，尚未保存。请核对后填写理由并保存。")
    if not form.errors:
        form.add_error("total", "请填写应分配总数，不少于已填名额；要测算的县须留空，并有村（社区）数。")
    return _show(request, season, table, form, problems=problems_of(form))


def _edit(request: ViewerRequest, season: Season, table: QuotaTable, form: QuotasForm) -> HttpResponse:
    def save(sent: Form, opened: Season, token: str) -> str:
        services.set_quotas(
            season=opened,
            key=table.key,
            places=form.places(),
            parts=form.parts(),
            reason=sent.cleaned_data["reason"],
            by=request.viewer,
            at=request.at,
            token=token,
        )
        return f"{table.label}已保存。"

    return change(request, season, form, save, _context(table), "seasons/quotas.html")


def _context(table: QuotaTable) -> dict[str, Any]:
    return {"heading": table.label, "section": "quotas", "basis": table.basis, "table": table}


def _show(
    request: ViewerRequest,
    season: Season,
    table: QuotaTable,
    form: QuotasForm,
    *,
    note: str = "",
    problems: Sequence[Problem] = (),
) -> HttpResponse:
    """Show the page with values that are not saved."""
    context = {
        **_context(table), "season": season, "form": form, "problems": problems, "refusals": (), "note": note,
        "token": token_for(season),
    }  # fmt: skip
    return render(request, "seasons/quotas.html", context, status=422 if problems else 200)


@login_required
@get_or_post
def overrun(request: ViewerRequest, pk: int, key: str, quota: int) -> HttpResponse:
    """Approve people beyond one quota, on what basis and why; show what was approved before."""
    season = managed(request, pk)
    table = _table(season, key)
    line = next((line for line in table.whole.lines if line.quota.pk == quota), None)
    if line is None:
        raise Http404
    form = OverrunForm(request.POST or None, initial={"extra": line.extra or None})

    def save(form: Form, opened: Season, token: str) -> str:
        line.quota.season = opened
        services.approve_overrun(
            quota=line.quota, by=request.viewer, at=request.at, token=token, **form.cleaned_data
        )  # fmt: skip
        return f"{line.quota.group}的超额已保存。"

    context = {
        **_context(table), "heading": f"{line.quota.group}超额", "line": line,
        "earlier": selectors.overruns_of(line.quota),
    }  # fmt: skip
    return change(request, season, form, save, context, "seasons/overrun.html")


@login_required
@get_or_post
def ceilings(request: ViewerRequest, pk: int, key: str) -> HttpResponse:
    """Set what the places of all groups, and of those of each city, may add up to."""
    season = managed(request, pk)
    table = _table(season, key)
    form = CeilingsForm(request.POST or None, table=table)

    def save(sent: Form, opened: Season, token: str) -> str:
        services.set_ceilings(
            season=opened,
            key=table.key,
            places=form.places(),
            reason=sent.cleaned_data["reason"],
            by=request.viewer,
            at=request.at,
            token=token,
        )
        return "总数已保存。"

    context = {**_context(table), "heading": "名额总数", "label": table.label}
    return change(request, season, form, save, context, "seasons/ceilings.html")


@login_required
@require_safe
def quotas_workbook(request: ViewerRequest, pk: int, key: str) -> HttpResponseBase:
    """Hand out one quota as a workbook, which may be filled in and sent back."""
    season = seen(request, pk)
    table = _table(season, key)
    return exports.answer(f"{season.title}{table.label}", QUOTA_COLUMNS, table.whole.lines)


@login_required
@get_or_post
def quotas_import(request: ViewerRequest, pk: int, key: str) -> HttpResponse:
    """Read places and parts out of a workbook into the page on which they are saved; a faulty one comes back marked."""
    season = managed(request, pk)
    table = _table(season, key)
    form = QuotaUploadForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return _uploading(request, season, table, form)
    try:
        tokens.read(request.POST.get("token", ""), "season")
        sent = form.cleaned_data["workbook"]
        data = accept(sent.name, sent, _KINDS, _MOST_MEGABYTES).data
        found, faults = quotas_in(worksheets.read(data), table.whole.lines)
        if faults:
            problems = [Problem("workbook", f"第{row}行第{column}列：{text}") for (row, column), text in faults.items()]
            marked = _as_address(worksheets.marked(data, faults))
            return _uploading(request, season, table, form, problems=problems, marked=marked)
    except Refused as refused:
        return _uploading(request, season, table, form, refusals=refused.refusals)
    filled = QuotasForm(table=table, proposed=found)
    return _show(request, season, table, filled, note="已从工作簿读入，尚未保存。请核对后填写理由并保存。")


def _as_address(data: bytes) -> str:
    return f"data:{MEDIA_TYPES['xlsx']};base64,{b64encode(data).decode()}"


def _uploading(
    request: ViewerRequest,
    season: Season,
    table: QuotaTable,
    form: QuotaUploadForm,
    *,
    problems: list[Problem] | None = None,
    refusals: tuple[Refusal, ...] = (),
    marked: str = "",
) -> HttpResponse:
    told = problems or [Problem("workbook", str(error)) for errors in form.errors.values() for error in errors]
    context: dict[str, Any] = {
        "season": season, "table": table, "form": form, "problems": told, "refusals": refusals, "marked": marked,
        "token": token_for(season),
    }  # fmt: skip
    return render(request, "seasons/quotas_import.html", context, status=422 if told or refusals else 200)
