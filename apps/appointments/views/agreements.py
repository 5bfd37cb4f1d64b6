"""Screens of agreements: the list, one of them, and the acts of its parties."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.appointments import exports, selectors, services
from apps.appointments.forms import PartyForm, ReasonForm, SignForm, TextForm
from apps.appointments.models import Agreement
from apps.appointments.selectors import Line, Standing
from apps.appointments.states import AgreementState
from apps.appointments.tables import AgreementFilter, AgreementTable
from apps.core import files, log, tokens
from apps.core.door import BATCH_LIMIT
from apps.core.downloads import file_answer
from apps.core.exports import answer, is_wanted
from apps.core.problems import problems_of
from apps.core.refs import Ref
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post, text_sent
from apps.core.tables import arranged

_NOT_OPEN = "这份协议目前没有等待您办理的事项：可能已由同事办理，或文本已修改，修改后将重新送签。"


def _narrowed(request: ViewerRequest) -> AgreementFilter:
    rows = selectors.agreements_listed(request.viewer, request.at)
    return AgreementFilter(request.GET, rows, request=request)


@login_required
@require_safe
def agreements(request: ViewerRequest) -> HttpResponseBase:
    """List the agreements to which the viewer is a party, narrowed as he asks; the same as a workbook."""
    narrowed = _narrowed(request)
    table = arranged(AgreementTable(narrowed.qs), request)
    if is_wanted(request):
        return answer("协议", exports.OF_AGREEMENTS, table.data.data)
    drafts = selectors.to_be_sent(narrowed.qs, request.viewer, request.at, BATCH_LIMIT)
    return render(request, "appointments/agreements.html", {"filter": narrowed, "table": table, "drafts": len(drafts)})


@login_required
@never_cache
@get_or_post
def send_out(request: ViewerRequest) -> HttpResponse:
    """Ask once more, then lay the drafts of the list before their parties."""
    if request.method == "POST":
        return _send_out(request)
    drafts = selectors.to_be_sent(_narrowed(request).qs, request.viewer, request.at, BATCH_LIMIT)
    seen = {each.pk: each.version for each in drafts}
    context = {"drafts": drafts, "token": tokens.issue(selectors.AGREEMENT, seen)}
    return render(request, "appointments/send_out.html", context)


def _send_out(request: ViewerRequest) -> HttpResponse:
    try:
        ticket = tokens.read(request.POST.get("token", ""), selectors.AGREEMENT)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("appointments:agreements")
    outcomes = services.send_out(seen=ticket.seen, by=request.viewer, at=request.at, token=ticket.key)
    if done := sum(outcome.done for outcome in outcomes):
        messages.success(request, f"已送签{done}份，已通知各签署方。")
    for refusal in {refusal for outcome in outcomes for refusal in outcome.refusals}:
        messages.error(request, str(refusal))
    if len(outcomes) == 1:
        return redirect("appointments:agreement", outcomes[0].pk)
    return redirect("appointments:agreements")


def _load(request: ViewerRequest, pk: int) -> tuple[Agreement, Standing]:
    found = selectors.in_full(request.viewer, pk, request.at)
    if found is None:
        raise Http404
    return found, selectors.standing(found, request.viewer, request.at)


@login_required
@require_safe
def agreement(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show an agreement to its parties: the text, who has signed, what they may do now."""
    found, standing = _load(request, pk)
    context = {
        "agreement": found,
        "standing": standing,
        "progress": selectors.progress(found),
        "digest": found.digest(),
        "may_send": standing.keeps and found.state == AgreementState.DRAFTED,
        "token": tokens.issue(selectors.AGREEMENT, {found.pk: found.version}),
        "before": selectors.predecessor(found),
        "after": selectors.successor(found),
        "log": log.entries_of(Ref(selectors.AGREEMENT, str(pk))),
    }
    return render(request, "appointments/agreement.html", context)


@login_required
@never_cache
@get_or_post
def sign(request: ViewerRequest, pk: int, number: int) -> HttpResponse:
    """Show the text once more, then sign it for one party, on screen or by a stamped scan."""
    found, standing, line = _line(request, pk, number)
    is_on_paper = line in standing.on_paper
    initial = {"digest": found.digest()}
    form = SignForm(request.POST or None, request.FILES or None, is_on_paper=is_on_paper, initial=initial)

    def act(token: str) -> str:
        said = form.cleaned_data
        signed = services.sign(
            agreement=found,
            party=line.signatory.desk,
            digest=said["digest"],
            scan=said["scan"],
            by=request.viewer,
            at=request.at,
            token=token,
        )
        return "已签署。" + ("各方均已签署，协议生效，编号和签署本稍后送达各方。" if not signed.remaining else "")

    context = {"line": line, "is_on_paper": is_on_paper, "form": form}
    return _act(request, found, form, act, "appointments/sign.html", context)


@login_required
@never_cache
@get_or_post
def refuse(request: ViewerRequest, pk: int, number: int) -> HttpResponse:
    """Say for one party, with a reason, that it does not sign."""
    found, standing, line = _line(request, pk, number)
    if line not in standing.mine:
        raise PermissionDenied(_NOT_OPEN)
    form = ReasonForm(request.POST or None, initial={"digest": found.digest()})

    def act(token: str) -> str:
        services.refuse(
            agreement=found,
            party=line.signatory.desk,
            by=request.viewer,
            at=request.at,
            token=token,
            **form.cleaned_data,
        )
        return "已记录拒签理由，并通知拟稿机关。文本修改后将重新送签。"

    context = {"title": "拒签", "what_happens": "拒签后由拟稿机关修改文本或作废协议；您也可以改为签署。", "form": form}
    return _act(request, found, form, act, "appointments/reason.html", context)


@login_required
@never_cache
@get_or_post
def revise(request: ViewerRequest, pk: int) -> HttpResponse:
    """Change the words of an agreement; what was signed is void, and it has to be sent out anew."""
    found, standing = _load(request, pk)
    if not standing.keeps:
        raise PermissionDenied(_NOT_OPEN)
    initial = {"title": found.content["title"], "body": "\n".join(found.content["body"])}
    form = TextForm(request.POST or None, initial=initial)

    def act(token: str) -> str:
        services.revise(agreement=found, by=request.viewer, at=request.at, token=token, **form.cleaned_data)
        return "已保存。已有签字作废并告知各方，请重新送签。" if standing.signed else "已保存，请送签。"

    return _act(request, found, form, act, "appointments/revise.html", {"form": form, "standing": standing})


@login_required
@never_cache
@get_or_post
def void(request: ViewerRequest, pk: int) -> HttpResponse:
    """Give an agreement up with a reason."""
    found, standing = _load(request, pk)
    if not standing.keeps:
        raise PermissionDenied(_NOT_OPEN)
    form = ReasonForm(request.POST or None)

    def act(token: str) -> str:
        opinion = form.cleaned_data["opinion"]
        services.void(agreement=found, by=request.viewer, at=request.at, opinion=opinion, token=token)
        return "协议已作废，已告知各签署方。"

    context = {"title": "作废协议", "what_happens": "作废后不能恢复，各签署方将收到通知和理由。", "form": form}
    return _act(request, found, form, act, "appointments/reason.html", context)


@login_required
@never_cache
@get_or_post
def draw_up_anew(request: ViewerRequest, pk: int) -> HttpResponse:
    """Say once more why an agreement is void, then draw up another in its place."""
    found, standing = _load(request, pk)
    if not standing.redraws:
        raise PermissionDenied(_NOT_OPEN)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST":
        try:
            made = services.draw_up_anew(agreement=found, by=request.viewer, at=request.at)
            messages.success(request, "已重新拟稿，请核对文本后送签。")
            return redirect("appointments:agreement", made.pk)
        except Refused as refused:
            refusals = refused.refusals
    last = log.entries_of(Ref(selectors.AGREEMENT, str(pk))).last()
    context = {"agreement": found, "void": last, "refusals": refusals}
    return render(request, "appointments/anew.html", context, status=409 if refusals else 200)


@login_required
@never_cache
@get_or_post
def name_party(request: ViewerRequest, pk: int, number: int) -> HttpResponse:
    """Look for organizations by name, then let one stand as a party for which there was nobody."""
    found, standing = _load(request, pk)
    line = next((line for line in standing.lines if line.signatory.number == number), None)
    if line is None:
        raise Http404
    if not standing.keeps or line.is_named:
        raise PermissionDenied(_NOT_OPEN)
    form, is_edited = PartyForm(request.POST or None), selectors.is_edited(found)

    def act(token: str) -> str:
        organization = form.cleaned_data["organization"]
        party = line.signatory.party
        services.name_party(
            agreement=found, party=party, organization=organization, by=request.viewer, at=request.at, token=token
        )
        how = "正文改动过，仍按原文保留，请核对涉及该单位的文字" if is_edited else "正文已按协议范本重新生成，请核对"
        return f"已确定{line.signatory.label}：{organization}。{how}，再送签。"

    searched = text_sent(request.GET, "q")[:50]
    context = {
        "line": line, "form": form, "searched": searched, "organizations": selectors.may_stand(searched),
        "is_edited": is_edited,
    }  # fmt: skip
    return _act(request, found, form, act, "appointments/name_party.html", context)


def _line(request: ViewerRequest, pk: int, number: int) -> tuple[Agreement, Standing, Line]:
    found, standing = _load(request, pk)
    line = next((line for line in standing.lines if line.signatory.number == number), None)
    if line is None:
        raise Http404
    if line not in (*standing.mine, *standing.on_paper):
        raise PermissionDenied(_NOT_OPEN)
    return found, standing, line


def _act(
    request: ViewerRequest,
    found: Agreement,
    form: forms.Form,
    act: Callable[[str], str],
    template: str,
    context: dict[str, Any],
) -> HttpResponse:
    """Carry out an act on an agreement as its form saw it; a refusal comes back with what was typed."""
    refusals: tuple[Refusal, ...] = ()
    token = tokens.issue(selectors.AGREEMENT, {found.pk: found.version})
    if request.method == "POST" and form.is_valid():
        try:
            ticket = tokens.read(request.POST.get("token", ""), selectors.AGREEMENT)
            found.version = ticket.seen.get(found.pk, -1)
            messages.success(request, act(ticket.key))
            return redirect("appointments:agreement", found.pk)
        except Refused as refused:
            refusals = refused.refusals
    problems = problems_of(form)
    context |= {"agreement": found, "problems": problems, "refusals": refusals, "token": token}
    return render(request, template, context, status=409 if refusals else 422 if problems else 200)


@login_required
@require_safe
def copy(request: ViewerRequest, pk: int) -> HttpResponse:
    """Hand a party the signed copy, or before it is signed the text to be signed on paper."""
    found, _ = _load(request, pk)
    if found.document and found.document.pdf:
        return file_answer(files.read(found.document.pdf, "pdf"), "pdf", f"{found.document.number}{found}.pdf")
    try:
        return file_answer(services.print_copy(agreement=found), "pdf", f"{found.called()}（未签订）.pdf")
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("appointments:agreement", pk)


@login_required
@require_safe
def scan(request: ViewerRequest, pk: int, digest: str) -> HttpResponse:
    """Hand a party the stamped scan by which another has signed."""
    found, _ = _load(request, pk)
    kept = selectors.scan_of(found, digest)
    if kept is None:
        raise Http404
    return file_answer(files.read(digest, kept["suffix"]), kept["suffix"], kept["name"], is_attached=True)
