"""How a season is prepared, started and closed, and how runs of its calendar are asked for and noted."""

from datetime import datetime

from django.db import IntegrityError, transaction

from apps.core import door, outbox
from apps.core.actors import Actor
from apps.core.refusals import Refusal, Refused
from apps.directory.models import Region
from apps.directory.selectors import counties_of, village_counts
from apps.policies import checking, loading
from apps.policies.calendar import default_windows
from apps.policies.loading import PackError, PackFiles
from apps.seasons.models import Quota, Run, Season, ServiceGroup, Window
from apps.seasons.permissions import manages_the_season
from apps.seasons.states import RunKind

RUN = "workflows.run"
"""The effect that runs the calendar for somebody who asked for it."""


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


def discard(*, season: Season, reason: str, by: Actor, at: datetime, token: str = "") -> Season:
    """Give up a season that was never started; its log keeps the reason."""
    return door.advance_one(season, "discard", token_key=token, by=by, at=at, opinion=reason)


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
