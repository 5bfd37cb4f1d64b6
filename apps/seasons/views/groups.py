"""Screens on which the season office lets counties be served as one."""

from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpResponse

from apps.core.requests import ViewerRequest, get_or_post
from apps.seasons import selectors, services
from apps.seasons.forms import MergeForm, ReasonForm
from apps.seasons.models import Season
from apps.seasons.views.common import change, managed


@login_required
@get_or_post
def groups(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show the service groups of a season, and merge several into one."""
    season = managed(request, pk)
    found = selectors.groups_by_city(season)
    form = MergeForm(request.POST or None, groups=found)

    def save(form: Form, opened: Season, token: str) -> str:
        said = form.cleaned_data
        services.merge_groups(
            season=opened,
            groups=[int(key) for key in said["groups"]],
            name=said["name"],
            reason=said["reason"],
            by=request.viewer,
            at=request.at,
            token=token,
        )
        return f"已合并为{said['name']}。"

    merged = [group for each in found.values() for group in each if len(group.counties.all()) > 1]
    context = {"heading": "合并服务单元", "section": "quotas", "merged": merged}
    return change(request, season, form, save, context, "seasons/groups.html")


@login_required
@get_or_post
def part_group(request: ViewerRequest, pk: int, group: int) -> HttpResponse:
    """Let each county of a merged group be served by itself again."""
    season = managed(request, pk)
    merged = next((each for each in selectors.groups_of(season) if each.pk == group), None)
    if merged is None:
        raise Http404
    form = ReasonForm(request.POST or None)

    def save(form: Form, opened: Season, token: str) -> str:
        merged.season = opened
        services.part_group(
            group=merged, reason=form.cleaned_data["reason"], by=request.viewer, at=request.at, token=token
        )
        return f"{merged}已拆分。"

    counties = "、".join(county.name for county in merged.counties.all())
    note = f"拆分为{counties}，名额按村（社区）数分配，合计不变。"
    context = {"heading": f"拆分{merged}", "section": "quotas", "note": note}
    return change(request, season, form, save, context)
