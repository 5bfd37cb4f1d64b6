"""Reads of seasons: which there are, their windows, quotas, open questions, changes and runs."""

from apps.seasons.selectors.calendar import calendar_days, exceptions_in, exceptions_of
from apps.seasons.selectors.changes import Change, changes_of
from apps.seasons.selectors.questions import QuestionShown, question_shown, questions_shown
from apps.seasons.selectors.quotas import GROUP, PLACES, QuotaTable, city_of, quota_table, quota_tables, quotas_of
from apps.seasons.selectors.running import (
    in_sight,
    managed_by,
    open_seasons,
    pack_of,
    places_to_run,
    policies_in_force,
    read_by,
    visible_to,
)
from apps.seasons.selectors.runs import MOST_RUNS, SILENT_FOR, RunShown, run_of, runs_of
from apps.seasons.selectors.windows import (
    Closing,
    Overview,
    WindowShown,
    WindowStatus,
    closing_windows,
    last_day_of,
    overview,
    status_on,
    statuses,
    window_status,
    windows_of,
    windows_shown,
)

__all__ = [
    "GROUP",
    "MOST_RUNS",
    "PLACES",
    "SILENT_FOR",
    "Change",
    "Closing",
    "Overview",
    "QuestionShown",
    "QuotaTable",
    "RunShown",
    "WindowShown",
    "WindowStatus",
    "calendar_days",
    "changes_of",
    "city_of",
    "closing_windows",
    "exceptions_in",
    "exceptions_of",
    "in_sight",
    "last_day_of",
    "managed_by",
    "open_seasons",
    "overview",
    "pack_of",
    "places_to_run",
    "policies_in_force",
    "question_shown",
    "questions_shown",
    "quota_table",
    "quota_tables",
    "quotas_of",
    "read_by",
    "run_of",
    "runs_of",
    "status_on",
    "statuses",
    "visible_to",
    "window_status",
    "windows_of",
    "windows_shown",
]
