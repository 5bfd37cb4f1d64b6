"""Villages and key clients on screen, and how their lists are narrowed."""

from collections.abc import Mapping
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html

from apps.core.tables import WordsFilter
from apps.directory.models import Region
from apps.directory.states import Level
from apps.matching.models import KeyClient, Village
from apps.matching.selectors import lists

_NO_KIND = "none"
_SERVED = (("yes", "已安排人员"), ("bare", "须覆盖，尚未安排"), ("no", "未安排"))


def _counties(rows: QuerySet[Any]) -> QuerySet[Region]:
    return Region.objects.filter(pk__in=rows.order_by().values("county"), level=Level.COUNTY).order_by("code")


class VillageFilter(django_filters.FilterSet):
    """Narrow villages by county, kind, whether somebody serves them, and words."""

    county = django_filters.ModelChoiceFilter(label="县（市、区）", empty_label="全部", queryset=Region.objects.none())
    kind = django_filters.ChoiceFilter(label="类别", empty_label="全部", method="of_kind")
    served = django_filters.ChoiceFilter(label="挂村人员", empty_label="全部", choices=_SERVED, method="being_served")
    text = WordsFilter(label="村、乡镇或代码", method="having")

    class Meta:
        model = Village
        fields: list[str] = []

    def __init__(self, *given: Any, kinds: Mapping[str, str], **options: Any) -> None:
        super().__init__(*given, **options)
        self.filters["county"].queryset = _counties(self.queryset)
        self.filters["kind"].extra["choices"] = [*kinds.items(), (_NO_KIND, "按需服务")]

    def of_kind(self, rows: QuerySet[Village], name: str, kind: str) -> QuerySet[Village]:
        """Narrow to villages of a kind, or to those of none."""
        return rows.filter(kinds=[]) if kind == _NO_KIND else rows.filter(kinds__icontains=f'"{kind}"')

    def being_served(self, rows: QuerySet[Any], name: str, how: str) -> QuerySet[Any]:
        """Narrow to villages that somebody serves, or that nobody serves."""
        narrowed = rows.filter(is_served=how == "yes")
        return narrowed.exclude(kinds=[]) if how == "bare" else narrowed

    def having(self, rows: QuerySet[Village], name: str, text: str) -> QuerySet[Village]:
        """Narrow to villages of a name, a township or a code."""
        return lists.villages_called(rows, text)


class VillageTable(tables.Table):
    """Villages as lines."""

    region = tables.Column("村（社区）", order_by="region__code")
    township = tables.Column("乡镇", accessor="region__parent", order_by="region__parent__code")
    county = tables.Column("县（市、区）", order_by="county__code")
    kinds = tables.Column("类别", orderable=False, empty_values=())
    industries = tables.Column("产业规模", orderable=False)
    last_person = tables.Column("上年挂村人员", order_by="last_person__name")
    is_served = tables.BooleanColumn(verbose_name="挂村人员", yesno="已安排,未安排")

    class Meta:
        attrs = {"caption": "挂村名单"}
        empty_text = "没有符合条件的村。"

    def __init__(self, *given: Any, kinds: Mapping[str, str], **options: Any) -> None:
        super().__init__(*given, **options)
        self._kinds = kinds

    def render_region(self, record: Village) -> str:
        """Name a village; what was generated is marked."""
        return _marked(record, str(record.region))

    def render_kinds(self, record: Village) -> str:
        return "、".join(self._kinds.get(kind, kind) for kind in record.kinds) or "按需服务"

    def render_industries(self, record: Village) -> str:
        return lists.industries_in_words(record)

    def render_is_served(self, record: Any) -> str:
        return "已安排" if record.is_served else "未安排"


class ClientTable(tables.Table):
    """Key clients as lines."""

    name = tables.Column("名称")
    county = tables.Column("县（市、区）", order_by="county__code")
    kind = tables.Column("类别")
    industry = tables.Column("产业")
    bound = tables.Column("考核基地", accessor="pk", orderable=False)

    class Meta:
        attrs = {"caption": "重点服务对象"}
        empty_text = "没有符合条件的服务对象。"

    def __init__(self, *given: Any, kinds: Mapping[str, str], kept: set[str], **options: Any) -> None:
        super().__init__(*given, **options)
        self._kinds, self._kept = kinds, kept

    def render_name(self, record: KeyClient) -> str:
        """Name a key client, leading to where it is corrected if the viewer may."""
        if record.county_id not in self._kept:
            return _marked(record, record.name)
        place = reverse("matching:client", args=[record.pk])
        return _marked(record, format_html('<a href="{}">{}</a>', place, record.name))

    def render_kind(self, record: KeyClient) -> str:
        return self._kinds.get(record.kind, record.kind)

    def render_bound(self, record: Any) -> str:
        return f"已由{record.bound_by}绑定" if record.bound_by else "未绑定"


def _marked(record: Village | KeyClient, name: str) -> str:
    return format_html('{} <span class="state state-muted">生成数据</span>', name) if record.is_generated else name
