"""A host's application to be recognised, who is recognised, and the lists of those as they are filed."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django_fsm import transition

from apps.core.kinds import Decision
from apps.core.models import Recorded, state_check
from apps.core.refs import Ref, desk
from apps.desks.states import OPEN
from apps.directory.states import Role
from apps.recognition import permissions
from apps.recognition.states import FilingState, TargetState
from apps.writing.models import WrittenRecord


class Recognition(WrittenRecord):
    """A host asks to be recognised as one of a kind that the pack knows; `person` is who hands it in."""

    kind = models.CharField(max_length=60, editable=False)
    label = models.CharField("类别", max_length=60, editable=False)
    host = models.ForeignKey("directory.Organization", models.PROTECT, related_name="+", verbose_name="申报单位（户）")
    township = models.ForeignKey("directory.Region", models.PROTECT, null=True, related_name="+")

    PREFIX = "RD"

    class Meta(WrittenRecord.Meta):
        constraints = [
            *WrittenRecord.Meta.constraints,
            models.UniqueConstraint(
                fields=["kind", "host"], condition=Q(state__in=OPEN), name="one_open_recognition_of_a_kind"
            ),
        ]
        indexes = [
            *WrittenRecord.Meta.indexes,
            models.Index(fields=["host"], name="recognition_by_host"),
            models.Index(fields=["county", "-submitted", "-id"], name="recognition_by_county"),
            models.Index(fields=["township"], name="recognition_by_township"),
        ]

    def person_desk(self) -> str:
        """Name the host's own desk: the case concerns the host, whoever hands it in."""
        return self.starter

    def organizations_concerned(self) -> tuple[int, ...]:
        return (self.host_id,)

    def subject(self) -> object:
        said = ("kind", "host_id", "person_id", "county_id", "township_id", "content", "files", "reasons")
        return {name: getattr(self, name) for name in said}


class Target(Recorded):
    """A host that is recognised: since when, and, once it was taken off the list, until when.

    `keeper` is the desk that keeps the list; `moved` is when it last came on the list or off it.
    """

    recognition = models.OneToOneField(Recognition, models.PROTECT, related_name="target")
    season = models.ForeignKey("seasons.Season", models.PROTECT, related_name="+", verbose_name="批次")
    kind = models.CharField(max_length=60, editable=False)
    label = models.CharField("类别", max_length=60, editable=False)
    host = models.ForeignKey("directory.Organization", models.PROTECT, related_name="+", verbose_name="服务对象")
    county = models.ForeignKey("directory.Region", models.PROTECT, related_name="+", verbose_name="旗县区")
    township = models.ForeignKey("directory.Region", models.PROTECT, null=True, related_name="+")
    keeper = models.CharField(max_length=120, editable=False)
    since = models.DateField("列入日期")
    until = models.DateField("调出日期", null=True)
    moved = models.DateTimeField()

    MOVED_FIELDS = ("since", "until", "moved")

    class Meta:
        constraints = [
            state_check("target", TargetState),
            models.UniqueConstraint(
                fields=["kind", "host"], condition=Q(state=TargetState.LISTED), name="host_is_listed_once_as_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(state=TargetState.LISTED, until__isnull=True)
                | Q(state=TargetState.REMOVED, until__isnull=False),
                name="removed_target_has_its_day",
            ),
        ]
        indexes = [
            models.Index(fields=["county", "kind", "state"], name="target_by_county"),
            models.Index(fields=["state", "-since", "-id"], name="target_newest"),
        ]
        ordering: ClassVar = ["-since", "-pk"]

    def __str__(self) -> str:
        return str(self.host)

    def called(self) -> str:
        """Name it on a page."""
        return str(self.host)

    def place_of(self, action: str, details: Mapping[str, Any]) -> str:
        return self.keeper

    def subject(self) -> object:
        said = ("recognition_id", "kind", "host_id", "county_id")
        return {name: getattr(self, name) for name in said}

    def person_desk(self) -> str:
        """Name the host's own desk."""
        return desk(Role.HOST, Ref("organization", str(self.host_id)))

    def persons_concerned(self) -> tuple[int, ...]:
        """Return who may not decide this case."""
        return (self.recognition.person_id,)

    def awaited_desks(self) -> Sequence[str]:
        """Name the desks that have something to do with it now: none."""
        return []

    def followers(self) -> Sequence[str]:
        """Name the desks that are told how it fares."""
        return [self.person_desk()]

    @transition("state", TargetState.LISTED, TargetState.REMOVED, custom={"may": permissions.keeps_it})
    def take_off(self, *, decision: Decision, facts: Any) -> None:
        """Take the host off the list, on a ground."""
        self.until, self.moved = facts.today, decision.at

    @transition("state", TargetState.REMOVED, TargetState.LISTED, custom={"may": permissions.keeps_it})
    def put_back(self, *, decision: Decision, facts: Any) -> None:
        """Put the host back on the list, from today."""
        self.since, self.until, self.moved = facts.today, None, decision.at


class ListFiling(Recorded):
    """A list of those recognised in a county as one of a kind, as its keeper hands it in to be filed.

    `lines` are [{host, township, since, until, what}] as it stood when it was drawn; `what` tells how the line differs
    from the list filed before. `desk` is with whom it is filed.
    """

    season = models.ForeignKey("seasons.Season", models.PROTECT, related_name="+", verbose_name="批次")
    kind = models.CharField(max_length=60, editable=False)
    county = models.ForeignKey("directory.Region", models.PROTECT, related_name="+", verbose_name="旗县区")
    keeper = models.CharField(max_length=120, editable=False)
    desk = models.CharField(max_length=120, editable=False)
    title = models.CharField("名称", max_length=100)
    lines = models.JSONField(default=list)
    number = models.PositiveIntegerField("在册数")
    changes = models.PositiveIntegerField("调整数")
    drawn = models.DateTimeField("报送时间")

    MOVED_FIELDS = ("lines", "number", "changes", "drawn")

    class Meta:
        constraints = [
            state_check("list_filing", FilingState),
            models.UniqueConstraint(
                fields=["kind", "county"], condition=~Q(state=FilingState.FILED), name="one_list_on_its_way_to_be_filed"
            ),
        ]
        indexes = [models.Index(fields=["county", "kind", "-drawn"], name="list_filing_by_county")]
        ordering: ClassVar = ["-drawn", "-pk"]

    def __str__(self) -> str:
        return self.title

    def called(self) -> str:
        """Name it on a desk."""
        return self.title

    def place_of(self, action: str, details: Mapping[str, Any]) -> str:
        return self.desk if action in ("file", "send_back") else self.keeper

    def subject(self) -> object:
        said = ("kind", "county_id", "title", "lines")
        return {name: getattr(self, name) for name in said}

    def awaited_desks(self) -> Sequence[str]:
        """Name the desks that have something to do with it now."""
        waiting = {FilingState.AWAITING_FILING: [self.desk], FilingState.RETURNED: [self.keeper]}
        return waiting.get(FilingState(self.state), [])

    def followers(self) -> Sequence[str]:
        """Name the desks that are told how it fares."""
        return [self.keeper]

    @transition("state", FilingState.AWAITING_FILING, FilingState.FILED, custom={"may": permissions.files_it})
    def file(self, **act: Any) -> None:
        """Put the list on record."""

    @transition("state", FilingState.AWAITING_FILING, FilingState.RETURNED, custom={"may": permissions.files_it})
    def send_back(self, **act: Any) -> None:
        """Give the list back to be put right."""

    @transition("state", FilingState.RETURNED, FilingState.AWAITING_FILING, custom={"may": permissions.draws_it_up})
    def submit(self, *, decision: Decision, facts: Any) -> None:
        """Hand in the list as it stands now."""
        self.lines, self.number, self.changes, self.drawn = facts.lines, facts.number, facts.changes, decision.at
