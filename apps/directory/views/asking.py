"""What the forms of the directory share: a save that may be refused keeps what was typed."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render

from apps.core.problems import problems_of
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest
from apps.directory.permissions import keeps_people

_NOTHING: dict[str, Any] = {
    "post": None,
    "note": "",
    "asks_user": False,
    "asks_place": False,
    "sought": "",
    "sought_place": "",
    "found": [],
    "places": [],
    "new_login": "",
    "button": "保存",
}


def only_for_keepers_of_people(request: ViewerRequest) -> None:
    """Let in who registers people or keeps posts."""
    if not keeps_people(request.viewer, request.at):
        raise PermissionDenied("人员和账号由派出单位经办人、协调办公室和系统管理员管理，您当前的任职没有此权限。")


def ask(
    request: ViewerRequest,
    form: Form,
    save: Callable[[Mapping[str, Any]], str | HttpResponse],
    context: Mapping[str, Any],
) -> HttpResponse:
    """Do what a form asks for and go on to an address, or answer at once; a refusal keeps what was typed."""
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            done = save(form.cleaned_data)
        except Refused as refused:
            refusals = refused.refusals
        else:
            return redirect(done) if isinstance(done, str) else done
    context = {**_NOTHING, **context, "form": form, "problems": problems_of(form), "refusals": refusals}
    status = 409 if refusals else 422 if form.is_bound else 200
    return render(request, "directory/change.html", context, status=status)
