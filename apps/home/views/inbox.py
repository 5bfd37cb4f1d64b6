"""待办 / 已办 / 我发起的."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render

from apps.core.paging import counted, page_of
from apps.core.requests import ViewerRequest
from apps.desks import selectors as desks
from apps.desks.states import OFFICE_ACTS
from apps.home.forms import PaperFilter

_TABS = {"todo": "待办", "done": "已办", "started": "我发起的"}


@login_required
def inbox(request: ViewerRequest) -> HttpResponse:
    """List the viewer's papers: those that wait for him, those he dealt with, those he started."""
    waiting = desks.papers_of(request.viewer, request.at)
    papers = {
        "todo": waiting,
        "done": desks.papers_done_by(request.viewer),
        "started": desks.papers_started_by(request.viewer, request.at),
    }
    tab = request.GET.get("tab", "")
    tab = tab if tab in _TABS else "todo"
    narrowed = PaperFilter(request.GET, desks.as_lines(papers[tab]))
    page = page_of(narrowed.qs, request.GET.get("page"))
    waiting_number = counted(waiting)
    return render(
        request,
        "home/inbox.html",
        {
            "tabs": _TABS,
            "tab": tab,
            "filter": narrowed,
            "page": page,
            "waiting": waiting_number,
            "may_batch": {paper.pk for paper in page if paper.state in OFFICE_ACTS} if tab == "todo" else set(),
        },
    )
