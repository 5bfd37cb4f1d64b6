"""What the system told the viewer."""

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from apps.core.paging import page_of
from apps.core.requests import ViewerRequest
from apps.notices import selectors, services
from apps.notices.models import Message


def _told_to(request: ViewerRequest) -> QuerySet[Message]:
    assert request.viewer.user_id is not None
    return selectors.messages_of(request.viewer.user_id)


@login_required
def messages(request: ViewerRequest) -> HttpResponse:
    """List the viewer's messages, newest first."""
    page = page_of(_told_to(request), request.GET.get("page"))
    return render(request, "home/messages.html", {"page": page})


@login_required
def message(request: ViewerRequest, pk: int) -> HttpResponse:
    """Note one message as read and go where it points."""
    told = _told_to(request).filter(pk=pk).first()
    if told is None:
        raise Http404
    services.mark_read(message=told, at=request.at)
    return redirect(told.link or "home:messages")
