"""What the screens of the applicant share: whose pages they are, and which page of the form is meant."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control

from apps.applications import selectors
from apps.applications.models import Application
from apps.core.refusals import Refused
from apps.core.requests import ViewerRequest, status_of
from apps.policies.schema import FormStep

View = Callable[..., HttpResponse]


def applicants_only(view: View) -> View:
    """Let in who is signed in and has a person's file; the page may be kept by his own browser alone."""
    return _guarded(view, lambda request: bool(request.viewer.person_id))


def writers_only(view: View) -> View:
    """Let in applicants, and the offices that may start an application for others."""
    return _guarded(
        view, lambda request: bool(request.viewer.person_id or selectors.starts_open(request.viewer, request.at))
    )


def _guarded(view: View, is_let_in: Callable[[ViewerRequest], bool]) -> View:
    @wraps(view)
    def guarded(request: ViewerRequest, *args: Any, **where: Any) -> HttpResponse:
        if not request.viewer.user_id and request.htmx:
            return HttpResponse("登录已失效，未保存。请在新窗口登录后继续，本页所填内容仍在。", status=401)
        if request.viewer.user_id and not is_let_in(request):
            raise PermissionDenied(
                "申请须由科技人员本人办理，您的账号没有个人档案。请联系派出单位经办人登记档案后再试。"
            )
        return login_required(view)(request, *args, **where)

    return cache_control(private=True, no_cache=True)(guarded)


def mine(request: ViewerRequest, pk: int) -> Application:
    """Return an application the viewer writes in; another's does not exist for him."""
    return get_object_or_404(selectors.started_by(request.viewer, request.at), pk=pk)


def page_of_form(application: Application, number: int) -> FormStep:
    """Return a page of the form by its number from 1."""
    form = selectors.form_of(application)
    if not 1 <= number <= len(form):
        raise Http404
    return form[number - 1]


def refused_page(request: ViewerRequest, refused: Refused) -> HttpResponse:
    """Tell a refusal on a page of its own."""
    context = {"refusals": refused.refusals}
    return render(request, "applications/refused.html", context, status=status_of(refused))
