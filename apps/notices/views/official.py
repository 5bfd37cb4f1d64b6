"""Screens of public lists, notices, and the verification of documents."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from apps.core import exports, files, log, tokens
from apps.core.paging import page_of
from apps.core.problems import problems_of
from apps.core.refs import Ref
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post
from apps.core.tables import arranged
from apps.desks import walks
from apps.notices import selectors, services
from apps.notices.exports import DOCUMENT_COLUMNS, LIST_COLUMNS, NOTICE_COLUMNS, columns_of
from apps.notices.forms import AnnounceForm, DiscardForm, NameSearch, VerifyForm
from apps.notices.models import Notice
from apps.notices.permissions import issues_in
from apps.notices.states import NoticeState
from apps.notices.tables import ListFilter, NoticeFilter, NoticeTable
from apps.seasons.models import Season
from apps.seasons.selectors import in_sight


@login_required
@get_or_post
def announce(request: ViewerRequest, season: int) -> HttpResponse:
    """Choose who goes on a public list, look at the list, publish it."""
    run = _season(request, season)
    kind = request.POST.get("kind", request.GET.get("kind", walks.every()[0].kind.name))
    if walks.named(kind) is None:
        raise Http404
    if "token" in request.POST:
        return _publish(request, run, kind)
    waiting = selectors.waiting_for_list(run, kind, request.viewer, request.at)
    form = AnnounceForm(request.POST or None, waiting=waiting)
    if request.method == "POST" and form.is_valid():
        chosen = [record for record in waiting if record.pk in form.cleaned_data["records"]]
        context = {
            "season": run,
            "kind": kind,
            "plan": selectors.plan_list(run, kind, chosen, request.at),
            "token": tokens.issue(kind, {record.pk: record.version for record in chosen}),
        }
        return render(request, "notices/preview.html", context)
    return _choose(request, run, kind, waiting, problems_of(form))


def _publish(request: ViewerRequest, season: Season, kind: str) -> HttpResponse:
    try:
        ticket = tokens.read(request.POST["token"], kind)
        published = services.announce(
            season=season, kind=kind, seen=ticket.seen, by=request.viewer, at=request.at, token=ticket.key
        )
    except Refused as refused:
        waiting = selectors.waiting_for_list(season, kind, request.viewer, request.at)
        return _choose(request, season, kind, waiting, [], refused.refusals)
    messages.success(request, f"已发布公示，公示期满后系统自动转入下一环节：{published.title}。")
    return redirect("notices:public_list", published.pk)


def _choose(
    request: ViewerRequest,
    season: Season,
    kind: str,
    waiting: list[Any],
    problems: list[Any],
    refusals: tuple[Refusal, ...] = (),
) -> HttpResponse:
    walk = walks.named(kind)
    assert walk is not None
    context = {
        "season": season,
        "kind": kind,
        "waiting": [(record.pk, walk.public_line(record)) for record in waiting],
        "published": selectors.lists_shown().filter(season=season),
        "problems": problems,
        "refusals": refusals,
    }
    return render(request, "notices/announce.html", context, status=409 if refusals else 422 if problems else 200)


@login_required
@require_safe
def drafts(request: ViewerRequest, season: int) -> HttpResponseBase:
    """List the notices of a season, drafts first, with the number books and how far printing is."""
    run = _season(request, season)
    notices = selectors.notices_for(request.viewer, request.at).filter(season=run)
    narrowed = NoticeFilter(request.GET, notices)
    table = arranged(NoticeTable(narrowed.qs), request)
    if exports.is_wanted(request):
        return exports.answer("文件", NOTICE_COLUMNS, table.data.data)
    context = {
        "season": run,
        "filter": narrowed,
        "table": table,
        "books": selectors.books_of(run),
        "certificates": selectors.certificates_progress(run),
    }
    return render(request, "notices/drafts.html", context)


@login_required
@require_safe
def book(request: ViewerRequest, season: int, book: int) -> HttpResponseBase:
    """Show who took which number out of a book."""
    run = _season(request, season)
    found = get_object_or_404(selectors.books_of(run), pk=book)
    if exports.is_wanted(request):
        return exports.answer(f"文号簿{found.word}", DOCUMENT_COLUMNS, selectors.documents_in(found))
    context = {"season": run, "book": found, "page": page_of(selectors.documents_in(found), request.GET.get("page"))}
    return render(request, "notices/book.html", context)


@login_required
@require_safe
def notice(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show a notice as it reads, how it stands and what was done to it."""
    found = _notice(request, pk)
    content = found.document.content if found.document else found.content
    roster = content["roster"] or {"columns": [], "rows": []}
    context = {
        "notice": found,
        "content": content,
        "roster": [list(zip(roster["columns"], row, strict=True)) for row in roster["rows"]],
        "is_draft": found.state == NoticeState.DRAFT,
        "log": log.entries_of(Ref("notice", str(pk))),
    }
    return render(request, "notices/notice.html", context)


@login_required
@require_safe
def preview(request: ViewerRequest, pk: int) -> HttpResponse:
    """Print a draft as it would look."""
    found = _notice(request, pk)
    try:
        return _pdf(services.print_draft(notice=found, at=request.at), f"{found.title}（草稿）")
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("notices:notice", pk)


@login_required
@get_or_post
def issue(request: ViewerRequest, pk: int) -> HttpResponse:
    """Ask once more, then sign a notice: it takes its number and is printed."""

    def act(seen: Notice, token: str) -> str:
        signed = services.issue(notice=seen, by=request.viewer, at=request.at, token=token)
        assert signed.document is not None
        return f"已签发，文号{signed.document.number}。文件制作完成后自动印发，并告知有关单位和人员。"

    found = _notice(request, pk)
    number = selectors.number_next(found.season, found.kind, request.at)
    return _final(request, found, "notices/issue.html", act, {"number": number})


@login_required
@get_or_post
def discard(request: ViewerRequest, pk: int) -> HttpResponse:
    """Give a draft up with a reason."""
    form = DiscardForm(request.POST or None)

    def act(seen: Notice, token: str) -> str:
        services.discard(notice=seen, by=request.viewer, at=request.at, token=token, **form.cleaned_data)
        return "草稿已作废，系统将按最新情况重新拟稿。"

    return _final(request, _notice(request, pk), "notices/discard.html", act, {"form": form})


def _final(
    request: ViewerRequest, found: Notice, template: str, act: Callable[[Notice, str], str], context: dict[str, Any]
) -> HttpResponse:
    """Carry out an act on a notice as its form saw it; a refusal comes back with what was typed."""
    refusals: tuple[Refusal, ...] = ()
    form = context.get("form")
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            ticket = tokens.read(request.POST.get("token", ""), "notice")
            seen = _notice(request, found.pk)
            seen.version = ticket.seen.get(found.pk, -1)
            messages.success(request, act(seen, ticket.key))
            return redirect("notices:notice", found.pk)
        except Refused as refused:
            refusals = refused.refusals
    problems = problems_of(form) if form else []
    context |= {
        "notice": found,
        "is_draft": found.state == NoticeState.DRAFT,
        "problems": problems,
        "refusals": refusals,
        "token": tokens.issue("notice", {found.pk: found.version}),
    }
    return render(request, template, context, status=409 if refusals else 422 if problems else 200)


@login_required
@require_safe
def mine(request: ViewerRequest) -> HttpResponse:
    """Show a person his own documents."""
    person = request.viewer.person_id
    return render(request, "notices/mine.html", {"documents": selectors.documents_of(person) if person else []})


@require_safe
def lists(request: ViewerRequest) -> HttpResponseBase:
    """List for the public what is before it, and what was, narrowed as it asks; the same as a workbook."""
    narrowed = ListFilter(request.GET, selectors.lists_shown())
    if exports.is_wanted(request):
        return exports.answer("公示", LIST_COLUMNS, narrowed.qs)
    context = {"filter": narrowed, "page": page_of(narrowed.qs, request.GET.get("page"))}
    return render(request, "notices/lists.html", context)


@require_safe
def public_list(request: ViewerRequest, pk: int) -> HttpResponseBase:
    """Show the public one list, page by page, or the lines in which a name stands."""
    publicity = get_object_or_404(selectors.lists_shown(), pk=pk)
    search = NameSearch(request.GET)
    entries = selectors.entries_of(publicity, search.words())
    if exports.is_wanted(request):
        return exports.answer(publicity.title, columns_of([entry.line for entry in entries[:1]]), entries)
    page = page_of(entries, request.GET.get("page"))
    context = {"publicity": publicity, "search": search, "page": page, "lines": [entry.line for entry in page]}
    return render(request, "notices/public_list.html", context)


@require_safe
def verify(request: ViewerRequest) -> HttpResponse:
    """Ask for a verification code."""
    form = VerifyForm(request.GET if "code" in request.GET else None)
    if form.is_valid():
        return redirect("notices:verified", form.cleaned_data["code"])
    return render(request, "notices/verify.html", {"form": form, "problems": problems_of(form)})


@require_safe
def verified(request: ViewerRequest, code: str) -> HttpResponse:
    """Say which document a code belongs to, or that there is none."""
    typed = VerifyForm({"code": code})
    found = selectors.document_by_code(typed.cleaned_data["code"]) if typed.is_valid() else None
    downloadable = found is not None and selectors.document_for(request.viewer, found.code, request.at) is not None
    context = {"document": found, "code": code, "downloadable": downloadable, "form": VerifyForm()}
    return render(request, "notices/verified.html", context, status=200 if found else 404)


@require_safe
def document(request: ViewerRequest, code: str) -> HttpResponse:
    """Hand out a printed document to whom it is open."""
    found = selectors.document_for(request.viewer, code, request.at)
    if found is None and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if found is None:
        raise Http404
    return _pdf(files.read(found.pdf, "pdf"), f"{found.number}{found.title}")


def _pdf(data: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": content_disposition_header(False, f"{name}.pdf") or ""}
    return HttpResponse(data, content_type="application/pdf", headers=headers)


def _season(request: ViewerRequest, pk: int) -> Season:
    """Return a season for which the viewer issues; tell a colleague who does, and a stranger nothing."""
    season = get_object_or_404(in_sight(request.viewer, request.at), pk=pk)
    if not issues_in(request.viewer, season, request.at):
        raise PermissionDenied(f"公示与印发由{season.jurisdiction}协调办公室办理，您当前的任职没有此权限。")
    return season


def _notice(request: ViewerRequest, pk: int) -> Notice:
    return get_object_or_404(selectors.notices_for(request.viewer, request.at), pk=pk)
