"""The list of dockets on screen."""

import django_tables2 as tables
from django.urls import reverse

from apps.core.tables import WORDS, MomentColumn, StateColumn
from apps.desks.models import Docket


def _address(record: Docket) -> str:
    return reverse("home:docket", args=[record.pk])


class DocketTable(tables.Table):
    """Dockets as lines."""

    title = tables.Column("名称", linkify=_address, attrs=WORDS)
    purpose = tables.Column("用途")
    season = tables.Column("批次", order_by="season__title")
    created = MomentColumn("拟定时间")
    state = StateColumn()

    class Meta:
        attrs = {"caption": "议题与名单"}
        empty_text = "没有符合条件的议题或名单。"
