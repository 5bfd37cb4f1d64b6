"""Screens on which a starter writes: one page of the form after the other, its documents."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.applications import guards, selectors, services
from apps.applications.forms import Found, StepForm
from apps.applications.models import Application
from apps.applications.selectors import Change, Drawn
from apps.applications.views.common import mine, page_of_form, writers_only
from apps.core import uploads
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post, status_of, text_sent
from apps.desks.states import WRITING
from apps.policies.facts import FACTS, ORGANIZATIONS
from apps.policies.schema import Attachment, FormStep
from apps.policies.values import Problem

MOST_OF_A_MARK = 64
NOTHING_SENT = Refusal("nothing_sent", "没有收到本页所填内容，未保存。", "请在页面上填写后按“保存并继续”。")
NO_FILE = Refusal("no_file", "没有选择文件。", "请先选择文件，再按“上传”。")


@writers_only
@get_or_post
def form(request: ViewerRequest, pk: int, step: int) -> HttpResponse:
    """Show one page of the form, keep what was typed in it, and go on once nothing is wrong."""
    application = mine(request, pk)
    page = page_of_form(application, step)
    if application.state not in WRITING:
        return redirect("applications:receipt", pk)
    if request.method == "POST":
        return _keep_and_go_on(request, application, page, step)
    case = selectors.case_of(application, request.at)
    if guards.too_late(application, case.is_in_season, case.window):
        return redirect("applications:check", pk)
    wrong = [each for each in case.problems if "check" in request.GET or application.content.get(each.key)]
    return _show(request, application, page, step, application.content, problems=wrong)


def _keep_and_go_on(request: ViewerRequest, application: Application, page: FormStep, step: int) -> HttpResponse:
    try:
        application = _keep(request, application, page, step)
        _take_files(request, application, page.attachments)
    except Refused as refused:
        return _show_refused(request, application, page, step, refused)
    application = mine(request, application.pk)
    if "find" in request.POST:
        found = _found(application, request.POST["find"], request.POST)
        return _show(request, application, page, step, application.content, found=found)
    keys = selectors.keys_of(page)
    wrong = [each for each in selectors.case_of(application, request.at).problems if each.key in keys]
    if wrong:
        typed = {**application.content, **_typed(request, application, page)}
        return _show(request, application, page, step, typed, problems=wrong, status=422)
    if step < len(selectors.form_of(application)):
        return redirect("applications:form", application.pk, step + 1)
    return redirect("applications:check", application.pk)


def _typed(request: ViewerRequest, application: Application, page: FormStep) -> dict[str, Any]:
    return StepForm(application, page, request.POST).typed()


def _drawn(request: ViewerRequest, application: Application, page: FormStep, step: int) -> Drawn | None:
    """Return the page as it lay before who sent it, or as it was shown to him beside his own words; None if untold."""
    mark, digest = (text_sent(request.POST, name)[:MOST_OF_A_MARK] for name in ("mark", "digest"))
    drawn = replace(selectors.drawn(application, page, step), mark=mark, digest=digest)
    chosen = text_sent(request.POST, "keep")[:MOST_OF_A_MARK]
    return replace(drawn, digest=chosen or digest) if mark else None


def _keep(request: ViewerRequest, application: Application, page: FormStep, step: int) -> Application:
    """Save what was typed; raise Refused when nothing arrived, or when it may no longer be written."""
    if not request.POST:
        raise Refused(NOTHING_SENT)
    typed = _typed(request, application, page)
    drawn = _drawn(request, application, page, step)
    return services.save(application=application, typed=typed, by=request.viewer, at=request.at, drawn=drawn)


def _take_files(request: ViewerRequest, application: Application, wanted: Sequence[Attachment]) -> int:
    """Take in the files chosen for some documents and return how many; raise Refused for those that were not fit."""
    refusals: list[Refusal] = []
    chosen = [(each, file) for each in wanted for file in request.FILES.getlist(f"file:{each.id}")]
    for each, file in chosen:
        try:
            accepted = uploads.accept(file.name or "", cast(BinaryIO, file), each.kinds, each.at_most_megabytes)
            services.attach(application=application, wanted=each, accepted=accepted, by=request.viewer, at=request.at)
        except Refused as refused:
            refusals += refused.refusals
    if refusals:
        raise Refused(*refusals)
    return len(chosen)


def _show_refused(
    request: ViewerRequest, application: Application, page: FormStep, step: int, refused: Refused
) -> HttpResponse:
    """Show a page again with what was typed in it, and why it was not taken; beside it what stands, if that is why."""
    now = mine(request, application.pk)
    sent = _typed(request, now, page)
    typed, status = {**now.content, **sent}, status_of(refused)
    if services.WRITTEN_ELSEWHERE in refused.refusals:
        drawn, differences = _drawn(request, now, page, step), selectors.differences(now, sent)
        return _show(request, now, page, step, typed, drawn=drawn, differences=differences, status=status)
    return _show(request, now, page, step, typed, refusals=refused.refusals, status=status)


def _show(
    request: ViewerRequest,
    application: Application,
    page: FormStep,
    step: int,
    typed: Mapping[str, Any],
    *,
    problems: Sequence[Problem] = (),
    refusals: Sequence[Refusal] = (),
    found: Found | None = None,
    drawn: Drawn | None = None,
    differences: Sequence[Change] = (),
    status: int = 200,
) -> HttpResponse:
    case = selectors.case_of(application, request.at)
    given_back = selectors.returned(application)
    statuses = selectors.page_statuses(application, case)
    keys = selectors.keys_of(page)
    standing = selectors.drawn(application, page, step)
    context = {
        "application": application,
        "drawn": drawn or standing,
        "standing": standing,
        "differences": differences,
        "page": page,
        "step": step,
        "pages": len(statuses),
        "subtitle": f"{application.season.title} · 第{step}步，共{len(statuses)}步",
        "form": StepForm(application, page, typed, problems=problems, given_back=given_back, found=found),
        "problems": [each for each in problems if each.key in keys],
        "refusals": refusals,
        "given_back": given_back,
        "window": case.window,
        "tasks": task_list(application, statuses, step),
        "wanted": _wanted(application, page, given_back),
    }
    return render(request, "applications/form.html", context, status=status)


def task_list(application: Application, statuses: Sequence[selectors.PageStatus], here: int) -> list[dict[str, Any]]:
    """Return the pages of the form as a list of tasks, the check page last."""
    tasks = [
        {
            "title": f"{page.number}. {page.title}",
            "url": reverse("applications:form", args=[application.pk, page.number]),
            "status": page.in_words,
            "is_here": page.number == here,
        }
        for page in statuses
    ]
    check = reverse("applications:check", args=[application.pk])
    return [*tasks, {"title": "核对并提交", "url": check, "status": "", "is_here": here > len(statuses)}]


def _wanted(
    application: Application, page: FormStep, given_back: selectors.Return | None
) -> list[tuple[Attachment, Sequence[selectors.Handed], bool]]:
    """Return the documents a page asks for: each with those handed in, and whether a return named it."""
    handed = selectors.documents(application)
    return [
        (each, [one for one in handed if one.wanted == each.id], given_back is not None and given_back.names(each.id))
        for each in page.attachments
    ]


@writers_only
@require_POST
def autosave(request: ViewerRequest, pk: int, step: int) -> HttpResponse:
    """Keep what was typed so far, right or wrong, and say when."""
    application = mine(request, pk)
    context: dict[str, Any] = {"refusals": (), "at": request.at}
    status = 200
    try:
        _keep(request, application, page_of_form(application, step), step)
    except Refused as refused:
        context["refusals"], status = refused.refusals, status_of(refused)
    return render(request, "applications/_saved.html", context, status=status)


@writers_only
@require_safe
def organizations(request: ViewerRequest, pk: int, fact: str) -> HttpResponse:
    """Find organizations for an entry by part of their name."""
    found = _found(mine(request, pk), fact, request.GET)
    return render(request, "applications/_organizations.html", {"found": found})


def _found(application: Application, fact: str, sent: Mapping[str, str]) -> Found:
    """Return the organizations that fit what was typed beside an entry that asks for one."""
    if fact not in FACTS or FACTS[fact].type not in ORGANIZATIONS:
        raise Http404
    text = sent.get(f"q:{fact}", "")
    return Found(fact, text, selectors.organizations_for(application, fact, text))


@writers_only
@get_or_post
def attach(request: ViewerRequest, pk: int, wanted: str) -> HttpResponse:
    """Keep what was typed on the page, and take in the files chosen for one document."""
    application = mine(request, pk)
    step, page, document = _document(application, wanted)
    if request.method != "POST":
        return redirect(_place_of(pk, step, wanted))
    try:
        _keep(request, application, page, step)
        if not _take_files(request, application, [document]):
            raise Refused(NO_FILE)
    except Refused as refused:
        return _show_refused(request, application, page, step, refused)
    messages.success(request, f"“{document.label}”已上传。")
    return redirect(_place_of(pk, step, wanted))


@writers_only
@get_or_post
def detach(request: ViewerRequest, pk: int, wanted: str, digest: str) -> HttpResponse:
    """Keep what was typed on the page, and take one document off."""
    application = mine(request, pk)
    step, page, document = _document(application, wanted)
    if request.method != "POST":
        return redirect(_place_of(pk, step, wanted))
    try:
        _keep(request, application, page, step)
        services.detach(application=application, wanted=wanted, digest=digest, by=request.viewer, at=request.at)
    except Refused as refused:
        return _show_refused(request, application, page, step, refused)
    messages.success(request, f"“{document.label}”已移除一个文件。")
    return redirect(_place_of(pk, step, wanted))


def _document(application: Application, wanted: str) -> tuple[int, FormStep, Attachment]:
    """Return a document the form asks for, with the page that asks for it."""
    for number, step in enumerate(selectors.form_of(application), start=1):
        for each in step.attachments:
            if each.id == wanted:
                return number, step, each
    raise Http404


def _place_of(pk: int, step: int, wanted: str) -> str:
    return f"{reverse('applications:form', args=[pk, step])}#id_{wanted}"
