"""待办 / 已办 / 我发起的."""

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.core import exports
from apps.core.actors import HANDLE
from apps.core.paging import counted, page_of
from apps.core.requests import ViewerRequest
from apps.desks import selectors as desks
from apps.desks.models import Paper
from apps.desks.states import OFFICE_ACTS
from apps.directory.states import Role
from apps.home.dashboards import to_publish
from apps.home.exports import PAPER_COLUMNS
from apps.home.forms import PaperFilter

_TABS = {"todo": "待办", "done": "已办", "started": "我发起的"}


@login_required
@require_safe
def inbox(request: ViewerRequest) -> HttpResponseBase:
    """List the viewer's papers: those that wait for him, he dealt with or he started; the same as a workbook."""
    waiting = desks.papers_of(request.viewer, request.at)
    papers = {
        "todo": waiting,
        "done": desks.papers_done_by(request.viewer),
        "started": desks.papers_started_by(request.viewer, request.at),
    }
    tab = request.GET.get("tab", "")
    tab = tab if tab in _TABS else "todo"
    narrowed = PaperFilter(request.GET, desks.as_lines(papers[tab]), request=request)
    if exports.is_wanted(request):
        return exports.answer(_TABS[tab], PAPER_COLUMNS, narrowed.qs)
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
            "has_dockets": any(request.viewer.posts_with(HANDLE, request.at)),
            "to_publish": to_publish(request.viewer, request.at) if tab == "todo" else (),
            "standing": _standing(request, papers["started"]),
            "stood_for": {paper.pk: _stood_for(request, paper) for paper in page if tab == "todo"},
            "may_batch": {paper.pk for paper in page if tab == "todo" and paper.latest and paper.state in OFFICE_ACTS},
        },
    )


def _standing(request: ViewerRequest, started: QuerySet[Paper]) -> str:
    """Name as what the viewer looks at an empty list: expert, officer, without a post any more, starter or person."""
    valid = [post for post in request.viewer.posts if post.is_valid(request.at)]
    if valid:
        return "expert" if all(post.role == Role.EXPERT for post in valid) else "officer"
    if request.viewer.posts or not request.viewer.person_id:
        return "no_post"
    return "starter" if started.exists() else "person"


def _stood_for(request: ViewerRequest, paper: Paper) -> str:
    return request.viewer.stood_for_at(paper.desk, request.at)
