"""What stops an act on a season."""

from collections.abc import Sequence
from typing import Any

from apps.core.kinds import Decision
from apps.core.refusals import Refusal
from apps.seasons.models import Season, Window
from apps.seasons.states import SeasonState


def only_in_preparation(season: Season, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to change an open question's answer once people may already have applied under it."""
    if decision.details.get("what") == "answer" and season.state != SeasonState.DRAFT:
        return Refusal("answers_are_fixed", "批次开始后，文件未尽事项的处理方式不能再改。", "请在下一批次筹备时调整。")
    return None


def has_windows_in_order(season: Season, windows: Sequence[Window], decision: Decision) -> Refusal | None:
    """Refuse to start while a window closes before it opens or the application has no closing day."""
    for window in windows:
        if window.opens and window.closes and window.closes < window.opens:
            return Refusal("window_order", f"“{window.label}”的截止日早于开始日。", "请先更正该窗口的日期。")
    return None
