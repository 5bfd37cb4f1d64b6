"""Who got what on screen, and how the list is narrowed."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse

from apps.core.tables import WordsFilter
from apps.directory.selectors import called
from apps.matching.models import AllocationRun, Outcome
from apps.matching.selectors.allocation import how_it_came
from apps.seasons.models import ServiceGroup


class OutcomeFilter(django_filters.FilterSet):
    """Narrow who got what by county, by how, and by name."""

    group = django_filters.ModelChoiceFilter(
        label="县（市、区）", empty_label="全部", queryset=ServiceGroup.objects.none()
    )
    how = django_filters.ChoiceFilter(
        label="结果", empty_label="全部", choices=[("wished", "按志愿"), ("moved", "调整安排"), ("out", "未安排")],
        method="came_by",
    )  # fmt: skip
    text = WordsFilter(label="姓名或拼音", method="having")

    class Meta:
        model = Outcome
        fields: list[str] = []

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.filters["group"].queryset = ServiceGroup.objects.filter(pk__in=self.queryset.order_by().values("group"))

    def came_by(self, rows: QuerySet[Outcome], name: str, how: str) -> QuerySet[Outcome]:
        """Narrow to wishes granted, to people moved, or to those without a place."""
        narrowed = {
            "wished": {"rank__isnull": False},
            "moved": {"is_moved": True},
            "out": {"group__isnull": True},
        }
        return rows.filter(**narrowed[how])

    def having(self, rows: QuerySet[Outcome], name: str, text: str) -> QuerySet[Outcome]:
        """Narrow to people of a name."""
        return rows.filter(called(text, "person__"))


class OutcomeTable(tables.Table):
    """Who got what, as lines."""

    person = tables.Column(
        "姓名", order_by="person__name",
        linkify=lambda record: reverse("matching:outcome", args=[record.run_id, record.person_id]),
    )  # fmt: skip
    unit = tables.Column("派出单位", order_by="unit__name")
    group = tables.Column("县（市、区）", order_by="group__pk")
    how = tables.Column("结果", accessor="rank", empty_values=())

    class Meta:
        attrs = {"caption": "分配结果"}
        empty_text = "没有符合条件的人员。"

    def render_how(self, record: Outcome) -> str:
        return how_it_came(record)


class PublicOutcomeTable(OutcomeTable):
    """The same for anybody, who is led no further."""

    person = tables.Column("姓名", order_by="person__name")

    class Meta(OutcomeTable.Meta):
        pass


class ChangeFilter(django_filters.FilterSet):
    """Narrow who is elsewhere than in an earlier version by county, by what changed, and by name."""

    group = django_filters.ModelChoiceFilter(
        label="县（市、区）", empty_label="全部", queryset=ServiceGroup.objects.none(), method="touching"
    )
    how = django_filters.ChoiceFilter(
        label="变化", empty_label="全部", choices=[("gained", "新安排"), ("lost", "不再安排"), ("moved", "改派")],
        method="changed",
    )  # fmt: skip
    text = WordsFilter(label="姓名或拼音", method="having")

    class Meta:
        model = Outcome
        fields: list[str] = []

    def __init__(self, *given: Any, run: AllocationRun, **options: Any) -> None:
        super().__init__(*given, **options)
        self.filters["group"].queryset = ServiceGroup.objects.filter(season=run.season_id)

    def touching(self, rows: QuerySet[Any], name: str, group: ServiceGroup) -> QuerySet[Any]:
        """Narrow to those who left a county or came to it."""
        return rows.filter(Q(was=group.pk) | Q(now=group.pk))

    def changed(self, rows: QuerySet[Any], name: str, how: str) -> QuerySet[Any]:
        """Narrow to those who had no place before, have none now, or have another."""
        if how == "moved":
            return rows.exclude(Q(was=0) | Q(now=0))
        return rows.filter(**{"was" if how == "gained" else "now": 0})

    def having(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        """Narrow to people of a name."""
        return rows.filter(called(text, "person__"))


class ChangeTable(tables.Table):
    """Who is elsewhere than in an earlier version, as lines."""

    person = tables.Column("姓名", order_by="person__name")
    unit = tables.Column("派出单位", order_by="unit__name")
    before = tables.Column("原安排", default="未安排")
    after = tables.Column("现安排", default="未安排")

    class Meta:
        attrs = {"caption": "去处变化"}
        empty_text = "没有符合条件的人员。"
