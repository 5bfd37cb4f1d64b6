"""Regions, organizations, people, users and their posts."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q

from apps.core.fields import BlindIndexField, EncryptedField
from apps.core.pinyin import PinyinField
from apps.core.refs import Ref, desk
from apps.core.search import CharacterIndex
from apps.directory.permissions import CODENAMES
from apps.directory.states import FileAct, Level, LoginAct, PostAct, Role, Sex, UnitKind, UnitLevel


class Region(models.Model):
    """A division by its official code; `path` is the chain of supervision, which need not follow the code."""

    code = models.CharField("区划代码", max_length=12, primary_key=True)
    name = models.CharField("名称", max_length=50)
    level = models.CharField("层级", max_length=10, choices=Level)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="parts")
    supervisor = models.ForeignKey("self", models.PROTECT, null=True, related_name="supervised")
    path = models.CharField(max_length=80, db_index=True)

    class Meta:
        permissions = CODENAMES
        ordering: ClassVar = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(level__in=Level.values), name="region_level_is_known"),
            models.CheckConstraint(condition=Q(path__startswith="/", path__endswith="/"), name="region_path_is_closed"),
        ]
        indexes = [models.Index(fields=["level", "code"], name="region_by_level")]

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> Ref:
        return Ref("region", self.pk)

    @property
    def lies_in(self) -> str:
        """Name the region above, empty for the highest."""
        return str(self.supervisor or "")


class Organization(models.Model):
    """A body that sends, hosts or supervises commissioners."""

    name = models.CharField("名称", max_length=100)
    pinyin = PinyinField(of="name")
    kind = models.CharField("性质", max_length=20, choices=UnitKind)
    level = models.CharField("层级", max_length=10, choices=UnitLevel)
    region = models.ForeignKey(Region, models.PROTECT, related_name="organizations", verbose_name="所在地")
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    is_generated = models.BooleanField("生成数据", default=False)

    class Meta:
        permissions = CODENAMES
        ordering: ClassVar = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["name", "region"], name="organization_once_in_a_region"),
            models.CheckConstraint(condition=Q(kind__in=UnitKind.values), name="organization_kind_is_known"),
            models.CheckConstraint(condition=Q(level__in=UnitLevel.values), name="organization_level_is_known"),
        ]
        indexes = [
            CharacterIndex(fields=["name"], name="organization_by_characters"),
            CharacterIndex(fields=["pinyin"], name="organization_by_sound"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> Ref:
        return Ref("organization", str(self.pk))

    @property
    def lies_in(self) -> str:
        """Name its region."""
        return str(self.region)


class Person(models.Model):
    """A person's file; numbers by which he can be found elsewhere are encrypted."""

    name = models.CharField("姓名", max_length=50)
    pinyin = PinyinField(of="name")
    sex = models.CharField("性别", max_length=1, choices=Sex, blank=True)
    birth_date = models.DateField("出生日期", null=True, blank=True)
    id_number = EncryptedField("身份证号", blank=True)
    id_number_index = BlindIndexField(of="id_number", unique=True)
    phone = EncryptedField("手机号", blank=True)
    phone_index = BlindIndexField(of="phone", db_index=True)
    email = models.EmailField("电子邮箱", blank=True)
    unit = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="people", verbose_name="工作单位"
    )
    education = models.CharField("学历", max_length=20, blank=True)
    title = models.CharField("职称", max_length=20, blank=True)
    specialty = models.CharField("专业特长", max_length=100, blank=True)
    years_of_service = models.PositiveSmallIntegerField("从事科技服务年限", null=True, blank=True)
    is_generated = models.BooleanField("生成数据", default=False)

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        indexes = [
            CharacterIndex(fields=["name"], name="person_by_characters"),
            CharacterIndex(fields=["pinyin"], name="person_by_sound"),
        ]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A login; what it may do comes from its posts alone, and nothing before a one-time password is changed.

    `one_time_until` is the last moment for signing in with a one-time password, None once it gave way to his own.
    `home` is the region of the office that made it for a colleague, which keeps it until he has a post.
    """

    person = models.OneToOneField(Person, models.PROTECT, null=True, blank=True, related_name="user")
    home = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+")
    one_time_until = models.DateTimeField("一次性密码有效期至", null=True, blank=True, editable=False)

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        return self.first_name or self.username

    @property
    def has_one_time_password(self) -> bool:
        return self.one_time_until is not None


class Post(models.Model):
    """Who holds which role in which scope from when until when (both days inclusive)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="posts")
    role = models.CharField("角色", max_length=30, choices=Role)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="posts")
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="posts")
    title = models.CharField("职务", max_length=100)
    starts = models.DateField("起")
    ends = models.DateField("止", null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="post_role_is_known"),
            models.CheckConstraint(
                condition=Q(region__isnull=True) ^ Q(organization__isnull=True), name="post_has_one_scope"
            ),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(starts__lte=F("ends")), name="post_starts_before_it_ends"
            ),
        ]
        indexes = [
            models.Index(fields=["role", "region"], name="post_by_region"),
            models.Index(fields=["role", "organization"], name="post_by_organization"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def scope(self) -> Ref:
        return Ref("region", str(self.region_id)) if self.region_id else Ref("organization", str(self.organization_id))

    @property
    def desk(self) -> str:
        return desk(self.role, self.scope)

    @property
    def place(self) -> Region:
        """Return the region where it counts: its own, or that of its organization."""
        if self.region:
            return self.region
        assert self.organization is not None
        return self.organization.region


class Substitution(models.Model):
    """Who stands in for the holder of a post from when until when (both days inclusive), unless ended before.

    It authorises by itself, on the day, within the days of the post; nothing has to run for it to begin or end.
    """

    post = models.ForeignKey(Post, models.PROTECT, related_name="substitutions")
    substitute = models.ForeignKey(User, models.PROTECT, related_name="substitutions")
    starts = models.DateField("起")
    ends = models.DateField("止")
    reason = models.CharField("事由", max_length=200)
    given_by = models.CharField("委托人", max_length=150)
    given = models.DateTimeField("委托时间")
    ended = models.DateTimeField("提前结束", null=True)

    class Meta:
        ordering: ClassVar = ["-starts", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(starts__lte=F("ends")), name="substitution_starts_before_it_ends"),
            models.CheckConstraint(condition=~Q(reason=""), name="substitution_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.post}：{self.starts}—{self.ends}"


class Change(models.Model):
    """One change: who did what, and why; never changed itself."""

    by = models.CharField("办理人", max_length=150)
    reason = models.CharField("事由", max_length=200)
    at = models.DateTimeField("时间")

    class Meta:
        abstract = True
        ordering: ClassVar = ["-at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="%(class)s_has_a_reason")]


class PostChange(Change):
    """One change of who holds a post, from what, to what."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="changes")
    what = models.CharField("变动", max_length=20, choices=PostAct)
    old = models.CharField("原为", max_length=200, blank=True)
    new = models.CharField("改为", max_length=200, blank=True)

    class Meta(Change.Meta):
        constraints = [
            *Change.Meta.constraints,
            models.CheckConstraint(condition=Q(what__in=PostAct.values), name="post_change_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()}：{self.post}"


class FileChange(Change):
    """One change of a person's file, from what, to what; numbers stand in it masked."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="changes")
    what = models.CharField("变动", max_length=20, choices=FileAct)
    old = models.CharField("原为", max_length=1000, blank=True)
    new = models.CharField("改为", max_length=1000, blank=True)

    class Meta(Change.Meta):
        constraints = [
            *Change.Meta.constraints,
            models.CheckConstraint(condition=Q(what__in=FileAct.values), name="file_change_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()}：{self.person}"


class LoginChange(Change):
    """One change of a login; no password stands in it."""

    user = models.ForeignKey(User, models.PROTECT, related_name="changes")
    what = models.CharField("变动", max_length=20, choices=LoginAct)

    class Meta(Change.Meta):
        constraints = [
            *Change.Meta.constraints,
            models.CheckConstraint(condition=Q(what__in=LoginAct.values), name="login_change_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()}：{self.user}"
