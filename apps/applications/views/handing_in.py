"""Screens on which an applicant looks his form over, hands it in and gets his receipt."""

from collections.abc import Sequence

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from apps.applications import documents, guards, selectors, services
from apps.applications.models import Application
from apps.applications.views.common import mine, refused_page, writers_only
from apps.applications.views.writing import task_list
from apps.core import tokens
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post, status_of
from apps.desks.states import WRITING, DeskState
from apps.notices import printing
from apps.notices.fonts import MissingFonts

REASON = "reason:"


@writers_only
@require_safe
def check(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show everything that would be handed in, with what is still wrong."""
    application = mine(request, pk)
    if application.state not in WRITING:
        return redirect("applications:receipt", pk)
    return _check_page(request, application)


def _check_page(
    request: ViewerRequest, application: Application, refusals: Sequence[Refusal] = (), status: int = 200
) -> HttpResponse:
    case = selectors.case_of(application, request.at)
    statuses = selectors.page_statuses(application, case)
    late = guards.too_late(application, case.is_in_season, case.window)
    early = guards.not_begun(case.window) if case.window else None
    context = {
        "application": application,
        "pages": [
            (page, entries, [one for one in selectors.documents(application) if one.wanted in page.keys])
            for page, (_, entries) in zip(statuses, selectors.shown(application), strict=True)
        ],
        "tasks": [] if late else task_list(application, statuses, len(statuses) + 1),
        "case": case,
        "shortfalls": selectors.settled(application, case),
        "reasons": application.reasons | _reasons(request),
        "late": late,
        "comes_late": _comes_late(application, case),
        "late_key": selectors.LATE,
        "given_back": selectors.returned(application),
        "refusals": refusals or [each for each in (late, early) if each],
        "may_submit": not (late or early or case.problems or any(each.must for each in case.shortfalls)),
        "token": tokens.issue(selectors.KIND, {application.pk: application.version}),
    }
    return render(request, "applications/check.html", context, status=status)


def _comes_late(application: Application, case: selectors.Case) -> bool:
    return application.state == DeskState.DRAFT and case.window is not None and case.window.is_late


@writers_only
@get_or_post
def submit(request: ViewerRequest, pk: int) -> HttpResponse:
    """Hand the form in as it was looked over; a second sending leads to the same receipt."""
    application = mine(request, pk)
    if request.method != "POST":
        return redirect("applications:check", pk)
    try:
        key = tokens.as_checked(application, request.POST, selectors.KIND)
        services.submit(application=application, by=request.viewer, at=request.at, reasons=_reasons(request), token=key)
    except Refused as refused:
        now = mine(request, pk)
        if now.state not in WRITING:
            return redirect("applications:receipt", pk)
        return _check_page(request, now, refused.refusals, status_of(refused))
    messages.success(request, "已提交。请记下编号，或下载回执。")
    return redirect("applications:receipt", pk)


def _reasons(request: ViewerRequest) -> dict[str, str]:
    """Return why requirements that are meant in principle are not met, by rule."""
    return {name.removeprefix(REASON): str(text) for name, text in request.POST.items() if name.startswith(REASON)}


@writers_only
@require_safe
def receipt(request: ViewerRequest, pk: int) -> HttpResponse:
    """Tell that it was handed in, under which number, and what comes next."""
    application = mine(request, pk)
    if application.submitted is None:
        return redirect("applications:check" if application.state in WRITING else "home:record", *_key(application))
    context = {
        "application": application,
        "next": selectors.next_step(application),
        "documents": len(selectors.documents(application)),
        "qr": segno.make(_address(application), error="m", micro=False).svg_inline(scale=4, border=2),
    }
    return render(request, "applications/receipt.html", context)


def _key(application: Application) -> tuple[object, ...]:
    return (application.pk,) if application.state in WRITING else (selectors.KIND, application.pk)


def _address(application: Application) -> str:
    return f"{settings.PUBLIC_ADDRESS}{reverse('applications:numbered', args=[application.number])}"


@writers_only
@require_safe
def receipt_pdf(request: ViewerRequest, pk: int) -> HttpResponse:
    """Hand out the receipt as a file to print."""
    application = mine(request, pk)
    if application.submitted is None:
        return redirect("applications:receipt", pk)
    content = documents.receipt(application, selectors.next_step(application), _address(application))
    try:
        printed = printing.render(content)
    except (printing.MissingGlyphs, MissingFonts) as missing:
        return refused_page(request, Refused(Refusal("missing_glyphs", "回执暂不能打印。", str(missing))))
    name = content_disposition_header(True, f"申请回执{application.number}.pdf")
    return HttpResponse(printed, content_type="application/pdf", headers={"Content-Disposition": name or "attachment"})
