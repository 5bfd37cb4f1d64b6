"""The same act on many papers: chosen in the inbox, decided on one page, answered record by record."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from apps.core import tokens
from apps.core.door import BATCH_LIMIT
from apps.core.kinds import Outcome
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post
from apps.core.tokens import Token
from apps.desks import selectors as desk_reads
from apps.desks import services as desks
from apps.desks import walks
from apps.desks.models import Paper
from apps.desks.states import DeskAction
from apps.desks.walks import Walk
from apps.home import selectors, words
from apps.home.forms import PANEL_OF_ACTION, DecisionForm, PaperFilter, keys_sent
from apps.home.selectors import Chosen
from apps.home.views import refusing

_DECIDED_HERE = (DeskAction.PASS_UP, DeskAction.SEND_BACK, DeskAction.REJECT)
_LACKING = {"no_reason", "no_ground", "no_opinion"}
"""What the form lacks; every record would be refused for the same."""


@login_required
@never_cache
@get_or_post
def batch(request: ViewerRequest) -> HttpResponse:
    """Ask what to do with the papers chosen in the list, or with all that the list's filter lets through."""
    waiting = PaperFilter(request.GET, desk_reads.decidable(request.viewer, request.at), request=request).qs
    papers = waiting if "all" in request.POST else waiting.filter(pk__in=keys_sent(request.POST, "paper"))
    found = list(papers[: BATCH_LIMIT + 1])
    kinds = {paper.kind for paper in found}
    walk = walks.named(kinds.pop()) if len(kinds) == 1 else None
    if walk is None:
        messages.error(request, words.CHOOSE_ONE_KIND if found else words.CHOOSE_SOME)
        return redirect(f"{reverse('home:inbox')}?{request.GET.urlencode()}")
    chosen = selectors.chosen(walk, found[:BATCH_LIMIT], request.viewer, request.at)
    form = DecisionForm(chosen.grounds, chosen.fields)
    token = tokens.issue(walk.kind.name, dict(chosen.seen))
    stood_for = _stood_for(request, found[:BATCH_LIMIT])
    return _page(request, chosen, form, token, stood_for=stood_for, is_cut=len(found) > BATCH_LIMIT)


def _stood_for(request: ViewerRequest, papers: Sequence[Paper]) -> dict[str, int]:
    """Count the papers that he would decide for others, by whom he acts for."""
    named = Counter(request.viewer.stood_for_at(paper.desk, request.at) for paper in papers)
    return {whom: number for whom, number in named.items() if whom}


def _page(
    request: ViewerRequest, chosen: Chosen, form: DecisionForm, token: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    own = desk_reads.opinions_of(request.viewer, chosen.walk.kind.name)
    facts = {"chosen": chosen, "form": form, "token": token, "opinions": words.opinions(own), "limit": BATCH_LIMIT}
    unasked = {"is_cut": False, "refusals": (), "asked": ""}
    return render(request, "home/batch.html", {**unasked, **facts, **more}, status=status)


@login_required
@never_cache
@get_or_post
def decide_batch(request: ViewerRequest, kind: str, action: str) -> HttpResponse:
    """Carry out one act on all records of a form and tell what became of each; sent twice, it tells the same."""
    walk = walks.named(kind)
    if walk is None or action not in _DECIDED_HERE:
        raise Http404
    if request.method != "POST":
        return redirect("home:inbox")
    try:
        ticket = tokens.read(request.POST.get("token", ""), kind)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("home:inbox")
    papers = desk_reads.newest(kind, ticket.seen)
    chosen = selectors.chosen(walk, papers, request.viewer, request.at)
    form = DecisionForm(chosen.grounds, chosen.fields, request.POST)
    asked: dict[str, Any] = {"token": request.POST["token"], "status": 422, "asked": PANEL_OF_ACTION.get(action, "")}
    asked["stood_for"] = _stood_for(request, papers)
    if not form.is_valid():
        return _page(request, chosen, form, **asked)
    if "again" in request.POST:
        return _page(request, chosen, form, **{**asked, "status": 200})
    if refusing.is_to_be_asked(request, action, form) and chosen.seen and chosen.may_reject:
        these = f"{len(chosen.seen)}件"
        return refusing.ask(request, form, f"{these}{walk.kind.label}", f"这{these}")
    outcomes = _carry_out(request, walk, ticket, action, form)
    lacking = _lacking(outcomes)
    if lacking:
        return _page(request, chosen, form, refusals=lacking, **asked)
    told = selectors.results(walk, outcomes, request.viewer, request.at)
    done = sum(not result.refusals for result in told)
    act = (chosen.pass_label if action == DeskAction.PASS_UP else "") or DeskAction(action).label
    facts = {"walk": walk, "act": act, "results": told, "done": done, "undone": len(told) - done}
    return render(request, "home/batch_result.html", facts)


def _carry_out(request: ViewerRequest, walk: Walk, ticket: Token, action: str, form: DecisionForm) -> list[Outcome]:
    said = form.cleaned_data
    return desks.decide_many(
        model=walk.model,
        seen=ticket.seen,
        action=action,
        by=request.viewer,
        at=request.at,
        opinion=said["opinion"],
        fields=said["fields_concerned"],
        ground=form.chosen_ground(),
        token=ticket.key,
    )


def _lacking(outcomes: list[Outcome]) -> tuple[Refusal, ...]:
    """Return what the form lacks, where that is all that was refused to any record."""
    refusals = {refusal for outcome in outcomes for refusal in outcome.refusals}
    done = any(outcome.done for outcome in outcomes)
    return tuple(refusals) if not done and refusals and {each.code for each in refusals} <= _LACKING else ()
