"""通知公告: what the offices announce and issue, for everybody to read."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from apps.core import exports, tokens
from apps.core.paging import page_of
from apps.core.problems import problems_of
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post
from apps.notices import selectors, services
from apps.notices.exports import ANNOUNCEMENT_COLUMNS, DOCUMENT_COLUMNS
from apps.notices.forms import AnnouncementForm, CorrectionForm
from apps.notices.models import Announcement
from apps.notices.permissions import issues_in
from apps.notices.tables import AnnouncementFilter, DocumentFilter
from apps.seasons.selectors import in_sight

_TABS = {"announced": "公告", "issued": "印发的文件"}


@require_safe
def announcements(request: ViewerRequest) -> HttpResponseBase:
    """List for anybody what is announced, or the documents issued, narrowed as he asks; the same as a workbook."""
    tab = request.GET.get("tab", "")
    tab = tab if tab in _TABS else "announced"
    narrowed = (
        DocumentFilter(request.GET, selectors.documents_issued())
        if tab == "issued"
        else AnnouncementFilter(request.GET, selectors.announcements())
    )
    if exports.is_wanted(request):
        columns = DOCUMENT_COLUMNS if tab == "issued" else ANNOUNCEMENT_COLUMNS
        return exports.answer(_TABS[tab], columns, narrowed.qs)
    page = page_of(narrowed.qs, request.GET.get("page"))
    return render(request, "notices/announcements.html", {"tabs": _TABS, "tab": tab, "filter": narrowed, "page": page})


@require_safe
def announcement(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show anybody one announcement."""
    found = get_object_or_404(selectors.announcements(), pk=pk)
    is_office = issues_in(request.viewer, found.season, request.at)
    context = {"announcement": found, "corrections": found.corrections.all(), "is_office": is_office}
    return render(request, "notices/announcement.html", context)


@login_required
@get_or_post
def publish(request: ViewerRequest, season: int) -> HttpResponse:
    """Write an announcement and put it before everybody."""
    run = get_object_or_404(in_sight(request.viewer, request.at), pk=season)
    if not issues_in(request.viewer, run, request.at):
        raise PermissionDenied(f"公告由{run.jurisdiction}协调办公室发布，您当前的任职没有此权限。")
    form = AnnouncementForm(request.POST or None)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            ticket = tokens.read(request.POST.get("token", ""), "announcement")
            published = services.publish_announcement(
                season=run, **form.cleaned_data, by=request.viewer, at=request.at, token=ticket.key
            )
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, "公告已发布，任何人可以查看。")
            return redirect("notices:announcement", published.pk)
    problems = problems_of(form)
    context = {
        "season": run, "form": form, "problems": problems, "refusals": refusals,
        "token": tokens.issue("announcement", {run.pk: run.version}),
    }  # fmt: skip
    return render(request, "notices/publish.html", context, status=409 if refusals else 422 if problems else 200)


def _own(request: ViewerRequest, pk: int) -> Announcement:
    """Return an announcement of the viewer's office; tell others whose it is."""
    found = get_object_or_404(selectors.announcements(), pk=pk)
    if not issues_in(request.viewer, found.season, request.at):
        raise PermissionDenied(f"公告由{found.season.jurisdiction}协调办公室更正和撤下，您当前的任职没有此权限。")
    return found


@login_required
@get_or_post
def correct(request: ViewerRequest, pk: int) -> HttpResponse:
    """Change what an announcement says; what it said before stays readable."""
    found = _own(request, pk)
    initial = {"title": found.title, "text": found.text, "seen": found.corrections.count()}
    form = CorrectionForm(request.POST or None, initial=initial)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            services.correct_announcement(announcement=found, **form.cleaned_data, by=request.viewer, at=request.at)
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, "公告已更正，更正前的文本可在公告下方查看。")
            return redirect("notices:announcement", pk)
    problems = problems_of(form)
    context = {"announcement": found, "form": form, "problems": problems, "refusals": refusals}
    return render(request, "notices/correct.html", context, status=409 if refusals else 422 if problems else 200)


@login_required
@get_or_post
def withdraw(request: ViewerRequest, pk: int) -> HttpResponse:
    """Ask once more, then take an announcement away."""
    found = _own(request, pk)
    if request.method != "POST":
        return render(request, "notices/withdraw.html", {"announcement": found})
    services.withdraw_announcement(announcement=found, by=request.viewer, at=request.at)
    messages.success(request, "公告已撤下。")
    return redirect("notices:announcements")
