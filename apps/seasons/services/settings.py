"""How the season office sets windows, the calendar, and what the policy leaves open."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from apps.core import outbox
from apps.core.actors import Actor
from apps.core.refusals import Refusal, Refused, refuse
from apps.policies import answers
from apps.policies.schema import Ask
from apps.policies.values import Mistyped
from apps.seasons.guards import far_away, window_misplaced
from apps.seasons.models import CalendarDay, Season, Window
from apps.seasons.selectors import last_day_of, pack_of
from apps.seasons.services.amending import amend
from apps.seasons.states import SeasonState

WINDOW_MOVED = "seasons.window_moved"
"""The effect that tells people that a window of a season in progress has other days."""


@transaction.atomic
def set_window(
    *,
    window: Window,
    opens: date | None,
    closes: date | None,
    grace_days: int,
    late_days: int = 0,
    reason: str,
    by: Actor,
    at: datetime,
    token: str = "",
) -> Season:
    """Move a window; the log keeps the old days, the new ones and the reason; those concerned hear of it.

    Raises Refused for days out of order, and for such as lie far from the season's year.
    """
    refuse(window_misplaced(window.season, opens, closes))
    before = last_day_of(window)
    days = {"opens": opens, "closes": closes, "grace_days": grace_days, "late_days": late_days}
    old = {name: getattr(window, name) for name in days}
    details = {"what": "window", "key": window.key, "old": _as_text(old), "new": _as_text(days)}
    season = amend(window.season, details, reason, by, at, token)
    for name, value in days.items():
        setattr(window, name, value)
    window.save(update_fields=[*days])
    if season.state == SeasonState.OPEN:
        how = _how_it_ends(before, last_day_of(window))
        _tell_of_move(window, {"old": details["old"], "new": details["new"], "how": how}, season, at)
    return season


def _as_text(days: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, int) else str(value) for name, value in days.items()}


def _how_it_ends(before: date | None, after: date | None) -> str:
    """Tell whether a window ends `later` or `earlier` than before; nothing where it does neither."""
    if before == after:
        return ""
    return "later" if after is None or (before and before < after) else "earlier"


def _tell_of_move(window: Window, said: Mapping[str, Any], season: Season, at: datetime) -> None:
    """Wish that people hear of a window's other days, once for each move."""
    key = f"{window.pk}:{season.log_count}"
    outbox.emit([outbox.Wish(WINDOW_MOVED, key, {"window": window.pk, "key": f"moved:{key}", **said})], at=at)


@transaction.atomic
def set_day(
    *,
    season: Season,
    day: date,
    is_working: bool | None,
    label: str = "",
    reason: str,
    by: Actor,
    at: datetime,
    token: str = "",
) -> Season:
    """Make a day a working day or a day off, or, with None, as the week has it; the log keeps old, new and reason.

    What is due already keeps its day; what arrives from now on is counted by the new calendar. Raises Refused for a
    day far from the season's year.
    """
    refuse(far_away(season, day))
    known = CalendarDay.objects.filter(season=season, day=day)
    old, old_label = known.values_list("is_working", "label").first() or (None, "")
    label = "" if is_working is None else label
    details = {"what": "day", "key": day.isoformat(), "old": old, "new": is_working}
    details |= {"old_label": old_label, "label": label}
    amended = amend(season, details, reason, by, at, token)
    if is_working is None:
        known.delete()
    else:
        CalendarDay.objects.update_or_create(
            season=season, day=day, defaults={"is_working": is_working, "label": label}
        )
    return amended


def answer(
    *, season: Season, question: str, chosen: Any, reason: str, by: Actor, at: datetime, token: str = ""
) -> Season:
    """Choose otherwise where the policy is silent, before the season starts.

    Raises Refused for a question that is unknown or settled by the pack's text, and for an answer that does not fit.
    """
    pack = pack_of(season)
    if question not in answers.asked(pack):
        raise Refused(Refusal("unknown_question", "本政策没有这一可选事项。", "请从列表中选择。"))
    try:
        value = answers.read(pack, question, str(chosen))
    except Mistyped as error:
        raise Refused(Refusal("answer_misfits", f"选定的内容不合要求：{error}。", "请更正。")) from error
    asked = Ask(ask=question)
    details = {"what": "answer", "key": question, "old": pack.answer(asked, season.answers), "new": value}
    with transaction.atomic():
        amended = amend(season, details, reason, by, at, token)
        late = [key for key, window in pack.calendar.windows.items() if window.late and window.late.days == asked]
        if late:
            Window.objects.filter(season=season, key__in=late).update(late_days=value)
    return amended
