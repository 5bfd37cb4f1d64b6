"""One login for each desk, so placed that an application goes from one to the next."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q

from apps.core.refs import Ref, desk_parts
from apps.desks.routes import starting_desk
from apps.directory.models import Organization, Person, Post, Region, User
from apps.directory.states import Role
from apps.policies.applying import offices_of
from apps.policies.schema import APPLICANT, OF_MANY, Office, Pack
from apps.recognition.models import Recognition


@dataclass(frozen=True)
class Login:
    """A way in: name, password made anew for each demonstration, and who it is."""

    username: str
    password: str
    whose: str


def make(applicant: Person, served: str, jurisdiction: Region, pack: Pack) -> list[Login]:
    """Let in the applicant and one holder of each desk on the way of an application of his for the county `served`.

    Of a body of many, everybody who may be asked.
    """
    county = Region.objects.select_related("supervisor").get(pk=served)
    host = Organization.objects.filter(region=county, posts__role=Role.HOST).order_by("pk").first()
    scopes = {
        "applicant.unit": Ref("organization", str(applicant.unit_id)),
        "record.host": Ref("organization", str(host.pk)) if host else None,
        "record.county_served": Ref("region", served),
        "record.county_served.supervisor": Ref("region", str(county.supervisor_id)),
        "jurisdiction": Ref("region", jurisdiction.pk),
    }
    offices = offices_of(pack)
    desks = {
        starting_desk(pack, key, scopes): (key, office.label)
        for key, office in offices.items()
        if office.body != APPLICANT and office.body not in OF_MANY
    }
    asks_host = any(office.scope == "record.host" for office in offices.values())
    place = f"{county.supervisor}{county}" + (f"，服务单位可选{host}" if host and asks_host else "")
    made = [_let_in(User.objects.get(person=applicant), APPLICANT, f"申请人：{applicant.name}，服务县请选{place}")]
    made += [_let_in(_holder(desk), key, f"{label}：{_place(desk)}") for desk, (key, label) in desks.items()]
    made += [login for key, office in offices.items() if office.body in OF_MANY for login in _of_many(key, office)]
    here = Ref("region", jurisdiction.pk)
    for role, key in ((Role.COORDINATION_OFFICE, "office"), (Role.AUDITOR, "auditor")):
        if f"{role}@{here}" not in desks:
            made.append(_let_in(_holder(f"{role}@{here}"), key, f"{role.label}：{jurisdiction}"))
    return made


def for_recognition(heads: Sequence[Post], jurisdiction: Region, pack: Pack) -> list[Login]:
    """Let in the head of the first household that has applied to be recognised, and the officer of its township.

    Also one of each office of the jurisdiction that recognises hosts of other kinds.
    """
    found = Recognition.objects.filter(host__in=[head.organization_id for head in heads]).order_by("pk").first()
    if found is None:
        return []
    head = next(head for head in heads if head.organization_id == found.host_id)
    township = found.route[0]["desk"]
    return [
        _let_in(head.user, "household", f"申报户：{found.host}"),
        _let_in(_holder(township), "township", f"{found.route[0]['label']}：{_place(township)}"),
        *_recognising(jurisdiction, pack),
    ]


def _recognising(jurisdiction: Region, pack: Pack) -> Iterator[Login]:
    steps = [step for kind in pack.processes.recognised.values() for route in kind.routes for step in route.steps]
    named = [key for step in steps for key in (step.office, *(step.verdicts.of if step.verdicts else ()))]
    for key in dict.fromkeys(named):
        office = pack.offices[key]
        if office.scope == "jurisdiction":
            within = Q(region=jurisdiction) | Q(organization__region=jurisdiction)
            post = Post.objects.filter(within, role=office.body).select_related("user").order_by("pk")[0]
            yield _let_in(post.user, key, f"{office.label}：{post.organization or jurisdiction}")


def _of_many(key: str, office: Office) -> list[Login]:
    posts = Post.objects.filter(role=office.body).select_related("user", "organization").order_by("pk")
    return [
        _let_in(post.user, f"{key}{n}", f"{office.label}：{post.organization or post.user}")
        for n, post in enumerate(posts, 1)
    ]


def _holder(desk: str) -> User:
    return _posts(desk)[0].user


def _place(desk: str) -> str:
    post = _posts(desk)[0]
    return str(post.region or post.organization)


def _posts(desk: str) -> list[Post]:
    role, scope = desk_parts(desk)
    posts = Post.objects.filter(role=role, **{scope.kind: scope.key})
    return list(posts.select_related("user", "region", "organization").order_by("pk"))


def _let_in(user: User, username: str, whose: str) -> Login:
    password = secrets.token_urlsafe(9)
    user.username = username
    user.set_password(password)
    user.save(update_fields=["username", "password"])
    return Login(username, password, whose)
