"""Screens of needs: the public list, those one deals with, one of them, its acts."""

from collections.abc import Mapping
from typing import Any

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
from apps.core.requests import ViewerRequest, get_or_post
from apps.core.tables import arranged
from apps.directory.models import Organization, Region
from apps.directory.selectors import desk_labels
from apps.matching import exports
from apps.matching.forms import NeedForm, RevealForm
from apps.matching.models import Need
from apps.matching.permissions import asks_the_contact, posts_it
from apps.matching.selectors import needs as selectors
from apps.matching.selectors import pool
from apps.matching.services import needs as services
from apps.matching.states import NEED_WRITING, NeedAction, NeedState
from apps.matching.tables import NeedFilter, NeedTable, PublicNeedFilter, PublicNeedTable
from apps.matching.views.acting import Act, carry_out, offered
from apps.policies.matching import has_hosts
from apps.seasons.selectors import open_seasons, pack_of

ACTS: Mapping[str, Act] = {
    NeedAction.SUBMIT: Act(
        "提交后由审核机关逐级审核，审核通过即对外发布。联系人全名和电话不公开。", services.submit_need
    ),
    NeedAction.PASS_UP: Act("同意后转下一环节；最后一个环节同意即对外发布。", services.pass_need),
    NeedAction.SEND_BACK: Act("退回后由提出单位修改，再次提交。", services.send_need_back, is_reason=True),
    NeedAction.MEET: Act("办理后不再对外发布，已有的对接不受影响。", services.meet_need),
    NeedAction.CLOSE: Act("关闭后不再发布，也不能恢复。", services.close_need, is_reason=True, is_danger=True),
}


@require_safe
def public_needs(request: ViewerRequest) -> HttpResponseBase:
    """List the published needs for everybody, narrowed as he asks; the same as a workbook."""
    narrowed = PublicNeedFilter(request.GET, selectors.published(), request=request)
    table = arranged(PublicNeedTable(narrowed.qs), request)
    if is_wanted(request):
        return answer("科技需求", exports.OF_PUBLIC_NEEDS, table.data.data)
    context = {"filter": narrowed, "table": table, "posts": selectors.places_to_post(request.viewer, request.at)}
    return render(request, "matching/public_needs.html", context)


@require_safe
def public_need(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show a published need to everybody, without the name and number of whom to ask."""
    need = get_object_or_404(selectors.published(), pk=pk)
    context = {
        "need": need,
        "industry": selectors.industry_of(need),
        "contact": masking.mask_name(need.contact),
        "phone": masking.mask_number(need.phone),
        "may_ask": asks_the_contact(request.viewer, request.at),
        "may_pair": bool(request.viewer.person_id) and has_hosts(pack_of(need.season)),
        "keeps_pool": need.season_id in [each.pk for each in pool.pools_kept(request.viewer, request.at)],
    }
    return render(request, "matching/public_need.html", context)


@login_required
@require_safe
def needs(request: ViewerRequest) -> HttpResponseBase:
    """List the needs the viewer deals with, narrowed as he asks; the same as a workbook."""
    narrowed = NeedFilter(request.GET, selectors.needs_of(request.viewer, request.at), request=request)
    table = arranged(NeedTable(narrowed.qs), request)
    if is_wanted(request):
        return answer("科技需求", exports.OF_NEEDS, table.data.data)
    context = {"filter": narrowed, "table": table, "posts": selectors.places_to_post(request.viewer, request.at)}
    return render(request, "matching/needs.html", context)


def _load(request: ViewerRequest, pk: int) -> Need:
    found = selectors.need_for(request.viewer, pk, request.at)
    if found is None:
        raise Http404
    return found


@login_required
@require_safe
def need(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show a need to those who deal with it, with what they may do now."""
    found = _load(request, pk)
    names = desk_labels([found.poster, *(step["desk"] for step in found.route)])
    context = {
        "need": found,
        "industry": selectors.industry_of(found),
        "poster": names[found.poster],
        "steps": [(step["label"], names[step["desk"]], step["desk"] == found.desk) for step in found.route],
        "acts": offered(request, found, ACTS),
        "may_write": found.state in NEED_WRITING and posts_it(request.viewer, found, request.at),
        "contact": masking.mask_name(found.contact),
        "phone": masking.mask_number(found.phone),
        "log": log.entries_of(Ref(selectors.NEED, str(pk))),
    }
    return render(request, "matching/need.html", context)


@login_required
@never_cache
@get_or_post
def act_need(request: ViewerRequest, pk: int, action: str) -> HttpResponse:
    """Do one act on a need."""
    return carry_out(request, _load(request, pk), "need", ACTS, action)


@login_required
@never_cache
@get_or_post
def new_need(request: ViewerRequest) -> HttpResponse:
    """Write a need as a host, or as a county for a place in it, and keep it as a draft."""
    posters = selectors.places_to_post(request.viewer, request.at)
    if not posters:
        raise PermissionDenied("科技需求由受援单位和县级科技部门提出，您当前的任职不能提出。")
    initial = {"poster": next(iter(posters))}
    form = _form(request, posters, initial)

    def save(said: Mapping[str, Any]) -> Need:
        chosen = posters[said["poster"]]
        return services.write_need(
            season=said["season"], place_of_post=chosen, said=said, by=request.viewer, at=request.at
        )

    return _write(request, form, save, {"title": "提出科技需求", "need": None})


@login_required
@never_cache
@get_or_post
def edit_need(request: ViewerRequest, pk: int) -> HttpResponse:
    """Go on writing a need that is not handed in."""
    found = _load(request, pk)
    if found.state not in NEED_WRITING or not posts_it(request.viewer, found, request.at):
        raise PermissionDenied("需求已提交或由其他单位提出，您不能修改。")
    label: Organization | Region = found.host or found.county
    initial = {name: getattr(found, name) for name in services.ENTRIES}
    initial |= {"season": found.season_id, "poster": found.poster}
    form = _form(request, {found.poster: label}, initial)

    def save(said: Mapping[str, Any]) -> Need:
        return services.rewrite_need(need=found, said=said, by=request.viewer, at=request.at)

    return _write(request, form, save, {"title": "修改科技需求", "need": found})


def _form(request: ViewerRequest, posters: Mapping[str, Organization | Region], initial: Mapping[str, Any]) -> NeedForm:
    """Return the form for needs of some desks: it offers the seasons, industries and places of all of them."""
    regions = [each.region if isinstance(each, Organization) else each for each in posters.values()]
    seasons = open_seasons().filter(pk__in=[each.pk for region in regions for each in selectors.seasons_for(region)])
    return NeedForm(
        request.POST if request.method == "POST" else None,
        seasons=seasons,
        posters=posters,
        industries=selectors.industries_of([*seasons.defer(None)]),
        places=selectors.places_around(regions),
        initial={"season": seasons.first(), **initial},
    )


def _write(request: ViewerRequest, form: NeedForm, save: Any, context: Mapping[str, Any]) -> HttpResponse:
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            kept = save(form.cleaned_data)
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, "已保存为草稿。请核对后提交。")
            return redirect("matching:need", kept.pk)
    context = {**context, "form": form, "refusals": refusals, "problems": problems_of(form)}
    return render(request, "matching/need_form.html", context, status=409 if refusals else 422 if form.errors else 200)


@login_required
@never_cache
@get_or_post
def need_contact(request: ViewerRequest, pk: int) -> HttpResponse:
    """Ask why whom to ask must be known, keep who read it, and show it once."""
    found = selectors.published().filter(pk=pk).first()
    if found and not asks_the_contact(request.viewer, request.at):
        raise PermissionDenied("联系方式供有个人档案的科技人员和科技部门查看，您当前的账号没有此权限。")
    found = found or _load(request, pk)
    form = RevealForm(request.POST if request.method == "POST" else None)
    value = None
    if form.is_valid():
        value = services.reveal_contact(
            need=found, by=request.viewer, reason=form.cleaned_data["reason"], at=request.at
        )
    public = found.state == NeedState.PUBLISHED
    context = {
        "form": form,
        "value": value,
        "title": f"查看“{found.title}”的联系方式",
        "back_url": reverse("matching:public_need" if public else "matching:need", args=[pk]),
    }
    return render(request, "matching/reveal.html", context, status=422 if form.errors else 200)
