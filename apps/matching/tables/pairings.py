"""Needs, the pool and pairings on screen, and how their lists are narrowed."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse

from apps.core.tables import DayColumn, StateColumn, WordsFilter
from apps.directory.models import Organization, Person, Region
from apps.directory.states import Level, UnitKind
from apps.matching.models import Need, Pairing, PoolEntry
from apps.matching.selectors import needs, pairings, pool
from apps.matching.states import NeedState, PairingState, PoolState
from apps.seasons.models import Season


def _counties(rows: QuerySet[Any]) -> QuerySet[Region]:
    return Region.objects.filter(pk__in=rows.order_by().values("county"), level=Level.COUNTY).order_by("code")


def _seasons(rows: QuerySet[Any]) -> QuerySet[Season]:
    return Season.objects.filter(pk__in=rows.order_by().values("season")).defer("pack_text", "source_text")


class PublicNeedFilter(django_filters.FilterSet):
    """Narrow needs by industry, place and words."""

    industry = django_filters.ChoiceFilter(label="产业", empty_label="全部")
    county = django_filters.ModelChoiceFilter(label="县（市、区）", empty_label="全部", queryset=Region.objects.none())
    text = WordsFilter(label="名称、拼音、单位或地点", method="having")

    class Meta:
        model = Need
        fields: list[str] = []

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.filters["industry"].extra["choices"] = list(needs.industries_open().items())
        self.filters["county"].queryset = _counties(self.queryset)
        self.filters.move_to_end("text")

    def having(self, rows: QuerySet[Need], name: str, text: str) -> QuerySet[Need]:
        """Narrow to those whose title, host or place holds the words typed."""
        return needs.needs_called(rows, text)


class NeedFilter(PublicNeedFilter):
    """Narrow needs also by how they stand."""

    state = django_filters.ChoiceFilter(label="状态", empty_label="全部", choices=NeedState.choices)


def _industry(record: Any) -> str:
    return needs.industry_of(record)


class PublicNeedTable(tables.Table):
    """Published needs as lines."""

    title = tables.Column("需求", linkify=lambda record: reverse("matching:public_need", args=[record.pk]))
    industry = tables.Column("产业")
    county = tables.Column("县（市、区）", order_by="county__code")
    host = tables.Column("受援单位", order_by="host__name")
    wanted = tables.Column("需要人数")
    published = DayColumn("发布日期")

    class Meta:
        attrs = {"caption": "科技需求"}
        empty_text = "没有符合条件的需求。"

    def render_industry(self, record: Need) -> str:
        return _industry(record)


class NeedTable(tables.Table):
    """Needs as lines for those who deal with them."""

    title = tables.Column("需求", linkify=lambda record: reverse("matching:need", args=[record.pk]))
    industry = tables.Column("产业")
    county = tables.Column("县（市、区）", order_by="county__code")
    host = tables.Column("受援单位", order_by="host__name")
    wanted = tables.Column("需要人数")
    state = StateColumn()
    created = DayColumn("填写日期")

    class Meta:
        attrs = {"caption": "科技需求"}
        empty_text = "没有符合条件的需求。"

    def render_industry(self, record: Need) -> str:
        return _industry(record)


class PoolFilter(django_filters.FilterSet):
    """Narrow places in pools by season, state and words."""

    season = django_filters.ModelChoiceFilter(label="批次", empty_label="全部", queryset=Season.objects.none())
    state = django_filters.ChoiceFilter(label="状态", empty_label="全部", choices=PoolState.choices)
    industry = django_filters.ChoiceFilter(label="服务产业", empty_label="全部", method="offering")
    text = WordsFilter(label="姓名、拼音、单位或特长", method="having")

    class Meta:
        model = PoolEntry
        fields: list[str] = []

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.filters["season"].queryset = _seasons(self.queryset)
        self.filters["industry"].extra["choices"] = list(needs.industries_open().items())

    def offering(self, rows: QuerySet[PoolEntry], name: str, industry: str) -> QuerySet[PoolEntry]:
        """Narrow to those who offer to help in an industry."""
        return rows.filter(industries__icontains=f'"{industry}"')

    def having(self, rows: QuerySet[PoolEntry], name: str, text: str) -> QuerySet[PoolEntry]:
        """Narrow to those whose person holds the words typed."""
        return pool.entries_called(rows, text)


class PoolTable(tables.Table):
    """Places in pools as lines."""

    person = tables.Column(
        "姓名", order_by="person__name", linkify=lambda record: reverse("matching:pool_entry", args=[record.pk])
    )
    unit = tables.Column("工作单位", accessor="person__unit", order_by="person__unit__name")
    title = tables.Column("职称", accessor="person__title", order_by="person__title")
    industries = tables.Column("服务产业", orderable=False)
    state = StateColumn()
    until = DayColumn("有效期至")

    class Meta:
        attrs = {"caption": "储备库"}
        empty_text = "没有符合条件的人员。"

    def render_industries(self, record: PoolEntry) -> str:
        return pool.labels_of_industries(record)


class CommissionerFilter(django_filters.FilterSet):
    """Narrow people by unit, title, industry, grade and words."""

    unit = django_filters.ModelChoiceFilter(label="工作单位", empty_label="全部", queryset=Organization.objects.none())
    kind = django_filters.ChoiceFilter(
        label="单位性质", empty_label="全部", field_name="unit__kind", choices=UnitKind.choices
    )
    title = django_filters.ChoiceFilter(label="职称", empty_label="全部")
    industry = django_filters.ChoiceFilter(label="服务产业", empty_label="全部", method="working_in")
    grade = django_filters.ChoiceFilter(label="考核等次", empty_label="全部", method="graded")
    text = WordsFilter(label="姓名、拼音、单位或特长", method="having")

    class Meta:
        model = Person
        fields: list[str] = []

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.filters["unit"].queryset = pool.units_of(self.queryset)
        self.filters["title"].extra["choices"] = pool.titles_of(self.queryset)
        self.filters["grade"].extra["choices"] = pool.grades_of(self.queryset)
        self.filters["industry"].extra["choices"] = list(needs.industries_open().items())

    def working_in(self, rows: QuerySet[Person], name: str, industry: str) -> QuerySet[Person]:
        """Narrow to those who have served in an industry, or offer to."""
        return pool.commissioners_in(rows, industry)

    def graded(self, rows: QuerySet[Person], name: str, grade: str) -> QuerySet[Person]:
        """Narrow to those who once had a grade."""
        return pool.commissioners_graded(rows, grade)

    def having(self, rows: QuerySet[Person], name: str, text: str) -> QuerySet[Person]:
        """Narrow to those whose name, unit or specialty holds the words typed."""
        return pool.commissioners_called(rows, text)


class CommissionerTable(tables.Table):
    """People who may be approached, as lines."""

    name = tables.Column("姓名", linkify=lambda record: reverse("matching:commissioner", args=[record.pk]))
    unit = tables.Column("工作单位", order_by="unit__name")
    title = tables.Column("职称")
    specialty = tables.Column("专业特长")
    served = tables.Column("服务经历", accessor="pk", orderable=False)
    is_in_pool = tables.TemplateColumn("{{ record.is_in_pool|yesno:'在库,—' }}", verbose_name="储备库")

    class Meta:
        attrs = {"caption": "科技特派员名录"}
        empty_text = "没有符合条件的人员。"

    def render_served(self, record: Any) -> str:
        return pool.served(record) or "—"


class PairingFilter(django_filters.FilterSet):
    """Narrow pairings by season, state and words."""

    season = django_filters.ModelChoiceFilter(label="批次", empty_label="全部", queryset=Season.objects.none())
    county = django_filters.ModelChoiceFilter(label="县（市、区）", empty_label="全部", queryset=Region.objects.none())
    state = django_filters.ChoiceFilter(label="状态", empty_label="全部", choices=PairingState.choices)
    text = WordsFilter(label="姓名、拼音、单位或地点", method="having")

    class Meta:
        model = Pairing
        fields: list[str] = []

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.filters["season"].queryset = _seasons(self.queryset)
        self.filters["county"].queryset = _counties(self.queryset)

    def having(self, rows: QuerySet[Pairing], name: str, text: str) -> QuerySet[Pairing]:
        """Narrow to those whose person or host holds the words typed."""
        return pairings.pairings_called(rows, text)


class PairingTable(tables.Table):
    """Pairings as lines."""

    number = tables.Column("编号", order_by="pk", linkify=lambda record: reverse("matching:pairing", args=[record.pk]))
    person = tables.Column("人选", order_by="person__name")
    host = tables.Column("受援单位", order_by="host__name")
    county = tables.Column("县（市、区）", order_by="county__code")
    industry = tables.Column("产业")
    state = StateColumn()
    until = DayColumn("答复截止")

    class Meta:
        attrs = {"caption": "双向对接"}
        empty_text = "没有符合条件的对接。"

    def render_industry(self, record: Pairing) -> str:
        return _industry(record)
