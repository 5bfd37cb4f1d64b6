"""One act on a record: it is told what it brings about, then it is done; a refusal keeps what was typed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from apps.core import kinds, tokens
from apps.core.problems import problems_of
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest, status_of
from apps.desks.walks import Ground
from apps.matching.forms import OpinionForm
from apps.matching.selectors.acts import acts_open


@dataclass(frozen=True)
class Act:
    """An act as its page offers it: what it brings about, the service that does it, whether a reason must be given.

    `on_digest` tells that it binds to the text that was read, `grounds` on what grounds of the policy it rests.
    """

    what_happens: str
    service: Callable[..., Any]
    is_reason: bool = False
    is_danger: bool = False
    on_digest: bool = False
    grounds: Callable[[Any], Sequence[Ground]] | None = None


def offered(request: ViewerRequest, record: Any, known: Mapping[str, Act]) -> list[tuple[str, str, bool]]:
    """Return the acts open to the viewer, each with its label and whether it ends something."""
    labels = dict(kinds.of(type(record)).actions.choices)
    return [
        (action, labels[action], known[action].is_danger)
        for action in acts_open(record, known, request.viewer, request.at)
    ]


def carry_out(request: ViewerRequest, record: Any, name: str, known: Mapping[str, Act], action: str) -> HttpResponse:
    """Ask once more, then do one act on a record, passed to its service as `name`."""
    if action not in known:
        raise Http404
    kind, act = kinds.of(type(record)), known[action]
    if action not in acts_open(record, known, request.viewer, request.at) and request.method != "POST":
        raise PermissionDenied(f"此{kind.label}目前没有等待您办理的“{dict(kind.actions.choices)[action]}”。")
    initial = {"token": tokens.issue(kind.name, {record.pk: record.version})}
    initial |= {"digest": record.digest()} if act.on_digest else {}
    sent = request.POST if request.method == "POST" else None
    grounds = act.grounds(record) if act.grounds else ()
    form = OpinionForm(sent, is_reason=act.is_reason, grounds=grounds, initial=initial)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            _do(request, record, name, act, form)
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"已办理“{dict(kind.actions.choices)[action]}”：{record.called()}。")
            return redirect(kind.page, record.pk)
    context = {
        "record": record,
        "form": form,
        "act": act,
        "label": dict(kind.actions.choices)[action],
        "refusals": refusals,
        "problems": problems_of(form),
        "page": kind.page,
    }
    return render(request, "matching/act.html", context, status=_status(refusals, form))


def _do(request: ViewerRequest, record: Any, name: str, act: Act, form: OpinionForm) -> None:
    said: Mapping[str, Any] = form.cleaned_data
    key = tokens.as_seen(record, said["token"], kinds.of(type(record)).name)
    given: dict[str, Any] = {"digest": said["digest"]} if act.on_digest else {}
    given |= {"ground": form.chosen_ground()} if act.grounds else {}
    act.service(**{name: record}, **given, by=request.viewer, at=request.at, opinion=said["opinion"], token=key)


def _status(refusals: tuple[Refusal, ...], form: OpinionForm) -> int:
    if refusals:
        return status_of(Refused(*refusals), otherwise=409)
    return 422 if form.errors else 200
