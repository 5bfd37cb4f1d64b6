"""Where people serve within their group: lists of villages and key clients, placements, assessment bases."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q, QuerySet
from django_fsm import transition

from apps.core.kinds import Decision
from apps.core.models import Recorded, state_check
from apps.core.refs import Ref, desk
from apps.directory.states import Role
from apps.matching import permissions
from apps.matching.states import PLACEMENT_EDITED, PlacementAction, PlacementState, SiteListState
from apps.seasons.permissions import MANAGE_SEASON


class SiteList(Recorded):
    """What a county has in a season to be served, its villages and its key clients: each edit of them is an act.

    The details of an act say of which `sort` the sites were, and in `edits` what was said of each `old` and `new`.
    """

    season = models.ForeignKey("seasons.Season", models.PROTECT, related_name="+")
    county = models.ForeignKey("directory.Region", models.PROTECT, related_name="+", verbose_name="县（市、区）")

    class Meta:
        constraints = [
            state_check("site_list", SiteListState),
            models.UniqueConstraint(fields=["season", "county"], name="site_list_once_of_a_county"),
        ]
        ordering: ClassVar = ["season", "county"]

    def __str__(self) -> str:
        return f"{self.season_id}/{self.county_id}"

    def desk(self) -> str:
        """Name the desk that speaks for its county."""
        return desk(Role.SCI_TECH_AUTHORITY, Ref("region", self.county_id))

    def place_of(self, action: str, details: Mapping[str, Any]) -> str:
        """Name the office that runs the season, or the desk of the county."""
        return f"{MANAGE_SEASON}@region:{self.season.jurisdiction_id}" if details.get("by_office") else self.desk()

    def subject(self) -> object:
        return {"season": self.season_id, "county": self.county_id}

    @transition("state", SiteListState.KEPT, SiteListState.KEPT, custom={"may": permissions.keeps_the_list})
    def write(self, **act: Any) -> None:
        """Put sites in, or write anew what is said of them."""

    @transition("state", SiteListState.KEPT, SiteListState.KEPT, custom={"may": permissions.keeps_the_list})
    def take_off(self, **act: Any) -> None:
        """Take sites off, with a reason."""


class Listed(models.Manager):
    """Sites that stand in a list, without those taken off it."""

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(removed=None)


class Village(models.Model):
    """A village in the list of a season, as the offices keep it; once `removed` it is known from earlier placements.

    `kinds` are keys of the pack's kinds of villages that must all be served; without any it is served on demand.
    `industries` is {industry: scale}; `last_person` served it the year before.
    """

    season = models.ForeignKey("seasons.Season", models.PROTECT, related_name="+")
    region = models.ForeignKey("directory.Region", models.PROTECT, related_name="+", verbose_name="村（社区）")
    county = models.ForeignKey("directory.Region", models.PROTECT, related_name="+", verbose_name="县（市、区）")
    kinds = models.JSONField("类别", default=list)
    industries = models.JSONField("产业规模", default=dict)
    last_person = models.ForeignKey(
        "directory.Person", models.PROTECT, null=True, related_name="+", verbose_name="上年挂村人员"
    )
    is_generated = models.BooleanField("生成数据", default=False)
    kept = models.DateTimeField("更新时间")
    kept_by = models.CharField("更新人", max_length=150)
    removed = models.DateTimeField("移出时间", null=True)

    everything = models.Manager()
    objects = Listed()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["season", "region"], name="village_once_in_a_season")]
        indexes = [models.Index(fields=["season", "county"], name="village_by_county")]
        ordering: ClassVar = ["season", "region"]

    def __str__(self) -> str:
        return str(self.region)

    @property
    def is_needed(self) -> bool:
        """Tell whether it must be served."""
        return bool(self.kinds)


class KeyClient(models.Model):
    """A base, an enterprise, a co-operative or a household that people of a county look after in a season."""

    season = models.ForeignKey("seasons.Season", models.PROTECT, related_name="+")
    county = models.ForeignKey("directory.Region", models.PROTECT, related_name="+", verbose_name="县（市、区）")
    name = models.CharField("名称", max_length=100)
    kind = models.CharField("类别", max_length=60)
    industry = models.CharField("产业", max_length=60, blank=True)
    is_generated = models.BooleanField("生成数据", default=False)
    kept = models.DateTimeField("更新时间")
    kept_by = models.CharField("更新人", max_length=150)
    removed = models.DateTimeField("移出时间", null=True)

    everything = models.Manager()
    objects = Listed()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["season", "county", "name"], name="key_client_once_in_a_county")]
        ordering: ClassVar = ["season", "county", "name", "pk"]

    def __str__(self) -> str:
        return self.name


class Placement(Recorded):
    """Who of a service group serves which sites, for one published allocation.

    `report` is what the engine found, {sort: placement}; `result` is what stands, {sort: {person: [sites]}}, with
    sort `villages` or `clients` and the names of the ground. `desks` are those of the group's counties, `office`
    that of who runs the season. `ground_digest` and `output_digest` are SHA-256 of what was computed from and found.
    """

    season = models.ForeignKey("seasons.Season", models.PROTECT, related_name="+")
    run = models.ForeignKey("matching.AllocationRun", models.PROTECT, related_name="placements")
    group = models.ForeignKey("seasons.ServiceGroup", models.PROTECT, related_name="+")
    desks = models.JSONField(default=list)
    office = models.CharField(max_length=120)
    report = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    ground_digest = models.CharField(max_length=64, blank=True)
    output_digest = models.CharField(max_length=64, blank=True)
    computed = models.DateTimeField("计算时间", null=True)

    MOVED_FIELDS = ("report", "result", "ground_digest", "output_digest", "computed")

    class Meta:
        constraints = [
            state_check("placement", PlacementState),
            models.UniqueConstraint(fields=["run", "group"], name="one_placement_of_a_group_in_a_run"),
            models.CheckConstraint(
                condition=Q(state=PlacementState.DRAFTED) | Q(computed__isnull=False),
                name="placement_has_its_moment",
            ),
        ]
        ordering: ClassVar = ["-run", "group"]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.group_id}"

    def called(self) -> str:
        """Name it on a desk."""
        return f"挂村联户：{self.group}"

    def place_of(self, action: str, details: Mapping[str, Any]) -> str:
        """Name the desk of the county that acts, or that of who runs the season."""
        of_office = action in (PlacementAction.SEND_BACK, PlacementAction.CONFIRM)
        return self.office if of_office else str(details.get("desk") or next(iter(self.desks), ""))

    def subject(self) -> object:
        return {"run": self.run_id, "group": self.group_id, "ground": self.ground_digest, "result": self.result}

    def people(self) -> set[str]:
        """Return whom it places, by the names of the ground."""
        return {name for rows in self.result.values() for name in rows}

    def awaited_desks(self) -> Sequence[str]:
        """Name the desks that have something to do with it now."""
        if self.state == PlacementState.AWAITING_CONFIRMATION:
            return [self.office]
        return list(self.desks) if self.state in PLACEMENT_EDITED else []

    def followers(self) -> Sequence[str]:
        """Name the desks that are told how it fares."""
        return list(self.desks) or [self.office]

    @transition(
        "state",
        [PlacementState.DRAFTED, *PLACEMENT_EDITED],
        PlacementState.IN_HAND,
        custom={"may": permissions.may_compute_it},
    )
    def compute(self, *, decision: Decision, facts: Any) -> None:
        """Keep what the engine found; what was edited before is gone."""
        self.report, self.result, self.computed = facts.found.report, facts.found.result, decision.at
        self.ground_digest, self.output_digest = facts.found.ground_digest, facts.found.output_digest

    @transition("state", PlacementState.IN_HAND, PlacementState.IN_HAND, custom={"may": permissions.places_people})
    @transition("state", PlacementState.RETURNED, PlacementState.RETURNED, custom={"may": permissions.places_people})
    def edit(self, *, decision: Decision, **act: Any) -> None:
        """Let somebody serve other sites."""
        said = decision.details
        self.result = {sort: {**rows, said["person"]: said[sort]} for sort, rows in self.result.items()}

    @transition(
        "state",
        list(PLACEMENT_EDITED),
        PlacementState.AWAITING_CONFIRMATION,
        custom={"may": permissions.places_people},
    )
    def submit(self, **act: Any) -> None:
        """Hand it in to who runs the season."""

    @transition(
        "state",
        [PlacementState.AWAITING_CONFIRMATION, PlacementState.CONFIRMED],
        PlacementState.RETURNED,
        custom={"may": permissions.runs_the_allocation},
    )
    def send_back(self, **act: Any) -> None:
        """Give it back with a reason; one that was confirmed stands again once it is confirmed anew."""

    @transition(
        "state",
        PlacementState.AWAITING_CONFIRMATION,
        PlacementState.CONFIRMED,
        custom={"may": permissions.runs_the_allocation},
    )
    def confirm(self, **act: Any) -> None:
        """Let it stand."""


class Serving(models.Model):
    """That a person serves a village or a key client by a placement; `reason` is why, where a county moved him."""

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="servings")
    person = models.ForeignKey("directory.Person", models.PROTECT, related_name="+")
    village = models.ForeignKey(Village, models.PROTECT, null=True, related_name="servings")
    client = models.ForeignKey(KeyClient, models.PROTECT, null=True, related_name="servings")
    reason = models.CharField("调整理由", max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(village__isnull=True) ^ Q(client__isnull=True), name="serving_has_one_site"
            ),
            models.UniqueConstraint(fields=["placement", "person", "village"], name="serves_a_village_once"),
            models.UniqueConstraint(fields=["placement", "person", "client"], name="serves_a_client_once"),
        ]
        ordering: ClassVar = ["placement", "person__name", "village", "client", "pk"]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.village_id or self.client_id}"


class AssessmentBase(models.Model):
    """The key client that a person has bound as his assessment base, from `chosen` until `released`."""

    season = models.ForeignKey("seasons.Season", models.PROTECT, related_name="+")
    person = models.ForeignKey("directory.Person", models.PROTECT, related_name="+")
    client = models.ForeignKey(KeyClient, models.PROTECT, related_name="bases")
    chosen = models.DateTimeField("绑定时间")
    released = models.DateTimeField("解除时间", null=True)
    reason = models.CharField("解除理由", max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["season", "person"], condition=Q(released__isnull=True), name="one_assessment_base_of_a_person"
            ),
            models.UniqueConstraint(
                fields=["season", "client"], condition=Q(released__isnull=True), name="one_person_of_an_assessment_base"
            ),
            models.CheckConstraint(
                condition=Q(released__isnull=True) | ~Q(reason=""), name="released_base_has_a_reason"
            ),
        ]
        ordering: ClassVar = ["-chosen", "-pk"]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.client_id}"
