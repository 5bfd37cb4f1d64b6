"""Screens of placements: who serves what in a group, the county's edits; and where a person serves himself."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core import log, tokens
from apps.core.exports import answer, is_wanted
from apps.core.problems import problems_of
from apps.core.refs import Ref
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post
from apps.core.tables import arranged
from apps.matching import exports
from apps.matching.forms import BaseForm, GivingUpForm, ServingForm
from apps.matching.models import Placement
from apps.matching.permissions import places_people
from apps.matching.selectors import bases
from apps.matching.selectors import places as selectors
from apps.matching.selectors.reasons import mine_of
from apps.matching.services import places as services
from apps.matching.states import PLACEMENT_EDITED, PlacementAction
from apps.matching.tables import PlacedFilter, PlacedTable
from apps.matching.views.acting import Act, carry_out, offered
from apps.seasons.models import Season

ACTS: Mapping[str, Act] = {
    PlacementAction.SUBMIT: Act(
        "提交后由协调办公室确认，确认前不能再调整。多留未覆盖村的，须写明理由。", services.submit
    ),
    PlacementAction.COMPUTE: Act(
        "按现在的名单和服务对象重新计算，已作的调整全部作废。", services.compute_anew, is_danger=True
    ),
    PlacementAction.CONFIRM: Act("确认后安排生效，并告知每位科技特派员。", services.confirm),
    PlacementAction.SEND_BACK: Act(
        "退回后由县（市、区）调整，再次提交；已确认的，重新确认前本人看不到安排。", services.send_back, is_reason=True
    ),
}
_NOT_YOURS = "挂村联户由该县（市、区）科技部门调整，您当前的任职没有此权限。"


def _load(request: ViewerRequest, pk: int) -> Placement:
    return get_object_or_404(selectors.placements_seen(request.viewer, request.at), pk=pk)


def _may_edit(request: ViewerRequest, placement: Placement) -> bool:
    return placement.state in PLACEMENT_EDITED and places_people(request.viewer, placement, request.at)


@login_required
@require_safe
def placement(request: ViewerRequest, pk: int) -> HttpResponseBase:
    """Show who of a group serves what, what stays uncovered with the proof, and what may be done now."""
    found = _load(request, pk)
    board = selectors.Board(found)
    narrowed = PlacedFilter(request.GET, board.people(), board=board)
    table = arranged(PlacedTable(narrowed.qs, board=board, may_edit=_may_edit(request, found)), request)
    if is_wanted(request):
        return answer(f"{found.group}挂村联户安排", exports.placed_with(board.rule), board.rows_of(table.data.data))
    context = {
        "placement": found,
        "board": board,
        "filter": narrowed,
        "table": table,
        "acts": offered(request, found, ACTS),
        "log": log.entries_of(Ref(selectors.PLACEMENT, str(pk))),
    }
    return render(request, "matching/placement.html", context)


@login_required
@never_cache
@get_or_post
def act_placement(request: ViewerRequest, pk: int, action: str) -> HttpResponse:
    """Do one act on a placement."""
    return carry_out(request, _load(request, pk), "placement", ACTS, action)


@login_required
@never_cache
@get_or_post
def placed_person(request: ViewerRequest, pk: int, person: int) -> HttpResponse:
    """Let a person serve other sites: first what it brings about is shown, then it is kept."""
    found = _load(request, pk)
    board = selectors.Board(found)
    (row,) = board.rows_of([get_object_or_404(board.people(), pk=person)])
    if not _may_edit(request, found):
        raise PermissionDenied(_NOT_YOURS)
    choices = selectors.choices_for(found, person)
    form = ServingForm(
        request.POST if request.method == "POST" else None,
        choices=choices,
        initial={f"{sort}-{n}": key for sort, each in choices.items() for n, key in enumerate(each.now, 1)},
    )
    refusals: tuple[Refusal, ...] = ()
    effect = None
    if request.method == "POST" and form.is_valid():
        try:
            if "sure" in request.POST:
                return _serve(request, found, person, form)
            effect = services.foresee(placement=found, person=person, by=request.viewer, at=request.at, **form.sites())
        except Refused as refused:
            refusals, found = refused.refusals, _load(request, pk)
    context = {"placement": found, "row": row, "effect": effect, "token": _token(found), "bounds": _bounds(found)}
    return _form(request, "matching/placed_person.html", form, refusals, context)


def _serve(request: ViewerRequest, found: Placement, person: int, form: ServingForm) -> HttpResponse:
    ticket = tokens.read(request.POST.get("token", ""), selectors.PLACEMENT)
    found.version = ticket.seen.get(found.pk, -1)
    services.serve(
        placement=found, person=person, reason=form.cleaned_data["reason"], by=request.viewer, at=request.at,
        token=ticket.key, **form.sites(),
    )  # fmt: skip
    messages.success(request, "已调整。")
    return redirect("matching:placement", found.pk)


def _token(placement: Placement) -> str:
    return tokens.issue(selectors.PLACEMENT, {placement.pk: placement.version})


def _bounds(placement: Placement) -> list[Any]:
    return list(selectors.scope_of(placement).bounds.values())


def _form(
    request: ViewerRequest,
    template: str,
    form: forms.Form,
    refusals: tuple[Refusal, ...],
    context: Mapping[str, Any],
) -> HttpResponse:
    problems = problems_of(form)
    status = 409 if refusals else 422 if problems else 200
    return render(
        request, template, {**context, "form": form, "problems": problems, "refusals": refusals}, status=status
    )


@login_required
@require_safe
def my_places(request: ViewerRequest) -> HttpResponse:
    """Tell a person where he serves and why, and which assessment base he has bound."""
    person = request.viewer.person_id
    return render(request, "matching/my_places.html", {"mine": mine_of(person) if person else []})


def _mine(request: ViewerRequest, season: int) -> Placement:
    found = bases.place_in(request.viewer.person_id, season)
    if found is None:
        raise Http404
    return found


@login_required
@never_cache
@get_or_post
def choose_base(request: ViewerRequest, season: int) -> HttpResponse:
    """Bind one of the group's key clients as the viewer's assessment base."""
    found = _mine(request, season)
    form = BaseForm(request.POST if request.method == "POST" else None, clients=bases.clients_of(found))

    def bind(chosen: Season, client: int) -> None:
        services.choose_base(season=chosen, client=client, by=request.viewer, at=request.at)

    context = {"placement": found, "title": "选定考核基地", "label": "绑定", "bounds": bases.bounds_of_base(found)}
    return _settle(request, found, form, bind, context)


@login_required
@never_cache
@get_or_post
def release_base(request: ViewerRequest, season: int) -> HttpResponse:
    """Let the viewer's assessment base go, with a reason."""
    found = _mine(request, season)
    base = bases.base_of(request.viewer.person_id or 0, season)
    if base is None:
        raise Http404
    form = GivingUpForm(request.POST if request.method == "POST" else None)

    def release(chosen: Season, reason: str) -> None:
        services.release_base(base=base, reason=reason, by=request.viewer, at=request.at)

    title = f"解除考核基地“{base.client}”"
    return _settle(request, found, form, release, {"placement": found, "title": title, "label": "解除", "bounds": []})


def _settle(
    request: ViewerRequest,
    placement: Placement,
    form: forms.Form,
    verb: Callable[..., None],
    context: Mapping[str, Any],
) -> HttpResponse:
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            verb(placement.season, *form.cleaned_data.values())
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, "已保存。")
            return redirect("matching:my_places")
    return _form(request, "matching/base.html", form, refusals, context)
