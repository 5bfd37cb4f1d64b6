"""Screens on which the season office sets windows, the calendar and what the policy leaves open."""

from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from apps.core.requests import ViewerRequest, get_or_post
from apps.seasons import selectors, services
from apps.seasons.forms import AnswerForm, DayForm, WindowForm
from apps.seasons.models import Season
from apps.seasons.permissions import manages_the_season
from apps.seasons.states import CHANGEABLE, SeasonState
from apps.seasons.views.common import change, managed, seen


@login_required
@require_safe
def settings(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show a season's windows, quotas, open questions, calendar and what was changed."""
    season = seen(request, pk)
    pack = selectors.pack_of(season)
    is_office = manages_the_season(request.viewer, season, request.at)
    context = {
        "season": season,
        "pack": pack,
        "windows": selectors.windows_shown(season, pack, request.at),
        "quotas": selectors.quota_tables(season, pack),
        "questions": selectors.questions_shown(season, pack),
        "days": selectors.calendar_days(season),
        "changes": selectors.changes_of(season, pack),
        "is_office": is_office,
        "may_change": is_office and season.state in CHANGEABLE,
    }
    return render(request, "seasons/settings.html", context)


@login_required
@get_or_post
def window(request: ViewerRequest, pk: int, window: int) -> HttpResponse:
    """Move one window, with a reason; those concerned are told of a later end."""
    season = managed(request, pk)
    row = get_object_or_404(selectors.windows_of(season), pk=window)
    initial = {name: getattr(row, name) for name in WindowForm.SETTINGS}
    form = WindowForm(request.POST or None, initial=initial, between=selectors.days_around(season))
    pack = selectors.pack_of(season)

    def save(form: Form, opened: Season, token: str) -> str:
        row.season = opened
        services.set_window(window=row, **form.cleaned_data, by=request.viewer, at=request.at, token=token)
        return f"窗口“{row.label}”已调整。"

    context = {
        "heading": row.label,
        "section": "windows",
        "basis": pack.basis(pack.calendar.windows[row.key]),
        "note": "起止日均含当日；留空表示该侧不限。",
        "hearers": selectors.hearers_of(row, request.at) if season.state == SeasonState.OPEN else None,
    }
    return change(request, season, form, save, context)


@login_required
@get_or_post
def day(request: ViewerRequest, pk: int) -> HttpResponse:
    """Make a day a working day or a day off, with a reason."""
    season = managed(request, pk)

    def save(form: Form, opened: Season, token: str) -> str:
        services.set_day(season=opened, **form.cleaned_data, by=request.viewer, at=request.at, token=token)
        return "工作日历已调整。"

    context = {
        "heading": "工作日历",
        "section": "calendar",
        "note": "周一至周五为工作日，周六、周日为休息日；节假日和调休在此逐日设定。已经算出的办理期限不变。",
    }
    initial = {"day": request.GET.get("day", "")}
    form = DayForm(request.POST or None, initial=initial, between=selectors.days_around(season))
    return change(request, season, form, save, context)


@login_required
@get_or_post
def answer(request: ViewerRequest, pk: int, question: str) -> HttpResponse:
    """Choose otherwise where the policy is silent, with a reason, before the season starts."""
    season = managed(request, pk)
    shown = selectors.question_shown(season, selectors.pack_of(season), question)
    if shown is None:
        raise Http404

    def save(form: Form, opened: Season, token: str) -> str:
        services.answer(
            season=opened, question=question, **form.cleaned_data, by=request.viewer, at=request.at, token=token
        )
        return f"“{shown.question.text}”已另行选定。"

    context = {
        "heading": shown.question.text,
        "section": "questions",
        "note": f"政策包选定：{shown.default}。理由：{shown.question.why}。",
    }
    form = AnswerForm(request.POST or None, initial={"chosen": shown.chosen}, options=shown.options)
    return change(request, season, form, save, context)
