"""Screens of wishes: written, looked through and handed in by a person, judged by the counties."""

from itertools import zip_longest
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core import log, tokens
from apps.core.door import BATCH_LIMIT
from apps.core.exports import answer, is_wanted
from apps.core.log import digest_of
from apps.core.open_forms import WRITTEN_ELSEWHERE, opened_on, sent_from
from apps.core.problems import problems_of
from apps.core.refs import Ref
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post, post_only, text_sent
from apps.core.tables import arranged
from apps.matching import exports, services
from apps.matching.forms import IndustriesForm, JudgeForm, LateForm, WishesForm, as_typed
from apps.matching.models import Participant, WishList
from apps.matching.selectors import allocation
from apps.matching.selectors import wishes as selectors
from apps.matching.selectors.rounds import round_for
from apps.matching.selectors.verdicts import groups_still_wished, vacancies
from apps.matching.states import WishListState
from apps.matching.tables import WishFilter, WishTable
from apps.seasons.models import ServiceGroup
from apps.seasons.selectors import managed_by
from apps.writing.writings import Difference


@login_required
@require_safe
def mine(request: ViewerRequest) -> HttpResponse:
    """Show the seasons in which the viewer may list wishes; a single one opens at once."""
    parts = list(selectors.participations(request.viewer))
    if len(parts) == 1:
        return redirect("matching:write", parts[0].season_id)
    return render(request, "matching/mine.html", {"parts": parts})


def _part(request: ViewerRequest, season: int) -> Participant:
    part = selectors.participation(request.viewer, season)
    if part is None:
        raise Http404
    return part


@login_required
@never_cache
@get_or_post
def write(request: ViewerRequest, season: int) -> HttpResponse:
    """Ask for the wishes; what is complete leads on to be looked through."""
    part = _part(request, season)
    wishes = selectors.list_of(part)
    if wishes and wishes.state == WishListState.SUBMITTED:
        return redirect("matching:receipt", season)
    choices = selectors.choices_for(part.person_id, part.season, request.at)
    initial = as_typed(wishes.entries) if wishes else {}
    form = WishesForm(request.POST if request.method == "POST" else None, choices=choices, initial=initial)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST":
        is_complete = form.is_valid()
        try:
            _save(request, part, form)
            if is_complete:
                return redirect("matching:check", season)
        except Refused as refused:
            refusals = refused.refusals
    return _show_form(request, part, form, choices, refusals)


def _show_form(
    request: ViewerRequest,
    part: Participant,
    form: WishesForm,
    choices: selectors.Choices,
    refusals: tuple[Refusal, ...],
) -> HttpResponse:
    """Show the form with what is wrong in it; beside it what stands, if another window wrote that."""
    wishes, problems = selectors.list_of(part), problems_of(form)
    standing = opened_on(wishes.entries if wishes else [])
    opened = sent_from(request.POST) if WRITTEN_ELSEWHERE in refusals else None
    context = {
        "part": part, "form": form, "choices": choices, "problems": problems,
        "refusals": () if opened else refusals,
        "opened": opened or standing,
        "standing": standing,
        "differences": _differences(wishes, form, choices) if opened and wishes else [],
        "full": selectors.groups_full(choices, wishes),
        "is_closed": selectors.is_frozen(part.season_id) and not choices.round,
    }  # fmt: skip
    return render(request, "matching/write.html", context, status=409 if refusals else 422 if problems else 200)


def _save(request: ViewerRequest, part: Participant, form: WishesForm) -> None:
    opened = sent_from(request.POST)
    services.save_wishes(participant=part, entries=form.entries(), by=request.viewer, at=request.at, opened=opened)


def _differences(wishes: WishList, form: WishesForm, choices: selectors.Choices) -> list[Difference]:
    """Compare what stands in a list with what was chosen in a window, wish by wish."""
    rows = zip_longest(wishes.entries, form.entries())
    return [
        Difference(f"志愿{n}", choices.in_words(old), choices.in_words(new))
        for n, (old, new) in enumerate(rows, 1)
        if old != new
    ]


@login_required
@post_only("matching:write", "season")
def autosave(request: ViewerRequest, season: int) -> HttpResponse:
    """Keep what was chosen so far, right or wrong, and say when."""
    part = _part(request, season)
    form = WishesForm(request.POST, choices=selectors.choices_for(part.person_id, part.season, request.at))
    form.is_valid()
    refusals: tuple[Refusal, ...] = ()
    try:
        _save(request, part, form)
    except Refused as refused:
        refusals = refused.refusals
    context = {"refusals": refusals, "at": request.at}
    return render(request, "writing/_saved.html", context, status=409 if refusals else 200)


def _written(request: ViewerRequest, season: int) -> tuple[Participant, WishList]:
    part = _part(request, season)
    wishes = selectors.list_of(part)
    if wishes is None:
        raise Http404
    return part, wishes


@login_required
@never_cache
@get_or_post
def check(request: ViewerRequest, season: int) -> HttpResponse:
    """Show the wishes once more, then hand them in."""
    part, wishes = _written(request, season)
    choices = selectors.choices_for(part.person_id, part.season, request.at)
    form = LateForm(request.POST or None)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            ticket = tokens.read(request.POST.get("token", ""), selectors.WISH_LIST)
            wishes.version = ticket.seen.get(wishes.pk, -1)
            services.submit_wishes(
                wishes=wishes, by=request.viewer, at=request.at, opinion=form.cleaned_data["opinion"],
                checked=text_sent(request.POST, "checked"), token=ticket.key,
            )  # fmt: skip
            messages.success(request, "志愿已提交，请留存回执。")
            return redirect("matching:receipt", season)
        except Refused as refused:
            refusals = refused.refusals
            part, wishes = _written(request, season)
    problems = problems_of(form)
    context = {
        "part": part, "wishes": wishes, "choices": choices, "form": form, "problems": problems, "refusals": refusals,
        "entries": [(choices.group(entry["group"]), entry["industry"]) for entry in wishes.entries],
        "checked": digest_of(wishes.entries),
        "token": _token(wishes),
    }  # fmt: skip
    return render(request, "matching/check.html", context, status=409 if refusals else 422 if problems else 200)


def _token(wishes: WishList) -> str:
    return tokens.issue(selectors.WISH_LIST, {wishes.pk: wishes.version})


@login_required
@require_safe
def receipt(request: ViewerRequest, season: int) -> HttpResponse:
    """Show what was handed in and when, and what counties have said of it."""
    part, wishes = _written(request, season)
    if wishes.state != WishListState.SUBMITTED:
        return redirect("matching:write", season)
    context = {
        "part": part,
        "wishes": wishes,
        "rows": list(wishes.wishes.select_related("group")),
        "is_frozen": selectors.is_frozen(season),
        "round": round_for(part.season, part.person_id),
        "today": localdate(request.at),
        "token": _token(wishes),
        "answer": allocation.answer_for(season, part.person_id),
        "log": log.entries_of(Ref(selectors.WISH_LIST, str(wishes.pk))),
    }
    return render(request, "matching/receipt.html", context)


@login_required
@post_only("matching:receipt", "season")
def take_back(request: ViewerRequest, season: int) -> HttpResponse:
    """Take wishes back to change them."""
    _, wishes = _written(request, season)
    try:
        ticket = tokens.read(request.POST.get("token", ""), selectors.WISH_LIST)
        wishes.version = ticket.seen.get(wishes.pk, -1)
        services.take_back_wishes(wishes=wishes, by=request.viewer, at=request.at, token=ticket.key)
        messages.success(request, "志愿已撤回，修改后请重新提交。")
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("matching:receipt", season)
    return redirect("matching:write", season)


@login_required
@require_safe
def received(request: ViewerRequest) -> HttpResponseBase:
    """List the wishes that the viewer may see, narrowed as he asks; the same as a workbook."""
    rows = selectors.wishes_seen(request.viewer, request.at)
    narrowed = WishFilter(request.GET, rows, request=request)
    mine = set(selectors.groups_spoken_for(request.viewer, request.at).values_list("pk", flat=True))
    table = arranged(WishTable(narrowed.qs, mine=mine), request)
    if is_wanted(request):
        return answer("志愿", exports.OF_WISHES, table.data.data)
    context = {
        "filter": narrowed,
        "table": table,
        "judges": bool(mine),
        "still_wished": groups_still_wished(request.viewer, request.at) if mine else [],
        "vacancies": vacancies(request.viewer, request.at) if mine else [],
    }
    return render(request, "matching/received.html", context)


@login_required
@never_cache
@get_or_post
def judge(request: ViewerRequest) -> HttpResponse:
    """Ask what a county says of the wishes chosen, then keep it."""
    keys = _keys(request)
    chosen = selectors.wishes_to_judge(request.viewer, keys, request.at)
    form = JudgeForm(request.POST if request.method == "POST" else None)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            return _judged(request, keys, form.cleaned_data)
        except Refused as refused:
            refusals = refused.refusals
    problems = problems_of(form)
    frozen = selectors.closed_by_the_freeze(chosen)
    chosen = [wish for wish in chosen if wish.pk not in frozen]
    seen = {wish.list_id: wish.list.version for wish in chosen}
    context = {
        "chosen": chosen, "frozen": len(frozen), "form": form, "problems": problems, "refusals": refusals,
        "token": tokens.issue(selectors.WISH_LIST, seen),
    }  # fmt: skip
    return render(request, "matching/judge.html", context, status=409 if refusals else 422 if problems else 200)


def _keys(request: ViewerRequest) -> list[int]:
    """Return the wishes chosen one by one, or all that a list was narrowed to and that the viewer may judge."""
    if request.method == "GET" and "all" in request.GET:
        mine = selectors.groups_spoken_for(request.viewer, request.at).values("pk")
        rows = selectors.wishes_seen(request.viewer, request.at).filter(group__in=mine)
        return list(WishFilter(request.GET, rows, request=request).qs.values_list("pk", flat=True)[:BATCH_LIMIT])
    sent = request.POST if request.method == "POST" else request.GET
    return [int(key) for key in sent.getlist("wish")[:BATCH_LIMIT] if key.isdecimal() and len(key) < 19]


def _judged(request: ViewerRequest, keys: list[int], said: dict[str, Any]) -> HttpResponse:
    ticket = tokens.read(request.POST.get("token", ""), selectors.WISH_LIST)
    seen = {key: text_sent(request.POST, f"seen:{key}") for key in keys}
    outcomes = services.judge_wishes(wishes=keys, seen=seen, by=request.viewer, at=request.at, token=ticket.key, **said)
    done = sum(outcome.done for outcome in outcomes)
    if not done:
        raise Refused(*dict.fromkeys(refusal for outcome in outcomes for refusal in outcome.refusals))
    messages.success(request, f"已审核{done}个志愿。")
    for refusal in dict.fromkeys(refusal for outcome in outcomes for refusal in outcome.refusals):
        messages.error(request, str(refusal))
    return redirect("matching:received")


@login_required
@never_cache
@get_or_post
def industries(request: ViewerRequest, pk: int) -> HttpResponse:
    """Keep the list of industries that may be chosen in a county."""
    seasons = managed_by(request.viewer, request.at).order_by().values("pk")
    group = get_object_or_404(ServiceGroup.objects.select_related("season"), pk=pk, season__in=seasons)
    own = "\n".join(selectors.kept_industries(group))
    form = IndustriesForm(request.POST or None, initial={"industries": own})
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            services.set_industries(
                group=group, industries=form.cleaned_data["industries"], by=request.viewer, at=request.at
            )
            messages.success(request, f"{group}的特色产业清单已保存。")
            return redirect("matching:industries", pk)
        except Refused as refused:
            refusals = refused.refusals
    problems = problems_of(form)
    context = {"group": group, "form": form, "problems": problems, "refusals": refusals}
    return render(request, "matching/industries.html", context, status=409 if refusals else 422 if problems else 200)
