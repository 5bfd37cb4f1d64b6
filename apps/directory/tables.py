"""The lists of posts, of people and of logins on screen and as workbooks, and how they are narrowed."""

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from apps.core.days import written_day
from apps.core.exports import Column
from apps.core.masking import mask_number
from apps.core.tables import MomentColumn, WordsFilter
from apps.directory.models import Person, Post, User
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


def login_of(person: Person) -> str:
    """Return the user name of a person, whether it is switched off, or a dash."""
    user = getattr(person, "user", None)
    return "尚无账号" if user is None else f"{user.username}{'' if user.is_active else '（已停用）'}"


PEOPLE_COLUMNS: tuple[Column, ...] = (
    ("姓名", lambda person: person.name),
    ("性别", lambda person: person.sex),
    ("出生日期", lambda person: written_day(person.birth_date) if person.birth_date else ""),
    ("身份证号", lambda person: mask_number(person.id_number)),
    ("手机号", lambda person: mask_number(person.phone)),
    ("工作单位", lambda person: person.unit),
    ("学历", lambda person: person.education),
    ("职称", lambda person: person.title),
    ("专业特长", lambda person: person.specialty),
    ("从事科技服务年限", lambda person: person.years_of_service),
    ("账号", login_of),
)


class PersonFilter(django_filters.FilterSet):
    """Narrow people by whether they have a login, and by words."""

    login = django_filters.ChoiceFilter(
        label="账号", empty_label="全部", method="by_login",
        choices=[("on", "已启用"), ("off", "已停用"), ("none", "尚无账号")],
    )  # fmt: skip
    text = WordsFilter(label="姓名、拼音、专业或单位", method="having")

    class Meta:
        model = Person
        fields: list[str] = []

    def by_login(self, rows: QuerySet[Person], name: str, login: str) -> QuerySet[Person]:
        """Narrow to those whose login is on or off, or who have none."""
        return rows.filter(user=None) if login == "none" else rows.filter(user__is_active=login == "on")

    def having(self, rows: QuerySet[Person], name: str, text: str) -> QuerySet[Person]:
        """Narrow to those whose name, field or unit holds the words typed."""
        return rows.filter(called(text) | Q(specialty__icontains=text) | Q(unit__name__icontains=text))


class PersonTable(tables.Table):
    """People as lines, numbers masked."""

    name = tables.Column("姓名", linkify=lambda record: reverse("directory:person", args=[record.pk]))
    unit = tables.Column("工作单位", order_by="unit__name")
    title = tables.Column("职称")
    specialty = tables.Column("专业特长")
    id_number = tables.Column("身份证号", orderable=False)
    phone = tables.Column("手机号", orderable=False)
    login = tables.Column("账号", accessor="pk", order_by="user__username")

    class Meta:
        attrs = {"caption": "人员"}
        empty_text = "没有符合条件的人员。"

    def render_id_number(self, value: str) -> str:
        return mask_number(value)

    def render_phone(self, value: str) -> str:
        return mask_number(value)

    def render_login(self, record: Person) -> str:
        return login_of(record)


def state_of(user: User) -> str:
    """Return how a login stands."""
    if not user.is_active:
        return "已停用"
    return "待改一次性密码" if user.has_one_time_password else "已启用"


def titles_of(user: User) -> str:
    """Return the titles of a user's posts, past ones too."""
    return "、".join(post.title for post in user.posts.all())


LOGIN_COLUMNS: tuple[Column, ...] = (
    ("姓名", lambda user: user.display_name),
    ("用户名", lambda user: user.username),
    ("任职", titles_of),
    ("工作单位", lambda user: user.person.unit if user.person else ""),
    ("状态", state_of),
)


class LoginFilter(django_filters.FilterSet):
    """Narrow logins by how they stand, and by words."""

    state = django_filters.ChoiceFilter(
        label="状态", empty_label="全部", method="standing",
        choices=[("on", "已启用"), ("new", "待改一次性密码"), ("off", "已停用")],
    )  # fmt: skip
    text = WordsFilter(label="姓名、拼音或用户名", method="having")

    class Meta:
        model = User
        fields: list[str] = []

    def standing(self, rows: QuerySet[User], name: str, state: str) -> QuerySet[User]:
        """Narrow to those that are in use, wait for their first password, or are switched off."""
        return rows.filter(is_active=False) if state == "off" else rows.filter(
            is_active=True, one_time_until__isnull=state != "new"
        )  # fmt: skip

    def having(self, rows: QuerySet[User], name: str, text: str) -> QuerySet[User]:
        """Narrow to those whose name or user name holds the words typed."""
        known = Q(first_name__icontains=text) | Q(username__icontains=text)
        return rows.filter(known | called(text, "person__"))


class LoginTable(tables.Table):
    """Logins as lines."""

    name = tables.Column(
        "姓名", accessor="display_name", order_by="first_name",
        linkify=lambda record: reverse("directory:login", args=[record.pk]),
    )  # fmt: skip
    username = tables.Column("用户名")
    posts = tables.Column("任职", accessor="pk", orderable=False)
    state = tables.Column("状态", accessor="pk", order_by=("is_active", "one_time_until"))
    last_login = MomentColumn("上次登录")

    class Meta:
        attrs = {"caption": "账号"}
        empty_text = "没有符合条件的账号。"

    def render_posts(self, record: User) -> str:
        return titles_of(record) or "—"

    def render_state(self, record: User) -> str:
        return state_of(record)
