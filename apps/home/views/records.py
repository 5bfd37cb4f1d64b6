"""A record on its walk: the paper, what happened to it, and the acts open to the viewer."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from apps.core import kinds, tokens
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post, status_of
from apps.desks import selectors as desk_reads
from apps.desks import services as desks
from apps.desks import walks
from apps.desks.models import DeskRecord, Paper
from apps.desks.states import DeskAction, DeskState
from apps.desks.walks import Walk
from apps.directory import services as directory
from apps.directory.selectors import desk_labels
from apps.home import selectors, words
from apps.home.forms import PANEL_OF_ACTION, AskForm, DecisionForm, ReasonForm, VerdictForm
from apps.home.permissions import reads_the_numbers
from apps.home.selectors import JointShown, RecordShown
from apps.home.views import refusing

_DECIDED_HERE = (
    DeskAction.PASS_UP,
    DeskAction.SEND_BACK,
    DeskAction.REJECT,
    DeskAction.WITHDRAW,
    DeskAction.RECALL,
)
NAME = "person.name"
"""The fact under which a form holds the name of the person concerned."""
_asked_anew = cache_control(private=True, no_cache=True)
"""Asked anew each time, yet kept for the back button, so that an opinion typed is still there."""


def load(request: ViewerRequest, kind: str, pk: int) -> tuple[Walk, Any]:
    """Return a record the viewer may see with its process; raise Http404 for any other."""
    walk = walks.named(kind)
    record = selectors.record_for(walk, pk, request.viewer, request.at) if walk else None
    if walk is None or record is None:
        raise Http404
    return walk, record


@login_required
@_asked_anew
@require_safe
def record(request: ViewerRequest, kind: str, pk: int) -> HttpResponse:
    """Show a record; its desk opens the paper by looking at it. One with a page of its own is shown there."""
    if own_page := kinds.page_of(kind):
        return redirect(own_page, pk)
    walk, found = load(request, kind, pk)
    desks.open_paper(record=found, by=request.viewer, at=request.at)
    return page(request, walk, found, _form(walk, found))


def _form(walk: Walk, found: DeskRecord, sent: Any = None) -> DecisionForm:
    return DecisionForm(walk.grounds(found), walk.fields(found), sent, steps=selectors.steps_back(found))


def page(
    request: ViewerRequest,
    walk: Walk,
    found: DeskRecord,
    form: DecisionForm | None = None,
    refusals: tuple[Refusal, ...] = (),
    action: str = "",
    status: int = 200,
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Show a record with what stands around it, and what was typed where an act was refused."""
    shown = selectors.shown(walk, found, request.viewer, request.at)
    return render(
        request,
        "home/record.html",
        {
            **walk.panel_facts(found, request.viewer, request.at),
            "walk": walk,
            "kind": walk.kind.name,
            "record": found,
            "title": walk.title(found),
            "edit_url": walk.edit_url(found),
            "shown": shown,
            "says_name": any(key == NAME for key, _ in walk.fields(found)),
            "masked": selectors.masked(found.person),
            "reads_numbers": reads_the_numbers(request.viewer, found, request.at),
            "whose_turn": words.whose_turn(found, shown.paper, shown.desks),
            "form": form or _form(walk, found),
            "joint": joint_forms(shown.joint, found, walk.kind.name),
            "token": tokens.issue(walk.kind.name, {found.pk: found.version}),
            "pass_label": walk.kind.act_called(DeskAction.PASS_UP, found.state),
            "brings": walk.brings(found) if found.state == DeskState.PASSED else "",
            "opinions": words.opinions(shown.own_opinions),
            "reminded": desk_reads.reminded_after(found.season, shown.paper) if shown.may_decide else None,
            "until": desk_reads.to_be_back_by(found.season, shown.paper),
            "stood_for": _stood_for(request, shown),
            "refusals": refusals,
            "asked": PANEL_OF_ACTION.get(action, ""),
            **(context or {}),
        },
        status=status,
    )


@login_required
@_asked_anew
@get_or_post
def decide(request: ViewerRequest, kind: str, pk: int, action: str) -> HttpResponse:
    """Carry out an act and go to the next paper; what is refused comes back with what was typed."""
    walk, found = load(request, kind, pk)
    if action not in _DECIDED_HERE:
        raise Http404
    if request.method != "POST":
        return _confirm(request, walk, found, action) if action in words.CONFIRMED else redirect(address(walk, pk))
    form = _form(walk, found, request.POST)
    if not form.is_valid():
        return page(request, walk, found, form, action=action, status=422)
    if "again" in request.POST:
        return page(request, walk, found, form, action=action)
    if refusing.is_to_be_asked(request, action, form) and action in selectors.acts(found, request.viewer, request.at):
        return refusing.ask(request, form, walk.title(found), "此件")
    paper = desk_reads.latest_paper(kind, pk)
    after = desk_reads.paper_after(request.viewer, paper, request.at) if paper else None
    try:
        moved = _carry_out(request, walk, found, action, form)
    except Refused as refused:
        walk, found = load(request, kind, pk)
        return page(request, walk, found, form, refused.refusals, action, status_of(refused))
    messages.success(request, f"{words.done(walk, found, action)}{_what_is_next(walk, moved)}")
    return redirect(address(walk, pk) if action in words.CONFIRMED else _onward(request, after))


def joint_forms(joint: JointShown | None, found: DeskRecord, kind: str) -> dict[str, Any] | None:
    """Return a joint act with the forms of who asks and who speaks at it."""
    if joint is None:
        return None
    own = joint.own
    said: dict[str, Any] = {} if own is None else {"word": own.word, "opinion": own.opinion, "party": joint.party}
    token = tokens.issue(kind, {found.pk: found.version})
    said |= {f"points_{key}": value for key, value in (own.sheet if own else {}).items()}
    said |= {"digest": joint.digest, "token": token}
    return {
        "shown": joint,
        "most": sum(line["most"] for line in joint.asked["sheet"]),
        "is_contrary": False,
        "rule": words.rule(joint.asked),
        "standing": words.standing(joint),
        "until": words.until(joint),
        "ask": AskForm(joint.candidates, initial={"parties": found.parties(), "token": token}),
        "verdict": VerdictForm(joint.asked["sheet"], initial=said),
    }


def _stood_for(request: ViewerRequest, shown: RecordShown) -> str:
    """Name for whom the viewer would act on the paper that waits for him; empty where for himself, or not at all."""
    acts_here = shown.paper is not None and not shown.paper.done and (shown.may_decide or shown.joint)
    return request.viewer.stood_for_at(shown.paper.desk, request.at) if shown.paper and acts_here else ""


def _what_is_next(walk: Walk, moved: DeskRecord) -> str:
    paper = desk_reads.latest_paper(walk.kind.name, moved.pk)
    return words.what_is_next(walk, moved, paper, desk_labels([moved.desk]))


def _carry_out(request: ViewerRequest, walk: Walk, found: Any, action: str, form: DecisionForm) -> DeskRecord:
    said = form.cleaned_data
    key = tokens.as_seen(found, said["token"], walk.kind.name)
    act: dict[str, Any] = {"record": found, "by": request.viewer, "at": request.at, "token": key}
    moved: DeskRecord
    match action:
        case DeskAction.RECALL:
            moved = desks.recall(**act)
        case DeskAction.SEND_BACK:
            moved = desks.send_back(**act, opinion=said["opinion"], fields=said["fields_concerned"], to=said["to"])
        case DeskAction.REJECT:
            moved = desks.reject(**act, opinion=said["opinion"], ground=form.chosen_ground())
        case DeskAction.WITHDRAW:
            moved = desks.withdraw(**act, opinion=said["opinion"])
        case _:
            moved = desks.pass_up(**act, opinion=said["opinion"], why_again=said["why_again"])
    return moved


def _confirm(request: ViewerRequest, walk: Walk, found: DeskRecord, action: str) -> HttpResponse:
    if action not in selectors.acts(found, request.viewer, request.at):
        raise PermissionDenied(f"此{walk.kind.label}目前没有等待您办理的“{DeskAction(action).label}”。")
    return render(
        request,
        "home/confirm.html",
        {
            "title": f"{DeskAction(action).label}：{walk.title(found)}",
            "what_happens": words.CONFIRMED[DeskAction(action)],
            "token": tokens.issue(walk.kind.name, {found.pk: found.version}),
            "action_url": reverse("home:decide", args=[walk.kind.name, found.pk, action]),
            "button_label": DeskAction(action).label,
            "back_url": address(walk, found.pk),
            "danger": action == DeskAction.WITHDRAW,
        },
    )


def address(walk: Walk, pk: int) -> str:
    """Return the address of a record's page."""
    return reverse("home:record", args=[walk.kind.name, pk])


def _onward(request: ViewerRequest, after: Paper | None) -> str:
    """Return the address of the next paper, or of the inbox once the desk is clear."""
    paper = after or desk_reads.next_paper(request.viewer, None, request.at)
    return reverse("home:record", args=[paper.kind, paper.record]) if paper else reverse("home:inbox")


@login_required
@never_cache
@get_or_post
def reveal(request: ViewerRequest, kind: str, pk: int, field: str) -> HttpResponse:
    """Ask why a hidden number must be read, keep who read it, and show it once."""
    walk, found = load(request, kind, pk)
    if field not in directory.REVEALABLE:
        raise Http404
    if not reads_the_numbers(request.viewer, found, request.at):
        raise PermissionDenied("完整号码由本人、派出单位和办理机关查看。")
    form = ReasonForm(request.POST or None)
    value = None
    if form.is_valid():
        value = directory.reveal(
            person=found.person, field=field, by=request.viewer, reason=form.cleaned_data["reason"], at=request.at
        )
    return render(
        request,
        "home/reveal.html",
        {
            "form": form,
            "value": value,
            "title": f"查看{found.person.name}的{directory.REVEALABLE[field]}",
            "back_url": address(walk, pk),
        },
        status=422 if form.errors else 200,
    )
