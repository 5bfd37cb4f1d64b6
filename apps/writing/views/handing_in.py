"""Screens on which a starter looks his form over, hands it in and gets his receipt."""

from collections.abc import Sequence

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.core import tokens
from apps.core.downloads import file_answer
from apps.core.log import digest_of
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post, status_of, text_sent
from apps.desks.states import WRITING, DeskState
from apps.notices import printing
from apps.notices.fonts import MissingFonts
from apps.writing import documents, selectors, services, writings
from apps.writing.guards import LATE
from apps.writing.models import WrittenRecord
from apps.writing.views.common import mine, refused_page, writers_only
from apps.writing.views.pages import task_list
from apps.writing.writings import Case

REASON = "reason:"


@writers_only
@get_or_post
def check(request: ViewerRequest, kind: str, pk: int) -> HttpResponse:
    """Show all that would be handed in with what is still wrong, and hand it in; twice leads to the same receipt."""
    record = mine(request, kind, pk)
    if record.state not in WRITING:
        return redirect("writing:receipt", kind, pk)
    if request.method != "POST":
        return _check_page(request, record)
    try:
        key = tokens.as_checked(record, request.POST, kind)
        said, checked = _reasons(request), text_sent(request.POST, "checked")
        services.submit(record=record, by=request.viewer, at=request.at, reasons=said, checked=checked, token=key)
    except Refused as refused:
        now = mine(request, kind, pk)
        if now.state not in WRITING:
            return redirect("writing:receipt", kind, pk)
        return _check_page(request, now, refused.refusals, status_of(refused))
    messages.success(request, "已提交。请记下编号，或下载回执。")
    return redirect("writing:receipt", kind, pk)


def _check_page(
    request: ViewerRequest, record: WrittenRecord, refusals: Sequence[Refusal] = (), status: int = 200
) -> HttpResponse:
    writing = writings.of(record)
    case = writing.judge(record, request.at)
    given_back = selectors.returned(record)
    statuses = selectors.page_statuses(record, case, given_back)
    may_submit = not (case.closed or case.early or case.problems or case.no_route or _falls_short(case))
    documents = selectors.documents(record)
    context = {
        "record": record,
        "writing": writing,
        "subtitle": writing.heading(record),
        "pages": [
            (page, entries, [one for one in documents if one.wanted in page.keys])
            for page, (_, entries) in zip(statuses, selectors.shown(record), strict=True)
        ],
        "tasks": [] if case.closed else task_list(record, statuses, len(statuses) + 1),
        "case": case,
        "alters": writing.alters(record),
        "reasons": record.reasons | _reasons(request),
        "comes_late": _comes_late(record, case),
        "late_key": LATE,
        "given_back": given_back,
        "refusals": refusals or _in_the_way(case),
        "may_submit": may_submit,
        "promises": writing.promises(record, case) if may_submit else (),
        "checked": digest_of(selectors.checked(record)),
        "token": tokens.issue(writing.kind, {record.pk: record.version}),
    }
    return render(request, "writing/check.html", context, status=status)


def _in_the_way(case: Case) -> list[Refusal]:
    """Return what keeps it from being handed in though nothing in the form is wrong."""
    said = [case.closed, case.early, None if case.problems or _falls_short(case) else case.no_route]
    return [each for each in said if each]


def _falls_short(case: Case) -> bool:
    return any(each.must for each in case.shortfalls)


def _comes_late(record: WrittenRecord, case: Case) -> bool:
    return record.state == DeskState.DRAFT and case.window is not None and case.window.is_late


def _reasons(request: ViewerRequest) -> dict[str, str]:
    """Return why requirements that are meant in principle are not met, by rule."""
    return {name.removeprefix(REASON): str(text) for name, text in request.POST.items() if name.startswith(REASON)}


@writers_only
@require_safe
def receipt(request: ViewerRequest, kind: str, pk: int) -> HttpResponse:
    """Tell that it was handed in, under which number, and what comes next."""
    record = mine(request, kind, pk)
    if record.submitted is None:
        return redirect("writing:check" if record.state in WRITING else "home:record", kind, pk)
    writing = writings.of(record)
    context = {
        "record": record,
        "writing": writing,
        "head": writing.head(record),
        "next": selectors.next_step(record),
        "documents": len(selectors.documents(record)),
        "qr": segno.make(_address(record), error="m", micro=False).svg_inline(scale=4, border=2),
    }
    return render(request, "writing/receipt.html", context)


def _address(record: WrittenRecord) -> str:
    return f"{settings.PUBLIC_ADDRESS}{reverse('writing:numbered', args=[record.number])}"


@writers_only
@require_safe
def receipt_pdf(request: ViewerRequest, kind: str, pk: int) -> HttpResponse:
    """Hand out the receipt as a file to print."""
    record = mine(request, kind, pk)
    if record.submitted is None:
        return redirect("writing:receipt", kind, pk)
    content = documents.receipt(record, selectors.next_step(record), _address(record))
    try:
        printed = printing.render(content)
    except (printing.MissingGlyphs, MissingFonts) as missing:
        return refused_page(request, Refused(Refusal("missing_glyphs", "回执暂不能打印。", str(missing))))
    return file_answer(printed, "pdf", f"{content['title']}{record.number}.pdf", is_attached=True)
