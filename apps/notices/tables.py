"""The notices of a season as a list."""

import django_tables2 as tables

from apps.core.tables import SHORT, WORDS, StateColumn


class NoticeTable(tables.Table):
    """One line for each notice: where it goes, how it stands, its number and its print."""

    title = tables.Column("标题", linkify=("notices:notice", {"pk": tables.A("pk")}), attrs=WORDS)
    region = tables.Column("范围", order_by="region__code")
    state = StateColumn()
    number = tables.Column("文号", accessor="document__number", order_by="document__n", default="未编号", attrs=SHORT)
    drafted = tables.TemplateColumn("{{ record.drafted|chinese_moment }}", verbose_name="拟稿时间")
    printed = tables.TemplateColumn(
        template_name="notices/_printed.html", verbose_name="PDF", orderable=False, empty_values=()
    )

    class Meta:
        attrs = {"caption": "本批次的文件"}
        empty_text = "还没有文件。各设区市的申请全部办结后，系统自动拟稿。"
