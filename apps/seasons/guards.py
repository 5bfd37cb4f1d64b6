"""What stops an act on a season, and what a season and its windows stop."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone

from apps.core.days import written_day
from apps.core.kinds import Decision
from apps.core.refusals import Refusal
from apps.seasons.models import Season, Window
from apps.seasons.selectors import WindowStatus, days_around, pack_of, status_on
from apps.seasons.states import SeasonState

NO_WINDOW = Refusal("no_window", "本批次没有设定申请时间。", "请联系协调办公室。")
SEASON_OVER = Refusal("season_closed", "本批次不在受理中。", "请留意下一批次的通知。")


def season_over(season: Season) -> Refusal | None:
    """Refuse what may be done in a season in progress alone."""
    return None if season.state == SeasonState.OPEN else SEASON_OVER


def not_begun(window: WindowStatus) -> Refusal | None:
    """Refuse before a window opens."""
    if not window.is_before or window.opens is None:
        return None
    return Refusal("window_not_open", f"{window.label}自{written_day(window.opens)}开始受理。", "请届时再提交。")


def over(window: WindowStatus) -> Refusal | None:
    """Refuse after a window has closed, late entry included, and say since when."""
    if not window.is_over or window.last_day is None:
        return None
    late = f"，补报已于{written_day(window.late_until)}截止" if window.late_until else ""
    return Refusal(
        "window_closed",
        f"{window.label}已于{written_day(window.last_day)}截止{late}。",
        "已保存的内容仍可查看；如需补报，请联系县级科技行政主管部门。",
    )


def window_misplaced(season: Season, opens: date | None, closes: date | None) -> Refusal | None:
    """Refuse days of a window out of order, and such as lie far from the year of its season."""
    if opens and closes and closes < opens:
        return Refusal("window_order", "截止日不能早于开始日。", "请更正日期。")
    return next(filter(None, (far_away(season, day) for day in (opens, closes) if day)), None)


def far_away(season: Season, day: date) -> Refusal | None:
    """Refuse a day far from the year of its season."""
    first, last = days_around(season)
    if first <= day <= last:
        return None
    return Refusal("day_far_away", f"{written_day(day)}与{season.year}年度相距太远。", "请核对年份。")


def only_in_preparation(season: Season, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to change an open question's answer once people may already have applied under it."""
    if decision.details.get("what") == "answer" and season.state != SeasonState.DRAFT:
        return Refusal("answers_are_fixed", "批次开始后，文件未尽事项的处理方式不能再改。", "请在下一批次筹备时调整。")
    return None


def changes_something(season: Season, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to save a setting, or quotas or ceilings of which none, that is another than before."""
    said = decision.details
    is_same = "old" in said and said["old"] == said["new"] and said.get("old_label") == said.get("label")
    nothing = said.get("what") in ("quotas", "ceilings") and not said["changes"] and not said.get("parts")
    if not is_same and not nothing:
        return None
    return Refusal("unchanged", "与现有的设置相同，没有需要保存的。", "请修改后再保存。")


def has_reason(season: Season, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to change a setting, or to give a season up, without saying why."""
    if decision.opinion.strip():
        return None
    return Refusal("no_reason", "没有填写理由。", "请写明理由，将记入变更记录。")


def has_application_days(season: Season, windows: Sequence[Window], decision: Decision) -> Refusal | None:
    """Refuse to start while nobody could tell from when until when people may apply, or when nobody can any more."""
    key = pack_of(season).processes.application.window
    window = next(window for window in windows if window.key == key)
    if not window.opens or not window.closes:
        reason, remedy = f"“{window.label}”没有起止日期。", "请先在时间窗口中填写开始日和截止日。"
        return Refusal("window_without_days", reason, remedy)
    status = status_on(window, timezone.localdate(decision.at))
    if status.is_over and status.last_day:
        reason = f"“{window.label}”已于{written_day(status.last_day)}截止，开始后无人能提交。"
        return Refusal("window_is_over", reason, "请先在时间窗口中改到以后的日期。")
    return None
