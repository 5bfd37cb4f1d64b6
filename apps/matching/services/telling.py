"""News of needs, pool entries, pairings, moves, supplementary rounds and placements."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from apps.core import kinds
from apps.directory.models import User
from apps.directory.selectors import users_at
from apps.matching.models import Adjustment, AllocationRun, Placement, Serving
from apps.matching.selectors import rounds
from apps.matching.selectors.wishes import county_desk
from apps.matching.states import AdjustmentState
from apps.notices.delivery import News, tell_all
from apps.seasons.models import ServiceGroup


def tell_moved(
    *, kind: str, told: Sequence[Mapping[str, Any]], action: str, by: str, opinion: str, at: datetime
) -> None:
    """Tell desks what has come to them, and those who follow a record how it fares; see `papers`."""
    known, users = kinds.named(kind), users_at({one["desk"] for one in told}, at)
    labels = dict(known.actions.choices)
    tell_all(
        [
            News(
                users[one["desk"]],
                one["template"],
                {
                    "title": one["title"],
                    "state": known.states(one["state"]).label,
                    "action": labels[action],
                    "by": by,
                    "opinion": opinion,
                },
                reverse(known.page, args=[one["record"]]),
                one["key"],
            )
            for one in told
        ],
        at=at,
    )


def tell_round(*, run: int, key: str, until: str, why: str, restored: Sequence[int], at: datetime) -> None:
    """Tell who has no place, and the counties with free seats, of a round until a day; with no day, that it ended.

    Whose wishes are `restored` is told so.
    """
    found = rounds.round_of(AllocationRun.objects.select_related("season").get(pk=run))
    context = {"season": found.run.season.title, "until": until, "why": why}
    people = User.objects.filter(person__in=found.people, is_active=True)
    again, others = people.filter(person__in=restored), people.exclude(person__in=restored)
    counties = ServiceGroup.objects.filter(pk__in=found.seats).values_list("pk", "name", "counties")
    desks = {county_desk(county): (name, found.seats[pk]) for pk, name, county in counties.order_by("pk") if county}
    users = users_at(desks, at)
    season = found.run.season_id
    place = reverse("matching:write", args=[season])
    wishing = [
        News(list(users), "round_person", {**context, "is_restored": is_restored}, place, key)
        for users, is_restored in ((others, False), (again, True))
    ]
    judging = [
        News(
            users[desk],
            "round_county",
            {**context, "group": name, "seats": seats},
            f"{reverse('matching:received')}?season={season}",
            f"{key}:{desk}",
        )
        for desk, (name, seats) in desks.items()
    ]
    tell_all([*wishing, *judging], at=at)


def tell_fallen(*, run: int, why: str, at: datetime) -> None:
    """Tell those who consented to the moves of an allocation that was given up that they hold no more."""
    rows = Adjustment.objects.filter(run=run, state=AdjustmentState.HOLDS).order_by("pk")
    rows = rows.select_related("run__season", "person", "to").defer("run__market", "run__report")
    moves = list(rows.prefetch_related("consents"))
    desks = {move.pk: {desk for asked in move.consents.all() for desk in asked.desks} for move in moves}
    users = users_at(set().union(*desks.values()), at)
    tell_all(
        [
            News(
                list({user.pk: user for desk in desks[move.pk] for user in users[desk]}.values()),
                "move_fallen",
                {"season": move.run.season.title, "run": str(move.run), "called": move.called(), "why": why},
                reverse("matching:adjustment", args=[move.pk]),
                f"fallen:{move.pk}",
            )
            for move in moves
        ],
        at=at,
    )


def tell_placed(*, placement: int, version: int, at: datetime) -> None:
    """Tell everybody of a placement, each time that it is confirmed, which villages and key clients he serves."""
    season = Placement.objects.values_list("season__title", flat=True).get(pk=placement)
    served: dict[int, tuple[list[str], list[str]]] = {}
    rows = Serving.objects.filter(placement=placement).select_related("village__region", "client")
    for row in rows.order_by("person", "village__region", "client__name", "pk"):
        villages, clients = served.setdefault(row.person_id, ([], []))
        (villages if row.village else clients).append(str(row.village or row.client))
    users = {user.person_id: user for user in User.objects.filter(person__in=served, is_active=True)}
    tell_all(
        [
            News(
                [users[person]],
                "placed",
                {"season": season, "villages": villages, "clients": clients},
                reverse("matching:my_places"),
                f"placed:{placement}:{version}",
            )
            for person, (villages, clients) in served.items()
            if person in users
        ],
        at=at,
    )
