"""Screens of pairings: the list, one of them, how one is proposed and answered."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core import log
from apps.core.exports import answer, is_wanted
from apps.core.problems import problems_of
from apps.core.refs import Ref
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post, text_sent
from apps.core.tables import arranged
from apps.directory.models import Organization, Person, Region
from apps.matching import exports
from apps.matching.forms import ProposeForm
from apps.matching.models import Need, Pairing
from apps.matching.selectors import needs, pool
from apps.matching.selectors import pairings as selectors
from apps.matching.services import pairings as services
from apps.matching.states import PairingAction, PairingState
from apps.matching.tables import PairingFilter, PairingTable
from apps.matching.views.acting import Act, carry_out, offered

ACTS: Mapping[str, Act] = {
    PairingAction.AGREE: Act(
        "同意后双方即达成一致。人选申请到该单位的，不再另行征求单位意见，以本次表态为准。",
        services.agree,
        on_digest=True,
    ),
    PairingAction.DECLINE: Act(
        "对方将看到您的理由。", services.decline, is_reason=True, is_danger=True, on_digest=True
    ),
    PairingAction.WITHDRAW: Act(
        "撤回后本次对接结束，对方将看到您的理由；需要时可重新提出。", services.withdraw, is_reason=True, is_danger=True
    ),
}


@login_required
@require_safe
def pairings(request: ViewerRequest) -> HttpResponseBase:
    """List the pairings the viewer may see, narrowed as he asks; the same as a workbook."""
    narrowed = PairingFilter(request.GET, selectors.pairings_of(request.viewer, request.at), request=request)
    table = arranged(PairingTable(narrowed.qs), request)
    if is_wanted(request):
        return answer("双向对接", exports.OF_PAIRINGS, table.data.data)
    context = {
        "filter": narrowed,
        "table": table,
        "is_person": bool(request.viewer.person_id),
        "is_side": bool(selectors.sides_of(request.viewer, request.at)),
    }
    return render(request, "matching/pairings.html", context)


def _load(request: ViewerRequest, pk: int) -> Pairing:
    found = selectors.pairing_for(request.viewer, pk, request.at)
    if found is None:
        raise Http404
    return found


@login_required
@require_safe
def pairing(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show a pairing: its terms, what each side has said, what the viewer may do now."""
    found = _load(request, pk)
    sides = {found.person_desk(): found.person.name, found.desk: str(found.host or found.county)}
    context = {
        "pairing": found,
        "industry": needs.industry_of(found),
        "digest": found.digest(),
        "words": [(sides[each.party], each) for each in selectors.words_of(found)],
        "acts": offered(request, found, ACTS),
        "shortfalls": selectors.beyond_the_limits(found) if found.state == PairingState.PROPOSED else (),
        "log": log.entries_of(Ref(selectors.PAIRING, str(pk))),
    }
    return render(request, "matching/pairing.html", context)


@login_required
@never_cache
@get_or_post
def act_pairing(request: ViewerRequest, pk: int, action: str) -> HttpResponse:
    """Say one's word on a pairing, or take it back."""
    return carry_out(request, _load(request, pk), "pairing", ACTS, action)


@login_required
@never_cache
@get_or_post
def propose(request: ViewerRequest) -> HttpResponse:
    """Propose to a host as a person, for a published need or found by name, or to a person as a host or county."""
    person, need = _person(request), _need(request)
    sides = _sides(request, person, need)
    if person is None:
        raise PermissionDenied("对接由人选本人、受援单位或县级科技部门提出。请从“科技特派员名录”中选择人选。")
    form = _form(request, sides, need)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            said = {**form.cleaned_data, "side": sides[form.cleaned_data["side"]]}
            made = services.propose(**said, person=person, need=need, by=request.viewer, at=request.at)
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"已提出对接{made.number}，对方将得到通知。")
            return redirect("matching:pairing", made.pk)
    context = {
        "person": person,
        "need": need,
        "is_own": person.pk == request.viewer.person_id,
        "searched": _searched(request),
        "has_sides": bool(sides),
        "form": form,
        "refusals": refusals,
        "problems": problems_of(form),
    }
    return render(request, "matching/propose.html", context, status=409 if refusals else 422 if form.errors else 200)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 12 else 0


def _searched(request: ViewerRequest) -> str:
    return text_sent(request.GET, "q")[:50]


def _person(request: ViewerRequest) -> Person | None:
    """Return for whom it is proposed: one of the directory, or else the viewer himself."""
    asked = _number(request.GET.get("person", ""))
    if not asked:
        return Person.objects.filter(pk=request.viewer.person_id).first() if request.viewer.person_id else None
    found = pool.commissioners(request.viewer, request.at).filter(pk=asked).first()
    if found is None:
        raise Http404
    return found


def _need(request: ViewerRequest) -> Need | None:
    """Return the published need that it is proposed for, None for none."""
    asked = _number(request.GET.get("need", ""))
    found = needs.published().filter(pk=asked).first() if asked else None
    if asked and found is None:
        raise Http404
    return found


def _sides(request: ViewerRequest, person: Person | None, need: Need | None) -> dict[str, Organization | Region]:
    """Return the desks that may be the other side of a person: one's own, the need's, or those found by name."""
    own = selectors.sides_of(request.viewer, request.at)
    if person is None or person.pk != request.viewer.person_id:
        return {desk: place for desk, place in own.items() if need is None or desk == need.poster}
    if need is not None:
        return {need.poster: need.host or need.county}
    found = selectors.hosts_found(_searched(request))
    return {needs.poster_desk(each): each for each in found}


def _form(request: ViewerRequest, sides: Mapping[str, Organization | Region], need: Need | None) -> ProposeForm:
    seasons = selectors.seasons_that_pair()
    seasons = seasons.filter(pk=need.season_id) if need else seasons
    initial: dict[str, Any] = {"season": seasons.first()}
    initial |= {"industry": need.industry, "terms": need.title} if need else {}
    return ProposeForm(
        request.POST if request.method == "POST" else None,
        seasons=seasons,
        sides=[(desk, str(place)) for desk, place in sides.items()],
        industries=needs.industries_of([*seasons.defer(None)]),
        initial=initial,
    )
