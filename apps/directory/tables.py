"""The list of posts on screen and as a workbook, and how it is narrowed."""

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from apps.core.days import written_day
from apps.core.exports import Column
from apps.core.tables import WordsFilter
from apps.directory.models import Post
from apps.directory.selectors import called
from apps.directory.states import Role

_TERM = "{{ record.starts|date:'Y年n月j日' }}起{% if record.ends %}，至{{ record.ends|date:'Y年n月j日' }}{% endif %}"
COLUMNS: tuple[Column, ...] = (
    ("姓名", lambda post: post.user.display_name),
    ("角色", lambda post: post.get_role_display()),
    ("区域或单位", lambda post: post.organization or post.region),
    ("职务", lambda post: post.title),
    ("起", lambda post: written_day(post.starts)),
    ("止", lambda post: written_day(post.ends) if post.ends else ""),
)


class PostFilter(django_filters.FilterSet):
    """Narrow posts by role, by whether they are held today, and by words."""

    held = django_filters.ChoiceFilter(
        label="在任", empty_label="全部", method="on_the_day", choices=[("now", "现任"), ("over", "已结束")]
    )
    role = django_filters.ChoiceFilter(label="角色", empty_label="全部", choices=Role.choices)
    text = WordsFilter(label="姓名、职务或地点", method="having")

    class Meta:
        model = Post
        fields: list[str] = []

    def on_the_day(self, rows: QuerySet[Post], name: str, held: str) -> QuerySet[Post]:
        """Narrow to the posts that are held, or are over, on the day of the request."""
        over = Q(ends__lt=timezone.localdate(self.request.at))
        return rows.filter(over if held == "over" else ~over)

    def having(self, rows: QuerySet[Post], name: str, text: str) -> QuerySet[Post]:
        """Narrow to those whose holder, title or place holds the words typed."""
        known = Q(user__first_name__icontains=text) | called(text, "user__person__") | Q(title__icontains=text)
        return rows.filter(known | Q(region__name__icontains=text) | Q(organization__name__icontains=text))


class PostTable(tables.Table):
    """Posts as lines."""

    user = tables.Column(
        "姓名", order_by="user__first_name", linkify=lambda record: reverse("directory:post", args=[record.pk])
    )
    role = tables.Column("角色")
    place = tables.TemplateColumn(
        "{{ record.organization|default:record.region }}",
        verbose_name="区域或单位",
        order_by=("region", "organization"),
    )
    title = tables.Column("职务")
    term = tables.TemplateColumn(_TERM, verbose_name="任期", order_by="starts")

    class Meta:
        attrs = {"caption": "任职"}
        empty_text = "没有符合条件的任职。"
