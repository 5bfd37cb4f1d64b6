"""Reads for a person who is placed: where he serves, and which assessment base he may bind."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from apps.matching.models import AllocationRun, AssessmentBase, KeyClient, Placement, Serving, Village
from apps.matching.states import PlacementState, RunState
from apps.policies import matching as policy
from apps.policies.matching import Bounds
from apps.policies.schema import VillageContacts
from apps.seasons.selectors import pack_of


@dataclass(frozen=True)
class Mine:
    """Where a person serves in a season, with the reasons, and his assessment base.

    Of each village stands with it what contact he entered, None before he did; `rule` is what the policy asks of it.
    """

    placement: Placement
    villages: Sequence[tuple[Village, str, str]]
    rule: VillageContacts | None
    clients: Sequence[tuple[KeyClient, str]]
    base: AssessmentBase | None


def places_of(person: int) -> list[Placement]:
    """Return the confirmed placements of the newest allocations in which a person serves, the newest first."""
    served = Serving.objects.filter(person=person).values("placement")
    published = AllocationRun.objects.filter(season=OuterRef("season"), state=RunState.PUBLISHED)
    newest = Subquery(published.order_by("-number").values("pk")[:1])
    rows = Placement.objects.filter(pk__in=served, state=PlacementState.CONFIRMED, run=newest)
    rows = rows.select_related("season__jurisdiction", "run__season", "group").defer("run__market", "run__report")
    return list(rows.order_by("-run"))


def place_in(person: int | None, season: int) -> Placement | None:
    """Return the confirmed placement in which a person serves in a season, None where there is none."""
    return next((row for row in places_of(person) if row.season_id == season), None) if person else None


def base_of(person: int, season: int) -> AssessmentBase | None:
    """Return the assessment base that a person has bound in a season."""
    rows = AssessmentBase.objects.filter(person=person, season=season, released=None)
    return rows.select_related("client__county", "season").first()


def clients_of(placement: Placement) -> QuerySet[KeyClient]:
    """Return the key clients of a placement's group, each knowing whether somebody has bound it."""
    rows = KeyClient.objects.filter(season=placement.season_id, county__in=placement.group.counties.all())
    bound = AssessmentBase.objects.filter(client=OuterRef("pk"), released=None)
    return rows.annotate(is_bound=Exists(bound)).select_related("county").order_by("county", "name", "pk")


def bounds_of_base(placement: Placement) -> list[Bounds]:
    """Return how many assessment bases a person has, and how many people a base."""
    pack, answers = pack_of(placement.season), placement.season.answers
    found = (policy.bounds_of(limit, pack, answers) for limit in (policy.BASES_OF_PERSON, policy.PEOPLE_OF_BASE))
    return [bounds for bounds in found if bounds]
