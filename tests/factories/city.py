"""A world whose jurisdiction is a city, where applications start from below and from the pool."""

from dataclasses import dataclass
from datetime import datetime

from apps.applications import services
from apps.applications.models import Application
from apps.core.actors import Actor
from apps.directory.models import Organization, Region, User
from apps.directory.states import Role, UnitKind, UnitLevel
from apps.policies import loading
from apps.seasons import services as seasons
from apps.seasons.models import Season
from apps.writing import services as writing
from tests.factories.applications import attach_required, fresh
from tests.factories.people import actor, make_applicant, make_officers, make_unit
from tests.factories.places import plant_counties
from tests.factories.scene import AT

CITY, TAIGU, QIXIAN = "1407", "140703", "140727"
TYPED = {
    "person.name": "石测试",
    "person.sex": "男",
    "person.birth_date": "1985-03-21",
    "application.category": "professional",
    "person.education": "硕士",
    "person.title": "中级",
    "person.specialty": "苹果栽培",
    "application.achievements": "选育苹果新品种一个。",
    "application.experience": "",
    "application.industries": ["apples"],
    "application.plan": "每月到园两次，指导整形修剪。",
    "application.pledge": "yes",
    "application.declaration": "yes",
}


@dataclass(frozen=True)
class City:
    """`office` is the city bureau, which starts and decides; `issuer` runs the season; `stranger` sits at another host.

    `applicant` belongs to `unit`; `host` lies in `county`.
    """

    season: Season
    region: Region
    county: Region
    unit: Organization
    host: Organization
    applicant: User
    officers: dict[str, User]
    stranger: User
    at: datetime

    def by(self, name: str) -> Actor:
        """Return an officer, or the `person`, as he acts."""
        return actor(self.applicant if name == "person" else self.officers[name])

    def typed(self, **changed: object) -> dict[str, object]:
        """Return a complete form; `changed` replaces entries, with `__` for the dot of a fact's name."""
        places = {
            "application.county": self.county.pk,
            "application.host": str(self.host.pk),
            "person.unit": str(self.unit.pk),
        }
        return {**TYPED, **places, **{name.replace("__", "."): value for name, value in changed.items()}}

    def from_below(self, **changed: object) -> Application:
        """Return the applicant's own application, complete."""
        me = self.by("person")
        draft = services.start(season=self.season, person=self.applicant.person, by=me, at=self.at)
        writing.save(record=draft, typed=self.typed(**changed), by=me, at=self.at)
        return attach_required(fresh(draft), by=me, at=self.at)

    def from_pool(self, **changed: object) -> Application:
        """Return an application for the applicant that the city bureau has written, complete."""
        office = self.by("city")
        draft = services.start_for(season=self.season, person=self.applicant.person, by=office, at=self.at)
        writing.save(record=draft, typed=self.typed(**changed), by=office, at=self.at)
        return fresh(draft)

    def submit(self, draft: Application, **options: object) -> Application:
        """Hand an application in as its starter."""
        by = self.by("person" if draft.starter == draft.person_desk() else "city")
        return writing.submit(record=fresh(draft), by=by, at=self.at, **options)


def build_city(at: datetime = AT) -> City:
    """Build the world from the shipped divisions and the shipped pack."""
    plant_counties(CITY, TAIGU, QIXIAN)
    known = Region.objects.in_bulk([CITY, TAIGU, QIXIAN])
    region, county, other = known[CITY], known[TAIGU], known[QIXIAN]
    unit = make_unit(county, name="晋中测试大学")
    host, another = (
        make_unit(place, name=name, kind=UnitKind.COOPERATIVE, level=UnitLevel.COUNTY)
        for place, name in ((county, "太谷测试合作社"), (other, "祁县测试合作社"))
    )
    named = "host", "unit", "county", "city", "issuer"
    *seated, stranger = make_officers(
        (Role.HOST, host, ""),
        (Role.DISPATCHING_UNIT, unit, ""),
        (Role.SCI_TECH_AUTHORITY, county, ""),
        (Role.SCI_TECH_AUTHORITY, region, ""),
        (Role.COORDINATION_OFFICE, region, ""),
        (Role.HOST, another, ""),
    )
    officers = dict(zip(named, seated, strict=True))
    issuer = actor(officers["issuer"])
    season = seasons.prepare(
        files=loading.read("jinzhong"), jurisdiction=region, year=at.year, title="选派", by=issuer, at=at
    )
    return City(
        season=seasons.start(season=season, by=issuer, at=at),
        region=region,
        county=county,
        unit=unit,
        host=host,
        applicant=make_applicant(unit, name="石测试"),
        officers=officers,
        stranger=stranger,
        at=at,
    )
