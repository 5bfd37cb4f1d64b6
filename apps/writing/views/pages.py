"""Screens on which a starter writes: one page of the form after the other, its documents."""

from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.core import open_forms, uploads
from apps.core.open_forms import OpenForm
from apps.core.refusals import Problem, Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post, post_only, status_of
from apps.desks.states import WRITING
from apps.policies.facts import FACTS, ORGANIZATIONS
from apps.policies.schema import Attachment, FormStep
from apps.writing import selectors, services, writings
from apps.writing.forms import Found, PageForm
from apps.writing.models import WrittenRecord
from apps.writing.views.common import mine, page_of_form, writers_only
from apps.writing.writings import Case, Difference

NOTHING_SENT = Refusal("nothing_sent", "没有收到本页所填内容，未保存。", "请在页面上填写后按“保存并继续”。")
NO_FILE = Refusal("no_file", "没有选择文件。", "请先选择文件，再按“上传”。")


@writers_only
@get_or_post
def form(request: ViewerRequest, kind: str, pk: int, step: int) -> HttpResponse:
    """Show one page of the form, keep what was typed in it, and go on once nothing is wrong."""
    record = mine(request, kind, pk)
    page = page_of_form(record, step)
    if record.state not in WRITING:
        return redirect("writing:receipt", kind, pk)
    if request.method == "POST":
        return _keep_and_go_on(request, record, page, step)
    case = writings.of(record).judge(record, request.at)
    if case.closed:
        return redirect("writing:check", kind, pk)
    wrong = [each for each in case.problems if "check" in request.GET or record.content.get(each.key)]
    return _show(request, record, page, step, record.content, case=case, problems=wrong)


def _keep_and_go_on(request: ViewerRequest, record: WrittenRecord, page: FormStep, number: int) -> HttpResponse:
    try:
        record = _keep(request, record, page, number)
        _take_files(request, record, page.attachments)
    except Refused as refused:
        return _show_refused(request, record, page, number, refused)
    writing = writings.of(record)
    record = mine(request, writing.kind, record.pk)
    if "find" in request.POST:
        found = _found(record, request.POST["find"], request.POST)
        return _show(request, record, page, number, record.content, found=found)
    keys, case = selectors.keys_of(page), writing.judge(record, request.at)
    wrong = [each for each in case.problems if each.key in keys]
    if wrong:
        typed = {**record.content, **_typed(request, record, page)}
        return _show(request, record, page, number, typed, case=case, problems=wrong, status=422)
    if number < len(selectors.form_of(record)):
        return redirect("writing:form", writing.kind, record.pk, number + 1)
    return redirect("writing:check", writing.kind, record.pk)


def _typed(request: ViewerRequest, record: WrittenRecord, page: FormStep) -> dict[str, Any]:
    return PageForm(record, page, request.POST).typed()


def _keep(request: ViewerRequest, record: WrittenRecord, page: FormStep, number: int) -> WrittenRecord:
    """Save what was typed; raise Refused when nothing arrived, or when it may no longer be written."""
    if not request.POST:
        raise Refused(NOTHING_SENT)
    typed, opened = _typed(request, record, page), open_forms.sent_from(request.POST)
    return services.save(record=record, typed=typed, by=request.viewer, at=request.at, page=number, opened=opened)


def _take_files(request: ViewerRequest, record: WrittenRecord, wanted: Sequence[Attachment]) -> int:
    """Take in the files chosen for some documents and return how many; raise Refused for those that were not fit."""
    refusals: list[Refusal] = []
    chosen = [(each, file) for each in wanted for file in request.FILES.getlist(f"file:{each.id}")]
    for each, file in chosen:
        try:
            accepted = uploads.accept(file.name or "", cast(BinaryIO, file), each.kinds, each.at_most_megabytes)
            services.attach(record=record, wanted=each, accepted=accepted, by=request.viewer, at=request.at)
        except Refused as refused:
            refusals += refused.refusals
    if refusals:
        raise Refused(*refusals)
    return len(chosen)


def _show_refused(
    request: ViewerRequest, record: WrittenRecord, page: FormStep, number: int, refused: Refused
) -> HttpResponse:
    """Show a page again with what was typed in it, and why it was not taken; beside it what stands, if that is why."""
    now = mine(request, writings.of(record).kind, record.pk)
    sent = _typed(request, now, page)
    if writings.of(now).closed(now, request.at):
        unkept = {"record": now, "refusals": refused.refusals, "differences": selectors.differences(now, sent)}
        return render(request, "writing/closed.html", unkept | {"writing": writings.of(now)}, status=status_of(refused))
    typed, status = {**now.content, **sent}, status_of(refused)
    if open_forms.WRITTEN_ELSEWHERE in refused.refusals:
        opened, differences = open_forms.sent_from(request.POST), selectors.differences(now, sent)
        return _show(request, now, page, number, typed, opened=opened, differences=differences, status=status)
    return _show(request, now, page, number, typed, refusals=refused.refusals, status=status)


def _show(
    request: ViewerRequest,
    record: WrittenRecord,
    page: FormStep,
    number: int,
    typed: Mapping[str, Any],
    *,
    case: Case | None = None,
    problems: Sequence[Problem] = (),
    refusals: Sequence[Refusal] = (),
    found: Found | None = None,
    opened: OpenForm | None = None,
    differences: Sequence[Difference] = (),
    status: int = 200,
) -> HttpResponse:
    writing = writings.of(record)
    case = case or writing.judge(record, request.at)
    given_back = selectors.returned(record)
    statuses = selectors.page_statuses(record, case, given_back)
    keys = selectors.keys_of(page)
    standing = open_forms.opened_on(selectors.standing(record, page))
    place = f" · 第{number}步，共{len(statuses)}步" if len(statuses) > 1 else ""
    context = {
        "record": record,
        "writing": writing,
        "opened": opened or standing,
        "standing": standing,
        "differences": differences,
        "page": page,
        "number": number,
        "pages": len(statuses),
        "subtitle": f"{writing.heading(record)}{place}",
        "form": PageForm(record, page, typed, problems=problems, given_back=given_back, found=found),
        "problems": [each for each in problems if each.key in keys],
        "refusals": refusals,
        "given_back": given_back,
        "window": case.window,
        "tasks": task_list(record, statuses, number),
        "wanted": _wanted(record, page, given_back),
    }
    return render(request, "writing/form.html", context, status=status)


def task_list(record: WrittenRecord, statuses: Sequence[selectors.PageStatus], here: int) -> list[dict[str, Any]]:
    """Return the pages of the form as a list of tasks, the check page last."""
    kind = writings.of(record).kind
    tasks = [
        {
            "title": f"{page.number}. {page.title}",
            "url": reverse("writing:form", args=[kind, record.pk, page.number]),
            "status": page.in_words,
            "is_here": page.number == here,
        }
        for page in statuses
    ]
    check = reverse("writing:check", args=[kind, record.pk])
    return [*tasks, {"title": "核对并提交", "url": check, "status": "", "is_here": here > len(statuses)}]


def _wanted(
    record: WrittenRecord, page: FormStep, given_back: selectors.Return | None
) -> list[tuple[Attachment, Sequence[selectors.Handed], bool]]:
    """Return the documents a page asks for: each with those handed in, and whether a return named it."""
    handed = selectors.documents(record)
    return [
        (each, [one for one in handed if one.wanted == each.id], given_back is not None and given_back.names(each.id))
        for each in page.attachments
    ]


@writers_only
@post_only("writing:form", "kind", "pk", "step")
def autosave(request: ViewerRequest, kind: str, pk: int, step: int) -> HttpResponse:
    """Keep what was typed so far, right or wrong, and say when."""
    record = mine(request, kind, pk)
    context: dict[str, Any] = {"refusals": (), "at": request.at}
    status = 200
    try:
        _keep(request, record, page_of_form(record, step), step)
    except Refused as refused:
        context["refusals"], status = refused.refusals, status_of(refused)
    return render(request, "writing/_saved.html", context, status=status)


@writers_only
@require_safe
def organizations(request: ViewerRequest, kind: str, pk: int, fact: str) -> HttpResponse:
    """Find organizations for an entry by part of their name."""
    found = _found(mine(request, kind, pk), fact, request.GET)
    return render(request, "writing/_organizations.html", {"found": found})


def _found(record: WrittenRecord, fact: str, sent: Mapping[str, str]) -> Found:
    """Return the organizations that fit what was typed beside an entry that asks for one."""
    if fact not in FACTS or FACTS[fact].type not in ORGANIZATIONS:
        raise Http404
    text = sent.get(f"q:{fact}", "")
    return Found(fact, text, selectors.organizations_for(record, fact, text))


@writers_only
@get_or_post
def attach(request: ViewerRequest, kind: str, pk: int, wanted: str) -> HttpResponse:
    """Keep what was typed on the page, and take in the files chosen for one document."""
    record = mine(request, kind, pk)
    number, page, document = _document(record, wanted)
    if request.method != "POST":
        return redirect(_place_of(kind, pk, number, wanted))
    try:
        _keep(request, record, page, number)
        if not _take_files(request, record, [document]):
            raise Refused(NO_FILE)
    except Refused as refused:
        return _show_refused(request, record, page, number, refused)
    messages.success(request, f"“{document.label}”已上传。")
    return redirect(_place_of(kind, pk, number, wanted))


@writers_only
@get_or_post
def detach(request: ViewerRequest, kind: str, pk: int, wanted: str, digest: str) -> HttpResponse:
    """Keep what was typed on the page, and take one document off."""
    record = mine(request, kind, pk)
    number, page, document = _document(record, wanted)
    if request.method != "POST":
        return redirect(_place_of(kind, pk, number, wanted))
    try:
        _keep(request, record, page, number)
        services.detach(record=record, wanted=wanted, digest=digest, by=request.viewer, at=request.at)
    except Refused as refused:
        return _show_refused(request, record, page, number, refused)
    messages.success(request, f"“{document.label}”已移除一个文件。")
    return redirect(_place_of(kind, pk, number, wanted))


def _document(record: WrittenRecord, wanted: str) -> tuple[int, FormStep, Attachment]:
    """Return a document the form asks for, with the page that asks for it."""
    for number, page in enumerate(selectors.form_of(record), start=1):
        for each in page.attachments:
            if each.id == wanted:
                return number, page, each
    raise Http404


def _place_of(kind: str, pk: int, number: int, wanted: str) -> str:
    return f"{reverse('writing:form', args=[kind, pk, number])}#id_{wanted}"
