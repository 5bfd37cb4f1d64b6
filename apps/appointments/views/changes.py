"""Screens of changes within a term: the list, how one is reported, its receipt and its documents."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.appointments import exports, selectors, services
from apps.appointments.forms import ChangeForm
from apps.appointments.models import Change
from apps.appointments.tables import ChangeFilter, ChangeTable
from apps.appointments.views.files import file_answer
from apps.core import files, tokens, uploads
from apps.core.exports import answer, is_wanted
from apps.core.problems import problems_of
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post, status_of, text_sent
from apps.core.tables import arranged
from apps.desks.states import AWAITING, WRITING
from apps.directory.models import Organization
from apps.directory.selectors import desk_labels
from apps.policies.acts import called
from apps.policies.routing import chain
from apps.policies.schema import Attachment
from apps.seasons.selectors import pack_of


@login_required
@require_safe
def changes(request: ViewerRequest) -> HttpResponseBase:
    """List the changes the viewer may see, narrowed as he asks; the same as a workbook."""
    narrowed = ChangeFilter(request.GET, selectors.changes_listed(request.viewer, request.at), request=request)
    table = arranged(ChangeTable(narrowed.qs), request)
    if is_wanted(request):
        return answer("聘任调整", exports.OF_CHANGES, table.data.data)
    return render(request, "appointments/changes.html", {"filter": narrowed, "table": table})


@login_required
@never_cache
@get_or_post
def begin(request: ViewerRequest, pk: int, key: str) -> HttpResponse:
    """Say what the policy wants and who resolves it, then begin to report a change."""
    found = get_object_or_404(selectors.visible_to(request.viewer, request.at), pk=pk)
    pack = pack_of(found.season)
    if selectors.adjustment_named(pack, key) is None:
        raise Http404
    starts = {start.adjustment.id: start for start in selectors.starts_of(found, request.viewer, request.at)}
    if key not in starts:
        raise PermissionDenied("此项调整在聘期内由政策规定的人员或单位提出，您当前不能提出。")
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST":
        try:
            begun = services.begin_change(appointment=found, key=key, by=request.viewer, at=request.at)
            return redirect("appointments:change_form", begun.pk)
        except Refused as refused:
            refusals = refused.refusals
    start = starts[key]
    context = {
        "appointment": found,
        "adjustment": start.adjustment,
        "basis": pack.basis(start.adjustment),
        "chain": chain(start.route, pack),
        "refusals": refusals,
    }
    return render(request, "appointments/begin_change.html", context, status=409 if refusals else 200)


def _mine(request: ViewerRequest, pk: int) -> Change:
    return get_object_or_404(selectors.written_by(request.viewer, request.at), pk=pk)


@login_required
@never_cache
@get_or_post
def form(request: ViewerRequest, pk: int) -> HttpResponse:
    """Write what shall change and why, look for a host by its name, and hand in documents; all is kept as a draft."""
    change = _mine(request, pk)
    if change.state not in WRITING:
        return redirect("appointments:change_receipt", pk)
    if request.method != "POST":
        return _form_page(request, change, ChangeForm(change))
    sent = ChangeForm(change, request.POST)
    if not sent.is_valid():
        return _form_page(request, change, sent, status=422)
    refusals = _keep(request, change, sent.cleaned_data)
    if refusals:
        return _form_page(request, _mine(request, pk), sent, refusals, status=status_of(Refused(*refusals)))
    if "find" in request.POST:
        return _form_page(request, _mine(request, pk), sent)
    if "save" in request.POST:
        messages.success(request, "已保存为草稿，尚未提交。")
        return redirect("appointments:change_form", pk)
    return redirect("appointments:check_change", pk)


def _keep(request: ViewerRequest, change: Change, said: Mapping[str, Any]) -> list[Refusal]:
    """Keep what was written, take off the documents ticked, take in those chosen; return what was not taken."""
    act: dict[str, Any] = {"change": change, "by": request.viewer, "at": request.at}
    refusals: list[Refusal] = []
    try:
        services.save_change(**act, said=said)
        if taken_off := request.POST.getlist("remove"):
            services.detach_from_change(**act, digests=taken_off)
    except Refused as refused:
        return [*refused.refusals]
    for wanted in selectors.adjustment_of(change).attachments:
        for sent in request.FILES.getlist(f"file:{wanted.id}"):
            try:
                accepted = uploads.accept(sent.name or "", cast(Any, sent), wanted.kinds, wanted.at_most_megabytes)
                services.attach_to_change(**act, wanted=wanted, accepted=accepted)
            except Refused as refused:
                refusals += refused.refusals
    return refusals


def _form_page(
    request: ViewerRequest, change: Change, form: ChangeForm, refusals: Sequence[Refusal] = (), status: int = 200
) -> HttpResponse:
    searched = text_sent(request.POST, "q")
    context = {
        "change": change,
        "form": form,
        "adjustment": selectors.adjustment_of(change),
        "hosts": _hosts(change, searched),
        "chosen": str(form["to_host"].value() or ""),
        "searched": searched,
        "wanted": _wanted(change),
        "problems": problems_of(form),
        "refusals": refusals,
        "given_back": selectors.given_back(change),
    }
    return render(request, "appointments/change_form.html", context, status=status)


def _hosts(change: Change, searched: str) -> list[Organization]:
    """Return the hosts to choose from: the one served until now, the one chosen, those found."""
    known = [each for each in (change.host, change.to_host) if each is not None]
    return list({each.pk: each for each in [*known, *selectors.hosts_for(change, searched)]}.values())


def _wanted(change: Change) -> list[tuple[Attachment, list[selectors.Attached]]]:
    handed = selectors.attached(change)
    wanted = selectors.adjustment_of(change).attachments
    return [(each, [one for one in handed if one.wanted == each.id]) for each in wanted]


@login_required
@never_cache
@get_or_post
def check(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show everything that would be handed in with what is lacking, and hand it in; twice leads to one receipt."""
    change = _mine(request, pk)
    if change.state not in WRITING:
        return redirect("appointments:change_receipt", pk)
    if request.method != "POST":
        return _check_page(request, change)
    try:
        key = tokens.as_checked(change, request.POST, selectors.CHANGE)
        services.submit_change(change=change, by=request.viewer, at=request.at, token=key)
    except Refused as refused:
        return _check_page(request, _mine(request, pk), refused.refusals, status_of(refused))
    messages.success(request, "已提交。请记下编号。")
    return redirect("appointments:change_receipt", pk)


def _check_page(
    request: ViewerRequest, change: Change, refusals: Sequence[Refusal] = (), status: int = 200
) -> HttpResponse:
    case, pack = selectors.case_of_change(change), pack_of(change.season)
    context = {
        "change": change,
        "label": selectors.adjustment_of(change).label,
        "basis": pack.basis(selectors.adjustment_of(change)),
        "sorts": selectors.sorts_in_words(change),
        "altered": selectors.altered(change),
        "documents": selectors.attached(change),
        "case": case,
        "refusals": refusals or [each for each in [case.no_route] if each],
        "given_back": selectors.given_back(change),
        "token": tokens.issue(selectors.CHANGE, {change.pk: change.version}),
    }
    return render(request, "appointments/check_change.html", context, status=status)


@login_required
@require_safe
def receipt(request: ViewerRequest, pk: int) -> HttpResponse:
    """Tell that it was handed in, under which number, who has it and what comes next."""
    change = _mine(request, pk)
    if change.submitted is None or change.state in WRITING:
        return redirect("appointments:check_change", pk)
    step = change.present_step() if change.state in AWAITING else None
    asked = list(step["verdicts"]["parties"]) if step and step["verdicts"] else []
    names = desk_labels([change.desk, *asked]) if step else {}
    context = {
        "change": change,
        "label": selectors.adjustment_of(change).label,
        "sorts": selectors.sorts_in_words(change),
        "documents": len(selectors.attached(change)),
        "office": names.get(change.desk, ""),
        "act": called(step) if step else "",
        "told": [names[party] for party in asked],
    }
    return render(request, "appointments/change_receipt.html", context)


@login_required
@never_cache
@require_safe
def file(request: ViewerRequest, pk: int, digest: str) -> HttpResponse:
    """Hand out one document of a change to those who may see it."""
    change = get_object_or_404(selectors.changes_visible_to(request.viewer, request.at), pk=pk)
    found = next((each for each in selectors.attached(change) if each.digest == digest), None)
    if found is None:
        raise Http404
    return file_answer(files.read(digest, found.suffix), found.suffix, found.name, is_attached=True)
