"""Whose recognitions there are, which a viewer may see, and what a host may apply for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from apps.core.actors import HANDLE, Actor
from apps.core.refusals import Basis
from apps.desks.states import OPEN
from apps.desks.walks import Ground
from apps.directory.models import Organization
from apps.directory.states import Role
from apps.policies import applying
from apps.recognition.models import Recognition, Target
from apps.recognition.selectors.cases import KIND, kind_of
from apps.recognition.states import TargetState
from apps.seasons.models import Season
from apps.seasons.selectors import open_seasons, pack_of

_HEAVY = ("content", "files", "route", "season__pack_text", "season__source_text", "season__answers")


def townships_served(viewer: Actor, at: datetime) -> list[str]:
    """Return the codes of the townships whose desks a viewer holds."""
    return [post.scope.key for post in viewer.posts_with(HANDLE, at) if post.role == Role.TOWNSHIP_OFFICE]


def near(viewer: Actor, at: datetime) -> Q:
    """Return the condition that a record is of a viewer's host, or of a township or region he works for."""
    seen = Q(host__in=viewer.organization_ids(at)) | Q(township__in=townships_served(viewer, at))
    for path in viewer.region_paths(at):
        seen |= Q(county__path__startswith=path)
    return seen


def visible_to(viewer: Actor, at: datetime) -> QuerySet[Recognition]:
    """Return the recognitions a viewer may see: those of his host, of his township, of the regions he works for.

    Also those lent him for his verdict. A draft is its host's alone.
    """
    lent = viewer.lent(KIND, at)
    theirs = near(viewer, at) | (Q(pk__in=lent) if lent else Q(pk__in=[]))
    rows = Recognition.objects.filter(Q(starter__in=viewer.desks(at)) | theirs & ~Q(submitted=None))
    return rows.select_related("season", "person", "host", "county", "township")


def listed(viewer: Actor, at: datetime) -> QuerySet[Recognition]:
    """Return what a viewer may see as lines of a list: the newest first, without the long texts."""
    return visible_to(viewer, at).defer(*_HEAVY).order_by("-submitted", "-pk")


def started_by(viewer: Actor, at: datetime) -> QuerySet[Recognition]:
    """Return the recognitions started at the viewer's desks, as one who writes in them needs them."""
    rows = Recognition.objects.filter(starter__in=viewer.desks(at))
    return rows.select_related("season__jurisdiction", "person", "host", "county", "township")


@dataclass(frozen=True)
class Opening:
    """As what a host of the viewer may be recognised, and what it rests on; `recognition` is the one under way."""

    season: Season
    host: Organization
    kind: str
    label: str
    basis: Basis
    recognition: Recognition | None
    is_listed: bool

    @property
    def key(self) -> str:
        """Return how a form names it."""
        return f"{self.season.pk}:{self.host.pk}:{self.kind}"


def openings(viewer: Actor, at: datetime) -> list[Opening]:
    """Return as what the hosts of a viewer may be recognised in the seasons in progress where they lie."""
    keys = [post.scope.key for post in viewer.posts_with(HANDLE, at) if post.role == Role.HOST]
    hosts = list(Organization.objects.filter(pk__in=keys).select_related("region").order_by("name"))
    if not hosts:
        return []
    under_way = Recognition.objects.filter(host__in=hosts, state__in=OPEN)
    known = {(each.host_id, each.kind): each for each in under_way}
    there = set(Target.objects.filter(host__in=hosts, state=TargetState.LISTED).values_list("host", "kind"))
    return [
        Opening(
            season,
            host,
            key,
            kind.label,
            pack_of(season).basis(kind),
            known.get((host.pk, key)),
            (host.pk, key) in there,
        )
        for season in open_seasons()
        for host in hosts
        if host.region.path.startswith(season.jurisdiction.path)
        for key, kind in pack_of(season).processes.recognised.items()
    ]


def grounds_of(recognition: Recognition, office: str) -> Sequence[Ground]:
    """Return the grounds on which an office may refuse: the pack's list, then the requirements."""
    pack, kind = pack_of(recognition.season), kind_of(recognition)
    listed = [
        Ground(ground.id, ground.label, pack.basis(ground))
        for ground in kind.grounds
        if office in ground.offices or not ground.offices
    ]
    rules = applying.rules_in_force(kind, recognition.season.answers, pack)
    return listed + [Ground(rule.id, f"不符合：{rule.message}", pack.basis(rule)) for rule in rules]
