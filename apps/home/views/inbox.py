"""待办 / 已办 / 我发起的."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render

from apps.core.paging import page_of
from apps.core.requests import ViewerRequest
from apps.desks import selectors as desks
from apps.home.forms import PaperFilter

_TABS = {"todo": "待办", "done": "已办", "started": "我发起的"}


@login_required
def inbox(request: ViewerRequest) -> HttpResponse:
    """List the viewer's papers: those that wait for him, those he dealt with, those he started."""
    waiting = desks.papers_of(request.viewer, request.at)
    papers = {
        "todo": waiting,
        "done": desks.papers_done_by(request.viewer),
        "started": desks.papers_started_by(request.viewer),
    }
    tab = request.GET.get("tab", "")
    tab = tab if tab in _TABS else "todo"
    narrowed = PaperFilter(request.GET, papers[tab].select_related("season", "starter", "county"))
    page = page_of(narrowed.qs, request.GET.get("page"))
    waiting_number = page_of(waiting, None).paginator.count
    return render(
        request,
        "home/inbox.html",
        {"tabs": _TABS, "tab": tab, "filter": narrowed, "page": page, "waiting": waiting_number},
    )
