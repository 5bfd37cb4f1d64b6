"""What the season office does."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from apps.core import door, outbox, sets
from apps.core.actors import Actor
from apps.core.refusals import Refusal, Refused
from apps.directory.models import Region
from apps.directory.selectors import counties_of, village_counts
from apps.policies import answers, checking, loading
from apps.policies.calendar import default_windows
from apps.policies.loading import PackError, PackFiles
from apps.policies.schema import Ask
from apps.policies.values import Mistyped
from apps.seasons.models import CalendarDay, Quota, Run, Season, ServiceGroup, Window
from apps.seasons.permissions import manages_the_season
from apps.seasons.selectors import last_day_of, pack_of, quotas_of
from apps.seasons.states import RunKind, SeasonState

RUN = "workflows.run"
"""The effect that runs the calendar for somebody who asked for it."""
EXTENDED = "seasons.extended"
"""The effect that tells people of a window's later last day."""


@transaction.atomic
def prepare(*, files: PackFiles, jurisdiction: Region, year: int, title: str, by: Actor, at: datetime) -> Season:
    """Make a season from a pack: store pack and text whole, then its windows, service groups and quotas as rows.

    Raises PackError for a faulty pack, Refused for a stranger and for a name that is taken.
    """
    report = checking.check_files(files)
    if report.faults:
        raise PackError(report.faults)
    pack = loading.parse(files.pack_text, str(files.path))
    season = Season(
        title=title,
        year=year,
        jurisdiction=jurisdiction,
        pack_id=pack.id,
        pack_text=files.pack_text,
        source_text=files.source_text,
        pack_digest=loading.digest(files.pack_text, files.source_text),
    )
    if not manages_the_season(by, season, at):
        raise Refused(Refusal("not_yours", "您当前的任职不能建立本区域的年度批次。", "请由协调办公室人员办理。"))
    if pack.jurisdiction not in jurisdiction.path.split("/"):
        raise Refused(Refusal("other_jurisdiction", f"“{pack.title}”不适用于{jurisdiction}。", "请另选政策包。"))
    try:
        with transaction.atomic():
            door.create([season], by=by, at=at)
    except IntegrityError as error:
        raise Refused(Refusal("name_taken", f"{year}年度已有名为“{title}”的批次。", "请换一个名称。")) from error
    Window.objects.bulk_create(
        Window(
            season=season,
            key=window.id,
            label=window.label,
            opens=window.opens,
            closes=window.closes,
            grace_days=window.grace_days,
            late_days=window.late_days,
        )
        for window in default_windows(pack, year)
    )
    _default_groups(season, list(pack.quotas))
    return season


def _default_groups(season: Season, quota_keys: list[str]) -> None:
    """Give every county a service group of its own, and every group its row in each quota."""
    counties = counties_of(season.jurisdiction)
    villages = village_counts(season.jurisdiction)
    groups = ServiceGroup.objects.bulk_create(ServiceGroup(season=season, name=county.name) for county in counties)
    links = ServiceGroup.counties.through
    links.objects.bulk_create(
        links(servicegroup_id=group.pk, region_id=county.pk) for group, county in zip(groups, counties, strict=True)
    )
    Quota.objects.bulk_create(
        Quota(season=season, key=key, group=group, villages=villages.get(county.pk, 0))
        for key in quota_keys
        for group, county in zip(groups, counties, strict=True)
    )


def start(*, season: Season, by: Actor, at: datetime, token: str = "") -> Season:
    """Open the season to applicants."""
    return door.advance_one(season, "start", token_key=token, by=by, at=at)


def close(*, season: Season, by: Actor, at: datetime, token: str = "") -> Season:
    """End the season."""
    return door.advance_one(season, "close", token_key=token, by=by, at=at)


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
    """Move a window; the log keeps the old days, the new ones and the reason; those concerned hear of an extension.

    Raises Refused for days out of order.
    """
    if opens and closes and closes < opens:
        raise Refused(Refusal("window_order", "截止日不能早于开始日。", "请更正日期。"))
    before = last_day_of(window)
    days = {"opens": opens, "closes": closes, "grace_days": grace_days, "late_days": late_days}
    old = {name: getattr(window, name) for name in days}
    details = {"what": "window", "key": window.key, "old": _as_text(old), "new": _as_text(days)}
    season = _amend(window.season, details, reason, by, at, token)
    for name, value in days.items():
        setattr(window, name, value)
    window.save(update_fields=[*days])
    _tell_of_extension(window, before, season, at)
    return season


def _as_text(days: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, int) else str(value) for name, value in days.items()}


def _tell_of_extension(window: Window, before: date | None, season: Season, at: datetime) -> None:
    """Wish that people hear of a later last day, once for each extension in an open season."""
    after = last_day_of(window)
    if season.state == SeasonState.OPEN and before and after and before < after:
        key = f"{window.pk}:{season.log_count}"
        outbox.emit([outbox.Wish(EXTENDED, key, {"window": window.pk, "key": f"extended:{key}"})], at=at)


@transaction.atomic
def set_quotas(
    *,
    season: Season,
    key: str,
    places: Mapping[int, int | None],
    reason: str,
    by: Actor,
    at: datetime,
    token: str = "",
) -> Season:
    """Set the places of several service groups, by the keys of their rows: one row of the log holds old and new.

    Raises Refused below zero, where nothing would change, and for rows that are not of this quota.
    """
    if any(number is not None and number < 0 for number in places.values()):
        raise Refused(Refusal("quota_negative", "名额不能小于0。", "请更正；尚未设定的可以留空。"))
    rows = list(quotas_of(season).filter(key=key, pk__in=places))
    if len(rows) < len(places):
        raise Refused(Refusal("unknown_quota", "其中有不属于本批次的名额。", "请重新打开本页后再填写。"))
    changed = [row for row in rows if row.places != places[row.pk]]
    changes = [{"group": row.group.name, "old": row.places, "new": places[row.pk]} for row in changed]
    amended = _amend(season, {"what": "quotas", "key": key, "changes": changes}, reason, by, at, token)
    for row in changed:
        row.places = places[row.pk]
    if changed:
        sets.update(changed, ["places"])
    return amended


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

    What is due already keeps its day; what arrives from now on is counted by the new calendar.
    """
    known = CalendarDay.objects.filter(season=season, day=day)
    old = known.values_list("is_working", flat=True).first()
    details = {"what": "day", "key": day.isoformat(), "old": old, "new": is_working, "label": label}
    amended = _amend(season, details, reason, by, at, token)
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
        amended = _amend(season, details, reason, by, at, token)
        late = [key for key, window in pack.calendar.windows.items() if window.late and window.late.days == asked]
        if late:
            Window.objects.filter(season=season, key__in=late).update(late_days=value)
    return amended


@transaction.atomic
def ask_run(*, season: Season, by: Actor, at: datetime, token: str) -> Run:
    """Ask for all that is due to be done at once: note who asks, then wish for the run.

    Sent twice with one token it is one run. Raises Refused for who does not run the season.
    """
    if not manages_the_season(by, season, at):
        raise Refused(Refusal("not_yours", "您当前的任职不能发起执行。", "请由协调办公室人员办理。"))
    run, _ = Run.objects.get_or_create(
        key=f"asked:{season.pk}:{token}",
        defaults={"kind": RunKind.ASKED, "season": season, "asked_by": by.name, "asked": at},
    )
    outbox.emit([outbox.Wish(RUN, run.key, {"run": run.pk})], at=at)
    return run


def begin_run(*, key: str, total: int, at: datetime) -> Run:
    """Note that a run of so many steps begins: the one asked for under a key, or one by schedule.

    One that was killed and begins again keeps what it had done.
    """
    run, _ = Run.objects.get_or_create(key=key, defaults={"kind": RunKind.TICK, "asked": at})
    run.started, run.noted, run.total, run.ended = run.started or at, at, total, None
    run.save(update_fields=["started", "noted", "total", "ended"])
    return run


@transaction.atomic
def note_progress(*, run: int, step: str, number: int | None, at: datetime, error: str = "") -> None:
    """Note how much more of a step was done, None and the error for one that failed."""
    row = Run.objects.select_for_update().get(pk=run)
    done = dict(row.done)
    done[step] = None if number is None else (done.get(step) or 0) + number
    row.done, row.noted, row.handled = [list(pair) for pair in done.items()], at, row.handled + (number or 0)
    row.error = "\n".join(filter(None, [row.error, f"{step}：{error}" if error else ""]))
    row.save(update_fields=["done", "noted", "handled", "error"])


@transaction.atomic
def end_run(*, run: int, at: datetime) -> None:
    """Note that a run is over; of those by schedule that had nothing to do, or failed alike, only the newest stays."""
    Run.objects.filter(pk=run).update(ended=at, noted=at)
    row = Run.objects.get(pk=run)
    if row.kind == RunKind.TICK and not row.handled:
        alike = Run.objects.filter(kind=row.kind, handled=0, error=row.error, ended__isnull=False)
        alike.filter(pk__lt=row.pk).delete()


def _amend(season: Season, details: dict[str, Any], reason: str, by: Actor, at: datetime, token: str) -> Season:
    return door.advance_one(season, "amend", token_key=token, by=by, at=at, opinion=reason, details=details)
