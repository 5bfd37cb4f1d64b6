"""Screens of people: registered by their unit, put right, their hidden numbers read with a reason."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core import exports
from apps.core.masking import mask_number
from apps.core.requests import ViewerRequest, get_or_post, text_sent
from apps.core.tables import arranged
from apps.directory import selectors, services
from apps.directory.forms import CorrectForm, MoveForm, PersonForm, RegisterForm, RevealForm
from apps.directory.models import Person
from apps.directory.permissions import keeps_file_of, places_kept, units_kept
from apps.directory.tables import PEOPLE_COLUMNS, PersonFilter, PersonTable
from apps.directory.views.asking import ask, only_for_keepers_of_people

_HIDDEN = tuple(services.REVEALABLE)


@login_required
@require_safe
def people(request: ViewerRequest) -> HttpResponseBase:
    """List the people whom the viewer keeps, numbers masked, narrowed as he asks; or as a workbook."""
    only_for_keepers_of_people(request)
    narrowed = PersonFilter(request.GET, selectors.persons_kept(request.viewer, request.at), request=request)
    table = arranged(PersonTable(narrowed.qs), request)
    if exports.is_wanted(request):
        return exports.answer("人员", PEOPLE_COLUMNS, table.data.data)
    registers = bool(units_kept(request.viewer, request.at))
    return render(request, "directory/people.html", {"filter": narrowed, "table": table, "registers": registers})


@login_required
@require_safe
def person(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show a person's file, his login, and every change of the file."""
    found = _person(request, pk)
    user = getattr(found, "user", None)
    context = {
        "person": found,
        "masked": {name: mask_number(getattr(found, name)) for name in _HIDDEN},
        "registers": keeps_file_of(request.viewer, found, request.at),
        "moves": bool(places_kept(request.viewer, request.at)),
        "login": user,
        "keeps_login": user and selectors.logins_kept(request.viewer, request.at).filter(pk=user.pk).exists(),
        "changes": selectors.changes_of_file(found),
    }
    return render(request, "directory/person.html", context)


@login_required
@get_or_post
def register_person(request: ViewerRequest) -> HttpResponse:
    """Enter the file of somebody of the viewer's unit."""
    units = selectors.units_to_register_for(request.viewer, request.at)
    if not units_kept(request.viewer, request.at):
        raise PermissionDenied("人员由所在单位（派出单位）经办人登记，您当前的任职没有此权限。")

    def save(said: Mapping[str, Any]) -> str:
        made = services.enter_file(person=Person(**said), by=request.viewer, at=request.at)
        messages.success(request, f"已登记：{made}。可以为其建立账号。")
        return reverse("directory:person", args=[made.pk])

    form = RegisterForm(request.POST or None, units=units)
    note = "申请表由档案自动填入，申请人仍可在申请中修改。"
    return ask(request, form, save, {"title": "登记人员", "note": note, "back": reverse("directory:people")})


@login_required
@get_or_post
def correct_person(request: ViewerRequest, pk: int) -> HttpResponse:
    """Put a file right, with a reason."""
    found = _registered(request, pk)

    def save(said: Mapping[str, Any]) -> str:
        fields = {name: said[name] for name in PersonForm.base_fields}
        services.correct_file(
            person=found, said=fields, seen=said["seen"], reason=said["reason"], by=request.viewer, at=request.at
        )
        messages.success(request, f"{fields['name']}的档案已更正。")
        return reverse("directory:person", args=[pk])

    shown = {name: getattr(found, name) for name in PersonForm.base_fields if name not in _HIDDEN}
    form = CorrectForm(request.POST or None, initial={**shown, "seen": selectors.changes_of_file(found).count()})
    note = "已提交的申请不随档案改变。"
    back = reverse("directory:person", args=[pk])
    return ask(request, form, save, {"title": f"更正{found}的档案", "note": note, "back": back})


@login_required
@get_or_post
def move_person(request: ViewerRequest, pk: int) -> HttpResponse:
    """Let another unit keep a person's file: first look the unit up, then choose."""
    found = _person(request, pk)
    if not places_kept(request.viewer, request.at):
        raise PermissionDenied("人员调动由协调办公室和系统管理员办理，您当前的任职没有此权限。")
    kept = selectors.places_to_fill(request.viewer, request.at)
    places = {"region": kept["region"].none(), "organization": kept["organization"].exclude(pk=found.unit_id)}
    back = reverse("directory:person", args=[pk])

    def save(said: Mapping[str, Any]) -> str:
        to, reason = said["place"], said["reason"]
        services.move_person(person=found, to=to, reason=reason, by=request.viewer, at=request.at)
        messages.success(request, f"{found}已调动到{to}。")
        return back

    sought = text_sent(request.GET, "place")[:50]
    context = {
        "title": f"调动{found}",
        "note": "档案改由调入单位管理；已提交的申请仍由原单位办理。",
        "button": "调动",
        "back": back,
        "asks_place": True,
        "sought_place": sought,
        "places": selectors.places_called(places, sought) if sought else [],
    }
    return ask(request, MoveForm(request.POST or None, places=places), save, context)


@login_required
@never_cache
@get_or_post
def reveal_person(request: ViewerRequest, pk: int, field: str) -> HttpResponse:
    """Ask why a hidden number must be read, keep who read it, and show it once."""
    if field not in _HIDDEN:
        raise Http404
    found = _registered(request, pk)
    form = RevealForm(request.POST if request.method == "POST" else None)
    value = None
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        value = services.reveal(person=found, field=field, by=request.viewer, reason=reason, at=request.at)
    context = {
        "form": form,
        "value": value,
        "title": f"查看{found}的{services.REVEALABLE[field]}",
        "back_url": reverse("directory:person", args=[pk]),
    }
    return render(request, "directory/reveal.html", context, status=422 if form.errors else 200)


def _person(request: ViewerRequest, pk: int) -> Person:
    return get_object_or_404(selectors.persons_kept(request.viewer, request.at), pk=pk)


def _registered(request: ViewerRequest, pk: int) -> Person:
    """Return a person whom the viewer registers; tell who does to others who see the file, and a stranger nothing."""
    found = _person(request, pk)
    if not keeps_file_of(request.viewer, found, request.at):
        raise PermissionDenied("档案和完整号码由所在单位（派出单位）经办人办理，您当前的任职没有此权限。")
    return found
