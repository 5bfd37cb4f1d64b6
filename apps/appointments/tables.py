"""The lists of appointees, of agreements and of changes on screen, and how they are narrowed."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse

from apps.applications.tables import PlaceFilter
from apps.appointments import selectors
from apps.appointments.models import Agreement, Appointment, Change
from apps.appointments.states import AgreementState, AppointmentState
from apps.core import kinds
from apps.core.tables import SHORT, WORDS, DayColumn, MomentColumn, StateColumn, WordsFilter
from apps.desks.selectors import states_around

_TERM = "{{ record.term_from|date:'Y年n月j日' }}至<wbr>{{ record.term_to|date:'Y年n月j日' }}"


def _document(code: str | None) -> str | None:
    return reverse("notices:document", args=[code]) if code else None


class AppointmentFilter(PlaceFilter):
    """Narrow appointments by season, place, state and words."""

    state = django_filters.ChoiceFilter(label="状态", empty_label="全部", choices=AppointmentState.choices)
    text = WordsFilter(label="姓名、拼音、单位或聘书编号", method="having")

    class Meta:
        model = Appointment
        fields: list[str] = []

    def having(self, rows: QuerySet[Appointment], name: str, text: str) -> QuerySet[Appointment]:
        """Narrow to those whose person, unit or certificate holds the words typed."""
        return selectors.matching(rows, text)


class AppointmentTable(tables.Table):
    """Appointments as lines."""

    person = tables.Column(
        "姓名", order_by="person__name", linkify=lambda record: reverse("appointments:appointment", args=[record.pk])
    )
    unit = tables.Column("派出单位", order_by="unit__name")
    city = tables.Column("设区市", accessor="county__supervisor", order_by="county__supervisor__code")
    county = tables.Column("服务县", order_by="county__code")
    term = tables.TemplateColumn(_TERM, verbose_name="聘期", order_by="term_from")
    state = StateColumn()
    certificate = tables.Column(
        "聘书编号",
        accessor="certificate__number",
        linkify=lambda record: _document(record.certificate and record.certificate.pdf and record.certificate.code),
        attrs=SHORT,
    )
    notice = tables.Column(
        "聘任文件",
        accessor="notice__document__number",
        linkify=lambda record: _document(record.notice.document.pdf and record.notice.document.code),
        attrs=SHORT,
    )

    class Meta:
        attrs = {"caption": "受聘人员"}
        empty_text = "没有符合条件的受聘人员。"


class AgreementFilter(PlaceFilter):
    """Narrow agreements by season, place, state and words."""

    state = django_filters.ChoiceFilter(label="状态", empty_label="全部", choices=AgreementState.choices)
    text = WordsFilter(label="姓名、拼音或编号", method="having")

    class Meta:
        model = Agreement
        fields: list[str] = []

    def having(self, rows: QuerySet[Agreement], name: str, text: str) -> QuerySet[Agreement]:
        """Narrow to those whose person or number holds the words typed."""
        return selectors.agreements_matching(rows, text)


class AgreementTable(tables.Table):
    """Agreements as lines."""

    person = tables.Column(
        "姓名", order_by="person__name", linkify=lambda record: reverse("appointments:agreement", args=[record.pk])
    )
    title = tables.Column("协议", accessor="content__title", orderable=False, attrs=WORDS)
    county = tables.Column("服务县", order_by="county__code")
    state = StateColumn()
    progress = tables.Column("已签/应签", accessor="pk", order_by="remaining")
    waiting = tables.Column("待签", accessor="pk", orderable=False)
    number = tables.Column("编号", accessor="document__number", attrs=SHORT)
    drafted = DayColumn("拟稿", order_by=("drafted", "pk"))

    class Meta:
        attrs = {"caption": "协议"}
        empty_text = "没有符合条件的协议。"

    def render_progress(self, record: Agreement) -> str:
        return selectors.progress(record)

    def render_waiting(self, record: Agreement) -> str:
        return selectors.whom_it_waits_for(record) or "—"


class ChangeFilter(PlaceFilter):
    """Narrow changes within a term by season, place, state and words."""

    state = django_filters.ChoiceFilter(label="状态", empty_label="全部")
    text = WordsFilter(label="姓名、拼音或单位", method="having")

    class Meta:
        model = Change
        fields: list[str] = []

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        kind = kinds.of(Change)
        self.filters["state"].extra["choices"] = states_around(self.request.viewer, self.request.at, kind)

    def having(self, rows: QuerySet[Change], name: str, text: str) -> QuerySet[Change]:
        """Narrow to those whose person, unit or host holds the words typed."""
        return selectors.changes_matching(rows, text)


class ChangeTable(tables.Table):
    """Changes within a term as lines."""

    number = tables.Column(
        "编号", order_by="pk", linkify=lambda record: reverse("home:record", args=[selectors.CHANGE, record.pk])
    )
    person = tables.Column("姓名", order_by="person__name")
    unit = tables.Column("派出单位", order_by="unit__name")
    sorts = tables.Column("调整内容", orderable=False)
    county = tables.Column("原服务县", order_by="county__code")
    to_county = tables.Column("新服务县", order_by="to_county__code")
    state = StateColumn()
    submitted = MomentColumn("提交时间")

    class Meta:
        attrs = {"caption": "聘任调整"}
        empty_text = "没有符合条件的调整。"

    def render_sorts(self, record: Change) -> str:
        return selectors.sorts_listed(record)
