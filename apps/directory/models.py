"""Regions, organizations, people, users and their posts."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q

from apps.core.fields import BlindIndexField, EncryptedField
from apps.core.refs import Ref, desk
from apps.core.search import CharacterIndex
from apps.directory.permissions import CODENAMES
from apps.directory.states import Level, Role, Sex, UnitKind, UnitLevel


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


class Organization(models.Model):
    """A body that sends, hosts or supervises commissioners."""

    name = models.CharField("名称", max_length=100)
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
        indexes = [CharacterIndex(fields=["name"], name="organization_by_characters")]

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """A person's file; numbers by which he can be found elsewhere are encrypted."""

    name = models.CharField("姓名", max_length=50)
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
        indexes = [CharacterIndex(fields=["name"], name="person_by_characters")]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A login; what it may do comes from its posts alone."""

    person = models.OneToOneField(Person, models.PROTECT, null=True, blank=True, related_name="user")

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        return self.first_name or self.username


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
