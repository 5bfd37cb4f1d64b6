"""Joint acts on a record: whom the office asks, what each says, and taking up again what was turned down."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from apps.core import tokens
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post, post_only, status_of
from apps.desks import services as desks
from apps.desks.guards import CONTRARY
from apps.desks.states import DeskAction
from apps.home import selectors
from apps.home.forms import AskForm, ReopenForm, VerdictForm
from apps.home.views.records import address, joint_forms, load, page


@login_required
@never_cache
@post_only("home:record", "kind", "pk")
def ask(request: ViewerRequest, kind: str, pk: int) -> HttpResponse:
    """Ask those chosen for their verdicts."""
    walk, found = load(request, kind, pk)
    joint = selectors.joint(found, kind, request.viewer, request.at)
    form = AskForm(joint.candidates if joint else [], request.POST)
    form.is_valid()
    try:
        ticket = tokens.read(request.POST.get("token", ""), kind)
        (outcome,) = desks.ask(
            model=walk.model,
            seen={found.pk: ticket.seen.get(found.pk, -1)},
            parties=request.POST.getlist("parties")[:100],
            by=request.viewer,
            at=request.at,
            token=ticket.key,
        )
        if outcome.refusals:
            raise Refused(*outcome.refusals)
    except Refused as refused:
        return page(request, walk, found, refusals=refused.refusals, status=status_of(refused))
    messages.success(request, "已送请表态，对方将在待办中看到。")
    return redirect(address(walk, pk))


@login_required
@never_cache
@post_only("home:record", "kind", "pk")
def verdict(request: ViewerRequest, kind: str, pk: int) -> HttpResponse:
    """Say one's word on a record; what is refused comes back with what was typed."""
    _, found = load(request, kind, pk)
    joint = selectors.joint(found, kind, request.viewer, request.at)
    form = VerdictForm(joint.asked["sheet"] if joint else [], request.POST)
    if not form.is_valid():
        return _said_again(request, kind, pk, form, 422)
    said = form.cleaned_data
    try:
        ticket = tokens.read(said["token"], kind)
        desks.give_verdict(
            record=found,
            party=said["party"],
            word=said["word"],
            digest=said["digest"],
            sheet=form.points(),
            opinion=said["opinion"],
            replaces=said["replaces"],
            is_confirmed=said["is_confirmed"],
            by=request.viewer,
            at=request.at,
            token=ticket.key,
        )
    except Refused as refused:
        return _said_again(request, kind, pk, form, status_of(refused), refused)
    messages.success(request, "表态已记录。本环节结束之前，您可以重新打开此件更改。")
    return redirect("home:inbox")


def _said_again(
    request: ViewerRequest, kind: str, pk: int, form: VerdictForm, status: int, refused: Refused | None = None
) -> HttpResponse:
    walk, found = load(request, kind, pk)
    joint = joint_forms(selectors.joint(found, kind, request.viewer, request.at), found, kind)
    refusals = refused.refusals if refused else ()
    is_contrary = form["is_confirmed"].value() or any(refusal.code == CONTRARY for refusal in refusals)
    context = {"joint": {**joint, "verdict": form, "is_contrary": is_contrary}} if joint else {}
    return page(request, walk, found, refusals=refusals, status=status, context=context)


@login_required
@never_cache
@get_or_post
def reopen(request: ViewerRequest, kind: str, pk: int) -> HttpResponse:
    """Ask from which step, and why, a case that was turned down is taken up again."""
    walk, found = load(request, kind, pk)
    if DeskAction.REOPEN not in selectors.acts(found, request.viewer, request.at):
        raise Http404
    steps = selectors.steps_back(found, (found.step or 0) + 1)
    form = ReopenForm(steps, request.POST or None)
    refusals: tuple[Refusal, ...] = ()
    if form.is_valid():
        try:
            ticket = tokens.read(form.cleaned_data["token"], kind)
            found.version = ticket.seen.get(found.pk, -1)
            said = {"to": form.cleaned_data["to"], "opinion": form.cleaned_data["opinion"]}
            desks.reopen(record=found, by=request.viewer, at=request.at, token=ticket.key, **said)
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, "已重新办理，此件回到所选环节。")
            return redirect(address(walk, pk))
    return render(
        request,
        "home/reopen.html",
        {
            "form": form,
            "title": walk.title(found),
            "token": tokens.issue(kind, {found.pk: load(request, kind, pk)[1].version}),
            "refusals": refusals,
            "back_url": address(walk, pk),
        },
        status=422 if refusals or form.errors else 200,
    )
