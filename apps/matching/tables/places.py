"""Villages, key clients, edits of their lists, and placements on screen, and how their lists are narrowed."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join

from apps.core.days import written_moment
from apps.core.models import LogEntry
from apps.core.tables import StateColumn, WordsFilter
from apps.directory.models import Person, Region
from apps.directory.selectors import called
from apps.directory.states import Level
from apps.matching.models import KeyClient, Placement, Village
from apps.matching.selectors import lists, places
from apps.matching.selectors.contacts import contact_in_words
from apps.matching.selectors.edits import EDITS, SORTS, Line, lines_of
from apps.matching.states import PlacementState
from apps.seasons.models import Season

_NO_KIND, _MOST_SHOWN = "none", 20
_BOUND = (("yes", "已绑定"), ("no", "未绑定"))
_SERVED = (("yes", "已安排人员"), ("bare", "须覆盖，尚未安排"), ("no", "未安排"))


def _counties(rows: QuerySet[Any]) -> QuerySet[Region]:
    return Region.objects.filter(pk__in=rows.order_by().values("county"), level=Level.COUNTY).order_by("code")


class _SiteFilter(django_filters.FilterSet):
    """Narrow sites by county, kind and whether somebody serves them."""

    county = django_filters.ModelChoiceFilter(label="县（市、区）", empty_label="全部", queryset=Region.objects.none())

    def __init__(self, *given: Any, kinds: Mapping[str, str], **options: Any) -> None:
        super().__init__(*given, **options)
        self.filters["county"].queryset = _counties(self.queryset)
        self.filters["kind"].extra["choices"] = [*kinds.items()]

    def being_served(self, rows: QuerySet[Any], name: str, how: str) -> QuerySet[Any]:
        """Narrow to sites that somebody serves, or that nobody serves."""
        return rows.filter(is_served=how == "yes")


class VillageFilter(_SiteFilter):
    """Narrow villages by county, kind, whether somebody serves them, and words."""

    kind = django_filters.ChoiceFilter(label="类别", empty_label="全部", method="of_kind")
    served = django_filters.ChoiceFilter(label="挂村人员", empty_label="全部", choices=_SERVED, method="being_served")
    text = WordsFilter(label="村、乡镇或代码", method="having")

    class Meta:
        model = Village
        fields: list[str] = []

    def __init__(self, *given: Any, kinds: Mapping[str, str], **options: Any) -> None:
        super().__init__(*given, kinds={**kinds, _NO_KIND: "按需服务"}, **options)

    def of_kind(self, rows: QuerySet[Village], name: str, kind: str) -> QuerySet[Village]:
        """Narrow to villages of a kind, or to those of none."""
        return rows.filter(kinds=[]) if kind == _NO_KIND else rows.filter(kinds__icontains=f'"{kind}"')

    def being_served(self, rows: QuerySet[Any], name: str, how: str) -> QuerySet[Any]:
        """Narrow to villages that somebody serves, or that nobody serves, all or those that must be."""
        narrowed = super().being_served(rows, name, how)
        return narrowed.exclude(kinds=[]) if how == "bare" else narrowed

    def having(self, rows: QuerySet[Village], name: str, text: str) -> QuerySet[Village]:
        """Narrow to villages of a name, a township or a code."""
        return lists.villages_called(rows, text)


class _SiteTable(tables.Table):
    """Sites as lines; those of the counties that the viewer keeps can be chosen."""

    chosen = tables.Column("选择", accessor="pk", orderable=False)

    def __init__(self, *given: Any, kinds: Mapping[str, str], kept: Collection[str], **options: Any) -> None:
        super().__init__(*given, exclude=() if kept else ("chosen",), **options)
        self._kinds, self._kept = kinds, kept

    def render_chosen(self, record: Village | KeyClient) -> str:
        """Offer to choose a site to be taken off its list."""
        if record.county_id not in self._kept:
            return ""
        box = '<input type="checkbox" name="site" value="{}" aria-label="选择{}">'
        return format_html(box, record.pk, lists.site_of(record))

    def render_is_served(self, value: bool) -> str:
        return "已安排" if value else "未安排"


class VillageTable(_SiteTable):
    """Villages as lines."""

    region = tables.Column("村（社区）", order_by="region__code")
    township = tables.Column("乡镇", accessor="region__parent", order_by="region__parent__code")
    county = tables.Column("县（市、区）", order_by="county__code")
    kinds = tables.Column("类别", orderable=False, empty_values=())
    industries = tables.Column("产业规模", orderable=False)
    last_person = tables.Column("上年挂村人员", order_by="last_person__name")
    is_served = tables.Column("挂村人员")

    class Meta:
        attrs = {"caption": "挂村名单"}
        empty_text = "没有符合条件的村。"

    def render_region(self, record: Village) -> str:
        """Name a village; what was generated is marked."""
        return _marked(record, str(record.region))

    def render_kinds(self, record: Village) -> str:
        return "、".join(self._kinds.get(kind, kind) for kind in record.kinds) or "按需服务"

    def render_industries(self, record: Village) -> str:
        return lists.industries_in_words(record) or "—"


class ClientFilter(_SiteFilter):
    """Narrow key clients by county, kind, whether somebody serves them or has bound them, and words."""

    kind = django_filters.ChoiceFilter(label="类别", empty_label="全部")
    served = django_filters.ChoiceFilter(
        label="服务人员", empty_label="全部", choices=[("yes", "已安排"), ("no", "未安排")], method="being_served"
    )
    bound = django_filters.ChoiceFilter(label="考核基地", empty_label="全部", choices=_BOUND, method="being_bound")
    text = WordsFilter(label="名称或产业", method="having")

    class Meta:
        model = KeyClient
        fields: list[str] = []

    def being_bound(self, rows: QuerySet[Any], name: str, how: str) -> QuerySet[Any]:
        """Narrow to those that are somebody's assessment base, or nobody's."""
        return rows.filter(bound_by__isnull=how == "no")

    def having(self, rows: QuerySet[KeyClient], name: str, text: str) -> QuerySet[KeyClient]:
        """Narrow to those of a name or an industry."""
        return rows.filter(Q(name__icontains=text) | Q(industry__icontains=text))


class ClientTable(_SiteTable):
    """Key clients as lines."""

    name = tables.Column("名称")
    county = tables.Column("县（市、区）", order_by="county__code")
    kind = tables.Column("类别")
    industry = tables.Column("产业")
    is_served = tables.Column("服务人员")
    bound = tables.Column("考核基地", accessor="bound_by", empty_values=())

    class Meta:
        attrs = {"caption": "重点服务对象"}
        empty_text = "没有符合条件的服务对象。"

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


class EditFilter(django_filters.FilterSet):
    """Narrow edits of lists by county, list and act."""

    county = django_filters.ModelChoiceFilter(
        label="县（市、区）", empty_label="全部", queryset=Region.objects.none(), method="of_county"
    )
    sort = django_filters.ChoiceFilter(
        label="名单", empty_label="全部", choices=list(SORTS.items()), field_name="details__sort"
    )
    action = django_filters.ChoiceFilter(
        label="办理",
        empty_label="全部",
        choices=[(each.value, each.label) for each in EDITS],
    )

    class Meta:
        model = LogEntry
        fields: list[str] = []

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.filters["county"].queryset = _counties(self.queryset)

    def of_county(self, rows: QuerySet[Any], name: str, county: Region) -> QuerySet[Any]:
        """Narrow to the list of a county."""
        return rows.filter(county=county.pk)


class EditTable(tables.Table):
    """Edits of lists as lines."""

    at = tables.Column("时间")
    county_name = tables.Column("县（市、区）", order_by="county")
    sort = tables.Column("名单", accessor="details__sort", orderable=False)
    edits = tables.Column("内容", accessor="details__edits", orderable=False)
    opinion = tables.Column("说明", orderable=False)
    actor = tables.Column("办理人")

    class Meta:
        attrs = {"caption": "名单变更记录"}
        empty_text = "没有符合条件的变更。"

    def render_at(self, value: Any) -> str:
        return written_moment(value)

    def render_sort(self, value: str) -> str:
        return SORTS[value]

    def render_edits(self, record: Any) -> str:
        """Count what was put in, written anew and taken off; the first sites are named within."""
        lines = list(lines_of(record))
        counted = "，".join(f"{what}{number}个" for what, number in Counter(line.what for line in lines).items())
        named = format_html_join("", "<li>{}</li>", ((_said(line),) for line in lines[:_MOST_SHOWN]))
        more = f"其余{len(lines) - _MOST_SHOWN}个见导出的工作簿。" if len(lines) > _MOST_SHOWN else ""
        return format_html("<details><summary>{}</summary><ul>{}</ul>{}</details>", counted, named, more)

    def render_actor(self, record: LogEntry) -> str:
        return f"{record.actor}（{record.post}）" if record.post else record.actor


def _said(line: Line) -> str:
    said = f"{line.old} → {line.new}" if line.old and line.new else line.old or line.new
    return f"{line.site}：{said}"


class PlacementFilter(django_filters.FilterSet):
    """Narrow placements by season, state and the name of the group."""

    season = django_filters.ModelChoiceFilter(label="批次", empty_label="全部", queryset=Season.objects.none())
    state = django_filters.ChoiceFilter(label="状态", empty_label="全部", choices=PlacementState.choices)
    text = WordsFilter(label="县（市、区）", field_name="group__name", lookup_expr="icontains")

    class Meta:
        model = Placement
        fields: list[str] = []

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        seasons = Season.objects.filter(pk__in=self.queryset.order_by().values("season"))
        self.filters["season"].queryset = seasons.defer("pack_text", "source_text")


_ARRANGED = [(places.NO_VILLAGE, "未挂村"), (places.NO_CLIENT, "没有重点服务对象"), (places.MOVED, "县级已调整")]
_NO_CONTACT = (places.NO_CONTACT, "尚未联系")


class PlacedFilter(django_filters.FilterSet):
    """Narrow the people of a placement by what they serve, or lack, and by name."""

    how = django_filters.ChoiceFilter(
        label="安排",
        empty_label="全部",
        choices=_ARRANGED,
        method="serving",
    )
    text = WordsFilter(label="姓名或拼音", method="having")

    class Meta:
        model = Person
        fields: list[str] = []

    def __init__(self, *given: Any, board: places.Board, **options: Any) -> None:
        super().__init__(*given, **options)
        self._placement = board.placement
        if board.rule:
            self.filters["how"].extra["choices"] = [*_ARRANGED, _NO_CONTACT]

    def serving(self, people: QuerySet[Person], name: str, how: str) -> QuerySet[Person]:
        """Narrow to those who lack something, or whom their county moved."""
        return places.people_served(people, self._placement, how)

    def having(self, people: QuerySet[Person], name: str, text: str) -> QuerySet[Person]:
        """Narrow to people of a name."""
        return people.filter(called(text))


class PlacedTable(tables.Table):
    """The people of a placement as lines; what they serve is read for the page alone."""

    name = tables.Column("姓名")
    unit = tables.Column("工作单位", order_by="unit__name")
    villages = tables.Column("挂村", empty_values=(), orderable=False)
    clients = tables.Column("重点服务对象", empty_values=(), orderable=False)
    contacts = tables.Column("村级联系", empty_values=(), orderable=False)
    reason = tables.Column("县级调整理由", empty_values=(), orderable=False)

    class Meta:
        attrs = {"caption": "人员安排的明细"}
        empty_text = "没有符合条件的人员。"

    def __init__(self, *given: Any, board: places.Board, may_edit: bool, **options: Any) -> None:
        super().__init__(*given, exclude=() if board.rule else ("contacts",), **options)
        self._board, self._may_edit = board, may_edit

    @cached_property
    def _served(self) -> Mapping[int, places.Row]:
        shown = self._board.rows_of(row.record for row in self.paginated_rows)
        return {each.person.pk: each for each in shown}

    def render_name(self, record: Person) -> str:
        """Name a person, leading to where he is moved if the viewer may."""
        if not self._may_edit:
            return record.name
        place = reverse("matching:placed_person", args=[self._board.placement.pk, record.pk])
        return format_html('<a href="{}">{}</a>', place, record.name)

    def render_villages(self, record: Person) -> str:
        return "、".join(map(str, self._served[record.pk].villages)) or "未安排"

    def render_clients(self, record: Person) -> str:
        return "、".join(map(str, self._served[record.pk].clients)) or "未安排"

    def render_contacts(self, record: Person) -> str:
        """Tell of each village what contact was entered."""
        row, rule = self._served[record.pk], self._board.rule
        said = {pk: contact_in_words(each.said(), rule) for pk, each in row.contacts.items() if rule}
        lacking = row.out_of_contact()
        told = (
            (village, "；".join(filter(None, [said.get(village.pk, ""), "尚未联系" if village in lacking else ""])))
            for village in row.villages
        )
        return format_html_join("", "<p>{}：{}</p>", told) or "—"

    def render_reason(self, record: Person) -> str:
        return self._served[record.pk].reason or "—"


class PlacementTable(tables.Table):
    """Placements as lines."""

    group = tables.Column("县（市、区）", order_by="group__pk", linkify=("matching:placement", {"pk": tables.A("pk")}))
    season = tables.Column("批次", order_by="season__pk")
    run = tables.Column("分配", order_by="run__number")
    state = StateColumn()
    computed = tables.Column("计算时间")

    class Meta:
        attrs = {"caption": "挂村联户安排"}
        empty_text = "没有符合条件的安排。"

    def render_computed(self, value: Any) -> str:
        return written_moment(value)
