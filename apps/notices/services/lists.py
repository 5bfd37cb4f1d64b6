"""Public lists: published whole or not at all, ended by the clock."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from apps.core import door, outbox
from apps.core.actors import CLOCK, Actor
from apps.core.days import written_day
from apps.core.refusals import Refusal, Refused
from apps.desks import services as desks
from apps.desks import walks
from apps.desks.models import DeskRecord
from apps.desks.walks import Walk
from apps.directory.selectors import users_at
from apps.notices import selectors
from apps.notices.delivery import News, tell_all
from apps.notices.models import PublicityEntry, PublicityList
from apps.notices.states import ListAction
from apps.seasons.models import Season

LISTED = "notices.listed"
"""The effect that tells those who stand on a public list."""


def announce(
    *, season: Season, kind: str, seen: Mapping[int, int], by: Actor, at: datetime, token: str = ""
) -> PublicityList:
    """Put records on a public list: write the list, publish it, give every record its last day of notice.

    All or nothing. Sent twice with one token it returns the list published first. Raises Refused when a record
    cannot be put on a list, naming what happened to it.
    """
    walk = walks.named(kind)
    records = _listed(walk, season, seen, by, at) if walk else []
    if walk is None or not records or len(records) < len(seen):
        raise Refused(Refusal("missing", "没有选择可列入公示的事项，或其中有您不能办理的。", "请返回名单重新选择。"))
    if any(not record.step_awaits("notice") for record in records):
        raise Refused(Refusal("not_waiting", "所选事项中有的不在公示环节。", "请返回名单重新选择。"))
    with transaction.atomic():
        published = _publish(season, kind, records, by, at)
        refusals: list[Refusal] = []
        repeated = False
        for chunk in _chunks(list(seen.items())):
            outcomes = desks.announce(
                model=walk.model, seen=dict(chunk), until=published.closes, list_number=published.pk, by=by, at=at,
                token=token,
            )  # fmt: skip
            refusals += [refusal for outcome in outcomes for refusal in outcome.refusals]
            repeated |= any(outcome.repeated for outcome in outcomes)
        if refusals or repeated:
            transaction.set_rollback(True)
        else:
            _wish_to_tell(published, seen, at)
    if refusals:
        raise Refused(*dict.fromkeys(refusals))
    first = selectors.list_of(kind, records[0].pk)
    assert first is not None
    return first


def _wish_to_tell(published: PublicityList, seen: Mapping[int, int], at: datetime) -> None:
    """Wish that those who stand on a list hear of it, in sets."""
    parts = _chunks(sorted(seen))
    outbox.emit(
        [
            outbox.Wish(LISTED, f"listed:{published.pk}:{part[0]}", {"list": published.pk, "records": part})
            for part in parts
        ],
        at=at,
    )


def tell_listed(*, publicity: int, records: Sequence[int], at: datetime) -> None:
    """Tell those whom records concern that they stand on a public list: what of them is shown, and until when."""
    row = PublicityList.objects.get(pk=publicity)
    walk = walks.named(row.kind)
    assert walk is not None
    desks_of = {record.pk: record.person_desk() for record in walk.model._default_manager.filter(pk__in=records)}
    users, link = users_at(set(desks_of.values()), at), reverse("notices:public_list", args=[row.pk])
    days = {"opens": written_day(row.opens), "closes": written_day(row.closes)}
    tell_all(
        [
            News(
                users=users[desks_of[entry.record]],
                template="listed",
                context={"title": row.title, "contact": row.contact, "shown": list(entry.line), **days},
                link=link,
                key=f"listed:{row.pk}:{entry.record}",
            )
            for entry in PublicityEntry.objects.filter(list=row, record__in=desks_of)
        ],
        at=at,
    )


def _listed(walk: Walk, season: Season, seen: Mapping[int, int], by: Actor, at: datetime) -> list[DeskRecord]:
    """Return the records in the order of a public list, without the long texts of their season."""
    rows = walk.visible(by, at).filter(season=season, pk__in=seen)
    return list(rows.defer("season__pack_text", "season__source_text").order_by("county", "pk"))


def _publish(season: Season, kind: str, records: Sequence[DeskRecord], by: Actor, at: datetime) -> PublicityList:
    plan = selectors.plan_list(season, kind, records, at)
    draft = PublicityList(
        season=season,
        kind=kind,
        title=plan.title,
        body=list(plan.body),
        signed_by=plan.signed_by,
        contact=plan.contact,
        opens=plan.opens,
        closes=plan.closes,
        published=at,
    )
    (created,) = door.create([draft], by=by, at=at)
    published = door.advance_one(created, ListAction.PUBLISH, by=by, at=at)
    PublicityEntry.objects.bulk_create(
        PublicityEntry(list=published, record=record, line=dict(line)) for record, line in plan.lines.items()
    )
    return published


def _chunks(items: Sequence[Any]) -> list[Sequence[Any]]:
    return [items[start : start + door.BATCH_LIMIT] for start in range(0, len(items), door.BATCH_LIMIT)]


def end_lists(*, at: datetime) -> int:
    """Let the clock end the lists whose last day is over; return how many."""
    over = selectors.lists_over(timezone.localdate(at))
    outcomes = door.advance(
        PublicityList, {each.pk: each.version for each in over[: door.BATCH_LIMIT]}, ListAction.END, by=CLOCK, at=at
    )
    return sum(outcome.done for outcome in outcomes)
