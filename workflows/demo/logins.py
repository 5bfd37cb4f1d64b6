"""One login for each role, so placed that an application goes from one to the next."""

import secrets
from dataclasses import dataclass
from typing import Any

from apps.directory.models import Person, Post, Region, User
from apps.directory.states import Role


@dataclass(frozen=True)
class Login:
    """A way in: name, password made anew for each demonstration, and who it is."""

    username: str
    password: str
    whose: str


def make(applicant: Person, served: str) -> list[Login]:
    """Let in the applicant and one holder of each role on the way of an application of his for the county `served`."""
    county = Region.objects.select_related("supervisor").get(pk=served)
    city, unit = county.supervisor, applicant.unit
    holders = [
        ("applicant", User.objects.get(person=applicant), f"申请人：{applicant.name}，服务县请选{city}{county}"),
        ("unit", _holder(Role.DISPATCHING_UNIT, organization=unit), f"派出单位：{unit}"),
        ("county", _holder(Role.SCI_TECH_AUTHORITY, region=county), f"县级科技行政主管部门：{county}"),
        ("city", _holder(Role.SCI_TECH_AUTHORITY, region=city), f"市科技局：{city}"),
        ("region", _holder(Role.COORDINATION_OFFICE), "协调办公室：设置批次、发布公示、聘任、印发"),
        ("auditor", _holder(Role.AUDITOR), "审计人员：只看不办"),
    ]
    return [Login(name, _let_in(user, name), whose) for name, user, whose in holders]


def _holder(role: Role, **scope: Any) -> User:
    return Post.objects.filter(role=role, **scope).select_related("user").order_by("pk")[0].user


def _let_in(user: User, username: str) -> str:
    password = secrets.token_urlsafe(9)
    user.username = username
    user.set_password(password)
    user.save(update_fields=["username", "password"])
    return password
