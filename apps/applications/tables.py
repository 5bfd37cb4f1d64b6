"""The list of applications on screen, and how it is narrowed."""

from datetime import date
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from apps.applications import selectors
from apps.applications.models import Application
from apps.core import kinds
from apps.core.inputs import DayFilter
from apps.core.tables import MomentColumn, StateColumn, WordsFilter
from apps.desks.selectors import AGES, IN_HAND, IS_PUT_OFF, is_overdue, of_age, states_around
from apps.desks.states import PUT_OFF
from apps.directory.models import Region
from apps.seasons.models import Season

_AGES = [(IN_HAND.key, "在办的，不限天数"), *((age.key, age.label) for age in AGES)]
_ASKED_BY_LINKS = {"overdue", "ended_since", "ended_until"}
"""What only the links of the season page ask for; the filter shows it where it is asked."""


def seasons(request: Any) -> QuerySet[Season]:
    """Return the seasons that the viewer may choose from."""
    return selectors.seasons_seen(request.viewer, request.at)


def counties(request: Any) -> QuerySet[Region]:
    """Return the counties that the viewer may choose from."""
    return selectors.counties_seen(request.viewer, request.at)


def cities(request: Any) -> QuerySet[Region]:
    """Return the offices above the viewer's counties."""
    return Region.objects.filter(pk__in=counties(request).order_by().values("supervisor")).order_by("code")


class PlaceFilter(django_filters.FilterSet):
    """Narrow records that serve a county by season and place."""

    season = django_filters.ModelChoiceFilter(label="批次", empty_label="全部", queryset=seasons)
    city = django_filters.ModelChoiceFilter(
        label="设区市", empty_label="全部", field_name="county__supervisor", queryset=cities
    )
    county = django_filters.ModelChoiceFilter(label="服务县", empty_label="全部", queryset=counties)


class ApplicationFilter(PlaceFilter):
    """Narrow applications by season, place, state and words."""

    state = django_filters.ChoiceFilter(label="状态", empty_label="全部", method="in_state")
    office = django_filters.ChoiceFilter(label="办理机关", empty_label="全部", method="lying_at")
    text = WordsFilter(label="姓名、拼音、单位或编号", method="having")
    age = django_filters.ChoiceFilter(label="停留天数", empty_label="全部", method="aged", choices=_AGES)
    since = DayFilter(label="提交自", method="since_day")
    until = DayFilter(label="提交至", method="until_day")
    overdue = django_filters.NumberFilter(label="办理超过天数", method="late", min_value=0, max_value=366)
    ended_since = DayFilter(label="办结自", method="ended_since_day")
    ended_until = DayFilter(label="办结至", method="ended_until_day")

    class Meta:
        model = Application
        fields: list[str] = []

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        kind = kinds.of(Application)
        self.filters["state"].extra["choices"] = states_around(self.request.viewer, self.request.at, kind)
        self.filters["office"].extra["choices"] = selectors.offices_seen(self.request.viewer, self.request.at)
        for name in _ASKED_BY_LINKS - set(self.data or {}):
            del self.filters[name]

    def aged(self, rows: QuerySet[Application], name: str, key: str) -> QuerySet[Application]:
        """Narrow to those that have lain on their desks for a span of days."""
        span = next(age for age in (IN_HAND, *AGES) if age.key == key)
        return selectors.lying(rows, of_age(span, timezone.localdate(self.request.at)))

    def late(self, rows: QuerySet[Application], name: str, days: int) -> QuerySet[Application]:
        """Narrow to those past their day, or on their desks for so many days."""
        return selectors.lying(rows, is_overdue(int(days), timezone.localdate(self.request.at)))

    def in_state(self, rows: QuerySet[Application], name: str, state: str) -> QuerySet[Application]:
        """Narrow to those in a state, or that a meeting has left undecided."""
        return selectors.lying(rows, IS_PUT_OFF) if state == PUT_OFF else rows.filter(state=state)

    def since_day(self, rows: QuerySet[Application], name: str, day: date) -> QuerySet[Application]:
        """Narrow to those handed in on a day or later."""
        return selectors.handed_in_between(rows, day, None)

    def until_day(self, rows: QuerySet[Application], name: str, day: date) -> QuerySet[Application]:
        """Narrow to those handed in on a day or before."""
        return selectors.handed_in_between(rows, None, day)

    def ended_since_day(self, rows: QuerySet[Application], name: str, day: date) -> QuerySet[Application]:
        """Narrow to those that ended on a day or later."""
        return selectors.ended_between(rows, day, None)

    def ended_until_day(self, rows: QuerySet[Application], name: str, day: date) -> QuerySet[Application]:
        """Narrow to those that ended on a day or before."""
        return selectors.ended_between(rows, None, day)

    def lying_at(self, rows: QuerySet[Application], name: str, office: str) -> QuerySet[Application]:
        """Narrow to those that lie, or last lay, at an office."""
        return selectors.at_office(rows, office)

    def having(self, rows: QuerySet[Application], name: str, text: str) -> QuerySet[Application]:
        """Narrow to those that hold the words typed."""
        return selectors.matching(rows, text)


class ApplicationTable(tables.Table):
    """Applications as lines."""

    number = tables.Column(
        "编号",
        order_by="pk",
        linkify=lambda record: reverse("home:record", args=[selectors.KIND, record.pk]),
    )
    person = tables.Column("申请人", order_by="person__name")
    unit = tables.Column("派出单位", order_by="unit__name")
    city = tables.Column("设区市", accessor="county__supervisor", order_by="county__supervisor__code")
    county = tables.Column("服务县", order_by="county__code")
    state = StateColumn()
    submitted = MomentColumn("提交时间")

    class Meta:
        attrs = {"caption": "申请"}
        empty_text = "没有符合条件的申请。"


class OwnApplicationTable(ApplicationTable):
    """A person's own applications as lines."""

    state = StateColumn(is_own=True)

    class Meta(ApplicationTable.Meta):
        pass
