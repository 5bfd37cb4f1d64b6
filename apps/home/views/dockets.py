"""Dockets: drawn up over chosen papers, written up, closed, and the records decided by them."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core import exports, files, tokens, uploads
from apps.core.days import written_day
from apps.core.refusals import Refusal, Refused, refuse
from apps.core.requests import ViewerRequest, get_or_post, post_only, text_sent
from apps.core.tables import arranged
from apps.desks import selectors as desk_reads
from apps.desks import services as desks
from apps.desks.models import Docket, Paper
from apps.desks.states import DocketPurpose, DocketState, Word
from apps.home import selectors
from apps.home.exports import DOCKET_COLUMNS
from apps.home.forms import DocketFilter, DocketForm, keys_sent
from apps.home.tables import DocketTable

SCAN_KINDS = ("jpg", "png", "pdf")
SCAN_MEGABYTES = 20
SURE = "sure"


def _load(request: ViewerRequest, pk: int) -> Docket:
    found = desk_reads.dockets_of(request.viewer, request.at).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@login_required
@require_safe
def dockets(request: ViewerRequest) -> HttpResponseBase:
    """List the meetings and lists of the viewer's desks, newest first, narrowed as he asks; the same as a workbook."""
    narrowed = DocketFilter(request.GET, desk_reads.dockets_of(request.viewer, request.at))
    if exports.is_wanted(request):
        return exports.answer("议题与名单", DOCKET_COLUMNS, narrowed.qs)
    return render(
        request, "home/dockets.html", {"table": arranged(DocketTable(narrowed.qs), request), "filter": narrowed}
    )


@login_required
@never_cache
@post_only("home:inbox")
def draw_up(request: ViewerRequest) -> HttpResponse:
    """Draw a docket up over the papers chosen."""
    papers = list(
        desk_reads.decidable(request.viewer, request.at).filter(record__in=keys_sent(request.POST, "record"))[:500]
    )
    purpose = request.POST.get("purpose", "")
    try:
        if not papers or purpose not in DocketPurpose.values:
            raise Refused(Refusal("none_chosen", "没有选中可以列入的事项。", "请在待办中重新选择。"))
        title = text_sent(request.POST, "title") or _usual_title(papers[0], purpose, request)
        docket = desks.draw_up(papers=papers, purpose=purpose, title=title, by=request.viewer, at=request.at)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("home:inbox")
    messages.success(request, f"已列入{len(papers)}件，请填写后定稿。")
    return redirect("home:docket", docket.pk)


def _usual_title(paper: Paper, purpose: str, request: ViewerRequest) -> str:
    """Return what a docket is called that nobody has named: for what, and of which day."""
    return f"{paper.season}{DocketPurpose(purpose).label}（{written_day(localdate(request.at))}）"


@login_required
@never_cache
@get_or_post
def docket(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show a docket; while it is drawn up, keep what is written and decided on it, and close it when asked."""
    found = _load(request, pk)
    if request.method != "POST" or found.state != DocketState.DRAFT:
        return _page(request, found)
    if request.POST.get("close") == SURE:
        return _close(request, found)
    form = DocketForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        _keep(request, found, form)
        if "close" in request.POST:
            kept = _load(request, pk)
            refuse(*desks.lacking(docket=kept, at=request.at))
            return _confirm_closing(request, kept)
        messages.success(request, "已保存。")
    except Refused as refused:
        return _page(request, _load(request, pk), form, refused.refusals, status=422)
    return redirect("home:docket", pk)


def _confirm_closing(request: ViewerRequest, found: Docket) -> HttpResponse:
    """Ask once more, with what was decided in numbers."""
    decided = Counter(found.items.values_list("word", flat=True))
    number = decided.total() - decided[""]
    context = {
        "title": f"定稿：{found}",
        "what_happens": f"确认后{number}件一并办理，不能撤回，名称、纪要和决定不能再改。",
        "said": [
            (Word(word).label if word else "缓议", f"{decided[word]}件") for word in sorted(decided, reverse=True)
        ],
        "token": tokens.issue("docket", {found.pk: found.version}),
        "action_url": reverse("home:docket", args=[found.pk]),
        "button_label": "确认定稿并办理",
        "sure": "close",
        "back_url": reverse("home:docket", args=[found.pk]),
    }
    return render(request, "home/confirm.html", context)


def _close(request: ViewerRequest, found: Docket) -> HttpResponse:
    """Close a docket as it was kept, once whoever keeps it said that he means it."""
    try:
        ticket = tokens.read(request.POST.get("token", ""), "docket")
        found.version = ticket.seen.get(found.pk, -1)
        outcomes = desks.close_docket(docket=found, by=request.viewer, at=request.at, token=ticket.key)
    except Refused as refused:
        return _page(request, _load(request, found.pk), None, refused.refusals, status=422)
    messages.success(request, f"已定稿，{len(outcomes)}件一并办理。")
    return redirect("home:docket", found.pk)


def _keep(request: ViewerRequest, found: Docket, form: DocketForm) -> None:
    """Keep what was typed, decided and handed in, whether or not the docket can be closed."""
    said: dict[str, Any] = {name: form.cleaned_data[name] for name in ("title", "held", "place", "present", "minutes")}
    sent = form.cleaned_data["scan"]
    scan = uploads.accept(sent.name, sent, SCAN_KINDS, SCAN_MEGABYTES) if sent else None
    act: dict[str, Any] = {"docket": found, "by": request.viewer, "at": request.at}
    desks.write_up(**act, **said, scan=scan)
    desks.take_off(**act, records=keys_sent(request.POST, "off"))
    records = keys_sent(request.POST, "record")
    fields = ("word", "ground", "note")
    desks.note_decision(
        **act, said={pk: {name: text_sent(request.POST, f"{name}-{pk}") for name in fields} for pk in records}
    )


def _page(
    request: ViewerRequest,
    found: Docket,
    form: DocketForm | None = None,
    refusals: tuple[Refusal, ...] = (),
    status: int = 200,
) -> HttpResponse:
    names = ("title", "held", "place", "present", "minutes")
    lines = selectors.docket_lines(found, request.viewer, request.at)
    grounds = selectors.docket_grounds(found, request.viewer, request.at)
    return render(
        request,
        "home/docket.html",
        {
            "docket": found,
            "lines": lines,
            "columns": list(dict.fromkeys(label for line in lines for label in line.more)),
            "grounds": grounds,
            "ground_labels": {ground.key: ground.label for ground in grounds},
            "form": form or DocketForm(initial={name: getattr(found, name) for name in names}),
            "token": tokens.issue("docket", {found.pk: found.version}),
            "refusals": refusals,
            "is_meeting": found.purpose == DocketPurpose.MEETING,
            "is_draft": found.state == DocketState.DRAFT,
        },
        status=status,
    )


@login_required
@never_cache
@get_or_post
def discard(request: ViewerRequest, pk: int) -> HttpResponse:
    """Ask once more, then give a docket up; its records stay on the desk."""
    found = _load(request, pk)
    if request.method == "POST":
        try:
            ticket = tokens.read(request.POST.get("token", ""), "docket")
            found.version = ticket.seen.get(found.pk, -1)
            desks.discard_docket(docket=found, by=request.viewer, at=request.at, token=ticket.key)
            messages.success(request, "已作废，所列事项仍在待办。")
        except Refused as refused:
            messages.error(request, str(refused))
        return redirect("home:docket", pk)
    return render(
        request,
        "home/confirm.html",
        {
            "title": f"作废：{found}",
            "what_happens": "作废后，所列事项仍在您的待办，可另行列入。",
            "token": tokens.issue("docket", {found.pk: found.version}),
            "action_url": reverse("home:discard_docket", args=[pk]),
            "button_label": "作废",
            "back_url": reverse("home:docket", args=[pk]),
            "danger": True,
        },
    )


@login_required
@require_safe
def scan(request: ViewerRequest, pk: int) -> HttpResponse:
    """Hand out the stamped scan of a docket."""
    found = _load(request, pk)
    if not found.scan:
        raise Http404
    data = files.read(found.scan["digest"], found.scan["suffix"])
    headers = {"Content-Disposition": content_disposition_header(True, found.scan["name"]) or "attachment"}
    return HttpResponse(data, content_type=uploads.MEDIA_TYPES[found.scan["suffix"]], headers=headers)
