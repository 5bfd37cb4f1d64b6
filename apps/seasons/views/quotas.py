"""Screens on which the season office sets the quotas of all counties at once, by hand or by a workbook."""

from base64 import b64encode
from typing import Any

from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.core import exports, tokens, worksheets
from apps.core.problems import Problem
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post
from apps.core.uploads import MEDIA_TYPES, accept
from apps.seasons import selectors, services
from apps.seasons.exports import QUOTA_COLUMNS
from apps.seasons.forms import QuotasForm, QuotaUploadForm, places_in
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
    """Set the places of all service groups on one page, with a reason."""
    season = managed(request, pk)
    table = _table(season, key)
    form = QuotasForm(request.POST or None, rows=table.rows)
    return _edit(request, season, table, form)


def _edit(request: ViewerRequest, season: Season, table: QuotaTable, form: QuotasForm) -> HttpResponse:
    def save(sent: Form, opened: Season, token: str) -> str:
        services.set_quotas(
            season=opened,
            key=table.key,
            places=form.places(),
            reason=sent.cleaned_data["reason"],
            by=request.viewer,
            at=request.at,
            token=token,
        )
        return f"{table.label}已保存。"

    context = {"heading": table.label, "section": "quotas", "basis": table.basis, "table": table, "upload": _upload()}
    return change(request, season, form, save, context, "seasons/quotas.html")


def _upload() -> QuotaUploadForm:
    return QuotaUploadForm()


@login_required
@require_safe
def quotas_workbook(request: ViewerRequest, pk: int, key: str) -> HttpResponseBase:
    """Hand out one quota as a workbook, which may be filled in and sent back."""
    season = seen(request, pk)
    table = _table(season, key)
    return exports.answer(f"{season.title}{table.label}", QUOTA_COLUMNS, table.rows)


@login_required
@get_or_post
def quotas_import(request: ViewerRequest, pk: int, key: str) -> HttpResponse:
    """Read places out of a workbook into the page on which they are saved; a faulty one comes back marked."""
    season = managed(request, pk)
    table = _table(season, key)
    form = QuotaUploadForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return _uploading(request, season, table, form)
    try:
        tokens.read(request.POST.get("token", ""), "season")
        sent = form.cleaned_data["workbook"]
        data = accept(sent.name, sent, _KINDS, _MOST_MEGABYTES).data
        places, faults = places_in(worksheets.read(data), table.rows)
        if faults:
            problems = [Problem("workbook", f"第{row}行第{column}列：{text}") for (row, column), text in faults.items()]
            marked = _as_address(worksheets.marked(data, faults))
            return _uploading(request, season, table, form, problems=problems, marked=marked)
    except Refused as refused:
        return _uploading(request, season, table, form, refusals=refused.refusals)
    filled = QuotasForm(rows=table.rows, proposed=places)
    context = {
        "heading": table.label, "section": "quotas", "basis": table.basis, "table": table, "upload": _upload(),
        "season": season, "form": filled, "problems": [], "refusals": (), "token": token_for(season), "is_read": True,
    }  # fmt: skip
    return render(request, "seasons/quotas.html", context)


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
