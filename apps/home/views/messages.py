"""What the system told the viewer."""

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from apps.core import exports
from apps.core.paging import page_of
from apps.core.requests import ViewerRequest, post_only
from apps.home.exports import MESSAGE_COLUMNS
from apps.home.forms import MessageFilter
from apps.notices import selectors, services
from apps.notices.models import Message


def _told_to(request: ViewerRequest) -> QuerySet[Message]:
    assert request.viewer.user_id is not None
    return selectors.messages_of(request.viewer.user_id)


@login_required
@require_safe
def messages(request: ViewerRequest) -> HttpResponseBase:
    """List the viewer's messages, newest first, narrowed as he asks; the same as a workbook."""
    narrowed = MessageFilter(request.GET, _told_to(request))
    if exports.is_wanted(request):
        return exports.answer("消息", MESSAGE_COLUMNS, narrowed.qs)
    page = page_of(narrowed.qs, request.GET.get("page"))
    return render(request, "home/messages.html", {"page": page, "filter": narrowed})


@login_required
@require_safe
def message(request: ViewerRequest, pk: int) -> HttpResponse:
    """Note one message as read and go where it points."""
    told = _told_to(request).filter(pk=pk)
    found = told.first()
    if found is None:
        raise Http404
    services.mark_read(told=told, at=request.at)
    return redirect(found.link or "home:messages")


@login_required
@post_only("home:messages")
def read_all(request: ViewerRequest) -> HttpResponse:
    """Note all messages as read that the list was narrowed to."""
    narrowed = MessageFilter(request.GET, _told_to(request))
    number = services.mark_read(told=narrowed.qs, at=request.at)
    flash.success(request, f"已将{number}条消息标为已读。")
    return redirect("home:messages")
