"""Screens of logins: made for a person or a colleague, given a new one-time password, switched off and on."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core import exports
from apps.core.requests import ViewerRequest, get_or_post, text_sent
from apps.core.tables import arranged
from apps.directory import selectors, services
from apps.directory.forms import ColleagueForm, LoginForm, ReasonForm
from apps.directory.permissions import places_kept
from apps.directory.tables import LOGIN_COLUMNS, LoginFilter, LoginTable, state_of
from apps.directory.views.asking import ask, only_for_keepers_of_people

_ACTS = {
    "reset": ("重设密码", "原密码立即失效，本人会收到通知。新的一次性密码只在下一页显示一次。"),
    "disable": ("停用账号", "停用后立即不能登录；任职不变，需要时另行移交或结束。"),
    "enable": ("启用账号", "启用后可用原密码登录；忘记密码的，再重设密码。"),
}


@login_required
@require_safe
def logins(request: ViewerRequest) -> HttpResponseBase:
    """List the logins that the viewer keeps, narrowed as he asks; or as a workbook."""
    only_for_keepers_of_people(request)
    narrowed = LoginFilter(request.GET, selectors.logins_kept(request.viewer, request.at), request=request)
    table = arranged(LoginTable(narrowed.qs), request)
    if exports.is_wanted(request):
        return exports.answer("账号", LOGIN_COLUMNS, table.data.data)
    makes = bool(places_kept(request.viewer, request.at))
    return render(request, "directory/logins.html", {"filter": narrowed, "table": table, "makes": makes})


@login_required
@require_safe
def login(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show a login with every change of it."""
    found = get_object_or_404(selectors.logins_kept(request.viewer, request.at), pk=pk)
    context = {"login": found, "state": state_of(found), "changes": selectors.changes_of_login(found)}
    return render(request, "directory/login.html", context)


@login_required
@never_cache
@get_or_post
def make_login(request: ViewerRequest) -> HttpResponse:
    """Make a login for a colleague without a file, show its one-time password, and lead back to what needs him."""
    if not places_kept(request.viewer, request.at):
        raise PermissionDenied("同事的账号由协调办公室和系统管理员建立；本单位人员请先登记，再建立账号。")
    onward = _onward(request)

    def save(said: Mapping[str, Any]) -> HttpResponse:
        made = services.make_login(**said, by=request.viewer, at=request.at)
        joint = "&" if "?" in onward else "?"
        next_url = f"{onward}{joint}{urlencode({'name': made.user.username})}" if onward else ""
        return _issued(request, made, next_url or reverse("directory:login", args=[made.user.pk]))

    form = ColleagueForm(request.POST or None, initial=_suggested(text_sent(request.GET, "name")[:50]))
    note = "账号建立后，请在“任职管理”中任职，任职之前不能办理任何事项。"
    back = onward or reverse("directory:logins")
    return ask(request, form, save, {"title": "新建账号", "note": note, "button": "建立账号", "back": back})


@login_required
@never_cache
@get_or_post
def person_login(request: ViewerRequest, pk: int) -> HttpResponse:
    """Make a login for a person on file, and show its one-time password."""
    person = get_object_or_404(selectors.persons_kept(request.viewer, request.at), pk=pk)
    back = reverse("directory:person", args=[pk])

    def save(said: Mapping[str, Any]) -> HttpResponse:
        made = services.make_login(person=person, **said, by=request.viewer, at=request.at)
        return _issued(request, made, back)

    form = LoginForm(
        request.POST if request.method == "POST" else None, initial={"username": selectors.username_for(person.name)}
    )
    return ask(request, form, save, {"title": f"为{person}建立账号", "button": "建立账号", "back": back})


@login_required
@never_cache
@get_or_post
def act_login(request: ViewerRequest, pk: int, action: str) -> HttpResponse:
    """Give a login a new one-time password, switch it off or on; with a reason."""
    if action not in _ACTS:
        raise Http404
    found = get_object_or_404(selectors.logins_kept(request.viewer, request.at), pk=pk)
    back = reverse("directory:login", args=[pk])

    def save(said: Mapping[str, Any]) -> str | HttpResponse:
        given = {"user": found, "reason": said["reason"], "by": request.viewer, "at": request.at}
        if action == "reset":
            return _issued(request, services.reset_password(**given), back)
        switched = services.switch_login(on=action == "enable", **given)
        messages.success(request, f"{switched}的账号已{'启用' if switched.is_active else '停用'}。")
        return back

    title, note = _ACTS[action]
    form = ReasonForm(request.POST or None)
    about = {"title": f"{title}：{found}（{found.username}）", "note": note, "button": title, "back": back}
    return ask(request, form, save, about)


def _issued(request: ViewerRequest, made: services.Issued, next_url: str) -> HttpResponse:
    """Show a one-time password, this once."""
    return render(request, "directory/issued.html", {"made": made, "next_url": next_url})


def _suggested(name: str) -> dict[str, str]:
    return {"name": name, "username": selectors.username_for(name)} if name else {}


def _onward(request: ViewerRequest) -> str:
    """Return where the viewer came from, of this house."""
    back = text_sent(request.GET, "next")
    return back if url_has_allowed_host_and_scheme(back, None) and back.startswith("/") else ""
