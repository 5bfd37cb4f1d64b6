"""What the season office does."""

from apps.seasons.services.groups import merge_groups, part_group
from apps.seasons.services.quotas import approve_overrun, set_ceilings, set_quotas
from apps.seasons.services.running import (
    RUN,
    ask_run,
    begin_run,
    close,
    discard,
    end_run,
    note_progress,
    prepare,
    start,
)
from apps.seasons.services.settings import WINDOW_MOVED, answer, set_day, set_window

__all__ = [
    "RUN",
    "WINDOW_MOVED",
    "answer",
    "approve_overrun",
    "ask_run",
    "begin_run",
    "close",
    "discard",
    "end_run",
    "merge_groups",
    "note_progress",
    "part_group",
    "prepare",
    "set_ceilings",
    "set_day",
    "set_quotas",
    "set_window",
    "start",
]
