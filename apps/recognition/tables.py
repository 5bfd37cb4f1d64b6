"""Recognitions, those recognised and filed lists on screen, and how their lists are narrowed."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse

from apps.core.tables import DayColumn, StateColumn, WordsFilter
from apps.desks.states import DeskState
from apps.directory.models import Region
from apps.directory.states import Level
from apps.recognition import selectors
from apps.recognition.models import ListFiling, Recognition, Target
from apps.recognition.states import LABELS, FilingState, TargetState
from apps.writing.writings import key_of

_STATES = [(state.value, LABELS.get(state, state.label)) for state in DeskState]


def _counties(rows: QuerySet[Any]) -> QuerySet[Region]:
    return Region.objects.filter(pk__in=rows.order_by().values("county"), level=Level.COUNTY).order_by("code")


class PublicTargetFilter(django_filters.FilterSet):
    """Narrow those recognised by kind, place and words."""

    kind = django_filters.ChoiceFilter(label="类别", empty_label="全部")
    county = django_filters.ModelChoiceFilter(label="旗县区", empty_label="全部", queryset=Region.objects.none())
    text = WordsFilter(label="名称、拼音或地点", method="having")

    class Meta:
        model = Target
        fields: list[str] = []

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.filters["kind"].extra["choices"] = selectors.kinds_in(self.queryset)
        self.filters["county"].queryset = _counties(self.queryset)
        self.filters.move_to_end("text")

    def having(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        """Narrow to those whose host or place holds the words typed."""
        return selectors.having(rows, text)


class TargetFilter(PublicTargetFilter):
    """Narrow those recognised also by whether they are still on the list."""

    state = django_filters.ChoiceFilter(label="状态", empty_label="全部", choices=TargetState.choices)


class RecognitionFilter(PublicTargetFilter):
    """Narrow recognitions by kind, place, state and words."""

    state = django_filters.ChoiceFilter(label="状态", empty_label="全部", choices=_STATES)

    class Meta:
        model = Recognition
        fields: list[str] = []

    def having(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        """Narrow to that of a number, or those whose host or place holds the words typed."""
        number = key_of(text, Recognition)
        return rows.filter(pk=number) if number is not None else selectors.having(rows, text)


class FilingFilter(django_filters.FilterSet):
    """Narrow filed lists by place and state."""

    county = django_filters.ModelChoiceFilter(label="旗县区", empty_label="全部", queryset=Region.objects.none())
    state = django_filters.ChoiceFilter(label="状态", empty_label="全部", choices=FilingState.choices)

    class Meta:
        model = ListFiling
        fields: list[str] = []

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.filters["county"].queryset = _counties(self.queryset)


class PublicTargetTable(tables.Table):
    """Those recognised as lines for everybody."""

    host = tables.Column("名称", order_by="host__name")
    label = tables.Column("类别", order_by="kind")
    county = tables.Column("旗县区", order_by="county__code")
    township = tables.Column("苏木乡镇", order_by="township__code")
    since = DayColumn("列入日期")

    class Meta:
        attrs = {"caption": "服务对象"}
        empty_text = "没有符合条件的服务对象。"


class TargetTable(PublicTargetTable):
    """Those recognised, taken off or not, as lines for those who deal with them."""

    host = tables.Column(
        "名称", order_by="host__name", linkify=lambda record: reverse("recognition:target", args=[record.pk])
    )
    state = StateColumn()
    until = DayColumn("调出日期")

    class Meta(PublicTargetTable.Meta):
        pass


class RecognitionTable(tables.Table):
    """Recognitions as lines."""

    number = tables.Column(
        "编号", order_by="pk", linkify=lambda record: reverse("home:record", args=[selectors.KIND, record.pk])
    )
    host = tables.Column("申报单位（户）", order_by="host__name")
    label = tables.Column("类别", order_by="kind")
    county = tables.Column("旗县区", order_by="county__code")
    township = tables.Column("苏木乡镇", order_by="township__code")
    state = StateColumn()
    submitted = DayColumn("提交日期")

    class Meta:
        attrs = {"caption": "认定申请"}
        empty_text = "没有符合条件的认定申请。"


class FilingTable(tables.Table):
    """Filed lists as lines."""

    title = tables.Column("名单", order_by="pk", linkify=lambda record: reverse("recognition:filing", args=[record.pk]))
    county = tables.Column("旗县区", order_by="county__code")
    number = tables.Column("在册数")
    changes = tables.Column("调整数")
    state = StateColumn()
    drawn = DayColumn("报送日期")

    class Meta:
        attrs = {"caption": "名单备案"}
        empty_text = "没有符合条件的名单。"
