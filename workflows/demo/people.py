"""Generated people, units and officers; everything made here is marked as generated and named 示例."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from stdnum.cn import ric

from apps.directory import services as directory
from apps.directory.grants import synchronise
from apps.directory.models import Organization, Person, Post, Region, User
from apps.directory.selectors import counties_of
from apps.directory.states import Level, Role, Sex, UnitKind, UnitLevel
from apps.matching.selectors.wishes import limit_of
from apps.policies.schema import OF_MANY, Pack
from apps.policies.values import fields_of

MAIL_DOMAIN = "demo.invalid"
POSTS_SINCE = date(2000, 1, 1)
SURNAMES = "韦黄覃李陈梁莫蒙罗陆农林何卢潘唐蓝吴甘谢邓廖欧闭岑班玉秦石龙"
GIVEN_MALE = "伟 志强 建国 海 永福 家明 文斌 国荣 德胜 小龙 俊杰 正才 光华 宇航 春生 世昌"
GIVEN_FEMALE = "丽 秀英 美玲 桂花 彩云 小燕 雪梅 婷婷 月兰 慧敏 春艳 金凤 玉珍 晓红 思琪 海霞"
SPECIALTIES = (
    "水稻栽培 甘蔗良种 柑橘植保 果树栽培 食用菌 桑蚕 畜牧兽医 水产养殖 中药材种植 农产品加工 土壤肥料 茶叶加工"
)
EXPERTS = 5
HOUSEHOLDS = 5
WITHOUT_UNIT = 0.3
FROM_ABOVE = 0.5
"""How many work for units above the counties, where a policy lets those choose whom to serve."""
MEMBERS = "组织部门 财政部门 人力资源和社会保障部门 乡村振兴部门"
_KIND_OF_REGION = "(壮族|回族|维吾尔)?自治区$|[省市盟]$"


@dataclass(frozen=True)
class Cast:
    """Who takes part: the units, their people, and everybody who holds a desk is found by his post."""

    units: Sequence[Organization]
    people: Sequence[Person]
    hosts: Mapping[str, Sequence[Organization]]


def officials(jurisdiction: Region, pack: Pack) -> list[Post]:
    """Seat one officer at each regional desk of the pack, and one each who runs the season, issues, and audits."""
    places = _places(jurisdiction)
    seats = dict.fromkeys(
        (Role(office.body), region)
        for office in pack.offices.values()
        if office.body not in OF_MANY
        for region in places.get(office.scope, ())
    ) | {(Role.COORDINATION_OFFICE, jurisdiction): None, (Role.AUDITOR, jurisdiction): None}
    users = User.objects.bulk_create(
        _login(f"{role}-{region.code}", f"示例经办（{region.name}）") for role, region in seats
    )
    posts = [
        Post(user=user, role=role, region=region, title=f"{region.name}{role.label}经办", starts=POSTS_SINCE)
        for user, (role, region) in zip(users, seats, strict=True)
    ]
    return _seated(posts)


def _places(jurisdiction: Region) -> dict[str, list[Region]]:
    """Return the regions that a scope of a pack may mean."""
    counties = counties_of(jurisdiction)
    return {
        "record.county_served": counties,
        "record.county_served.supervisor": list(
            Region.objects.filter(pk__in={county.supervisor_id for county in counties}).order_by("code")
        ),
        "jurisdiction": [jurisdiction],
    }


def _login(username: str, name: str, person: Person | None = None) -> User:
    user = User(username=username, first_name=name, email=f"{username}@{MAIL_DOMAIN}", person=person)
    user.set_unusable_password()
    return user


def _seated(posts: list[Post]) -> list[Post]:
    made = Post.objects.bulk_create(posts)
    synchronise([post.desk for post in made])
    return made


def cast(jurisdiction: Region, pack: Pack, number: int, together: int, chance: random.Random) -> Cast:
    """Make units at every level, an officer in each, `number` people anywhere and then `together` in the first unit.

    Hosts in every county, experts and member units are made where the pack has desks of theirs, people without a unit
    where its form does not insist on one.
    """
    units = _units(jurisdiction)
    _seat_in(units, Role.DISPATCHING_UNIT)
    bodies = {office.body for office in pack.offices.values()}
    hosts = _hosts(jurisdiction) if Role.HOST in bodies else []
    _seat_in(hosts, Role.HOST)
    _seat_in(_members(jurisdiction) if Role.MEMBER_UNIT in bodies else [], Role.MEMBER_UNIT)
    counties = _counties_with_numbers(jurisdiction)
    places = [*_places_of_work(units, pack, number, chance), *(units[0] for _ in range(together))]
    people = _registered([_person(n, unit, counties, chance) for n, unit in enumerate(places)])
    if Role.EXPERT in bodies:
        _experts(
            [_person(len(places) + n, unit, counties, chance) for n, unit in enumerate(units[:EXPERTS])], jurisdiction
        )
    by_county: dict[str, list[Organization]] = {}
    for host in hosts:
        by_county.setdefault(host.region_id, []).append(host)
    return Cast(units, people, by_county)


def _places_of_work(
    units: Sequence[Organization], pack: Pack, number: int, chance: random.Random
) -> list[Organization | None]:
    """Draw where people work; some nowhere, where the pack's form lets them."""
    fields = fields_of(pack.processes.application.form)
    is_optional = any(field.fact == "person.unit" and not field.required for field in fields)
    above = [unit for unit in units if unit.level in (UnitLevel.REGION, UnitLevel.CITY)]
    share = FROM_ABOVE if limit_of(pack) else 0
    return [
        None
        if is_optional and chance.random() < WITHOUT_UNIT
        else chance.choice(above if share and chance.random() < share else units)
        for _ in range(number)
    ]


def _registered(drawn: Sequence[Person]) -> list[Person]:
    """Put people on file, each with a login."""
    people = [directory.register_person(person=person) for person in drawn]
    User.objects.bulk_create(_login(f"person-{person.pk}", person.name, person) for person in people)
    return people


def _experts(drawn: Sequence[Person], jurisdiction: Region) -> None:
    """Make experts of people who come from different units, so that few have to stand back from a case."""
    users = User.objects.filter(person__in=_registered(drawn)).order_by("pk")
    title = Role.EXPERT.label
    _seated([Post(user=user, role=Role.EXPERT, region=jurisdiction, title=title, starts=POSTS_SINCE) for user in users])


def _members(jurisdiction: Region) -> list[Organization]:
    level = UnitLevel(jurisdiction.level)
    return Organization.objects.bulk_create(
        _unit(f"{jurisdiction.name}示例{name}", UnitKind.GOVERNMENT, level, jurisdiction) for name in MEMBERS.split()
    )


def _seat_in(organizations: Sequence[Organization], role: Role) -> None:
    users = User.objects.bulk_create(_login(f"{role}-{each.pk}", f"示例经办（{each.name}）") for each in organizations)
    _seated(
        [
            Post(user=user, role=role, organization=each, title=role.label, starts=POSTS_SINCE)
            for user, each in zip(users, organizations, strict=True)
        ]
    )


def households(county: Region, chance: random.Random) -> list[Post]:
    """Make households with their heads, one in each of some townships of a county, and seat an officer in each."""
    townships = Region.objects.filter(parent=county, level=Level.TOWNSHIP).order_by("code")[:HOUSEHOLDS]
    known = Person.objects.count()
    made = Organization.objects.bulk_create(
        _unit(f"{township.name}示例养殖户", UnitKind.OTHER, UnitLevel.TOWNSHIP, county) for township in townships
    )
    heads = _registered([_person(known + n, host, [county.code], chance) for n, host in enumerate(made)])
    users = User.objects.filter(person__in=heads).order_by("pk")
    officers = User.objects.bulk_create(
        _login(f"{Role.TOWNSHIP_OFFICE}-{each.code}", f"示例经办（{each.name}）") for each in townships
    )
    _seated(
        [
            Post(user=user, role=Role.TOWNSHIP_OFFICE, region=each, title=f"{each.name}经办", starts=POSTS_SINCE)
            for user, each in zip(officers, townships, strict=True)
        ]
    )
    return _seated(
        [
            Post(user=user, role=Role.HOST, organization=host, title="户主", starts=POSTS_SINCE)
            for user, host in zip(users, made, strict=True)
        ]
    )


def _hosts(jurisdiction: Region) -> list[Organization]:
    kinds = (("示例种植专业合作社", UnitKind.COOPERATIVE), ("示例农业科技公司", UnitKind.ENTERPRISE))
    return Organization.objects.bulk_create(
        _unit(f"{county.name}{name}", kind, UnitLevel.COUNTY, county)
        for county in counties_of(jurisdiction)
        for name, kind in kinds
    )


def _units(jurisdiction: Region) -> list[Organization]:
    short = re.sub(_KIND_OF_REGION, "", jurisdiction.name)
    capital = Region.objects.filter(path__startswith=jurisdiction.path, level=Level.CITY).order_by("code")[0]
    made = [
        _unit(f"{short}示例农业大学", UnitKind.UNIVERSITY, UnitLevel.REGION, capital),
        _unit(f"{short}示例农业科学院", UnitKind.INSTITUTE, UnitLevel.REGION, capital),
    ]
    cities = Region.objects.filter(path__startswith=jurisdiction.path, level=Level.CITY).order_by("code")
    made += [_unit(f"{city.name}示例农业科学研究所", UnitKind.INSTITUTE, UnitLevel.CITY, city) for city in cities]
    counties = Region.objects.filter(path__startswith=jurisdiction.path, level=Level.COUNTY).order_by("code")
    made += [
        _unit(f"{county.name}示例农技推广站", UnitKind.EXTENSION_STATION, UnitLevel.COUNTY, county)
        for county in counties
    ]
    return Organization.objects.bulk_create(made)


def _unit(name: str, kind: UnitKind, level: UnitLevel, region: Region) -> Organization:
    return Organization(name=name, kind=kind, level=level, region=region, is_generated=True)


def _person(n: int, unit: Organization | None, counties: Sequence[str], chance: random.Random) -> Person:
    sex = chance.choice([Sex.MALE, Sex.FEMALE])
    given = chance.choice((GIVEN_MALE if sex == Sex.MALE else GIVEN_FEMALE).split())
    born = date(chance.randint(1966, 1998), chance.randint(1, 12), chance.randint(1, 28))
    return Person(
        name=f"{chance.choice(SURNAMES)}{given}",
        sex=sex,
        birth_date=born,
        id_number=_id_number(chance.choice(counties), born, n, sex),
        phone=f"1990000{n:04d}",
        email=f"person-{n}@{MAIL_DOMAIN}",
        unit=unit,
        specialty=chance.choice(SPECIALTIES.split()),
        is_generated=True,
    )


def _id_number(county: str, born: date, n: int, sex: str) -> str:
    """Return a well-formed number that belongs to nobody: its bearer is born a hundred years later."""
    order = (n * 2 + (sex == Sex.MALE)) % 1000
    stem = f"{county}{born.year + 100}{born:%m%d}{order:03d}"
    return stem + ric.calc_check_digit(f"{stem}0")


def _counties_with_numbers(jurisdiction: Region) -> list[str]:
    """Return the counties whose code stands in identity numbers; a district made lately does not."""
    below = Region.objects.filter(path__startswith=jurisdiction.path, level=Level.COUNTY).order_by("code")
    codes = below.values_list("code", flat=True)
    return [code for code in codes if _stands_in_numbers(code)]


def _stands_in_numbers(code: str) -> bool:
    try:
        return bool(ric.is_valid(_id_number(code, date(1980, 1, 1), 0, Sex.FEMALE)))
    except KeyError:  # what the library says of a code that only statistics use
        return False
