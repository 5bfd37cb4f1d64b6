"""Screens of the pool and of the directory of commissioners."""

from collections.abc import Mapping

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core import log, masking
from apps.core.exports import answer, is_wanted
from apps.core.problems import problems_of
from apps.core.refs import Ref
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post, text_sent
from apps.core.tables import arranged
from apps.directory import services as directory
from apps.directory.models import Person
from apps.directory.selectors import persons_like
from apps.matching import exports
from apps.matching.forms import EntryForm, InviteForm, RevealForm
from apps.matching.models import PoolEntry
from apps.matching.permissions import is_in_person, looks_people_up
from apps.matching.selectors import needs as needs_selectors
from apps.matching.selectors import pool as selectors
from apps.matching.selectors.pairings import seasons_that_pair, sides_of
from apps.matching.services import pool as services
from apps.matching.states import PoolAction, PoolState
from apps.matching.tables import CommissionerFilter, CommissionerTable, PoolFilter, PoolTable
from apps.matching.views.acting import Act, carry_out, offered
from apps.policies.matching import industries
from apps.seasons.models import Season
from apps.seasons.selectors import open_seasons, pack_of

ACTS: Mapping[str, Act] = {
    PoolAction.SUBMIT: Act("提交后由储备库管理机关审核。", services.submit_entry),
    PoolAction.ACCEPT: Act("同意后即进入储备库，管理机关可按需求选派。", services.accept_invitation),
    PoolAction.DECLINE: Act("不同意的，不进入储备库，管理机关将得到通知。", services.decline_invitation),
    PoolAction.ADMIT: Act("同意后即进入储备库，本人将得到通知。", services.admit),
    PoolAction.SEND_BACK: Act("退回后由本人修改，再次提交。", services.send_entry_back, is_reason=True),
    PoolAction.REFUSE: Act(
        "不同意的，不进入储备库，本人将看到理由。", services.refuse_entry, is_reason=True, is_danger=True
    ),
    PoolAction.LEAVE: Act(
        "撤销后不再列为备选人员，需要时可重新申请。", services.leave_pool, is_reason=True, is_danger=True
    ),
}
MOST_FOUND = 20
_NOT_FOR_YOU = "名录供受援单位和科技部门查找人选使用，您当前的任职没有此权限。"


@login_required
@require_safe
def pool(request: ViewerRequest) -> HttpResponseBase:
    """List the places in pools that the viewer may see, narrowed as he asks; the same as a workbook."""
    narrowed = PoolFilter(request.GET, selectors.entries_of(request.viewer, request.at), request=request)
    table = arranged(PoolTable(narrowed.qs), request)
    if is_wanted(request):
        return answer("储备库", exports.OF_POOL, table.data.data)
    context = {
        "filter": narrowed,
        "table": table,
        "keeps": bool(selectors.pools_kept(request.viewer, request.at)),
        "may_enter": bool(request.viewer.person_id) and bool(selectors.pools_open()),
    }
    return render(request, "matching/pool.html", context)


@login_required
@never_cache
@get_or_post
def enter_pool(request: ViewerRequest) -> HttpResponse:
    """Show the pools one may enter, and begin."""
    if not request.viewer.person_id:
        raise PermissionDenied("进入储备库由科技人员本人申请，您的账号没有个人档案。")
    pools = selectors.pools_open()
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST":
        season = get_object_or_404(
            Season, pk__in=[each.pk for each in pools], pk=_number(request.POST.get("season", ""))
        )
        try:
            person = Person.objects.get(pk=request.viewer.person_id)
            entry = services.enter_pool(season=season, person=person, by=request.viewer, at=request.at)
        except Refused as refused:
            refusals = refused.refusals
        else:
            return redirect(
                "matching:write_entry" if entry.state == PoolState.DRAFT else "matching:pool_entry", entry.pk
            )
    context = {"pools": pools, "entries": selectors.own_entries(request.viewer), "refusals": refusals}
    return render(request, "matching/enter_pool.html", context, status=409 if refusals else 200)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 12 else 0


def _load(request: ViewerRequest, pk: int) -> PoolEntry:
    found = selectors.entry_for(request.viewer, pk, request.at)
    if found is None:
        raise Http404
    return found


@login_required
@never_cache
@get_or_post
def write_entry(request: ViewerRequest, pk: int) -> HttpResponse:
    """Write what one offers and keep it; it is handed in from the next page, where all is read once more."""
    entry = _load(request, pk)
    if entry.state not in (PoolState.DRAFT, PoolState.INVITED) or not is_in_person(request.viewer, entry, request.at):
        raise PermissionDenied("登记已提交，或不是您本人的，不能修改。")
    form = EntryForm(
        request.POST if request.method == "POST" else None,
        industries=industries(pack_of(entry.season)),
        initial={"industries": entry.industries, "offer": entry.offer},
    )
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            services.write_entry(entry=entry, said=form.cleaned_data, by=request.viewer, at=request.at)
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, "已保存。请核对以下内容后提交。")
            return redirect("matching:pool_entry", pk)
    context = {"entry": entry, "form": form, "refusals": refusals, "problems": problems_of(form)}
    return render(
        request, "matching/write_entry.html", context, status=409 if refusals else 422 if form.errors else 200
    )


@login_required
@require_safe
def pool_entry(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show a place in the pool: to be read once more, then its receipt, then how it stands."""
    entry = _load(request, pk)
    is_own = is_in_person(request.viewer, entry, request.at)
    context = {
        "entry": entry,
        "industries": selectors.labels_of_industries(entry),
        "acts": offered(request, entry, ACTS),
        "may_write": is_own and entry.state in (PoolState.DRAFT, PoolState.INVITED),
        "may_start": entry.state == PoolState.IN_POOL
        and entry.season_id in [each.pk for each in selectors.pools_kept(request.viewer, request.at)],
        "needs": needs_selectors.published().filter(season=entry.season_id, industry__in=entry.industries)[:MOST_FOUND],
        "log": log.entries_of(Ref(selectors.POOL, str(pk))),
    }
    return render(request, "matching/pool_entry.html", context)


@login_required
@never_cache
@get_or_post
def act_entry(request: ViewerRequest, pk: int, action: str) -> HttpResponse:
    """Do one act on a place in the pool."""
    return carry_out(request, _load(request, pk), "entry", ACTS, action)


@login_required
@never_cache
@get_or_post
def invite(request: ViewerRequest) -> HttpResponse:
    """Look for a person, and invite him into a pool that one keeps."""
    pools = selectors.pools_kept(request.viewer, request.at)
    if not pools:
        raise PermissionDenied("储备库由政策规定的机关管理，您当前没有可管理的储备库。")
    seasons = open_seasons().filter(pk__in=[each.pk for each in pools])
    form = InviteForm(request.POST if request.method == "POST" else None, seasons=seasons, initial={"season": pools[0]})
    person = Person.objects.filter(pk=_number(request.POST.get("person", ""))).first()
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid() and person:
        try:
            said = form.cleaned_data
            entry = services.invite_to_pool(**said, person=person, by=request.viewer, at=request.at)
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"已邀请{person.name}，本人将得到通知。")
            return redirect("matching:pool_entry", entry.pk)
    searched = text_sent(request.GET, "q")[:50]
    people = list(persons_like(searched)[:MOST_FOUND]) if searched else []
    context = {"form": form, "people": people, "searched": searched, "refusals": refusals}
    is_incomplete = request.method == "POST" and not (form.is_valid() and person)
    return render(request, "matching/invite.html", context, status=409 if refusals else 422 if is_incomplete else 200)


@login_required
@require_safe
def commissioners(request: ViewerRequest) -> HttpResponseBase:
    """List the people a host or an office may approach, narrowed as it asks; the same as a workbook."""
    _only_for_offices(request)
    narrowed = CommissionerFilter(request.GET, selectors.commissioners(request.viewer, request.at), request=request)
    table = arranged(CommissionerTable(narrowed.qs), request)
    if is_wanted(request):
        return answer("科技特派员名录", exports.OF_COMMISSIONERS, table.data.data)
    return render(request, "matching/commissioners.html", {"filter": narrowed, "table": table})


def _only_for_offices(request: ViewerRequest) -> None:
    if not looks_people_up(request.viewer, request.at):
        raise PermissionDenied(_NOT_FOR_YOU)


@login_required
@require_safe
def commissioner(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show one of these people, his number masked."""
    _only_for_offices(request)
    person = get_object_or_404(selectors.commissioners(request.viewer, request.at), pk=pk)
    context = {
        "person": person,
        "phone": masking.mask_number(person.phone),
        "services": [(each, selectors.labels_of_industries(each)) for each in selectors.services_of(person)],
        "may_propose": bool(sides_of(request.viewer, request.at)) and seasons_that_pair().exists(),
    }
    return render(request, "matching/commissioner.html", context)


@login_required
@never_cache
@get_or_post
def commissioner_phone(request: ViewerRequest, pk: int) -> HttpResponse:
    """Ask why a number must be read, keep who read it, and show it once."""
    _only_for_offices(request)
    person = get_object_or_404(selectors.commissioners(request.viewer, request.at), pk=pk)
    form = RevealForm(request.POST if request.method == "POST" else None)
    value = None
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        value = directory.reveal(person=person, field="phone", by=request.viewer, reason=reason, at=request.at)
    context = {
        "form": form,
        "value": value,
        "title": f"查看{person.name}的手机号",
        "back_url": reverse("matching:commissioner", args=[pk]),
    }
    return render(request, "matching/reveal.html", context, status=422 if form.errors else 200)
