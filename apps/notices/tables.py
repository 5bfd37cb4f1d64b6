"""The notices of a season as a list."""

import django_tables2 as tables

from apps.notices.models import Notice


class NoticeTable(tables.Table):
    """One line for each notice: where it goes, how it stands, its number and its print."""

    title = tables.Column(verbose_name="标题", linkify=("notices:notice", {"pk": tables.A("pk")}))
    region = tables.Column(verbose_name="范围", order_by="region__code", default="")
    state = tables.TemplateColumn(
        '{% include "components/badge.html" with label=record|state_label tone=record|tone only %}', verbose_name="状态"
    )
    number = tables.Column(verbose_name="文号", accessor="document__number", order_by="document__n", default="未编号")
    drafted = tables.TemplateColumn("{{ record.drafted|chinese_moment }}", verbose_name="拟稿时间")
    printed = tables.TemplateColumn(template_name="notices/_printed.html", verbose_name="PDF", orderable=False)

    class Meta:
        model = Notice
        fields = ("title", "region", "state", "number", "drafted", "printed")
        attrs = {"caption": "本批次的文件"}
        empty_text = "还没有文件。各设区市的申请全部办结后，系统自动拟稿。"
